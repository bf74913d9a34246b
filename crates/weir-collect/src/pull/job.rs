//! A span that the source makes ready as a job: told what is wanted, asked until it is there, fetched, cleaned up.
//!
//! What is open is written down before it is asked about, and each part as it is done, so that a restart goes on where it was.

mod open;

use weir_event::{Fault, Timestamp, Value};

use super::pages::{AtEnd, Ended, Pages};
use super::partition::Partition;
use super::span::Span;
use crate::call::{self, Outcome};
use crate::fault;
use crate::manifest::{Action, CursorKind, Job, Poll, Seen, short};
use crate::page;
use crate::path::{Place, plain};
use crate::peer::Peer;
use crate::slot::Scope;
use crate::state::Change;
use crate::steps;
use crate::world::World;
use open::Open;

/// What an answer about a job says.
struct Told {
    done: bool,
    parts: Vec<Value<'static>>,
}

/// One job until its end.
pub(super) async fn run<W: World>(
    on: &Partition<'_, '_, W>,
    job: &Job,
    span: &Span,
    page_size: i64,
) -> Result<Ended, Fault> {
    let resumed = on.book.read(|state| state.jobs.get(&on.name).and_then(Open::from_value));
    let is_resumed = resumed.is_some();
    let mut open = match resumed {
        Some(open) => open,
        None => create(on, job, span).await?,
    };
    let span = open.span(span);
    let ended = fetch(on, job, &span, &mut open, page_size).await;
    let lost = is_resumed && ended.as_ref().is_err_and(|fault| fault.id() == "COLLECT-209");
    if !matches!(ended, Ok(Ended::Done)) && (lost || job.cleanup.is_some() || is_over(&ended)) {
        forget(on).await?;
    }
    if !lost && let Some(step) = &job.cleanup {
        clean(on, step, &span, &open).await;
    }
    match ended {
        // The source knows the job no more: a new one is made for the same span.
        Err(fault) if lost => Ok(Ended::Turn(Action::Reopen, fault)),
        ended => ended,
    }
}

/// Nothing more will come of the job.
fn is_over(ended: &Result<Ended, Fault>) -> bool {
    match ended {
        Ok(Ended::Done | Ended::Abandoned) => false,
        Ok(Ended::Turn(action, _)) => *action != Action::Wait,
        Err(fault) => fault.id() == "COLLECT-217",
    }
}

fn scope<'s, W: World>(peer: &Peer<'s, W>, span: &'s Span, open: &'s Open) -> Scope<'s> {
    Scope { window: span.window, cursor: &span.cursor, vars: &open.vars, ..peer.scope() }
}

/// Tells the source what is wanted, or takes over a job that it runs already.
async fn create<W: World>(on: &Partition<'_, '_, W>, job: &Job, span: &Span) -> Result<Open, Fault> {
    let peer = on.peer();
    let mut open = Open::new(span, Timestamp(peer.world.now().0.saturating_add(job.timeout)));
    for step in &job.create {
        let request = peer.request(&step.request, &scope(&peer, span, &open))?;
        let mut step = step.clone();
        if let Some((statuses, _)) = &job.adopt {
            let right = if step.ok.is_empty() { (200..300).collect() } else { std::mem::take(&mut step.ok) };
            step.ok = right.into_iter().chain(statuses.iter().copied()).collect();
        }
        let reply = call::step(&peer, request, &step).await?;
        let adopted = job.adopt.as_ref().filter(|(statuses, _)| statuses.contains(&reply.status));
        let captures = adopted.map_or(&step.capture, |(_, captures)| captures);
        steps::capture(peer.name(), captures, &reply, &mut open.vars)?;
        if adopted.is_some() {
            break;
        }
    }
    write(on, &open).await?;
    Ok(open)
}

/// Asks for the state of the job until it is done, and fetches what there is.
async fn fetch<W: World>(
    on: &Partition<'_, '_, W>,
    job: &Job,
    span: &Span,
    open: &mut Open,
    page_size: i64,
) -> Result<Ended, Fault> {
    let mut pages = Pages::new(on, span, page_size);
    pages.mark = open.mark.clone();
    // Which keys of a snapshot came is not written down: its parts are fetched again.
    if matches!(on.peer().service.stream().cursor.kind, CursorKind::Snapshot(_)) {
        open.done.clear();
    }
    let mut number = 0;
    loop {
        let told = match &job.poll {
            Some(poll) => match ask(on, job, poll, span, open).await? {
                Ok(told) => told,
                Err(turn) => return Ok(turn),
            },
            None => Told { done: true, parts: Vec::new() },
        };
        pages.vars = open.vars.clone();
        for part in told.parts {
            if open.done.contains(&part) {
                continue;
            }
            open.done.push(part.clone());
            let ended = pages.part(part, AtEnd::Part(open.to_value())).await?;
            open.mark = pages.mark.clone();
            if !matches!(ended, Ended::Done) {
                return Ok(ended);
            }
        }
        if told.done {
            break;
        }
        number += 1;
        wait(on, job, open, number).await?;
    }
    if job.parts.is_some() {
        pages.close().await?;
        return Ok(Ended::Done);
    }
    pages.part(Value::Null, AtEnd::Finish).await
}

/// Asks for the state. The inner error says that the span must be asked for in another way.
async fn ask<W: World>(
    on: &Partition<'_, '_, W>,
    job: &Job,
    poll: &Poll,
    span: &Span,
    open: &mut Open,
) -> Result<Result<Told, Ended>, Fault> {
    let peer = on.peer();
    let request = peer.request(&poll.request, &scope(&peer, span, open))?;
    let reply = match call::call(&peer, request).await? {
        Outcome::Data(reply) => reply,
        Outcome::Empty => return Ok(Ok(Told { done: false, parts: Vec::new() })),
        Outcome::Turn(action, fault) => return Ok(Err(Ended::Turn(action, fault))),
    };
    steps::capture(peer.name(), &poll.capture, &reply, &mut open.vars)?;
    let text = reply.text();
    let seen = Seen::new(&reply);
    let Some(body) = page::guessed(&text) else {
        return Err(fault::not_data(peer.name(), "the state of a job", &short(seen.text())));
    };
    let any = |tests: &[(crate::path::Path, crate::manifest::Condition)]| {
        tests.iter().any(|(path, test)| test.holds(path, &body))
    };
    if any(&poll.failed) {
        return Err(fault::job_failed(peer.name(), &short(&text)));
    }
    if any(&poll.split) {
        let fault = fault::partial(peer.name(), &short(&text));
        return Ok(Err(Ended::Turn(Action::SplitWindow, fault)));
    }
    let done = any(&poll.done);
    let parts = match &job.parts {
        Some(path) if done || matches!(path.place(&body), Place::At(Value::Array(_))) => {
            page::path_holds(path, &body, peer.name())?;
            path.all(&body)
        }
        // A job that is not done may name none yet.
        _ => Vec::new(),
    };
    let parts = parts.into_iter().filter(|part| !part.is_null()).map(|part| part.clone().into_owned());
    Ok(Ok(Told { done, parts: parts.collect() }))
}

/// Until the next question; a job that takes too long is given up.
async fn wait<W: World>(on: &Partition<'_, '_, W>, job: &Job, open: &Open, number: u64) -> Result<(), Fault> {
    let peer = on.peer();
    let every = job.poll.as_ref().map(|poll| poll.every).unwrap_or_default();
    let until = Timestamp(peer.world.now().0.saturating_add(every.wait(number)));
    if until > open.until {
        let vars = Value::Record(open.vars.clone());
        return Err(fault::job_failed(peer.name(), &format!("it is not done in time: {}", short(&plain(&vars)))));
    }
    peer.world.sleep_until(until).await;
    Ok(())
}

async fn write<W: World>(on: &Partition<'_, '_, W>, open: &Open) -> Result<(), Fault> {
    let change = Change { partition: on.name.clone(), job: Some(open.to_value()), ..Change::default() };
    on.book.commit(Vec::new(), change).await
}

async fn forget<W: World>(on: &Partition<'_, '_, W>) -> Result<(), Fault> {
    let change = Change { partition: on.name.clone(), job: Some(Value::Null), ..Change::default() };
    on.book.commit(Vec::new(), change).await
}

/// A job that cannot be cleaned up ends by itself at the source.
async fn clean<W: World>(on: &Partition<'_, '_, W>, step: &crate::manifest::Step, span: &Span, open: &Open) {
    let peer = on.peer();
    let mut vars = open.vars.clone();
    if let Err(fault) = steps::run(&peer, [step], &scope(&peer, span, open), &mut vars).await {
        peer.world.tell(crate::world::Told::Note(format!("the job was not cleaned up: {}", fault.says())));
    }
}
