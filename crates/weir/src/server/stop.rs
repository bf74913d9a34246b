//! The word to stop, for tasks and threads alike.

use tokio::sync::watch;

/// Whoever has to stop holds one of these.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

/// Says stop, also when dropped.
pub struct Stopper(watch::Sender<bool>);

impl Stop {
    pub fn new() -> (Stopper, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Stopper(sender), Stop(receiver))
    }

    pub fn is_set(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Returns when it is time to stop.
    pub async fn wait(&self) {
        // An error means that the stopper is gone, which is the same word.
        let _ = self.0.clone().wait_for(|stop| *stop).await;
    }
}

impl Stopper {
    pub fn stop(&self) {
        let _ = self.0.send(true);
    }
}
