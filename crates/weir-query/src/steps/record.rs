//! Several columns as one record.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use weir_event::{Record, Value};

use crate::Form;
use crate::cells::{Cells, CellsBuilder};
use crate::columns::Column;
use crate::expr::Ready;

/// A record of the columns at these places, under their names, without nulls; null when all are null.
pub fn record_of(columns: &[Column], places: &[usize]) -> Ready {
    let members = places.iter().map(|&at| (at, columns[at].name.clone(), columns[at].form)).collect();
    Ready { expr: Arc::new(Gathered { members }), form: Form::Dynamic }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Gathered {
    members: Vec<(usize, String, Form)>,
}

impl fmt::Display for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record of {} fields", self.members.len())
    }
}

impl PhysicalExpr for Gathered {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(Form::Dynamic.data_type())
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(true)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
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
        Ok(ColumnarValue::Array(column.finish()))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        Vec::new()
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        Ok(self)
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
