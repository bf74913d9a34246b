//! Whether both sides still live.

use std::time::Duration;

use tokio::time::Instant;

/// When something must be sent, and whether the other side has answered since.
pub struct Pulse {
    every: Duration,
    sent: Instant,
    /// We have asked, and nothing has come since.
    is_asking: bool,
}

impl Pulse {
    pub fn new(every: Duration) -> Pulse {
        Pulse { every, sent: Instant::now(), is_asking: false }
    }

    /// When to ask next.
    pub fn due(&self) -> Instant {
        self.sent + self.every
    }

    pub fn heard(&mut self) {
        self.is_asking = false;
    }

    pub fn sent(&mut self) {
        self.sent = Instant::now();
    }

    /// We ask now. True when the last question was not answered.
    pub fn ask(&mut self) -> bool {
        self.sent();
        std::mem::replace(&mut self.is_asking, true)
    }
}
