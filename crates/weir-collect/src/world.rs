//! What a pull needs of the world. These are the only things it waits for, so whoever implements them decides about time, network and
//! disk: the product with sockets and its log, tests with a clock of their own.

use std::future::Future;

use weir_event::{Fault, Timestamp};

use crate::http::{Broken, Reply, Request};

/// Time, network and log of one puller.
pub trait World: Sync {
    fn now(&self) -> Timestamp;

    /// Returns at `at` or later.
    fn sleep_until(&self, at: Timestamp) -> impl Future<Output = ()> + Send;

    /// Sends a request and gives its whole answer. Redirects are not followed.
    fn send(&self, request: Request, wire: &Wire) -> impl Future<Output = Result<Reply, Broken>> + Send;

    /// Stores records and the change of state as one: both survive a crash or neither. They have when this returns.
    fn commit(&self, commit: Commit) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Keeps what a log-in must remember beyond this process, sealed like a secret; empty forgets it. It is safe when this returns.
    /// [`crate::Session::resume`] takes it back. A world that keeps nothing logs in again after a restart.
    fn keep_log_in(&self, log_in: &str) -> impl Future<Output = Result<(), Fault>> + Send {
        let _ = log_in;
        async { Ok(()) }
    }

    /// Puts a whole list in the place of the lookup table of its name: a reader sees the old one or the new one. A world that keeps no
    /// tables lets it go.
    fn lookup(&self, table: Lookup) -> impl Future<Output = Result<(), Fault>> + Send {
        let _ = table;
        async { Ok(()) }
    }

    /// Something an operator may want to know.
    fn tell(&self, told: Told);
}

/// How a request is sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wire {
    /// Nanoseconds for the whole answer.
    pub timeout: i64,
    /// Bytes of an answer, after decompression.
    pub answer_bytes_max: u64,
    pub ca_file: Option<String>,
    /// Certificates are not checked.
    pub insecure: bool,
}

/// Records of one page, or of a part of it, and what is remembered with them.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// JSON texts.
    pub records: Vec<String>,
    /// A text of [`crate::State`]: all such texts since the last one that is `whole` give the state back.
    pub state: String,
    /// What was written before is not needed any more.
    pub whole: bool,
}

/// A list as a lookup table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lookup {
    /// Letters, digits, `-` and `_`.
    pub name: String,
    /// JSON texts, one a line.
    pub rows: String,
    pub count: usize,
}

/// What happened, for log lines and metrics.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A request was answered, or not (status 0).
    Answered { status: u16, bytes: usize },
    /// The source or a budget makes us wait until then.
    Waiting { until: Timestamp, fault: Option<Fault> },
    /// Tried again after this.
    Retrying { fault: Fault, number: u64, until: Timestamp },
    /// Events before this time are no longer kept by the source.
    Gap { from: Timestamp, to: Timestamp },
    /// What was remembered is gone because a setting changed: COLLECT-502.
    Reset(Fault),
    /// Something was read in another way than meant.
    Note(String),
}

impl Told {
    /// One word, as tests of manifests name it.
    pub fn word(&self) -> &'static str {
        match self {
            Told::Answered { .. } => "answered",
            Told::Waiting { .. } => "waiting",
            Told::Retrying { .. } => "retrying",
            Told::Gap { .. } => "gap",
            Told::Reset(_) => "reset",
            Told::Note(_) => "note",
        }
    }
}
