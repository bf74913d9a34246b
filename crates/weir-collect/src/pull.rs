//! One pull of a service: from where it stands to now, or to the end of what one pull takes.
//!
//! The code reads like a program and is a machine: it waits only in [`World`], so dropping it at any wait is a crash at that point.
//! What is committed is then stored, what is not is asked for again, and what comes twice is known by its identity.

mod back;
mod book;
mod detail;
mod identity;
mod job;
mod keyset;
mod pages;
mod parents;
mod partition;
mod repeats;
mod span;
mod stored;
mod table;
mod trigger;
mod walk;
mod windows;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use weir_event::{Fault, FaultKind, Timestamp};

use crate::path::plain;
use crate::peer::{Peer, Traffic};
use crate::service::Service;
use crate::session::Session;
use crate::state::{Change, State};
use crate::world::{Commit, Told, World};
use crate::{auth, fault};
use book::Book;
use partition::Partition;

/// What one pull did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Requests that were sent, log-ins and everything that was sent again included.
    pub requests: u64,
    /// How many of them were sent again: after a fault, a wait that the source asked for, or a renewed log-in.
    pub retries: u64,
    /// Records that the source gave, before they were taken apart.
    pub received: u64,
    pub duplicates: u64,
    /// Records committed.
    pub generated: u64,
    /// There is more to ask for already.
    pub more: bool,
}

/// Asks a source for what is new. What it gives is committed page by page; a fault ends the pull, and the next one goes on where the
/// last commit stood.
pub async fn pull<W: World>(
    world: &W,
    service: &Service,
    session: &Session,
    state: &mut State,
) -> Result<Pulled, Fault> {
    let traffic = Traffic::default();
    let peer = Peer::new(world, service, session, &traffic);
    reset_when_told(&peer, state).await?;
    state.forget(world.now());
    for budget in service.stream().limits.local.iter().filter(|budget| budget.lasts) {
        state.forget_sent(&budget.name, Timestamp(world.now().0.saturating_sub(budget.per)));
    }
    session.recall(&service.name, &state.sent);
    let under_way = session.enter();
    let book = Book::new(peer, state);
    let ended = all(&book).await;
    if under_way.leave() {
        auth::log_out(&peer).await;
    }
    book.close(ended).await
}

/// Logs in unless a log-in holds: what a puller does before its first pull, and when its settings are checked.
pub async fn set_up<W: World>(world: &W, service: &Service, session: &Session) -> Result<(), Fault> {
    auth::set_up(&Peer::new(world, service, session, &Traffic::default())).await
}

/// All partitions, a few at once. A fault of one does not keep the others from being asked, unless it concerns all of them.
async fn all<W: World>(book: &Book<'_, W>) -> Result<(), Fault> {
    let triggered = match trigger::ask(book).await? {
        trigger::Said::Same => return Ok(()),
        trigger::Said::New(value) => Some(value),
        trigger::Said::Nothing => None,
    };
    let foreach = book.peer.service.stream().foreach.as_ref();
    let most = foreach.map_or(1, |foreach| foreach.concurrency);
    let mut waiting = parents::list(book).await?.into_iter();
    let (mut running, mut first) = (FuturesUnordered::new(), Ok(()));
    loop {
        while running.len() < most
            && let Some((parent, name)) = waiting.next()
        {
            running.push(partition(book, parent, name));
        }
        match running.next().await {
            None => break,
            Some(Ok(())) => {}
            Some(Err(fault)) => {
                if concerns_all(&fault) {
                    return Err(fault);
                }
                first = first.and(Err(fault));
            }
        }
    }
    first?;
    match triggered {
        Some(value) => book.commit(Vec::new(), Change { trigger: Some(value), ..Change::default() }).await,
        None => Ok(()),
    }
}

async fn partition<W: World>(
    book: &Book<'_, W>,
    parent: weir_event::Value<'static>,
    name: String,
) -> Result<(), Fault> {
    Partition { book, parent, name }.pull().await
}

/// Credentials, the network, the disk: the next element would fail alike.
fn concerns_all(fault: &Fault) -> bool {
    matches!(fault.kind(), FaultKind::Auth | FaultKind::Storage | FaultKind::Busy)
        || matches!(fault.id(), "COLLECT-203" | "COLLECT-204" | "COLLECT-909")
}

/// A setting that starts the service over has changed since the last pull: what was remembered is gone, as the one who changed it wants.
async fn reset_when_told<W: World>(peer: &Peer<'_, W>, state: &mut State) -> Result<(), Fault> {
    let settings = peer.service.resetting();
    if state.settings == settings {
        return Ok(());
    }
    let reset = !state.settings.is_null();
    let mut change = Change { settings: Some(settings.clone()), reset, ..Change::default() };
    if reset {
        change.sent = state.sent.clone();
        let (from, to) = (plain(&state.settings), plain(&settings));
        peer.world.tell(Told::Reset(fault::state_reset(peer.name(), &from, &to, state)));
    }
    peer.world.commit(Commit { state: change.to_text(), ..Commit::default() }).await?;
    state.apply(&change);
    Ok(())
}
