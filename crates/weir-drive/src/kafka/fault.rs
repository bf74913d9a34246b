//! Errors of Kafka. Ids are for ever.

use std::fmt::Display;

use weir_event::{Fault, FaultKind};

use super::Settings;

fn new(settings: &Settings, id: &'static str, kind: FaultKind, says: &str) -> Fault {
    let place = format!("{}, {} from {}", settings.name, settings.topics.join(" "), settings.server.brokers.join(","));
    Fault::new(id, kind, says).at(place)
}

pub fn bad_setting(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-001", FaultKind::Config, "the settings make no client").because(why)
}

pub fn login_refused(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-002", FaultKind::Auth, "the brokers refuse the login")
        .because(why)
        .hint("check `mechanism`, `user` and `password` under `login`")
}

pub fn not_trusted(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-003", FaultKind::Auth, "no trusted encrypted connection can be made")
        .because(why)
        .hint("name the authority's certificate with `tls: {ca_file: PATH}`; `tls: off` gives up encryption")
}

pub fn not_connected(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-004", FaultKind::Peer, "no broker can be reached")
        .because(why)
        .hint("check `brokers`, and that the names they tell each other can be resolved here; it is tried again")
}

pub fn not_allowed(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-005", FaultKind::Auth, "the user may not read the topic, or not in this group")
        .because(why)
        .hint("grant the user to read the topics and the group")
}

pub fn failed(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-006", FaultKind::Peer, "the cluster ended the reading")
        .because(why)
        .hint("it is tried again, from the last message that was stored")
}

pub fn bad_state(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-007", FaultKind::Storage, "the stored position cannot be read")
        .because(why)
        .hint("under another `name` the source goes on where the brokers have the group")
}

pub fn broken(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-008", FaultKind::Bug, "reading ended by a fault of weir's own").because(why)
}

pub fn not_written(topic: &str, why: impl Display) -> Fault {
    Fault::new("KAFKA-009", FaultKind::Peer, "the brokers have not taken a message")
        .at(topic)
        .because(why)
        .hint("look whether the topic is there, and how large its messages may be")
}

pub fn no_writer(why: impl Display) -> Fault {
    Fault::new("KAFKA-010", FaultKind::Config, "the settings make no client").because(why)
}
