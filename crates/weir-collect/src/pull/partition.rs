//! One element of a `foreach`, or the whole stream: span after span.

use weir_event::{Fault, Value};

use super::book::Book;
use super::pages::{Ended, Pages};
use super::span::{self, Span};
use super::{job, windows};
use crate::manifest::{Action, CursorKind};
use crate::peer::Peer;
use crate::state::Change;
use crate::world::{Told, World};
use crate::{call, fault};

pub(super) struct Partition<'p, 'b, W> {
    pub book: &'p Book<'b, W>,
    pub parent: Value<'static>,
    /// Under which its cursor is remembered.
    pub name: String,
}

/// Windows that are halved because the source cannot answer them whole are not cut below this (nanoseconds).
const WINDOW_MIN: i64 = 60_000_000_000;
/// How often one pull begins anew because the source lost its place or answered in part.
const RESTARTS_MAX: u64 = 5;
/// How often it asks in another way: for less time, for smaller pages.
const FITS_MAX: u64 = 45;

/// What a span is asked for with, as far as answers have taught it.
#[derive(Clone, Copy)]
struct Fit {
    /// Nanoseconds of the longest window.
    width: i64,
    page_size: i64,
    /// The source keeps less than the manifest believes.
    clamp: bool,
}

impl<W: World> Partition<'_, '_, W> {
    pub fn peer(&self) -> Peer<'_, W> {
        self.book.peer.at(&self.parent)
    }

    /// Asks until nothing is left, or for one window after those that are asked at once.
    pub async fn pull(&self) -> Result<(), Fault> {
        if let CursorKind::Window(ranges) = &self.peer().service.stream().cursor.kind
            && ranges.concurrency > 1
            && windows::pull(self, ranges.concurrency).await?
        {
            return Ok(());
        }
        let mut fit = Fit { width: i64::MAX, page_size: i64::MAX, clamp: false };
        let mut restarts = 0;
        for _ in 0..=FITS_MAX {
            let cursor = self.book.cursor(&self.name);
            let Some(span) = span::next(&self.peer(), self.peer().world.now(), &cursor, fit.width, fit.clamp)? else {
                return Ok(());
            };
            self.tell_gap(&span);
            let (ended, page_size) = self.ask(&span, fit.page_size).await;
            match ended {
                Ok(Ended::Done) => {
                    self.book.count(|pulled| pulled.more |= span.more);
                    return Ok(());
                }
                Ok(Ended::Abandoned | Ended::Turn(Action::Wait, _)) => return Ok(()),
                Ok(Ended::Turn(Action::ResetCursor, _)) => self.reset().await?,
                Ok(Ended::Turn(Action::Reopen | Action::Partial, fault)) => {
                    restarts += 1;
                    if restarts > RESTARTS_MAX {
                        return Err(fault);
                    }
                    // A place that was lost once is opened again at once; a source that loses it again is in trouble.
                    if restarts > 1 {
                        call::back_off(&self.peer(), fault, restarts - 1).await;
                    }
                }
                Ok(Ended::Turn(action, fault)) => fit = fit.after(action, fault, &span, page_size)?,
                Err(fault) if is_too_much(&fault) => {
                    fit = fit.after(Action::SplitWindow, fault, &span, page_size)?;
                }
                Err(fault) => return Err(fault),
            }
        }
        Err(fault::partial(self.peer().name(), "it was asked in too many ways"))
    }

    pub fn tell_gap(&self, span: &Span) {
        if let Some((from, to)) = span.gap {
            self.peer().world.tell(Told::Gap { from, to });
        }
    }

    /// How a span ended, and the size of its pages.
    async fn ask(&self, span: &Span, page_size: i64) -> (Result<Ended, Fault>, i64) {
        if let Some(job) = &self.peer().service.stream().job {
            return (job::run(self, job, span, page_size).await, 0);
        }
        let mut pages = Pages::new(self, span, page_size);
        let ended = pages.run().await;
        (ended, pages.size())
    }

    /// The cursor of the source is void: begin by time again, known identities stay.
    async fn reset(&self) -> Result<(), Fault> {
        let since = match span::opaque(self.book.cursor(&self.name)) {
            (_, Some(since)) => Value::Array(vec![Value::Null, Value::Timestamp(since)]),
            _ => Value::Null,
        };
        let change = Change { partition: self.name.clone(), cursor: Some(since), ..Change::default() };
        self.book.commit(Vec::new(), change).await
    }
}

/// Half of the window might be answered.
pub(super) fn is_too_much(fault: &Fault) -> bool {
    matches!(fault.id(), "COLLECT-206" | "COLLECT-216")
}

impl Fit {
    /// How to ask again; the fault when there is no other way.
    fn after(mut self, action: Action, fault: Fault, span: &Span, page_size: i64) -> Result<Fit, Fault> {
        match action {
            Action::ShrinkPage if page_size > 1 => self.page_size = page_size / 2,
            Action::SplitWindow => self.width = halved(span).ok_or(fault)?,
            Action::ClampStart if !self.clamp => self.clamp = true,
            _ => return Err(fault),
        }
        Ok(self)
    }
}

/// Half of a window, unless it is too short to halve.
fn halved(span: &Span) -> Option<i64> {
    let window = span.window?;
    let half = (window.end.0 - window.start.0) / 2;
    (half >= WINDOW_MIN).then_some(half)
}
