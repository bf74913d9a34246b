//! The lease of one service.
//!
//! Leases are numbered; the file of the highest number says who holds. Taking one is making the next file, which succeeds for one of all
//! who try. What the service remembers lies beside it under the same number: the holder adds a line with every commit, the next holder
//! begins with the last file and writes one of its own. What a holder writes that was overtaken goes to a file that nobody reads.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};
use tokio::sync::Notify;
use weir_event::{Fault, FaultKind};

use super::Terms;
use super::files::{Files, Kind};

pub struct Claim {
    name: String,
    terms: Terms,
    files: Files,
    now: Mutex<Now>,
    lost: Notify,
}

#[derive(Default)]
struct Now {
    held: Option<Held>,
    seen: Option<Seen>,
    /// Who had it when this server last asked in vain.
    elsewhere: Option<String>,
    /// Another server should rather have it.
    unsuited: bool,
}

struct Held {
    number: u64,
    beat: u64,
    shown: Instant,
    /// A pull is under way, or about to begin.
    busy: bool,
    /// The state of this number is there.
    stated: bool,
}

/// The last sign of life of another holder.
struct Seen {
    number: u64,
    text: String,
    at: Instant,
}

/// The id of [`Claim::elsewhere`].
pub const ELSEWHERE: &str = "COLLECT-503";

/// Whether a service may be pulled here.
#[derive(Debug, PartialEq, Eq)]
pub enum Turn {
    /// It may, as before.
    Kept,
    /// It may from now on, and goes on with what the texts remember, if there are any.
    Taken(Option<Vec<String>>),
    /// This server holds it.
    Elsewhere(String),
}

impl Claim {
    pub fn new(terms: &Terms, tenant: &str, source: &str) -> Claim {
        let files = Files::new(&terms.folder, &Path::new("leases").join(tenant).join(source));
        Claim { name: source.to_owned(), terms: terms.clone(), files, now: Mutex::default(), lost: Notify::new() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Asks for the lease before a pull. Until [`Claim::rest`] it is not given back.
    ///
    /// # Errors
    /// COLLECT-504 when the folder cannot be used.
    pub fn turn(&self) -> Result<Turn, Fault> {
        let mut now = self.lock();
        let turn = self.try_turn(&mut now).map_err(|error| self.unusable(&error))?;
        if let Some(held) = &mut now.held {
            held.busy = true;
        }
        now.elsewhere = match &turn {
            Turn::Elsewhere(node) => Some(node.clone()),
            _ => None,
        };
        Ok(turn)
    }

    /// Who had the lease when this server last asked for it in vain; "" when that is not known.
    pub fn is_elsewhere(&self) -> Option<String> {
        self.lock().elsewhere.clone()
    }

    /// Does something with the files, which may be slow, without holding up other tasks.
    pub async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        act: impl FnOnce(&Claim) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let claim = self.clone();
        let done = tokio::task::spawn_blocking(move || act(&claim)).await;
        done.unwrap_or_else(|error| Err(self.unusable(&io::Error::other(error))))
    }

    fn try_turn(&self, now: &mut Now) -> io::Result<Turn> {
        let last = self.files.last(Kind::Lease)?;
        if let Some(held) = &now.held {
            if last == Some(held.number) && self.is_sure(held) && held.stated {
                return Ok(Turn::Kept);
            }
            now.held = None;
        }
        let number = last.unwrap_or(0);
        let text = match last {
            Some(last) => self.files.read(last, Kind::Lease)?,
            None => String::new(),
        };
        if let Some(node) = self.holder(now, number, &text) {
            return Ok(Turn::Elsewhere(node));
        }
        let own = number + 1;
        let shown = self.terms.now();
        // Somebody may have been quicker, and somebody else quicker still, whose file is the only one left.
        if !self.files.claim(own, &self.text(0))? || self.files.last(Kind::Lease)? != Some(own) {
            let node = node_of(&text).unwrap_or_default();
            return Ok(Turn::Elsewhere(node));
        }
        let remembered = self.remembered(number, &text)?;
        now.held = Some(Held { number: own, beat: 0, shown, busy: true, stated: false });
        now.seen = None;
        Ok(Turn::Taken(remembered))
    }

    /// Who holds the lease of that text, as far as one can tell; nobody when it may be taken.
    fn holder(&self, now: &mut Now, number: u64, text: &str) -> Option<String> {
        let holder: Value = serde_json::from_str(text).unwrap_or_default();
        let is_own = || holder["home"] == *self.terms.home;
        if number == 0 || holder["given_back"] == true || is_own() {
            // A server that should rather leave it to another waits, but not for ever: the other may be on its way down.
            return (now.unsuited && !is_own() && !self.is_stale(now, number, text)).then(String::new);
        }
        (!self.is_stale(now, number, text)).then(|| node_of(text).unwrap_or_default())
    }

    /// True when the lease has looked like this for as long as leases last.
    fn is_stale(&self, now: &mut Now, number: u64, text: &str) -> bool {
        match &now.seen {
            Some(seen) if seen.number == number && seen.text == text => {
                self.terms.now().duration_since(seen.at) >= self.terms.lapse
            }
            _ => {
                now.seen = Some(Seen { number, text: text.to_owned(), at: self.terms.now() });
                false
            }
        }
    }

    /// The holder has shown itself so lately that nobody can have found it silent.
    fn is_sure(&self, held: &Held) -> bool {
        self.terms.now().duration_since(held.shown) < self.terms.sure()
    }

    /// What the service remembers in the folder; none when this server's own memory is as good: because nobody has shared the service
    /// before, or because the last who did was this server, which may have died before it could write here what it had stored.
    fn remembered(&self, number: u64, text: &str) -> io::Result<Option<Vec<String>>> {
        let Some(last) = self.files.last(Kind::State)? else { return Ok(None) };
        let holder: Value = serde_json::from_str(text).unwrap_or_default();
        if last == number && holder["home"] == *self.terms.home {
            return Ok(None);
        }
        let all = self.files.read(last, Kind::State)?;
        // What stands behind the last line end was not written to its end.
        let lines = all.rsplit_once('\n').map_or("", |(lines, _)| lines);
        Ok(Some(lines.lines().map(str::to_owned).collect()))
    }

    /// Makes sure of the lease right before something is stored.
    ///
    /// # Errors
    /// COLLECT-503 when another server has it, or may have, and when the next holder lacks something that was stored.
    pub fn check(&self) -> Result<(), Fault> {
        let mut now = self.lock();
        let Some(held) = now.held.as_ref().filter(|held| held.stated) else { return Err(self.elsewhere("")) };
        let last = self.files.last(Kind::Lease).map_err(|error| self.unusable(&error))?;
        if last == Some(held.number) && self.is_sure(held) {
            return Ok(());
        }
        now.held = None;
        Err(self.elsewhere(""))
    }

    /// Tells the next holder what was stored: one text of a state, or a whole one.
    ///
    /// # Errors
    /// COLLECT-504 when the folder cannot be used. Nothing more is stored until all of it has been told under a new lease; if another server
    /// takes that one, what was stored comes twice.
    pub fn tell(&self, state: &str, whole: bool) -> Result<(), Fault> {
        let mut now = self.lock();
        let Some(held) = &mut now.held else { return Err(self.elsewhere("")) };
        let told = match whole {
            true => self.files.write(held.number, Kind::State, &format!("{state}\n")),
            false => self.files.append(held.number, Kind::State, state),
        };
        let was_stated = std::mem::replace(&mut held.stated, told.is_ok());
        told.map_err(|error| self.unusable(&error))?;
        if whole && !was_stated {
            // What is left behind is only in the way.
            let _ = self.files.forget_before(held.number);
        }
        Ok(())
    }

    /// The pull is over: the lease may be given back now.
    pub fn rest(&self) {
        if let Some(held) = &mut self.lock().held {
            held.busy = false;
        }
    }

    /// Shows that this server lives, if it holds the lease.
    pub fn renew(&self) -> Result<(), Fault> {
        let mut now = self.lock();
        let Some(held) = &mut now.held else { return Ok(()) };
        let shown = self.terms.now();
        held.beat += 1;
        let (number, text) = (held.number, self.text(held.beat));
        let renewed = self.files.last(Kind::Lease).and_then(|last| {
            let ours = last == Some(number);
            if ours { self.files.show(number, Kind::Lease, &text).map(|()| true) } else { Ok(false) }
        });
        match renewed {
            Ok(true) => held.shown = shown,
            Ok(false) => {
                now.held = None;
                self.lost.notify_one();
            }
            // It holds until its time is over; perhaps the folder is back by then.
            Err(error) => return Err(self.unusable(&error)),
        }
        Ok(())
    }

    /// Whether this server is the one that should have the lease.
    pub fn suit(&self, suits: bool) {
        self.lock().unsuited = !suits;
    }

    /// Gives the lease back unless a pull is under way; true when it did.
    pub fn give_back_idle(&self) -> bool {
        let mut now = self.lock();
        let idle = now.held.as_ref().is_some_and(|held| !held.busy);
        idle && self.give_back_of(&mut now)
    }

    /// Gives the lease back.
    pub fn give_back(&self) {
        self.give_back_of(&mut self.lock());
    }

    fn give_back_of(&self, now: &mut Now) -> bool {
        let Some(held) = now.held.take() else { return false };
        let text = json!({"node": *self.terms.node, "home": *self.terms.home, "given_back": true}).to_string();
        self.lost.notify_one();
        // A lease that cannot be given back lapses.
        matches!(self.files.last(Kind::Lease), Ok(Some(last)) if last == held.number)
            && self.files.write(held.number, Kind::Lease, &text).is_ok()
    }

    /// Returns when the lease was given back or taken away.
    pub async fn lost(&self) {
        self.lost.notified().await;
    }

    fn text(&self, beat: u64) -> String {
        json!({"node": *self.terms.node, "home": *self.terms.home, "beat": beat}).to_string()
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn elsewhere(&self, node: &str) -> Fault {
        let says = format!("another server holds the lease of {}", self.name);
        let fault = Fault::new(ELSEWHERE, FaultKind::Busy, says).at(self.files.folder().display());
        let fault = if node.is_empty() { fault } else { fault.because(format!("it is held by {node}")) };
        fault.hint("nothing is lost: that server goes on from what was stored; ask there, or wait until it stops")
    }

    fn unusable(&self, error: &io::Error) -> Fault {
        super::unusable(self.files.folder(), error)
    }
}

/// The server of a lease.
fn node_of(text: &str) -> Option<String> {
    let holder: Value = serde_json::from_str(text).ok()?;
    (holder["given_back"] != true).then(|| holder["node"].as_str().map(str::to_owned))?
}
