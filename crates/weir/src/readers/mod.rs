//! Readers: databases, hosts over SSH and topics of Kafka and MQTT, read by `weir-drive` into the log.
//!
//! Start at [`start`]. Each source of these kinds is a task of its own.

mod lane;
mod run;
mod standing;

use std::sync::Arc;

use tokio::task::JoinSet;
use weir_event::Fault;
use weir_store::Store;

use crate::config::{Reader, Source, SourceKind};
use crate::listen::Feed;
use crate::server::{Stop, Weir};
use lane::Lane;
pub use standing::{Standing, stopped};

/// Starts the readers of the configuration. One whose password or position cannot be read says so and does not start.
pub fn start(app: &Arc<Weir>, stop: &Stop, tasks: &mut JoinSet<()>) {
    let mut all = Vec::new();
    for source in &app.config.sources {
        let SourceKind::Reader(reader) = &source.kind else { continue };
        match make(app, source, reader) {
            Ok((reader, lane)) => {
                let standing = Arc::new(Standing::new(source, &reader, lane));
                all.push(standing.clone());
                tasks.spawn(run::serve(reader, standing, stop.clone()));
            }
            Err(fault) => {
                let (source, fields) = (&source.name, crate::pull::say_fields(&fault));
                crate::say::log("error", format_args!("reader not started source={source} {fields}"));
            }
        }
    }
    // Set once: this is the only start.
    let _ = app.reading.set(all);
}

fn make(app: &Weir, source: &Source, reader: &Reader) -> Result<(Reader, Lane), Fault> {
    let state = state(&app.spine.store, source)?;
    Ok((reader.with_secrets()?, Lane::new(app.intake.clone(), feed(app, source)?, state)))
}

/// Where a source that is read goes on, as it is stored.
pub fn state(store: &Store, source: &Source) -> Result<Option<String>, Fault> {
    let parts = store.cursors(&source.tenant, &source.name)?.remove("").unwrap_or_default();
    Ok(parts.last().map(|part| String::from_utf8_lossy(part).into_owned()))
}

pub fn feed(app: &Weir, source: &Source) -> Result<Feed, Fault> {
    let stats = app.stats.source(&source.tenant, &source.name, source.kind_name())?;
    Ok(Feed {
        tenant: source.tenant.clone(),
        source: source.name.clone(),
        table: source.table.clone(),
        stats,
        peer: None,
    })
}
