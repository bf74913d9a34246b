//! What an operator says about a cluster.

use std::fmt;
use std::path::PathBuf;

use crate::message::Metadata;

/// Topics that a group reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The source, as faults name it.
    pub name: String,
    pub server: Server,
    /// Who shares the partitions; one for each source.
    pub group: String,
    /// Names; one that begins with `^` is a regular expression.
    pub topics: Vec<String>,
    pub start: Start,
    pub metadata: Metadata,
}

/// A topic that is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The output, as faults name it.
    pub name: String,
    pub server: Server,
    pub topic: String,
    pub delivery: Delivery,
    pub compression: Compression,
    /// Bytes of one message, its key and headers included. No more than the brokers take for the topic: a longer one is left out.
    pub message_bytes_max: usize,
    /// Set on every message.
    pub headers: Vec<(String, String)>,
}

/// What becomes of messages when weir or a broker ends at the wrong moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delivery {
    /// Messages and position are one transaction of the brokers.
    ExactlyOnce,
    /// The last messages may come twice.
    AtLeastOnce,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Compression {
    Off,
    Gzip,
    Lz4,
    Snappy,
    Zstd,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// `host:port` of some of the brokers; they name the others.
    pub brokers: Vec<String>,
    pub tls: Tls,
    pub login: Option<Login>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Tls {
    Off,
    /// The certificate must be signed by an authority of the system, or of this file, and name the host.
    Verified {
        ca_file: Option<PathBuf>,
    },
    /// Encrypted; anyone's certificate will do.
    Unverified,
}

#[derive(Clone, PartialEq)]
pub struct Login {
    pub mechanism: Mechanism,
    pub user: String,
    pub password: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mechanism {
    Plain,
    ScramSha256,
    ScramSha512,
}

/// Where a group begins that has never read a partition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    Earliest,
    Latest,
}

/// What faults are about.
pub trait Place {
    fn place(&self) -> String;
}

impl Place for Settings {
    fn place(&self) -> String {
        format!("{}, {} from {}", self.name, self.topics.join(" "), self.server.brokers.join(","))
    }
}

impl Place for Target {
    fn place(&self) -> String {
        format!("{}, {} to {}", self.name, self.topic, self.server.brokers.join(","))
    }
}

impl Compression {
    /// As the library calls it.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Off => "none",
            Compression::Gzip => "gzip",
            Compression::Lz4 => "lz4",
            Compression::Snappy => "snappy",
            Compression::Zstd => "zstd",
        }
    }
}

impl fmt::Debug for Login {
    /// The password is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {:?}", self.user, self.mechanism)
    }
}
