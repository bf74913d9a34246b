//! How many requests of a puller may be under way at once.

use std::sync::Mutex;

use futures::channel::oneshot;

use super::lock;

#[derive(Debug, Default)]
pub(super) struct Places {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    taken: usize,
    waiting: Vec<oneshot::Sender<()>>,
}

/// Given back when dropped.
pub(crate) struct Place<'p>(Option<&'p Places>);

impl Places {
    /// Waits until fewer than `most` are taken; without a limit it counts nothing.
    pub async fn take(&self, most: Option<usize>) -> Place<'_> {
        let Some(most) = most else { return Place(None) };
        loop {
            let freed = {
                let mut inner = lock(&self.inner);
                if inner.taken < most {
                    inner.taken += 1;
                    return Place(Some(self));
                }
                let (wake, freed) = oneshot::channel();
                inner.waiting.push(wake);
                freed
            };
            let _ = freed.await;
        }
    }
}

impl Drop for Place<'_> {
    /// Everyone who waits looks again: one that was dropped while it waited takes no place with it.
    fn drop(&mut self) {
        let Some(places) = self.0 else { return };
        let mut inner = lock(&places.inner);
        inner.taken -= 1;
        for waiting in inner.waiting.drain(..) {
            let _ = waiting.send(());
        }
    }
}
