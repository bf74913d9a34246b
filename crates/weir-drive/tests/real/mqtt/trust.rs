//! Who is let in, and who is believed.

use std::path::Path;
use std::process::Command;

use weir_drive::mqtt::{Check, Identity, Login, Settings, Tls, Trust};
use weir_testkit::servers::mosquitto::{PASSWORD, USER};
use weir_testkit::servers::{Mosquitto, folder, run};

use super::{block, fault, settings, subscribe};
use crate::sink::Memory;

/// A key and a certificate of `host`, signed by the one named `by`, or by itself: then it is an authority.
fn certificate(folder: &Path, name: &str, by: Option<&str>, host: &str) {
    let file = |name: &str, end: &str| folder.join(format!("{name}{end}"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    openssl.args(["-subj", &format!("/CN={name}"), "-addext", &format!("subjectAltName=DNS:{host}")]);
    let is_authority = if by.is_none() { "TRUE" } else { "FALSE" };
    openssl.args(["-addext", &format!("basicConstraints=critical,CA:{is_authority}")]);
    if let Some(by) = by {
        openssl.arg("-CA").arg(file(by, ".pem")).arg("-CAkey").arg(file(by, ".key"));
    }
    let key = if name == "cert" { file("key", ".pem") } else { file(name, ".key") };
    run(openssl.arg("-keyout").arg(key).arg("-out").arg(file(name, ".pem")));
}

#[test]
fn certificates_are_checked_both_ways() {
    let files = folder("mqtt-files");
    certificate(&files, "authority", None, "authority.example.com");
    certificate(&files, "stranger", None, "authority.example.com");
    // As brokers have them that are known by a number.
    certificate(&files, "cert", Some("authority"), "3f0e1c2a-0000-4000-8000-000000000001");
    certificate(&files, "client", Some("authority"), "weir.example.com");
    certificate(&files, "other", Some("stranger"), "weir.example.com");
    let broker = Mosquitto::encrypted("mqtt-tls", &files);
    let with = |check, authority: Option<&str>, identity: Option<&str>| {
        let path = |name: &str, end: &str| files.join(format!("{name}{end}"));
        let ca_file = authority.map(|name| path(name, ".pem"));
        let identity = identity.map(|name| Identity { cert_file: path(name, ".pem"), key_file: path(name, ".key") });
        Settings { tls: Tls::On(Trust { check, ca_file, identity }), ..settings("secret", broker.broker()) }
    };
    use Check::{Authority, AuthorityAndName, Nothing};
    for good in [with(Authority, Some("authority"), Some("client")), with(Nothing, None, Some("client"))] {
        block(subscribe(&good, &Memory::default()));
    }
    for (bad, id) in [
        (with(AuthorityAndName, Some("authority"), Some("client")), "MQTT-003"),
        (with(Authority, Some("stranger"), Some("client")), "MQTT-003"),
        (with(Authority, None, Some("client")), "MQTT-003"),
        (with(Authority, Some("authority"), None), "MQTT-003"),
        (with(Authority, Some("authority"), Some("other")), "MQTT-003"),
        (with(Authority, Some("nowhere"), Some("client")), "MQTT-001"),
        (Settings { tls: Tls::Off, ..with(Nothing, None, None) }, "MQTT-004"),
    ] {
        let said = fault(&bad);
        assert_eq!(said.id(), id, "{bad:?}: {said}");
    }
    std::fs::copy(files.join("other.key"), files.join("mixed.key")).expect("copies");
    std::fs::copy(files.join("client.pem"), files.join("mixed.pem")).expect("copies");
    let mixed = fault(&with(Authority, Some("authority"), Some("mixed")));
    assert!(mixed.id() == "MQTT-001" && mixed.to_string().contains("mixed.key"), "{mixed}");
    std::fs::remove_dir_all(files).expect("removes");
}

#[test]
fn users_are_refused() {
    let broker = Mosquitto::closed("mqtt-closed");
    let by = |user: &str, password: &str| Settings {
        login: Some(Login { user: user.to_owned(), password: password.to_owned() }),
        ..settings("mine", broker.broker())
    };
    block(subscribe(&by(USER, PASSWORD), &Memory::default()));
    let without = Settings { login: None, ..by("", "") };
    for bad in [by(USER, "cut-3"), by("reed", PASSWORD), without] {
        let said = fault(&bad);
        assert_eq!(said.id(), "MQTT-002", "{said}");
        assert!(!said.to_string().contains("cut-"), "{said}");
    }
}
