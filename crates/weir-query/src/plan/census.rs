//! `fieldsSnapshot`.

use std::sync::Arc;

use weir_event::Fault;
use weir_lang::ast::Command;

use super::args::{bad, names, param_items};
use super::order::limited;
use super::{Planner, Stream};
use crate::Form;
use crate::columns::{Column, find, schema_of};
use crate::steps::{BUCKET, Census, DATA_TYPE, gathered};

/// Records that are looked at; a snapshot is an impression and not a count.
const RECORDS_MAX: usize = 200_000;

impl Planner {
    /// Which fields the records of a table have, how often, and if wanted of which type and in which bucket.
    pub(super) fn fields_snapshot(&self, command: &Command) -> Result<Stream, Fault> {
        let by = names(command, &param_items(command, "by"))?;
        if let Some(other) = by.iter().find(|name| ![BUCKET, DATA_TYPE].contains(&name.as_str())) {
            return Err(bad(command, format!("`{other}` is neither `{BUCKET}` nor `{DATA_TYPE}`")));
        }
        let by_bucket = by.iter().any(|name| name == BUCKET);
        let input = self.table(command, &[], if by_bucket { &[BUCKET] } else { &[] })?;
        let bucket = find(&input.columns, BUCKET).filter(|_| by_bucket);
        let counted = (0..input.columns.len()).filter(|&at| !input.columns[at].hidden).collect();
        let mut after = vec![Column::new("field", Form::Text), Column::new("relative_count", Form::Double)];
        after.extend(by.iter().map(|name| Column::new(name, Form::Text)));
        let by_type = by.iter().any(|name| name == DATA_TYPE);
        let work = Census { bucket, by_type, counted, before: input.columns.clone(), after: after.clone() };
        let plan = gathered(Arc::new(work), limited(input, RECORDS_MAX).plan, schema_of(&after));
        Ok(Stream { plan, columns: after })
    }
}
