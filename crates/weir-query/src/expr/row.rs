//! Expressions that are evaluated row by row.

use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use weir_event::{Fault, Value};
use weir_lang::ast::Expr;

use super::{Moment, Ready, walk};
use crate::Form;
use crate::cells::{Cells, CellsBuilder};
use crate::columns::{Column, find};

/// A compiled expression and where its fields come from.
#[derive(Debug)]
pub struct RowProgram {
    inputs: Vec<(usize, Form)>,
    text: String,
}

impl RowProgram {
    pub fn compile(expr: &Expr, columns: &[Column], moment: &Moment) -> std::result::Result<RowProgram, Fault> {
        let mut names = Vec::new();
        walk::fields(expr, &mut names);
        let inputs = names
            .iter()
            .map(|name| find(columns, name).map_or((usize::MAX, Form::Dynamic), |at| (at, columns[at].form)));
        let _ = moment;
        Ok(RowProgram { inputs: inputs.collect(), text: format!("{:?}", expr.span) })
    }

    /// The value without any field.
    pub fn once(&self) -> Value<'static> {
        Value::Null
    }

    fn run(&self, batch: &RecordBatch, form: Form) -> ArrayRef {
        let cells: Vec<Cells> = self.inputs.iter().map(|&(at, form)| cells_at(batch, at, form)).collect();
        let mut column = CellsBuilder::new(form, batch.num_rows());
        for row in 0..batch.num_rows() {
            column.push(&cells.first().map_or(Value::Null, |cells| cells.get(row)));
        }
        column.finish()
    }
}

fn cells_at(batch: &RecordBatch, at: usize, form: Form) -> Cells<'_> {
    if at < batch.num_columns() { Cells::new(form, batch.column(at)) } else { Cells::Missing }
}

/// `expr` as an expression over batches of `columns`.
pub(super) fn compile(expr: &Expr, columns: &[Column], moment: &Moment) -> std::result::Result<Ready, Fault> {
    let program = RowProgram::compile(expr, columns, moment)?;
    let form = super::kind::form_of(expr);
    Ok(Ready { expr: Arc::new(RowExpr { program: Arc::new(program), form }), form })
}

#[derive(Debug)]
struct RowExpr {
    program: Arc<RowProgram>,
    form: Form,
}

/// Two are equal when they are the same compiled program.
impl PartialEq for RowExpr {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.program, &other.program) && self.form == other.form
    }
}

impl Eq for RowExpr {}

impl std::hash::Hash for RowExpr {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.program.text.hash(state);
        self.form.hash(state);
    }
}

impl fmt::Display for RowExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row({})", self.program.text)
    }
}

impl PhysicalExpr for RowExpr {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(self.form.data_type())
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(true)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Array(self.program.run(batch, self.form)))
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
