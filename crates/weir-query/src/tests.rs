//! Whole queries over records and files.

mod agree;
mod codecs;
mod commands;
mod compare;
mod equal;
mod hunts;
mod memory;
mod pruned;
mod spec;
mod stored;
mod vectors;

use std::sync::Arc;

use weir_event::{Fault, Record, Timestamp};

use crate::{Engine, EngineOptions, RunOptions, Tables};

/// The present of all tests: 2024-05-01T12:00:00Z.
const NOW: Timestamp = Timestamp(1_714_564_800_000_000_000);

/// An engine over `tables` with two reading threads.
fn engine(tables: impl Tables + 'static) -> Engine {
    Engine::new(Arc::new(tables), EngineOptions { cores: 2, ..EngineOptions::default() })
}

/// All records that a query gives.
fn records(engine: &Engine, query: &str) -> Result<Vec<Record<'static>>, Fault> {
    records_of(engine, query, RunOptions::new("acme", NOW))
}

/// All records that a query gives, run as `options` say.
fn records_of(engine: &Engine, query: &str, options: RunOptions) -> Result<Vec<Record<'static>>, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("a runtime starts");
    runtime.block_on(async {
        let mut answer = engine.run(query, &options).await?;
        let mut records = Vec::new();
        while let Some(batch) = answer.next().await {
            records.extend(answer.records(&batch?));
        }
        Ok(records)
    })
}
