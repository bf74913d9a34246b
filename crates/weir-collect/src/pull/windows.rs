//! Windows asked for at once, stored one after the other.

use futures::StreamExt;
use futures::channel::oneshot;
use futures::stream::FuturesOrdered;
use weir_event::{Fault, Value};

use super::pages::{Ended, Pages};
use super::partition::Partition;
use super::span::{self, Span};
use crate::world::World;

/// Windows of one pull; then it tells that there is more.
const WINDOWS_MAX: usize = 256;

/// When a window may be stored: after the one before it.
pub(super) struct Turn {
    before: Option<oneshot::Receiver<()>>,
}

impl Turn {
    /// False when the window before was not stored, so this one cannot be either.
    pub async fn comes(&mut self) -> bool {
        match self.before.take() {
            Some(before) => before.await.is_ok(),
            None => true,
        }
    }
}

/// Works through windows, `most` at once. True when nothing is left to do; false when a window wants to be asked for in another way.
pub(super) async fn pull<W: World>(on: &Partition<'_, '_, W>, most: usize) -> Result<bool, Fault> {
    // What becomes old enough meanwhile is for the next pull.
    let began = on.peer().world.now();
    let mut cursor = on.book.cursor(&on.name);
    let (mut running, mut before) = (FuturesOrdered::new(), None);
    let (mut left, mut more) = (WINDOWS_MAX, false);
    loop {
        while running.len() < most && left > 0 {
            let Some(span) = span::next(&on.peer(), began, &cursor, i64::MAX, false)? else { break };
            on.tell_gap(&span);
            let Some(window) = span.window else { break };
            cursor = Value::Timestamp(window.end);
            more = span.more;
            let (done, turn) = oneshot::channel();
            running.push_back(one(on, span, Turn { before: before.replace(turn) }, done));
            left -= 1;
        }
        match running.next().await {
            None => break,
            Some(Ok(Ended::Done)) => {}
            Some(Ok(Ended::Turn(..) | Ended::Abandoned)) => return Ok(false),
            Some(Err(fault)) if super::partition::is_too_much(&fault) => return Ok(false),
            Some(Err(fault)) => return Err(fault),
        }
    }
    on.book.count(|pulled| pulled.more |= more);
    Ok(true)
}

async fn one<W: World>(
    on: &Partition<'_, '_, W>,
    span: Span,
    turn: Turn,
    done: oneshot::Sender<()>,
) -> Result<Ended, Fault> {
    let mut pages = Pages::in_turn(on, &span, turn);
    let ended = pages.run().await;
    if let Ok(Ended::Done) = ended {
        let _ = done.send(());
    }
    ended
}
