//! What stays known of segments: their footers, and columns of blocks that were looked up.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use datafusion_common::{DataFusionError, Result};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::PageIndexPolicy;

use super::blocks::Kept;
use crate::Form;

/// Footers kept; beyond that all are forgotten and read again.
const FOOTERS_MAX: usize = 4096;

/// Remembers the footers of immutable files, and what look-ups read of them. Shared by all queries of an engine.
#[derive(Debug, Default)]
pub struct Footers {
    known: Mutex<HashMap<PathBuf, ArrowReaderMetadata>>,
    pub(super) kept: Kept,
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

    /// The footer for a reader that wants dictionaries of the `words`, and views of other texts.
    pub fn typed(footer: &ArrowReaderMetadata, words: &[&str], views: &[&str]) -> Result<ArrowReaderMetadata> {
        let wanted = |field: &Field| {
            let has = |names: &[&str]| *field.data_type() == DataType::Utf8 && names.contains(&field.name().as_str());
            has(words).then(|| Form::Word.data_type()).or_else(|| has(views).then_some(DataType::Utf8View))
        };
        if !footer.schema().fields().iter().any(|field| wanted(field).is_some()) {
            return Ok(footer.clone());
        }
        let typed = |field: &FieldRef| match wanted(field) {
            Some(kind) => Arc::new(field.as_ref().clone().with_data_type(kind)),
            None => field.clone(),
        };
        let fields: Vec<FieldRef> = footer.schema().fields().iter().map(typed).collect();
        let schema = Arc::new(Schema::new_with_metadata(fields, footer.schema().metadata().clone()));
        ArrowReaderMetadata::try_new(footer.metadata().clone(), ArrowReaderOptions::new().with_schema(schema))
            .map_err(|error| DataFusionError::External(Box::new(error)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<PathBuf, ArrowReaderMetadata>> {
        self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
