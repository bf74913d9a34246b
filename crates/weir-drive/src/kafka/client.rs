//! A client as the library wants it.

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};

use super::{Mechanism, Server, Tls};

/// What both directions have in common.
pub fn config(server: &Server) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", server.brokers.join(",")).set("client.id", "weir");
    let protocol = match (&server.tls, &server.login) {
        (Tls::Off, None) => "plaintext",
        (Tls::Off, Some(_)) => "sasl_plaintext",
        (_, None) => "ssl",
        (_, Some(_)) => "sasl_ssl",
    };
    config.set("security.protocol", protocol);
    match &server.tls {
        Tls::Off => {}
        Tls::Verified { ca_file } => {
            let file = ca_file.as_ref().map_or("probe".into(), |file| file.to_string_lossy());
            config.set("ssl.ca.location", file);
        }
        Tls::Unverified => {
            config.set("enable.ssl.certificate.verification", "false");
        }
    }
    if let Some(login) = &server.login {
        let mechanism = match login.mechanism {
            Mechanism::Plain => "PLAIN",
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::ScramSha512 => "SCRAM-SHA-512",
        };
        config.set("sasl.mechanism", mechanism).set("sasl.username", &login.user).set("sasl.password", &login.password);
    }
    config.set_log_level(RDKafkaLogLevel::Critical);
    config
}
