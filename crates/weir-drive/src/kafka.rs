//! Topics of Kafka: read by a group, written with a position.
//!
//! Start at [`Settings`] and [`run`]; for writing at [`Writer`].
//!
//! Never does: commit an offset to the broker before the log has the records in front of it. The log keeps the offsets as well, in the
//! record of the messages: what a crash leaves uncommitted at the broker is recognised when it comes again.

mod client;
mod consumer;
mod ear;
mod fault;
mod messages;
mod position;
mod record;
mod reports;
mod settings;
mod trouble;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc::{Receiver, channel};
use weir_event::Fault;

pub use crate::message::Metadata;
pub use messages::{Message, Messages};
pub use settings::{Compression, Delivery, Login, Mechanism, Server, Settings, Start, Target, Tls};
pub use writer::{Noted, Span, Writer, Written};

use crate::reader::Sink;
use consumer::{Batch, Reading};
use position::Position;

/// Reads from where `state` stands until a fault, or until it is dropped. It has left the group when it returns.
pub async fn run<S: Sink>(settings: &Settings, state: Option<&str>, sink: &S) -> Result<(), Fault> {
    let position = match state {
        Some(state) => Position::from_text(state).map_err(|why| fault::bad_state(settings, why))?,
        None => Position::new(new_reader(settings)?),
    };
    let stop = StopWhenDropped(Arc::new(AtomicBool::new(false)));
    let (sender, mut batches) = channel(1);
    let reading = Reading::new(settings.clone(), position, sender, stop.0.clone());
    // The library calls back on the thread that polls; it must not be one of the runtime's.
    let thread = tokio::task::spawn_blocking(move || reading.run());
    let stored = store(&mut batches, sink).await;
    drop((batches, stop));
    let ended = thread.await.unwrap_or_else(|error| Err(fault::broken(settings, error)));
    stored.and(ended)
}

/// Hands batches to the log until none come any more.
async fn store<S: Sink>(batches: &mut Receiver<Batch>, sink: &S) -> Result<(), Fault> {
    while let Some(batch) = batches.recv().await {
        for note in batch.notes {
            sink.tell(weir_collect::Told::Note(note));
        }
        let stored = if batch.records.is_empty() { Ok(()) } else { sink.commit(batch.records, batch.state).await };
        let failed = stored.clone();
        // The thread may have ended meanwhile.
        let _ = batch.answer.send(stored);
        failed?;
    }
    Ok(())
}

/// A word that no other reader has.
fn new_reader(settings: &Settings) -> Result<String, Fault> {
    let word = ring::rand::generate::<[u8; 12]>(&ring::rand::SystemRandom::new());
    let word = word.map_err(|_| fault::broken(settings, "the system gives no random numbers"))?.expose();
    Ok(word.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Ends the thread when nobody waits for it any more.
struct StopWhenDropped(Arc<AtomicBool>);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
