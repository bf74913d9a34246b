//! The pages of one span: asked for one after the other, committed as they come.

mod keep;
mod take;

use std::collections::HashSet;

use weir_event::{Fault, Record, Timestamp, Value};

use super::Pulled;
use super::back::Back;
use super::identity::Identities;
use super::keyset::Keyset;
use super::partition::Partition;
use super::repeats::Repeats;
use super::span::Span;
use super::table::Table;
use super::walk::{Next, Walk};
use super::windows::Turn;
use crate::call::{self, Outcome};
use crate::fault;
use crate::http::{Reply, Request};
use crate::manifest::{Action, CursorKind, Order, PagingKind, Stream};
use crate::peer::Peer;
use crate::slot::{Scope, Window};
use crate::state::Change;
use crate::world::World;
use crate::{page, steps};

/// How the pages ended.
pub(super) enum Ended {
    Done,
    /// The error table asks for something that concerns the whole span.
    Turn(Action, Fault),
    /// The window before was not stored.
    Abandoned,
}

/// What the last page does.
#[derive(Clone, Debug, Default)]
pub(super) enum AtEnd {
    /// The cursor moves, and no job is open any more.
    #[default]
    Finish,
    /// A part of a job is done; this is how the job stands then.
    Part(Value<'static>),
}

pub(super) struct Pages<'p, 'b, W> {
    on: &'p Partition<'p, 'b, W>,
    span: &'p Span,
    pub vars: Record<'static>,
    /// The part of a job that is fetched.
    part: Value<'static>,
    at_end: AtEnd,
    walk: Walk<'p>,
    keyset: Keyset,
    /// Keys and identities of the page, for keyset paging.
    keys: Vec<(Value<'static>, u128)>,
    /// The value of the cursor for slots.
    cursor: Value<'static>,
    identities: Identities,
    /// The largest value of a high-water field, or what the source said last.
    pub mark: Value<'static>,
    /// Of a source with a token of its own: the largest time that came.
    latest: Value<'static>,
    /// Keys of a snapshot that came.
    present: HashSet<u128>,
    /// What a lookup table will hold.
    table: Table,
    back: Back,
    repeats: Repeats,
    /// The source does not keep the order that the manifest promises, so only the end of the pages is progress.
    unordered: bool,
    /// The pages have reached what is stored already.
    reached: bool,
    /// Something was left for the next pull, so the cursor stays.
    held: bool,
    turn: Option<Turn>,
}

impl<'p, 'b, W: World> Pages<'p, 'b, W> {
    pub fn new(on: &'p Partition<'p, 'b, W>, span: &'p Span, size_max: i64) -> Self {
        let stream = on.peer().service.stream();
        let scope = on.peer().scope();
        let mut walk = walk(stream, &scope, size_max);
        if matches!(stream.paging.kind, PagingKind::Keyset) {
            walk.page.key = span.key();
        }
        if let (CursorKind::Opaque { resumes: true, .. }, Some(address)) = (&stream.cursor.kind, span.cursor.as_str())
            && span.has_cursor
        {
            walk.start_at(address.to_owned());
        }
        Pages {
            on,
            span,
            vars: Record::new(),
            part: Value::Null,
            at_end: AtEnd::Finish,
            walk,
            keyset: Keyset::default(),
            keys: Vec::new(),
            cursor: span.cursor.clone(),
            identities: Identities::default(),
            mark: Value::Null,
            latest: Value::Null,
            present: HashSet::new(),
            table: Table::default(),
            back: Back::new(&span.cursor),
            repeats: Repeats::default(),
            unordered: false,
            reached: false,
            held: false,
            turn: None,
        }
    }

    /// The pages of a window that is stored after the one before it.
    pub fn in_turn(on: &'p Partition<'p, 'b, W>, span: &'p Span, turn: Turn) -> Self {
        Pages { turn: Some(turn), ..Pages::new(on, span, i64::MAX) }
    }

    pub fn size(&self) -> i64 {
        self.walk.page.size
    }

    pub fn peer(&self) -> Peer<'p, W> {
        self.on.peer()
    }

    pub fn window(&self) -> Option<Window> {
        self.span.window
    }

    /// Under which name identities and the cursor are remembered.
    pub fn partition(&self) -> &str {
        &self.on.name
    }

    /// Until when an identity is remembered.
    pub fn known_until(&self, id: u128) -> Option<Timestamp> {
        self.on.book.read(|state| state.seen.get(&id).copied())
    }

    pub fn count(&self, count: impl FnOnce(&mut Pulled)) {
        self.on.book.count(count);
    }

    /// The cursor stays where it is: something was left for the next pull.
    pub fn hold(&mut self) {
        self.held = true;
    }

    /// Asks for all pages. The steps `before` and `after` stand around them.
    pub async fn run(&mut self) -> Result<Ended, Fault> {
        let stream = self.peer().service.stream();
        let mut vars = Record::new();
        steps::run(&self.peer(), &stream.before, &self.scope(), &mut vars).await?;
        self.vars = vars;
        let ended = self.all().await;
        if matches!(ended, Ok(Ended::Turn(..) | Ended::Abandoned)) {
            return ended;
        }
        let after: Vec<_> = stream.after.iter().filter(|step| step.always || ended.is_ok()).collect();
        let mut vars = self.vars.clone();
        let closed = steps::run(&self.peer(), after, &self.scope(), &mut vars).await;
        ended.and_then(|ended| closed.map(|()| ended))
    }

    /// The pages of one part of a job.
    pub async fn part(&mut self, part: Value<'static>, at_end: AtEnd) -> Result<Ended, Fault> {
        self.walk = walk(self.peer().service.stream(), &self.scope(), i64::MAX);
        self.repeats = Repeats::default();
        (self.part, self.at_end) = (part, at_end);
        self.all().await
    }

    /// The end of a job whose parts are all there.
    pub async fn close(&mut self) -> Result<(), Fault> {
        self.at_end = AtEnd::Finish;
        self.finish(Vec::new(), Change::default()).await
    }

    async fn all(&mut self) -> Result<Ended, Fault> {
        loop {
            let request = self.request()?;
            self.walk.refuse_loops(self.peer().name(), &request)?;
            let next = match self.page(request).await? {
                Page::Taken { next, count } => {
                    if let Some(ended) = self.is_cut(count) {
                        return Ok(ended);
                    }
                    next
                }
                Page::Ended(ended) => return Ok(ended),
            };
            if let Next::End = next {
                return Ok(Ended::Done);
            }
            if self.walk.is_full() {
                return self.too_many();
            }
        }
    }

    /// More pages than a pull takes: it goes on where it is, with half of the window, or not at all.
    fn too_many(&self) -> Result<Ended, Fault> {
        self.on.book.count(|pulled| pulled.more = true);
        let fault = fault::paging_loops(self.peer().name(), "there are more pages than a pull takes");
        match self.peer().service.stream().cursor.kind {
            _ if self.is_ordered() => Ok(Ended::Done),
            CursorKind::Window(_) => Ok(Ended::Turn(Action::SplitWindow, fault)),
            _ => Err(fault),
        }
    }

    /// One page: asked for until its answer can be read, taken, and committed.
    async fn page(&mut self, request: Request) -> Result<Page, Fault> {
        let peer = self.peer();
        let mut number = 0;
        loop {
            let once = self.walk.is_given_once();
            let asked = if once {
                call::call_once(&peer, request.clone()).await
            } else {
                call::call(&peer, request.clone()).await
            };
            let reply = match asked? {
                Outcome::Data(reply) => reply,
                Outcome::Empty | Outcome::Turn(Action::Skip, _) => return self.nothing().await,
                Outcome::Turn(action, fault) => return Ok(Page::Ended(Ended::Turn(action, fault))),
            };
            let fault = match self.unpack(&reply) {
                Ok(texts) => match page::decode(&peer.service.stream().response, &texts, peer.name()) {
                    Ok(body) => return self.take(&reply, &texts, &body).await,
                    Err(fault) => fault,
                },
                Err(fault) => fault,
            };
            if once {
                return Ok(Page::Ended(Ended::Turn(Action::Reopen, fault)));
            }
            number += 1;
            if number >= peer.service.stream().limits.retry.tries {
                return Err(fault);
            }
            call::back_off(&peer, fault, number).await;
            peer.traffic.again();
        }
    }

    /// An answer without anything is the last one.
    async fn nothing(&mut self) -> Result<Page, Fault> {
        if !self.my_turn().await {
            return Ok(Page::Ended(Ended::Abandoned));
        }
        self.end(Vec::new(), Change::default()).await?;
        Ok(Page::Taken { next: Next::End, count: 0 })
    }

    async fn my_turn(&mut self) -> bool {
        match &mut self.turn {
            Some(turn) => turn.comes().await,
            None => true,
        }
    }

    fn unpack(&self, reply: &Reply) -> Result<Vec<String>, Fault> {
        let service = self.peer().service;
        page::unpack(&service.stream().response, reply, service.manifest.http.answer_bytes_max, &service.name)
    }

    fn scope(&self) -> Scope<'_> {
        Scope {
            window: self.span.window,
            cursor: &self.cursor,
            page: &self.walk.page,
            vars: &self.vars,
            part: &self.part,
            ..self.peer().scope()
        }
    }

    fn request(&self) -> Result<Request, Fault> {
        let stream = self.peer().service.stream();
        let first = match &stream.cursor.kind {
            CursorKind::Opaque { first_request: Some(first), .. } if !self.span.has_cursor && self.mark.is_null() => {
                first
            }
            _ => &stream.request,
        };
        let mut request = self.peer().request(self.walk.shape(first), &self.scope())?;
        self.walk.address(&mut request);
        Ok(request)
    }

    /// Records come in the order of the cursor, so progress may be kept page by page.
    fn is_ordered(&self) -> bool {
        let stream = self.peer().service.stream();
        match stream.cursor.kind {
            CursorKind::HighWater { order: Order::Ascending, .. } => !self.unordered,
            CursorKind::HighWater { .. } => matches!(stream.paging.kind, PagingKind::Keyset),
            CursorKind::Keyset { .. } | CursorKind::Opaque { .. } => true,
            _ => false,
        }
    }

    /// The source gives no more than a number of records in one answer, and that many came: some are missing.
    fn is_cut(&self, records: usize) -> Option<Ended> {
        let full = self.peer().service.stream().paging.full_at.filter(|full| records as u64 >= *full)?;
        let fault = fault::partial(self.peer().name(), &format!("{full} records, the most that one answer holds"));
        Some(Ended::Turn(Action::SplitWindow, fault))
    }
}

fn walk<'m>(stream: &'m Stream, scope: &Scope<'_>, size_max: i64) -> Walk<'m> {
    let walk = Walk::new(&stream.paging, scope, size_max);
    if stream.has_keys() { walk.of_keyed() } else { walk }
}

/// What came of one page.
enum Page {
    Taken { next: Next, count: usize },
    Ended(Ended),
}
