//! The pages of one span: asked for one after the other, committed as they come.

mod keep;
mod next;

use std::collections::HashSet;

use weir_event::{Fault, Record, Timestamp, Value, limits, write_json};

use super::identity::Identities;
use super::span::Span;
use super::{Partition, Pulled};
use crate::call::{self, Outcome};
use crate::http::{Reply, Request};
use crate::manifest::{Action, CursorKind, PagePlace, PagingKind};
use crate::page::{self, Found};
use crate::path::plain;
use crate::slot::{Page, Scope};
use crate::state::{Change, State};
use crate::when;
use crate::world::{Commit, World};
use crate::{build, digest, fault, steps};
use keep::Kept;

/// How the pages ended.
pub enum Ended {
    Done,
    /// The error table asks for something that concerns the whole span.
    Turn(Action, Fault),
}

/// Page sizes when the manifest names none.
const SIZE: i64 = 0;

pub struct Pages<'p, W> {
    on: &'p Partition<'p, W>,
    span: &'p Span,
    vars: Record<'static>,
    page: Page,
    /// The whole address of the next page, when the source names one.
    link: Option<String>,
    asked: HashSet<u128>,
    identities: Identities,
    /// The largest value of a high-water field, or what the source said last.
    mark: Value<'static>,
    /// Keys of a snapshot that came.
    present: HashSet<u128>,
    /// Sum of requests before this span.
    count: u64,
}

/// What one page gave.
struct Taken {
    records: usize,
    next: Next,
}

enum Next {
    Page,
    End,
}

impl<'p, W: World> Pages<'p, W> {
    pub fn new(on: &'p Partition<'p, W>, span: &'p Span, size_max: i64) -> Self {
        let stream = on.service.stream();
        let scope = on.service.scope(on.world.now());
        let named = stream.paging.size.as_ref().and_then(|size| size.value(&scope).ok().flatten());
        let size = match named {
            Some(Value::Long(size)) => size.min(size_max),
            Some(Value::Text(text)) => text.parse().unwrap_or(SIZE).min(size_max),
            _ => SIZE,
        };
        let number = match stream.paging.kind {
            PagingKind::Number { first, .. } => first,
            _ => 0,
        };
        Pages {
            on,
            span,
            vars: Record::new(),
            page: Page { size, number, ..Page::default() },
            link: None,
            asked: HashSet::new(),
            identities: Identities::default(),
            mark: Value::Null,
            present: HashSet::new(),
            count: 0,
        }
    }

    pub fn size(&self) -> i64 {
        self.page.size
    }

    /// Asks for all pages. The steps `before` and `after` stand around them.
    pub async fn run(&mut self, state: &mut State, pulled: &mut Pulled) -> Result<Ended, Fault> {
        let stream = self.on.service.stream();
        let mut vars = Record::new();
        let before =
            steps::run(self.on.world, self.on.service, self.on.session, &stream.before, &self.scope(), &mut vars).await;
        self.vars = vars;
        before?;
        let ended = self.all(state, pulled).await;
        if matches!(ended, Ok(Ended::Turn(..))) {
            return ended;
        }
        let after = stream.after.iter().filter(|step| step.always || ended.is_ok());
        let mut vars = self.vars.clone();
        let closed = steps::run(self.on.world, self.on.service, self.on.session, after, &self.scope(), &mut vars).await;
        match ended {
            Ok(ended) => closed.map(|()| ended),
            Err(fault) => Err(fault),
        }
    }

    async fn all(&mut self, state: &mut State, pulled: &mut Pulled) -> Result<Ended, Fault> {
        loop {
            let request = self.request()?;
            self.refuse_loops(&request)?;
            self.count += 1;
            pulled.requests += 1;
            let reply = match self.ask(request).await? {
                Outcome::Data(reply) => Some(reply),
                Outcome::Empty | Outcome::Turn(Action::Skip, _) => None,
                Outcome::Turn(action, fault) => return Ok(Ended::Turn(action, fault)),
            };
            let taken = match &reply {
                Some(reply) => self.take(reply, state, pulled).await?,
                None => {
                    self.finish(Vec::new(), Change::default(), state, pulled).await?;
                    Taken { records: 0, next: Next::End }
                }
            };
            if let Some(ended) = self.is_cut(taken.records) {
                return Ok(ended);
            }
            if let Next::End = taken.next {
                return Ok(Ended::Done);
            }
            if self.count >= self.on.service.stream().paging.max_pages {
                pulled.more = true;
                return if self.is_ordered() {
                    Ok(Ended::Done)
                } else {
                    Err(self.looping("there are more pages than a pull takes"))
                };
            }
        }
    }

    /// Asks until the answer can be read: one that was cut short is asked for again.
    async fn ask(&self, request: Request) -> Result<Outcome, Fault> {
        let retry = &self.on.service.stream().limits.retry;
        let mut number = 0;
        loop {
            let outcome = call::call(self.on.world, self.on.service, self.on.session, request.clone()).await?;
            let Outcome::Data(reply) = &outcome else { return Ok(outcome) };
            let Err(fault) = self.readable(reply) else { return Ok(outcome) };
            number += 1;
            if number >= retry.tries {
                return Err(fault);
            }
            let wait = call::jittered(retry.backoff.wait(number), &self.on.service.name, number);
            let until = Timestamp(self.on.world.now().0.saturating_add(wait));
            self.on.world.tell(crate::world::Told::Retrying { fault, number, until });
            self.on.world.sleep_until(until).await;
        }
    }

    fn readable(&self, reply: &Reply) -> Result<(), Fault> {
        let text = self.text(reply)?;
        page::decode(&self.on.service.stream().response, &text, &self.on.service.name).map(drop)
    }

    fn text(&self, reply: &Reply) -> Result<String, Fault> {
        let bytes_max = self.on.service.manifest.http.answer_bytes_max;
        page::unpack(&self.on.service.stream().response, reply, bytes_max, &self.on.service.name)
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            window: self.span.window,
            cursor: &self.span.cursor,
            page: &self.page,
            vars: &self.vars,
            parent: &self.on.parent,
            ..self.on.service.scope(self.on.world.now())
        }
    }

    fn request(&self) -> Result<Request, Fault> {
        let stream = self.on.service.stream();
        let mut request = self.on.service.request(&stream.request, &self.scope())?;
        if let Some(link) = &self.link {
            request.url = link.clone();
            return Ok(request);
        }
        let (place, value) = match &stream.paging.kind {
            PagingKind::Token { place, .. } if !self.page.token.is_null() => (place, plain(&self.page.token)),
            PagingKind::Offset { place, .. } => (place, self.page.offset.to_string()),
            PagingKind::Number { place, .. } => (place, self.page.number.to_string()),
            _ => return Ok(request),
        };
        if let PagePlace::Query(name) = place {
            build::add_query(&mut request.url, &[(name.clone(), value)]);
        }
        Ok(request)
    }

    /// The same request twice in one span would go on for ever.
    fn refuse_loops(&mut self, request: &Request) -> Result<(), Fault> {
        let id = digest::identity(&[request.url.as_bytes(), &request.body]);
        if self.asked.insert(id) {
            return Ok(());
        }
        Err(self.looping(&format!("the same page was asked for before: {}", request.target())))
    }

    fn looping(&self, what: &str) -> Fault {
        fault::paging_loops(&self.on.service.name, what)
    }

    /// Records come in the order of the cursor, so progress may be kept page by page.
    fn is_ordered(&self) -> bool {
        matches!(
            self.on.service.stream().cursor.kind,
            CursorKind::HighWater { ascending: true, .. } | CursorKind::Opaque { .. }
        )
    }

    /// The source gives no more than a number of records in one answer, and that many came: some are missing.
    fn is_cut(&self, records: usize) -> Option<Ended> {
        let full = self.on.service.stream().paging.full_at.filter(|full| records as u64 >= *full)?;
        let fault = fault::partial(&self.on.service.name, &format!("{full} records, the most that one answer holds"));
        Some(Ended::Turn(Action::SplitWindow, fault))
    }

    /// Takes the records of an answer and commits them.
    async fn take(&mut self, reply: &Reply, state: &mut State, pulled: &mut Pulled) -> Result<Taken, Fault> {
        let stream = self.on.service.stream();
        let mut vars = std::mem::take(&mut self.vars);
        let captured = steps::capture(self.on.service, &stream.response.capture, reply, &mut vars);
        self.vars = vars;
        captured?;
        let text = self.text(reply)?;
        let body = page::decode(&stream.response, &text, &self.on.service.name)?;
        self.remember(&body);
        let selected: usize = stream.response.select.iter().map(|select| select.path.all(&body).len()).sum();
        pulled.received += selected as u64;
        let next = self.advance(reply, &body, selected);
        let found = page::records(&stream.response, body);
        let is_cut = self.is_cut(selected).is_some();
        let mut sorted = self.sort_out(found, state, pulled).await?;
        if matches!(next, Next::End) && !is_cut {
            let (records, change) = std::mem::take(&mut sorted);
            self.finish(records, change, state, pulled).await?;
        } else {
            let (records, mut change) = sorted;
            if self.is_ordered() && !self.mark.is_null() {
                change.cursor = Some(self.mark.clone());
            }
            self.commit(records, change, state, pulled).await?;
        }
        Ok(Taken { records: selected, next })
    }

    /// What the answer says about where the next pull begins.
    fn remember(&mut self, body: &Value<'_>) {
        let cursor = &self.on.service.stream().cursor;
        let from = match &cursor.kind {
            CursorKind::Window { next: Some(path), .. } => path,
            CursorKind::Opaque { from } => from,
            _ => return,
        };
        if let Some(value) = from.first(body) {
            self.mark = value.clone().into_owned();
        }
    }

    /// Known records out, identities and marks of new ones noted. Commits on the way when there is more than one commit takes.
    async fn sort_out(
        &mut self,
        found: Vec<Found<'_>>,
        state: &mut State,
        pulled: &mut Pulled,
    ) -> Result<(Vec<String>, Change), Fault> {
        let stream = self.on.service.stream();
        let until = Timestamp(self.on.world.now().0.saturating_add(stream.dedup.keep));
        let (mut records, mut change, mut bytes) = (Vec::new(), Change::default(), 0);
        let mut here = HashSet::new();
        for found in found {
            self.raise(&found.given);
            let tell = match self.judge(&found, state, &mut here) {
                Kept::Known => {
                    pulled.duplicates += 1;
                    continue;
                }
                Kept::Same => continue,
                Kept::New(id) => {
                    change.seen.push((id, until));
                    true
                }
                Kept::Changed { key, hash, tell } => {
                    change.known.push((key, Some(hash)));
                    tell
                }
            };
            for part in found.parts.iter().filter(|_| tell) {
                let mut text = String::new();
                write_json(part, &mut text);
                bytes += text.len();
                records.push(text);
            }
            if bytes >= limits::CHUNK_BYTES_MAX || records.len() >= limits::CHUNK_EVENTS_MAX {
                let (full, so_far) = (std::mem::take(&mut records), std::mem::take(&mut change));
                self.commit(full, so_far, state, pulled).await?;
                bytes = 0;
            }
        }
        Ok((records, change))
    }

    /// The last commit of a span: its records, and the cursor after them.
    async fn finish(
        &mut self,
        mut records: Vec<String>,
        mut change: Change,
        state: &mut State,
        pulled: &mut Pulled,
    ) -> Result<(), Fault> {
        let cursor = &self.on.service.stream().cursor;
        match &cursor.kind {
            CursorKind::None => {}
            CursorKind::Window { .. } => {
                let next = when::read(&self.mark, when::Unit::Guess).or(self.span.window.map(|window| window.end));
                change.cursor = next.map(Value::Timestamp);
            }
            CursorKind::HighWater { .. } => {
                let have = state.cursors.get(&self.on.name).cloned().unwrap_or_default();
                if is_above(&self.mark, &have) {
                    change.cursor = Some(self.mark.clone());
                }
            }
            CursorKind::Opaque { .. } => change.cursor = Some(self.mark.clone()).filter(|mark| !mark.is_null()),
            CursorKind::Snapshot { emit, .. } => {
                let gone: Vec<u128> = state.known.keys().filter(|key| !self.present.contains(key)).copied().collect();
                if emit.removed && state.based {
                    records.extend(gone.iter().map(|key| format!("{{\"removed\":\"{key:032x}\"}}")));
                }
                change.known.extend(gone.into_iter().map(|key| (key, None)));
                change.based = !state.based;
            }
        }
        self.commit(records, change, state, pulled).await
    }

    async fn commit(
        &self,
        records: Vec<String>,
        mut change: Change,
        state: &mut State,
        pulled: &mut Pulled,
    ) -> Result<(), Fault> {
        change.partition = self.on.name.clone();
        if change.cursor.is_some() && change.cursor.as_ref() == state.cursors.get(&self.on.name) {
            change.cursor = None;
        }
        if records.is_empty() && change.is_empty() {
            return Ok(());
        }
        let generated = records.len() as u64;
        self.on.world.commit(Commit { records, state: change.to_text(), whole: false }).await?;
        pulled.generated += generated;
        state.apply(&change);
        Ok(())
    }
}

fn is_above(mark: &Value<'_>, have: &Value<'_>) -> bool {
    match (mark, have) {
        (Value::Null, _) => false,
        (Value::Long(mark), Value::Long(have)) => mark > have,
        (Value::Timestamp(mark), have) => when::read(have, when::Unit::Guess).is_none_or(|have| *mark > have),
        _ => true,
    }
}
