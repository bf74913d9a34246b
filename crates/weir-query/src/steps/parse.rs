//! Fields out of text by a pattern.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::SchemaRef;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use datafusion_physical_expr::PhysicalExpr;
use weir_event::Value;
use weir_lang::dpl::{Matcher, Pattern, Status};

use super::{Step, Work, keys};
use crate::Form;
use crate::cells::{Cells, CellsBuilder};
use crate::columns::{Column, schema_of};
use crate::expr::Ready;
use crate::gather::batch_with;

#[derive(Debug)]
pub struct Parse {
    pub source: Ready,
    pub pattern: Pattern,
    /// The place of each export among the columns after.
    pub targets: Vec<usize>,
    /// The place of the column that says whether the pattern matched, or where it failed.
    pub status: Option<usize>,
    /// Rows for which this is not true are not parsed.
    pub only_if: Option<Arc<dyn PhysicalExpr>>,
    /// A field that exists keeps its value when the pattern does not match.
    pub keep: bool,
    pub before: Vec<Column>,
    pub after: Vec<Column>,
}

impl Work for Parse {
    fn name(&self) -> &'static str {
        "parse"
    }

    fn detail(&self) -> String {
        self.pattern.text().to_owned()
    }

    fn start(&self, _: &TaskContext) -> Result<Box<dyn Step>> {
        Ok(Box::new(Parsing {
            source: self.source.clone(),
            matcher: self.pattern.matcher(),
            targets: self.targets.clone(),
            status: self.status,
            only_if: self.only_if.clone(),
            keep: self.keep,
            before: self.before.clone(),
            after: self.after.clone(),
            schema: schema_of(&self.after),
        }))
    }
}

struct Parsing {
    source: Ready,
    matcher: Matcher,
    targets: Vec<usize>,
    status: Option<usize>,
    only_if: Option<Arc<dyn PhysicalExpr>>,
    keep: bool,
    before: Vec<Column>,
    after: Vec<Column>,
    schema: SchemaRef,
}

impl Step for Parsing {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let source = keys::column(&self.source, &batch)?;
        let wanted = match &self.only_if {
            None => None,
            Some(condition) => Some(condition.evaluate(&batch)?.into_array(batch.num_rows())?),
        };
        let parsed = self.parsed(&batch, &source, wanted.as_ref().map(|wanted| wanted.as_boolean()));
        let mut arrays: Vec<Option<ArrayRef>> = batch.columns().iter().cloned().map(Some).collect();
        arrays.resize(self.after.len(), None);
        for (&target, array) in self.targets.iter().chain(&self.status).zip(parsed) {
            arrays[target] = Some(array);
        }
        Ok(vec![batch_with(self.schema.clone(), arrays.into_iter().flatten().collect(), batch.num_rows())?])
    }
}

impl Parsing {
    fn parsed(&mut self, batch: &RecordBatch, source: &ArrayRef, wanted: Option<&BooleanArray>) -> Vec<ArrayRef> {
        let cells = Cells::new(self.source.form, source);
        let old: Vec<Option<Cells>> = self
            .targets
            .iter()
            .map(|&at| {
                (self.keep && at < self.before.len()).then(|| Cells::new(self.before[at].form, batch.column(at)))
            })
            .collect();
        let mut columns: Vec<CellsBuilder> =
            self.targets.iter().map(|&at| CellsBuilder::new(self.after[at].form, batch.num_rows())).collect();
        let mut status = CellsBuilder::new(Form::Text, 0);
        for row in 0..batch.num_rows() {
            let mut values = vec![Value::Null; self.targets.len()];
            let text = cells.get(row);
            let skip = wanted.is_some_and(|wanted| wanted.is_null(row) || !wanted.value(row));
            let matched = match (text.as_str(), self.status) {
                (Some(text), None) if !skip => self.matcher.parse(text, &mut values).is_some(),
                (Some(text), Some(_)) if !skip => {
                    let result = self.matcher.parse_status(text, &mut values);
                    status.push(&Value::owned(result.to_string()));
                    result == Status::Matched
                }
                (_, Some(_)) => {
                    status.push(&Value::Null);
                    false
                }
                (_, None) => false,
            };
            for ((column, value), old) in columns.iter_mut().zip(&values).zip(&old) {
                match old {
                    Some(old) if !matched => column.push(&old.get(row)),
                    _ => column.push(value),
                }
            }
        }
        columns.iter_mut().chain(self.status.map(|_| &mut status)).map(CellsBuilder::finish).collect()
    }
}
