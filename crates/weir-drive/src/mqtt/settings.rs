//! What an operator says about topics and their broker.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::message::Metadata;

/// Topics that are subscribed to.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The source, as faults name it.
    pub name: String,
    /// `host:port` each. One of them is enough; they are tried in turn.
    pub brokers: Vec<String>,
    /// Filters, `+` and `#` included.
    pub topics: Vec<String>,
    /// The name under which a broker keeps the session; nobody else may use it.
    pub client_id: String,
    pub login: Option<Login>,
    pub tls: Tls,
    pub session: Session,
    pub qos: Qos,
    /// Whole seconds, 1 to 65,535.
    pub keep_alive: Duration,
    pub envelope: Envelope,
    pub metadata: Metadata,
    /// Bytes of one message; a longer one is cut.
    pub message_bytes_max: usize,
    /// Messages that are held without an answer to the broker.
    pub unacknowledged_max: usize,
}

/// What the broker does while nobody is connected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Session {
    /// It keeps what comes.
    Kept,
    /// It forgets us.
    Clean,
}

/// The highest quality of service that is asked for. What a message has is no more than that, and no more than its publisher gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(clippy::enum_variant_names, reason = "the standard calls them so")]
pub enum Qos {
    AtMostOnce,
    AtLeastOnce,
    ExactlyOnce,
}

/// What stands around the events of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Envelope {
    /// The message is one event.
    None,
    /// A message of the data exchange layer.
    Dxl,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Tls {
    Off,
    On(Trust),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    pub check: Check,
    /// The authorities of the system when missing.
    pub ca_file: Option<PathBuf>,
    /// How weir shows who it is.
    pub identity: Option<Identity>,
}

/// What is asked of a broker's certificate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Check {
    /// An authority signed it, and it names the host.
    AuthorityAndName,
    /// An authority signed it.
    Authority,
    /// Nothing: encrypted, but with anyone.
    Nothing,
}

/// A certificate with those between it and the authority, and its key, as PEM.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
}

#[derive(Clone, PartialEq)]
pub struct Login {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Login {
    /// The password is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.user)
    }
}

impl Settings {
    /// What faults are about.
    pub fn place(&self) -> String {
        format!("{}, {} from {}", self.name, self.topics.join(" "), self.brokers.join(","))
    }
}
