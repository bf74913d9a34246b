//! One pull of a service: from where it stands to now, or to the end of one window.
//!
//! The code reads like a program and is a machine: it waits only in [`World`], so dropping it at any wait is a crash at that point.
//! What is committed is then stored, what is not is asked for again, and what comes twice is known by its identity.

mod identity;
mod pages;
mod span;

#[cfg(test)]
mod tests;

use weir_event::{Fault, Record, Value};

use crate::manifest::{Action, ForeachFrom};
use crate::path::plain;
use crate::service::Service;
use crate::session::Session;
use crate::state::{Change, State};
use crate::world::{Commit, World};
use crate::{auth, steps};
use pages::{Ended, Pages};
use span::Span;

/// What one pull did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    pub requests: u64,
    /// Records that the source gave, before they were taken apart.
    pub received: u64,
    pub duplicates: u64,
    /// Records committed.
    pub generated: u64,
    /// There is more to ask for already.
    pub more: bool,
}

/// Windows that are halved because the source cannot answer them whole are not cut below this (nanoseconds).
const WINDOW_MIN: i64 = 60_000_000_000;
/// How often one pull begins anew because the source lost its place or answered in part.
const RESTARTS_MAX: u64 = 5;

/// Asks a source for what is new. What it gives is committed page by page; a fault ends the pull, and the next one goes on where the
/// last commit stood.
pub async fn pull<W: World>(
    world: &W,
    service: &Service,
    session: &Session,
    state: &mut State,
) -> Result<Pulled, Fault> {
    reset_when_told(world, service, state).await?;
    state.forget(world.now());
    let mut pulled = Pulled::default();
    for parent in parents(world, service, session).await? {
        let name = name_of(&parent);
        let done = Partition { world, service, session, parent, name }.pull(state, &mut pulled).await;
        if let Err(fault) = done {
            auth::log_out(world, service, session).await;
            return Err(fault);
        }
    }
    auth::log_out(world, service, session).await;
    if let Some(text) = state.take_due() {
        world.commit(Commit { state: text, whole: true, ..Commit::default() }).await?;
    }
    Ok(pulled)
}

/// A setting that starts the service over has changed since the last pull: what was remembered is gone, as the one who changed it wants.
async fn reset_when_told<W: World>(world: &W, service: &Service, state: &mut State) -> Result<(), Fault> {
    let settings = service.resetting();
    if state.settings == settings {
        return Ok(());
    }
    let is_first = state.settings.is_null() && state.cursors.is_empty();
    let kept = is_first || state.settings.is_null();
    let change = Change { settings: Some(settings.clone()), reset: !kept, ..Change::default() };
    if !kept {
        let says = format!("settings changed from {} to {}: it starts over", plain(&state.settings), plain(&settings));
        world.tell(crate::world::Told::Note(says));
    }
    world.commit(Commit { state: change.to_text(), ..Commit::default() }).await?;
    state.apply(&change);
    Ok(())
}

/// The elements to ask for one by one; one nothing when the stream has no `foreach`.
async fn parents<W: World>(world: &W, service: &Service, session: &Session) -> Result<Vec<Value<'static>>, Fault> {
    let Some(foreach) = &service.stream().foreach else { return Ok(vec![Value::Null]) };
    let scope = service.scope(world.now());
    match &foreach.from {
        ForeachFrom::Setting(text) => {
            let list = text.value(&scope).map_err(|slot| service.unfilled(&slot))?;
            Ok(match list {
                Some(Value::Array(items)) => items,
                Some(one) => vec![one],
                None => Vec::new(),
            })
        }
        ForeachFrom::Step { step, path } => {
            let mut vars = Record::new();
            let request = service.request(&step.request, &scope)?;
            let reply = crate::call::step(world, service, session, request, &step.ok).await?;
            steps::capture(service, &step.capture, &reply, &mut vars)?;
            let text = reply.text();
            let body = crate::page::decode(&service.stream().response, &text, &service.name)?;
            Ok(path.all(&body).into_iter().map(|value| value.clone().into_owned()).collect())
        }
    }
}

/// One element of a `foreach`, or the whole stream.
struct Partition<'p, W> {
    world: &'p W,
    service: &'p Service,
    session: &'p Session,
    parent: Value<'static>,
    /// Under which its cursor is remembered.
    name: String,
}

fn name_of(parent: &Value<'_>) -> String {
    match parent {
        Value::Null => String::new(),
        Value::Record(record) => record.get("id").map_or_else(|| plain(parent), plain),
        other => plain(other),
    }
}

impl<W: World> Partition<'_, W> {
    async fn pull(&self, state: &mut State, pulled: &mut Pulled) -> Result<(), Fault> {
        let mut width = i64::MAX;
        let mut clamp = false;
        let mut page_size = i64::MAX;
        for _ in 0..=RESTARTS_MAX + 40 {
            let cursor = state.cursors.get(&self.name).cloned().unwrap_or_default();
            let Some(span) = span::next(self.world, self.service, &self.parent, &cursor, width, clamp)? else {
                return Ok(());
            };
            if let Some((from, to)) = span.gap {
                self.world.tell(crate::world::Told::Gap { from, to });
            }
            let mut pages = Pages::new(self, &span, page_size);
            let ended = pages.run(state, pulled).await;
            match ended? {
                Ended::Done => {
                    pulled.more |= span.more;
                    return Ok(());
                }
                Ended::Turn(Action::Reopen | Action::Partial, _) => {}
                Ended::Turn(Action::ShrinkPage, fault) => {
                    page_size = (pages.size() / 2).max(1);
                    if pages.size() <= 1 {
                        return Err(fault);
                    }
                }
                Ended::Turn(Action::SplitWindow, fault) => match halved(&span) {
                    Some(half) => width = half,
                    None => return Err(fault),
                },
                Ended::Turn(Action::ClampStart, fault) if clamp => return Err(fault),
                Ended::Turn(Action::ClampStart, _) => clamp = true,
                Ended::Turn(Action::ResetCursor, _) => self.reset(state).await?,
                Ended::Turn(Action::Wait, _) => return Ok(()),
                Ended::Turn(_, fault) => return Err(fault),
            }
        }
        Err(crate::fault::partial(&self.service.name, "it began anew too often"))
    }

    /// The cursor of the source is void: begin by time again, known identities stay.
    async fn reset(&self, state: &mut State) -> Result<(), Fault> {
        let change = Change { partition: self.name.clone(), cursor: Some(Value::Null), ..Change::default() };
        self.world.commit(Commit { state: change.to_text(), ..Commit::default() }).await?;
        state.apply(&change);
        Ok(())
    }
}

/// Half of a window, unless it is too short to halve.
fn halved(span: &Span) -> Option<i64> {
    let window = span.window?;
    let half = (window.end.0 - window.start.0) / 2;
    (half >= WINDOW_MIN).then_some(half)
}
