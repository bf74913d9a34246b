//! Log-ins that outlive the process, sealed.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::OnceLock;

use weir_event::{Fault, FaultKind, Value, write_json};

use super::Job;
use crate::config::Config;
use crate::files::{make_below, replace};
use crate::seal::Seal;

/// The log-ins of all pullers of a process.
pub struct LogIns {
    /// A folder that is there, in which theirs is.
    root: PathBuf,
    key_file: PathBuf,
    /// Read or made when a log-in is kept or recalled first.
    seal: OnceLock<Seal>,
}

impl LogIns {
    /// Servers that share services and a key share log-ins too.
    pub fn new(config: &Config) -> LogIns {
        let home = match (&config.leases, &config.key_file) {
            (Some(leases), Some(_)) => &leases.folder,
            _ => &config.data,
        };
        let key_file = config.key_file.clone().unwrap_or_else(|| config.data.join("key"));
        LogIns { root: home.clone(), key_file, seal: OnceLock::new() }
    }

    /// Where the log-in of a puller lies.
    pub fn place(&self, job: &Job) -> LogIn {
        let file =
            self.root.join("log-ins").join(&*job.tenant).join(format!("{}.sealed", job.puller.replace('/', "%")));
        LogIn { file, about: about(job) }
    }

    /// Keeps a log-in in the place of the one before; "" forgets it. It is safe when this returns.
    ///
    /// # Errors
    /// COLLECT-505.
    pub fn keep(&self, place: &LogIn, text: &str) -> Result<(), Fault> {
        self.try_keep(place, text).map_err(|error| {
            Fault::new("COLLECT-505", FaultKind::Storage, "the log-in cannot be kept")
                .at(place.file.display())
                .because(error)
                .hint(format!(
                    "look at the disk and at the key {}: 32 bytes, readable by weir alone",
                    self.key_file.display()
                ))
        })
    }

    fn try_keep(&self, place: &LogIn, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return match fs::remove_file(&place.file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let sealed = self.seal()?.seal(&place.about, text)?;
        make_below(&self.root, place.file.parent().unwrap_or(&self.root))?;
        replace(&place.file, &sealed)
    }

    /// The log-in that was kept, unless the settings have changed since or it cannot be opened: then there is none.
    pub fn recall(&self, place: &LogIn) -> Option<String> {
        let sealed = fs::read(&place.file).ok()?;
        self.seal().ok()?.open(&place.about, &sealed)
    }

    fn seal(&self) -> io::Result<&Seal> {
        if let Some(seal) = self.seal.get() {
            return Ok(seal);
        }
        let seal = Seal::of(&self.key_file)?;
        Ok(self.seal.get_or_init(|| seal))
    }
}

/// Where a log-in lies, and what it is about.
#[derive(Clone, Debug)]
pub struct LogIn {
    file: PathBuf,
    about: String,
}

/// The puller, and everything that was given for it: a log-in with other settings is another one.
fn about(job: &Job) -> String {
    use sha2::{Digest, Sha256};
    let mut settings = String::new();
    write_json(&Value::Record(job.inner.settings.values.clone()), &mut settings);
    let digest = Sha256::digest(settings.as_bytes());
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}\n{}\n{digest}", job.tenant, job.puller)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_in_is_kept_until_it_is_forgotten_or_is_about_something_else() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().to_owned(), ..Config::default() };
        let place = |puller: &str, about: &str| LogIn {
            file: folder.path().join("log-ins/t").join(format!("{puller}.sealed")),
            about: about.to_owned(),
        };
        let (here, other) = (place("hq", "hq with these settings"), place("hq", "hq with other settings"));
        let log_ins = LogIns::new(&config);
        assert_eq!(log_ins.recall(&here), None);
        log_ins.keep(&here, "first").unwrap();
        log_ins.keep(&here, "second").unwrap();
        assert_eq!(LogIns::new(&config).recall(&here).as_deref(), Some("second"));
        assert_eq!(log_ins.recall(&other), None);
        log_ins.keep(&here, "").unwrap();
        log_ins.keep(&here, "").unwrap();
        assert_eq!(log_ins.recall(&here), None);
    }

    #[test]
    fn a_log_in_that_cannot_be_kept_is_told() {
        let config = Config { data: "/nowhere/at/all".into(), ..Config::default() };
        let place = LogIn { file: "/nowhere/at/all/log-ins/t/hq.sealed".into(), about: String::new() };
        assert_eq!(LogIns::new(&config).keep(&place, "token").unwrap_err().id(), "COLLECT-505");
    }
}
