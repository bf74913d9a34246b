//! A client as the library wants it, and what the library tells beside its answers.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

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

/// Hears what happens between answers.
#[derive(Debug, Default)]
pub struct Ear {
    /// Partitions have come or gone since somebody looked.
    rebalanced: AtomicBool,
    /// Trouble that does not end by itself, and what was said about it.
    trouble: Mutex<Option<(RDKafkaErrorCode, String)>>,
}

impl Ear {
    pub fn take_rebalanced(&self) -> bool {
        self.rebalanced.swap(false, Ordering::Relaxed)
    }

    pub fn take_trouble(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ClientContext for Ear {
    fn log(&self, _level: RDKafkaLogLevel, _facility: &str, _message: &str) {
        // What matters comes as an error as well.
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if let Some(code) = error.rdkafka_error_code() {
            let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
            // A broker that refuses us says more than that there is none left.
            if code != RDKafkaErrorCode::AllBrokersDown || trouble.is_none() {
                *trouble = Some((code, reason.to_owned()));
            }
        }
    }
}

impl ConsumerContext for Ear {
    fn pre_rebalance(&self, _consumer: &BaseConsumer<Self>, _what: &Rebalance<'_>) {
        self.rebalanced.store(true, Ordering::Relaxed);
    }
}
