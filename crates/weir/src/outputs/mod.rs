//! Outputs: events on their way to other systems, besides being stored.
//!
//! Start at [`start`]. Each output is a thread that reads the log behind the workers and makes the same events of it as they do. What it has
//! not sent stays in the log, up to a limit; nothing waits for it.

mod choice;
mod counts;
mod run;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;

use tokio::task::JoinSet;
use weir_event::{Fault, FaultKind};

use crate::config::Output;
use crate::server::{Hold, Stop, Weir};
use choice::Choice;
pub use counts::Counts;
use run::Sending;

/// Begins the names of the marks that say as whom an output writes.
const ID_PREFIX: &str = "output-id/";

/// Starts the outputs of the configuration; those that are no longer in it are forgotten. One whose password cannot be read says so and does
/// not start.
pub fn start(app: &Arc<Weir>, stop: &Stop, tasks: &mut JoinSet<()>) -> Result<Vec<JoinHandle<()>>, Fault> {
    let (store, holds) = (&app.spine.store, &app.spine.holds);
    let next = app.spine.log.durable_through() + 1;
    let mut kept = Vec::new();
    for output in &app.config.outputs {
        kept.push(holds.take(&output.tenant, &output.name, output.backlog_bytes_max, next, store)?);
    }
    holds.keep_only(&kept, store)?;
    let is_stopped = Arc::new(AtomicBool::new(false));
    let (mut threads, mut all) = (Vec::new(), Vec::new());
    for (output, hold) in app.config.outputs.iter().zip(kept) {
        let counts = Arc::new(Counts::new(&output.tenant, &output.name, hold.clone()));
        all.push(counts.clone());
        match make(app, output, hold, counts, is_stopped.clone()) {
            Ok(sending) => {
                let thread = std::thread::Builder::new().name("output".into()).spawn(move || sending.run());
                threads.push(thread.map_err(no_thread)?);
            }
            Err(fault) => run::say_failed(&output.name, &fault, 1, None),
        }
    }
    if !threads.is_empty() {
        let stop = stop.clone();
        tasks.spawn(async move {
            stop.wait().await;
            is_stopped.store(true, Relaxed);
        });
    }
    // Set once: this is the only start.
    let _ = app.outputs.set(all);
    Ok(threads)
}

fn make(
    app: &Weir,
    output: &Output,
    hold: Arc<Hold>,
    counts: Arc<Counts>,
    stop: Arc<AtomicBool>,
) -> Result<Sending, Fault> {
    let output = output.with_secrets()?;
    let choice = Choice::new(&output)?;
    let id = identity(app, &output)?;
    let (log, store) = (app.spine.log.clone(), app.spine.store.clone());
    let deriver = app.spine.deriver();
    Ok(Sending { target: output.target, name: output.name, id, choice, deriver, log, store, hold, counts, stop })
}

/// A word that no other output of any weir has; the same as long as the data directory lives.
fn identity(app: &Weir, output: &Output) -> Result<String, Fault> {
    crate::server::kept_word(&app.spine.store, &output.tenant, &format!("{ID_PREFIX}{}", output.name))
}

fn no_thread(error: std::io::Error) -> Fault {
    Fault::new("CLI-005", FaultKind::Storage, "cannot start a thread for an output").because(error)
}
