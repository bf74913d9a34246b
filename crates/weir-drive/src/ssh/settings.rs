//! What an operator says about a host.

use std::fmt;
use std::path::PathBuf;

use weir_event::Duration;

/// One task on one host.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The source, as faults name it.
    pub name: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    pub login: Login,
    pub host_key: HostKey,
    pub task: Task,
    /// The longest that connecting takes, and the longest silence of the host.
    pub timeout: Duration,
}

/// How weir shows who it is. The key is tried first.
#[derive(Clone, Default, PartialEq)]
pub struct Login {
    pub password: Option<String>,
    /// A private key in the form of OpenSSH or PEM.
    pub key: Option<String>,
    pub passphrase: Option<String>,
}

/// Which key the host must have.
#[derive(Clone, Debug, PartialEq)]
pub enum HostKey {
    /// One of these, as `SHA256:...`.
    Fingerprints(Vec<String>),
    /// The host's lines of a file as OpenSSH keeps it.
    KnownHosts(PathBuf),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    /// Absolute paths; `*` and `?` in the last part stand for letters of it.
    Files(Vec<String>),
    Command(Command),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What the host's shell is told. With a cursor, `{cursor}` is where it stands.
    pub text: String,
    /// What is told while no cursor is known.
    pub first: Option<String>,
    /// The member of each line, a JSON object, that says where to go on. Without it the output is compared with the one before.
    pub cursor: Option<String>,
}

impl fmt::Debug for Login {
    /// Secrets are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = |secret: &Option<String>| secret.is_some();
        write!(f, "password: {}, key: {}", has(&self.password), has(&self.key))
    }
}
