//! The columns of a stream: names and forms.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};

use crate::Form;

/// A column of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub form: Form,
    /// A null here means that the record does not have the field, so it is left out of the record.
    pub sparse: bool,
    /// A field of the system: part of an answer only if it was chosen by name.
    pub hidden: bool,
}

impl Column {
    pub fn new(name: impl Into<String>, form: Form) -> Self {
        Column { name: name.into(), form, sparse: false, hidden: false }
    }

    pub fn sparse(name: impl Into<String>, form: Form) -> Self {
        Column { name: name.into(), form, sparse: true, hidden: false }
    }
}

/// The Arrow schema of named forms.
pub fn schema<'n>(columns: impl IntoIterator<Item = (&'n str, Form)>) -> SchemaRef {
    let fields: Vec<_> = columns.into_iter().map(|(name, form)| form.field(name)).collect();
    Arc::new(Schema::new(fields))
}

/// The Arrow schema of columns.
pub fn schema_of(columns: &[Column]) -> SchemaRef {
    schema(columns.iter().map(|column| (column.name.as_str(), column.form)))
}

/// The place of a name.
pub fn find(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name == name)
}
