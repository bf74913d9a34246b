//! Expressions over one column with a dictionary: evaluated once for each entry instead of once for each row.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Int32Type, SchemaRef};
use datafusion_common::{DataFusionError, Result};
use datafusion_physical_expr::PhysicalExpr;
use weir_event::Fault;
use weir_lang::ast::{Expr, Node};

use super::leaf::{Leaf, physical};
use super::{Moment, Ready, walk};
use crate::Form;
use crate::columns::{Column, find, schema_of};

/// `expr` over the entries of the only column it reads, when that has a dictionary; `None` for any other expression.
pub(super) fn compile(expr: &Expr, columns: &[Column], moment: &Moment) -> std::result::Result<Option<Ready>, Fault> {
    let [name] = expr.fields()[..] else { return Ok(None) };
    let of_dictionary = find(columns, name).filter(|&at| columns[at].form.has_dictionary());
    let Some(at) = of_dictionary.filter(|_| expr.as_field().is_none() && is_settled(expr)) else { return Ok(None) };
    let plain = vec![Column::new(name, columns[at].form.plain())];
    let inner = super::compile(expr, &plain, moment)?;
    let schema = schema_of(&plain);
    let form = inner.form;
    let words = OnWords { inner: inner.expr, form, column: at, schema, of_entries: Mutex::default() };
    Ok(Some(Ready { expr: physical(words), form }))
}

/// The same input always gives the same output.
fn is_settled(expr: &Expr) -> bool {
    !walk::any(expr, &|part| matches!(&part.node, Node::Call(call) if call.function.name == "random"))
}

#[derive(Debug)]
struct OnWords {
    inner: Arc<dyn PhysicalExpr>,
    form: Form,
    column: usize,
    /// The one column of the entries.
    schema: SchemaRef,
    /// The entries looked at last, and what the expression gives for each and for null.
    of_entries: Mutex<Option<(ArrayRef, ArrayRef)>>,
}

impl OnWords {
    /// The result for each entry of a dictionary, and for null behind them.
    fn results(&self, entries: &ArrayRef) -> Result<ArrayRef> {
        let mut known = self.of_entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((have, results)) = &*known
            && Arc::ptr_eq(have, entries)
        {
            return Ok(results.clone());
        }
        let null = arrow::array::new_null_array(entries.data_type(), 1);
        let with_null = arrow::compute::concat(&[entries, &null])?;
        let results = self.on(with_null)?;
        *known = Some((entries.clone(), results.clone()));
        Ok(results)
    }

    fn on(&self, values: ArrayRef) -> Result<ArrayRef> {
        let rows = values.len();
        self.inner.evaluate(&RecordBatch::try_new(self.schema.clone(), vec![values])?)?.into_array(rows)
    }

    fn is_known(&self, entries: &ArrayRef) -> bool {
        let known = self.of_entries.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().is_some_and(|(have, _)| Arc::ptr_eq(have, entries))
    }
}

impl Leaf for OnWords {
    fn data_type(&self) -> DataType {
        self.form.data_type()
    }

    fn column(&self, batch: &RecordBatch) -> Result<ArrayRef> {
        let array = batch.column(self.column);
        let words = array
            .as_dictionary_opt::<Int32Type>()
            .ok_or_else(|| DataFusionError::Internal("a column of words has no dictionary".into()))?;
        // A few rows of a large dictionary are cheaper by themselves.
        if words.len() < words.values().len() / 2 && !self.is_known(words.values()) {
            return self.on(cast(array, words.values().data_type())?);
        }
        let results = self.results(words.values())?;
        let of_null = words.values().len() as i32;
        let keys = words.keys();
        Ok(match keys.null_count() {
            0 => take(&results, keys, None)?,
            _ => {
                let places: arrow::array::Int32Array = keys.iter().map(|key| Some(key.unwrap_or(of_null))).collect();
                take(&results, &places, None)?
            }
        })
    }

    fn text(&self) -> String {
        self.inner.to_string()
    }
}
