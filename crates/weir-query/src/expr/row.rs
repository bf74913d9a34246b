//! Expressions that are evaluated row by row.

use std::cell::RefCell;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::DataType;
use datafusion_common::Result;
use weir_event::{Fault, Value};
use weir_lang::{CompileOptions, Expr, Program, Scratch, Slots};

use super::leaf::{Leaf, physical};
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
    Ok(Ready { expr: physical(RowExpr { program, form }), form })
}

#[derive(Debug)]
struct RowExpr {
    program: RowProgram,
    form: Form,
}

impl Leaf for RowExpr {
    fn data_type(&self) -> DataType {
        self.form.data_type()
    }

    fn column(&self, batch: &RecordBatch) -> Result<ArrayRef> {
        Ok(self.program.run(batch, self.form))
    }

    fn text(&self) -> String {
        format!("row({})", self.program.text)
    }
}
