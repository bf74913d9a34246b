//! Topics of Kafka: read by a group, written with what the broker has acknowledged.
//!
//! Start at [`Settings`] and [`run`]; for writing at [`Producer`].
//!
//! Never does: commit an offset to the broker before the log has the records in front of it. The log keeps the offsets as well, in the
//! record of the messages: what a crash leaves uncommitted at the broker is recognised when it comes again.

mod client;
mod consumer;
mod fault;
mod position;
mod producer;
mod settings;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::channel;
use weir_event::Fault;

pub use producer::{Message, Producer};
pub use settings::{Login, Mechanism, Server, Settings, Start, Tls};

use crate::reader::Sink;
use consumer::Reading;
use position::Position;

/// Reads from where `state` stands until a fault, or until it is dropped.
pub async fn run<S: Sink>(settings: &Settings, state: Option<&str>, sink: &S) -> Result<(), Fault> {
    let position = state.map(Position::from_text).transpose().map_err(|why| fault::bad_state(settings, why))?;
    let stop = StopWhenDropped(Arc::new(AtomicBool::new(false)));
    let (sender, mut batches) = channel(1);
    let reading = Reading::new(settings.clone(), position.unwrap_or_default(), sender, stop.0.clone());
    // The library calls back on the thread that polls; it must not be one of the runtime's.
    let thread = tokio::task::spawn_blocking(move || reading.run());
    while let Some(batch) = batches.recv().await {
        for note in batch.notes {
            sink.tell(weir_collect::Told::Note(note));
        }
        let stored = if batch.records.is_empty() { Ok(()) } else { sink.commit(batch.records, batch.state).await };
        let failed = stored.clone().err();
        // The thread may have ended meanwhile.
        let _ = batch.answer.send(stored);
        if let Some(fault) = failed {
            return Err(fault);
        }
    }
    thread.await.unwrap_or_else(|error| Err(fault::broken(settings, error)))
}

/// Ends the thread when nobody waits for it any more.
struct StopWhenDropped(Arc<AtomicBool>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
