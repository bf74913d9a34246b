//! A limited number of connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Of many times that the limit is reached, one in this time is said.
const SAY: Duration = Duration::from_secs(60);

/// The connections that one listener may have open at a time. Further ones wait in the kernel.
pub struct Slots {
    free: Arc<Semaphore>,
    /// Whose they are, for the log.
    listener: String,
    most: usize,
    said: Option<Instant>,
}

impl Slots {
    pub fn new(listener: impl Into<String>, most: usize) -> Slots {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        Slots { free: Arc::new(Semaphore::new(most)), listener: listener.into(), most, said: None }
    }

    /// Waits until one is free, and says when it has to. It is given back when it is dropped.
    pub async fn take(&mut self) -> Option<OwnedSemaphorePermit> {
        if let Ok(slot) = self.free.clone().try_acquire_owned() {
            return Some(slot);
        }
        self.say_full();
        // The semaphore is never closed.
        self.free.clone().acquire_owned().await.ok()
    }

    fn say_full(&mut self) {
        if self.said.is_some_and(|said| said.elapsed() < SAY) {
            return;
        }
        self.said = Some(Instant::now());
        let (listener, most) = (&self.listener, self.most);
        crate::say::log(
            "warn",
            format_args!("all connections are taken, further ones wait listener={listener} connections={most}"),
        );
    }
}
