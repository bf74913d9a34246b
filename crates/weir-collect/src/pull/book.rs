//! What the parts of one pull share: the state, the counts, and the way to the log.

use std::sync::{Mutex, MutexGuard, PoisonError};

use weir_event::{Fault, Value};

use super::Pulled;
use crate::peer::Peer;
use crate::state::{Change, State};
use crate::world::{Commit, World};

/// Partitions and windows that are asked at once write through this, one commit after the other.
pub(super) struct Book<'b, W> {
    pub peer: Peer<'b, W>,
    inner: Mutex<Inner<'b>>,
    writing: futures::lock::Mutex<()>,
}

struct Inner<'b> {
    state: &'b mut State,
    pulled: Pulled,
}

impl<'b, W: World> Book<'b, W> {
    pub fn new(peer: Peer<'b, W>, state: &'b mut State) -> Self {
        let inner = Mutex::new(Inner { state, pulled: Pulled::default() });
        Book { peer, inner, writing: futures::lock::Mutex::new(()) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner<'b>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the state; never across a wait.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(self.inner().state)
    }

    pub fn count(&self, count: impl FnOnce(&mut Pulled)) {
        count(&mut self.inner().pulled);
    }

    /// Stores records and the change that belongs to them. Without either it does nothing.
    pub async fn commit(&self, records: Vec<String>, mut change: Change) -> Result<(), Fault> {
        if change.cursor.is_some() && self.read(|state| change.cursor.as_ref() == state.cursors.get(&change.partition))
        {
            change.cursor = None;
        }
        let _alone = self.writing.lock().await;
        change.sent = self.peer.session.take_sent(self.peer.name());
        if records.is_empty() && change.is_empty() {
            return Ok(());
        }
        let generated = records.len() as u64;
        self.peer.world.commit(Commit { records, state: change.to_text(), whole: false }).await?;
        let mut inner = self.inner();
        inner.pulled.generated += generated;
        inner.state.apply(&change);
        Ok(())
    }

    /// The end of a pull: what it has sent is written down even when it failed, and the whole state when that is due.
    pub async fn close(&self, ended: Result<(), Fault>) -> Result<Pulled, Fault> {
        self.commit(Vec::new(), Change::default()).await?;
        ended?;
        let due = self.inner().state.take_due();
        if let Some(text) = due {
            self.peer.world.commit(Commit { state: text, whole: true, ..Commit::default() }).await?;
        }
        let (requests, retries) = self.peer.traffic.counts();
        Ok(Pulled { requests, retries, ..self.inner().pulled })
    }

    /// The cursor of a partition; null before it has one.
    pub fn cursor(&self, partition: &str) -> Value<'static> {
        self.read(|state| state.cursors.get(partition).cloned().unwrap_or_default())
    }
}
