//! Expressions that are evaluated row by row.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use weir_event::{Fault, Value};
use weir_lang::{CompileOptions, Expr, Program, Scratch, Slots};

use super::{Moment, Ready};
use crate::Form;
use crate::cells::{Cells, CellsBuilder};
use crate::columns::{Column, find};

/// A compiled expression and where its fields come from.
#[derive(Debug)]
pub struct RowProgram {
    program: Program,
    /// The columns that the program's slots stand for, by slot; those it does not look at are missing.
    inputs: Vec<Option<(usize, Form)>>,
    text: String,
}

impl RowProgram {
    pub fn compile(expr: &Expr, columns: &[Column], moment: &Moment) -> std::result::Result<RowProgram, Fault> {
        // Fields that are only asked whether they exist count as well.
        let asked = RefCell::new(Vec::new());
        let slots = |name: &str| find(columns, name).inspect(|&slot| asked.borrow_mut().push(slot));
        let options = CompileOptions { now: moment.now, zone: &moment.zone, strict: moment.strict, slots: &slots };
        let program = Program::compile(expr, &options)?;
        let asked = asked.into_inner();
        let mut inputs = vec![None; asked.iter().max().map_or(0, |most| most + 1)];
        for slot in asked {
            inputs[slot] = Some((slot, columns[slot].form));
        }
        Ok(RowProgram { program, inputs, text: format!("{:?}", expr.span) })
    }

    /// The value without any field.
    pub fn once(&self) -> Value<'static> {
        self.program.eval(&Row { cells: &[], row: 0 }, &mut Scratch::default()).into_owned()
    }

    fn run(&self, batch: &RecordBatch, form: Form) -> ArrayRef {
        let cells: Vec<Cells> = self
            .inputs
            .iter()
            .map(|input| input.map_or(Cells::Missing, |(at, form)| Cells::new(form, batch.column(at))))
            .collect();
        let mut column = CellsBuilder::new(form, batch.num_rows());
        let mut scratch = Scratch::default();
        for row in 0..batch.num_rows() {
            column.push(&self.program.eval(&Row { cells: &cells, row }, &mut scratch));
        }
        column.finish()
    }
}

/// One row of a batch, its fields by column.
struct Row<'c, 'b> {
    cells: &'c [Cells<'b>],
    row: usize,
}

impl<'r, 'b: 'r> Slots<'r> for Row<'_, 'b> {
    fn slot(&self, index: usize) -> Value<'r> {
        self.cells.get(index).map_or(Value::Null, |cells| cells.get(self.row))
    }
}

/// `expr` as an expression over batches of `columns`.
pub(super) fn compile(expr: &Expr, columns: &[Column], moment: &Moment) -> std::result::Result<Ready, Fault> {
    let program = RowProgram::compile(expr, columns, moment)?;
    let form = super::kind::form_of(expr, columns);
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
