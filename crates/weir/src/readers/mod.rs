//! Readers: databases, hosts over SSH and topics of Kafka, read by `weir-drive` into the log.
//!
//! Start at [`start`]. Each source of these kinds is a task of its own.

mod lane;
mod run;

use std::sync::Arc;

use tokio::task::JoinSet;
use weir_event::Fault;

use crate::config::{Reader, Source, SourceKind};
use crate::listen::Feed;
use crate::server::{Stop, Weir};
use lane::Lane;

/// Starts the readers of the configuration. One whose password or position cannot be read says so and does not start.
pub fn start(app: &Arc<Weir>, stop: &Stop, tasks: &mut JoinSet<()>) {
    for source in &app.config.sources {
        let SourceKind::Reader(reader) = &source.kind else { continue };
        match make(app, source, reader) {
            Ok((reader, lane)) => {
                tasks.spawn(run::serve(reader, lane, stop.clone()));
            }
            Err(fault) => {
                let (id, place, hint) = (fault.id(), fault.place(), fault.fix());
                let (says, why, source) = (fault.says(), fault.cause(), &source.name);
                let message = format_args!(
                    "reader not started source={source} id={id} says={says:?} why={why:?} place={place:?} hint={hint:?}"
                );
                crate::say::log("error", message);
            }
        }
    }
}

fn make(app: &Weir, source: &Source, reader: &Reader) -> Result<(Reader, Lane), Fault> {
    let stats = app.stats.source(&source.tenant, &source.name, source.kind_name())?;
    let feed = Feed {
        tenant: source.tenant.clone(),
        source: source.name.clone(),
        table: source.table.clone(),
        stats,
        peer: None,
    };
    let parts = app.spine.store.cursors(&source.tenant, &source.name)?.remove("").unwrap_or_default();
    let state = parts.last().map(|part| String::from_utf8_lossy(part).into_owned());
    Ok((reader.with_secrets()?, Lane::new(app.intake.clone(), feed, state)))
}
