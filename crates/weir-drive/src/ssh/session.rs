//! A connection to a host that is who it should be.

use std::borrow::Cow;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use russh::client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::ssh_key::{Algorithm, HashAlg, PublicKey};
use russh::keys::{Error as KeyError, PrivateKeyWithHashAlg, decode_secret_key, known_hosts};
use russh::{Channel, ChannelMsg, Disconnect, Error, Preferred};
use tokio::net::TcpStream;
use tokio::time::timeout;
use weir_event::Fault;

use super::{HostKey, Settings, fault};

/// Questions that a host may ask at a login.
const QUESTIONS_MAX: usize = 8;
const GOODBYE: Duration = Duration::from_secs(1);

pub struct Session {
    handle: Handle<Host>,
    settings: Settings,
}

/// Judges the key of the host.
struct Host {
    settings: Settings,
    verdict: Arc<Mutex<Option<Fault>>>,
}

impl client::Handler for Host {
    type Error = Error;

    async fn check_server_key(&mut self, key: &PublicKey) -> Result<bool, Error> {
        let verdict = judge(&self.settings, key);
        let is_known = verdict.is_ok();
        *self.verdict.lock().unwrap_or_else(PoisonError::into_inner) = verdict.err();
        Ok(is_known)
    }
}

/// Whether this is the key that the host must have.
fn judge(settings: &Settings, key: &PublicKey) -> Result<(), Fault> {
    let shown = key.fingerprint(HashAlg::Sha256).to_string();
    match &settings.host_key {
        HostKey::Fingerprints(known) if known.contains(&shown) => Ok(()),
        HostKey::Fingerprints(known) if known.is_empty() => Err(fault::unknown_key(settings, &shown)),
        HostKey::Fingerprints(_) => Err(fault::changed_key(settings, &shown)),
        HostKey::KnownHosts(file) => {
            match known_hosts::check_known_hosts_path(&settings.host, settings.port, key, file) {
                Ok(true) => Ok(()),
                Err(KeyError::KeyChanged { .. }) => Err(fault::changed_key(settings, &shown)),
                Ok(false) | Err(_) => Err(fault::unknown_key(settings, &shown)),
            }
        }
    }
}

impl Session {
    pub async fn open(settings: &Settings) -> Result<Session, Fault> {
        let verdict = Arc::new(Mutex::new(None));
        let host = Host { settings: settings.clone(), verdict: verdict.clone() };
        let connect = async {
            let stream = TcpStream::connect((settings.host.as_str(), settings.port))
                .await
                .map_err(|error| fault::not_connected(settings, error))?;
            let connected = client::connect_stream(Arc::new(config(settings)), stream, host).await;
            connected.map_err(|error| {
                let verdict = verdict.lock().unwrap_or_else(PoisonError::into_inner).take();
                verdict.unwrap_or_else(|| connecting(settings, &error))
            })
        };
        let handle = match timeout(patience(settings), connect).await {
            Ok(handle) => handle?,
            Err(_) => return Err(fault::not_connected(settings, "no answer in time")),
        };
        let mut session = Session { handle, settings: settings.clone() };
        session.log_in().await?;
        Ok(session)
    }

    /// The key, then the password, then the password as the answer to what the host asks.
    async fn log_in(&mut self) -> Result<(), Fault> {
        let settings = self.settings.clone();
        let mut left = String::from("neither `password` nor `key` is given");
        if let Some(text) = &settings.login.key {
            let key = decode_secret_key(text, settings.login.passphrase.as_deref());
            let key = Arc::new(key.map_err(|error| fault::bad_key(&settings, error))?);
            let hash = self.wait(self.handle.best_supported_rsa_hash()).await?.flatten();
            let key = PrivateKeyWithHashAlg::new(key, hash);
            let answer = timeout(patience(&settings), self.handle.authenticate_publickey(&settings.user, key)).await;
            match result(&settings, answer)? {
                AuthResult::Success => return Ok(()),
                AuthResult::Failure { remaining_methods, .. } => left = methods("the key", &remaining_methods),
            }
        }
        if let Some(password) = &settings.login.password {
            let answer = self.handle.authenticate_password(&settings.user, password);
            let answer = timeout(patience(&settings), answer).await;
            match result(&settings, answer)? {
                AuthResult::Success => return Ok(()),
                AuthResult::Failure { remaining_methods, .. } => left = methods("the password", &remaining_methods),
            }
            if left.contains("keyboard-interactive") && self.answer_questions(password).await? {
                return Ok(());
            }
        }
        Err(fault::login_refused(&settings, left))
    }

    async fn answer_questions(&mut self, password: &str) -> Result<bool, Fault> {
        let settings = self.settings.clone();
        let start = self.handle.authenticate_keyboard_interactive_start(&settings.user, None::<String>);
        let mut answer = result(&settings, timeout(patience(&settings), start).await)?;
        for _ in 0..QUESTIONS_MAX {
            let prompts = match answer {
                KeyboardInteractiveAuthResponse::Success => return Ok(true),
                KeyboardInteractiveAuthResponse::Failure { .. } => return Ok(false),
                KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => prompts,
            };
            let answers = prompts.iter().map(|_| password.to_owned()).collect();
            let respond = self.handle.authenticate_keyboard_interactive_respond(answers);
            answer = result(&settings, timeout(patience(&settings), respond).await)?;
        }
        Ok(false)
    }

    /// A channel for one command or subsystem.
    pub async fn channel(&self) -> Result<Channel<client::Msg>, Fault> {
        self.wait(self.handle.channel_open_session()).await
    }

    /// Waits for the host at most as long as `timeout` says.
    pub async fn wait<T>(&self, wait: impl Future<Output = Result<T, Error>>) -> Result<T, Fault> {
        result(&self.settings, timeout(patience(&self.settings), wait).await)
    }

    /// The next message of a channel; `None` when it is closed.
    pub async fn message(&self, channel: &mut Channel<client::Msg>) -> Result<Option<ChannelMsg>, Fault> {
        self.wait(async { Ok(channel.wait().await) }).await
    }

    pub async fn close(self) {
        // The host notices in any case.
        let _ = timeout(GOODBYE, self.handle.disconnect(Disconnect::ByApplication, "", "en")).await;
    }
}

fn patience(settings: &Settings) -> Duration {
    Duration::from_nanos(settings.timeout.0.unsigned_abs())
}

/// A host has several keys and shows one: those that are known come first.
fn config(settings: &Settings) -> client::Config {
    let mut preferred = Preferred::default();
    if let HostKey::KnownHosts(file) = &settings.host_key {
        let known = known_hosts::known_host_keys_path(&settings.host, settings.port, file).unwrap_or_default();
        let known: Vec<Algorithm> = known.into_iter().map(|(_, key)| key.algorithm()).collect();
        let mut order = preferred.key.to_vec();
        order.sort_by_key(|algorithm| !known.iter().any(|each| is_alike(each, algorithm)));
        preferred.key = Cow::Owned(order);
    }
    client::Config { preferred, nodelay: true, ..client::Config::default() }
}

/// Keys of RSA sign with several hashes.
fn is_alike(a: &Algorithm, b: &Algorithm) -> bool {
    let is_rsa = |algorithm: &Algorithm| matches!(algorithm, Algorithm::Rsa { .. });
    a == b || is_rsa(a) && is_rsa(b)
}

fn methods(tried: &str, left: &russh::MethodSet) -> String {
    let left: Vec<&str> = left.iter().map(Into::into).collect();
    format!("{tried} was not accepted; the host would take: {}", left.join(", "))
}

fn connecting(settings: &Settings, error: &Error) -> Fault {
    match error {
        Error::NoCommonAlgo { kind, ours, theirs } => {
            let why = format!("{kind:?}: weir has {}, the host has {}", ours.join(" "), theirs.join(" "));
            fault::no_common_algorithm(settings, why)
        }
        error => fault::not_connected(settings, error),
    }
}

fn result<T>(settings: &Settings, waited: Result<Result<T, Error>, tokio::time::error::Elapsed>) -> Result<T, Fault> {
    match waited {
        Ok(answer) => answer.map_err(|error| fault::lost(settings, error)),
        Err(_) => Err(fault::silent(settings)),
    }
}
