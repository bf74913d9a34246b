//! An answer as an Arrow IPC stream.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::ipc::writer::StreamWriter;
use weir_event::{Fault, Value, write_json};

use crate::answer::Answer;
use crate::cells::Cells;
use crate::columns::Column;
use crate::{Form, fault};

/// Bytes of the stream, batch by batch. A column whose values differ in kind, or are records or arrays of such, is JSON text; its
/// field says so in its metadata (`weir.kind` = `json`), as those of addresses do (`ip`).
pub struct ArrowStream {
    columns: Vec<Column>,
    schema: SchemaRef,
    writer: StreamWriter<Vec<u8>>,
}

impl ArrowStream {
    /// A stream for the batches of an answer.
    pub fn of(answer: &Answer) -> Result<ArrowStream, Fault> {
        let columns = answer.plan().to_vec();
        let schema: SchemaRef = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let writer = StreamWriter::try_new(Vec::new(), &schema).map_err(fault::storage)?;
        Ok(ArrowStream { columns, schema, writer })
    }

    /// The bytes of a batch, those of the schema before the first.
    pub fn batch(&mut self, batch: &RecordBatch) -> Result<Vec<u8>, Fault> {
        let arrays = self.columns.iter().zip(batch.columns()).map(|(column, array)| shown(column.form, array));
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(self.schema.clone(), arrays.collect(), &options);
        self.writer.write(&batch.map_err(fault::storage)?).map_err(fault::storage)?;
        Ok(std::mem::take(self.writer.get_mut()))
    }

    /// The bytes that end the stream.
    pub fn end(mut self) -> Result<Vec<u8>, Fault> {
        self.writer.finish().map_err(fault::storage)?;
        Ok(std::mem::take(self.writer.get_mut()))
    }
}

fn field(column: &Column) -> Field {
    match column.form {
        Form::Dynamic => {
            Form::Text.field(&column.name).with_metadata([(crate::form::KIND_KEY.to_owned(), "json".to_owned())].into())
        }
        form => form.field(&column.name),
    }
}

fn shown(form: Form, array: &ArrayRef) -> ArrayRef {
    if form != Form::Dynamic {
        return array.clone();
    }
    let cells = Cells::new(form, array);
    let text = |row: usize| match cells.get(row) {
        Value::Null => None,
        value => {
            let mut text = String::new();
            write_json(&value, &mut text);
            Some(text)
        }
    };
    Arc::new((0..array.len()).map(text).collect::<StringArray>())
}
