//! Errors of Kafka. Ids are for ever.

use std::fmt::Display;

use rdkafka::error::RDKafkaErrorCode as Code;
use weir_event::{Fault, FaultKind};

use super::settings::{Place, Settings, Target};

fn new(about: &impl Place, id: &'static str, kind: FaultKind, says: &str) -> Fault {
    Fault::new(id, kind, says).at(about.place())
}

/// What the library complains of when it cannot pass by itself.
pub fn lasting(about: &impl Place, code: Code, reason: &str) -> Option<Fault> {
    match code {
        Code::Authentication | Code::SaslAuthenticationFailed => Some(login_refused(about, reason)),
        Code::SSL => Some(not_trusted(about, reason)),
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed => Some(not_allowed(about, reason)),
        Code::Fatal | Code::UnsupportedVersion | Code::FencedInstanceId => Some(failed(about, reason)),
        _ => None,
    }
}

pub fn bad_setting(about: &impl Place, why: impl Display) -> Fault {
    new(about, "KAFKA-001", FaultKind::Config, "the settings make no client").because(why)
}

pub fn login_refused(about: &impl Place, why: impl Display) -> Fault {
    new(about, "KAFKA-002", FaultKind::Auth, "the brokers refuse the login")
        .because(why)
        .hint("check `mechanism`, `user` and `password` under `login`")
}

pub fn not_trusted(about: &impl Place, why: impl Display) -> Fault {
    new(about, "KAFKA-003", FaultKind::Auth, "no trusted encrypted connection can be made")
        .because(why)
        .hint("name the authority's certificate with `tls: {ca_file: PATH}`; `tls: off` gives up encryption")
}

pub fn not_connected(about: &impl Place, why: impl Display) -> Fault {
    new(about, "KAFKA-004", FaultKind::Peer, "no broker can be reached")
        .because(why)
        .hint("check `brokers`, and that the names they tell each other can be resolved here; it is tried again")
}

pub fn not_allowed(about: &impl Place, why: impl Display) -> Fault {
    new(about, "KAFKA-005", FaultKind::Auth, "the user may not do with the topic what is wanted")
        .because(why)
        .hint("grant reading of topic and group to a source, writing of the topic and the transactional id `weir-*` to an output")
}

pub fn failed(about: &impl Place, why: impl Display) -> Fault {
    new(about, "KAFKA-006", FaultKind::Peer, "the cluster ended the work")
        .because(why)
        .hint("it is tried again, from where weir stands")
}

pub fn bad_state(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-007", FaultKind::Storage, "the stored position cannot be read")
        .because(why)
        .hint("under another `name` the source goes on where the brokers have the group")
}

pub fn broken(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "KAFKA-008", FaultKind::Bug, "reading ended by a fault of weir's own").because(why)
}

pub fn not_written(target: &Target, why: impl Display) -> Fault {
    new(target, "KAFKA-009", FaultKind::Peer, "the brokers have not taken a message").because(why).hint(
        "look whether the topic is there, and that its messages may be as large as `message_bytes`; it is tried again",
    )
}

pub fn no_transactions(target: &Target, why: impl Display) -> Fault {
    new(target, "KAFKA-010", FaultKind::Config, "the brokers know no transactions")
        .because(why)
        .hint("with `delivery: at-least-once` the last messages may come twice after a crash")
}

pub fn fenced(target: &Target, why: impl Display) -> Fault {
    new(target, "KAFKA-011", FaultKind::Peer, "another weir writes as this one")
        .because(why)
        .hint("let only one run of a data directory and its copies")
}
