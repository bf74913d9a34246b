//! Encrypted connections: the certificate that is shown, and whose clients are let in.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;
use weir_drive::pem::{authorities, certificates, private_key};
use weir_event::{Fault, FaultKind};

/// Who connects has this long to agree on keys.
pub const HANDSHAKE: Duration = Duration::from_secs(10);

/// How often the files are looked at for newer ones.
const LOOK: Duration = Duration::from_secs(10);

/// At least so much time is between two lines about connections that failed.
const SAY: Duration = Duration::from_secs(1);

/// Where a listener finds what it shows, in PEM.
#[derive(Clone, Debug, PartialEq)]
pub struct TlsFiles {
    pub cert_file: PathBuf,
    pub key_file: PathBuf,
    /// Authorities; only clients with a certificate of one of them are let in. Without it everybody is.
    pub ca_file: Option<PathBuf>,
    /// `file:line` of the configuration.
    pub at: String,
}

/// What a listener needs to encrypt. Certificates do not last: files that are replaced count for the connections that come then.
pub struct Tls {
    files: TlsFiles,
    known: Mutex<Known>,
}

struct Known {
    config: Arc<ServerConfig>,
    state: [State; 3],
    looked: Instant,
    said: Option<Instant>,
}

/// When a file was changed last, and its bytes; `None`: there is none.
type State = Option<(SystemTime, u64)>;

impl Tls {
    /// Fails when the files do not hold what they should.
    pub fn open(files: &TlsFiles) -> Result<Tls, Fault> {
        let known = Known { state: files.state(), config: files.read()?, looked: Instant::now(), said: None };
        Ok(Tls { files: files.clone(), known: known.into() })
    }

    /// For the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.looked.elapsed() >= LOOK {
            known.looked = Instant::now();
            self.look_again(&mut known);
        }
        known.config.clone().into()
    }

    /// Files that are no longer right, which they are for a moment while they are replaced, change nothing.
    fn look_again(&self, known: &mut Known) {
        let state = self.files.state();
        if state == known.state {
            return;
        }
        match self.files.read() {
            Ok(config) => {
                (known.config, known.state) = (config, state);
                crate::say::log("info", format_args!("new certificate cert_file={}", self.files.cert_file.display()));
            }
            Err(fault) => {
                let (id, why) = (fault.id(), fault.cause());
                crate::say::log("warn", format_args!("certificate not renewed id={id} why={why}"));
            }
        }
    }

    /// Says that somebody could not connect; of many in a short time one stands for all.
    pub fn complain(&self, about: std::fmt::Arguments<'_>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.said.is_none_or(|said| said.elapsed() >= SAY) {
            known.said = Some(Instant::now());
            crate::say::log("warn", format_args!("encrypted connection failed {about}"));
        }
    }
}

impl TlsFiles {
    fn state(&self) -> [State; 3] {
        let state = |path: &Path| {
            let about = std::fs::metadata(path).ok()?;
            Some((about.modified().ok()?, about.len()))
        };
        [Some(&self.cert_file), Some(&self.key_file), self.ca_file.as_ref()].map(|path| state(path?))
    }

    fn read(&self) -> Result<Arc<ServerConfig>, Fault> {
        self.config().map(Arc::new).map_err(|why| {
            Fault::new("CONFIG-020", FaultKind::Config, "the listener cannot encrypt")
                .at(&self.at)
                .because(why)
                .hint("`cert_file` holds the certificate and those between it and its authority, `key_file` its key, both in PEM")
        })
    }

    /// TLS 1.2 and 1.3.
    fn config(&self) -> Result<ServerConfig, String> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| error.to_string())?;
        let builder = match &self.ca_file {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let authorities = authorities(Some(file))?.into();
                let verifier = WebPkiClientVerifier::builder_with_provider(authorities, provider).build();
                builder.with_client_cert_verifier(verifier.map_err(|error| error.to_string())?)
            }
        };
        let config = builder.with_single_cert(certificates(&self.cert_file)?, private_key(&self.key_file)?);
        let mut config = config.map_err(|error| format!("{}: {error}", self.key_file.display()))?;
        // A sender of syslog reads nothing. When one closes that has not read its tickets, its kernel resets the connection, and what is on
        // its way is lost.
        config.send_tls13_tickets = 0;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use weir_testkit::servers::certificate;

    use super::*;

    /// As if the files had been looked at long ago.
    fn age(tls: &Tls) {
        let mut known = tls.known.lock().unwrap();
        known.looked = Instant::now().checked_sub(LOOK).unwrap();
    }

    #[test]
    fn files_that_are_replaced_count() {
        let folder = tempfile::tempdir().unwrap();
        certificate(folder.path());
        let [cert_file, key_file] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        let files = TlsFiles { cert_file: cert_file.clone(), key_file, ca_file: None, at: "here".into() };
        let tls = Tls::open(&files).unwrap();
        let shown = || tls.acceptor().config().clone();
        let first = shown();
        age(&tls);
        assert!(Arc::ptr_eq(&first, &shown()));
        std::fs::write(&cert_file, "nothing").unwrap();
        age(&tls);
        assert!(Arc::ptr_eq(&first, &shown()), "what is wrong changes nothing");
        assert_eq!(Tls::open(&files).err().unwrap().id(), "CONFIG-020");
        certificate(folder.path());
        assert!(Arc::ptr_eq(&first, &shown()), "not looked at yet");
        age(&tls);
        assert!(!Arc::ptr_eq(&first, &shown()));
    }
}
