//! Fields of the system: the same for all rows of one file, and in no column.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};

use super::Request;
use crate::Form;
use crate::cells::nulls;
use crate::tables::{Segment, TableColumn};

/// Names and forms.
const FIELDS: [(&str, Form); 5] = [
    ("dt.system.bucket", Form::Text),
    ("dt.system.environment", Form::Text),
    ("dt.system.sampling_ratio", Form::Long),
    ("dt.system.segment_id", Form::Text),
    ("dt.system.table", Form::Text),
];

/// The column of a field of the system; `None` for any other name.
pub fn system_column(name: &str) -> Option<TableColumn> {
    let (name, form) = FIELDS.into_iter().find(|(known, _)| *known == name)?;
    Some(TableColumn { name: name.to_owned(), form, in_rest: false, repeats: false })
}

/// Where rows come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Origin {
    bucket: String,
    segment: String,
}

impl Origin {
    pub fn of(segment: &Segment) -> Origin {
        let name = segment.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Origin { bucket: segment.bucket.clone(), segment: name.unwrap_or_default() }
    }

    /// Rows of a bucket that are in no segment yet.
    pub fn of_memory(bucket: &str) -> Origin {
        Origin { bucket: bucket.to_owned(), segment: String::new() }
    }

    /// The column of a field of the system over `rows` rows of this origin; `None` for any other name.
    pub fn column(&self, request: &Request, name: &str, rows: usize) -> Option<ArrayRef> {
        let text = match name {
            "dt.system.bucket" => &self.bucket,
            "dt.system.environment" => &request.tenant,
            "dt.system.segment_id" => &self.segment,
            "dt.system.table" => &request.table,
            "dt.system.sampling_ratio" => {
                return Some(Arc::new(Int64Array::from(vec![request.sampling as i64; rows])));
            }
            _ => return None,
        };
        if text.is_empty() {
            return Some(nulls(Form::Text, rows));
        }
        Some(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows))))
    }
}
