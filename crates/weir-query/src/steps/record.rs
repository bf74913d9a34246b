//! Several columns as one record.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::DataType;
use datafusion_common::Result;
use weir_event::{Record, Value};

use crate::Form;
use crate::cells::{Cells, CellsBuilder};
use crate::columns::Column;
use crate::expr::{Leaf, Ready, physical};

/// A record of the columns at these places, under their names, without nulls; null when all are null.
pub fn record_of(columns: &[Column], places: &[usize]) -> Ready {
    let members = places.iter().map(|&at| (at, columns[at].name.clone(), columns[at].form)).collect();
    Ready { expr: physical(Gathered { members }), form: Form::Dynamic }
}

#[derive(Debug)]
struct Gathered {
    members: Vec<(usize, String, Form)>,
}

impl Leaf for Gathered {
    fn data_type(&self) -> DataType {
        Form::Dynamic.data_type()
    }

    fn column(&self, batch: &RecordBatch) -> Result<ArrayRef> {
        let cells: Vec<Cells> = self.members.iter().map(|(at, _, form)| Cells::new(*form, batch.column(*at))).collect();
        let mut column = CellsBuilder::new(Form::Dynamic, batch.num_rows());
        for row in 0..batch.num_rows() {
            let mut record = Record::new();
            for ((_, name, _), cells) in self.members.iter().zip(&cells) {
                let value = cells.get(row);
                if !value.is_null() {
                    record.push_new(name.as_str(), value);
                }
            }
            column.push(&if record.is_empty() { Value::Null } else { Value::Record(record) });
        }
        Ok(column.finish())
    }

    fn text(&self) -> String {
        format!("record of {} fields", self.members.len())
    }
}
