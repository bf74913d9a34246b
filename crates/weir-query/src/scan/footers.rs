//! Footers of segments, read once.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use datafusion::common::{DataFusionError, Result};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::PageIndexPolicy;

/// Footers kept; beyond that all are forgotten and read again.
const FOOTERS_MAX: usize = 4096;

/// Remembers the footers of immutable files. Shared by all queries of an engine.
#[derive(Debug, Default)]
pub struct Footers {
    known: Mutex<HashMap<PathBuf, ArrowReaderMetadata>>,
}

impl Footers {
    /// The footer of the file, with the index of its pages so that single pages can be skipped.
    pub fn of(&self, path: &Path, file: &File) -> Result<ArrowReaderMetadata> {
        if let Some(known) = self.lock().get(path) {
            return Ok(known.clone());
        }
        let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
        let footer =
            ArrowReaderMetadata::load(file, options).map_err(|error| DataFusionError::External(Box::new(error)))?;
        let mut known = self.lock();
        if known.len() >= FOOTERS_MAX {
            known.clear();
        }
        known.insert(path.to_owned(), footer.clone());
        Ok(footer)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, ArrowReaderMetadata>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
