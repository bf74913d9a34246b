//! `bin(time, 1h)` over a whole column.

use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, PrimitiveArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, Schema};
use datafusion_common::Result;
use datafusion_expr::ColumnarValue;
use datafusion_physical_expr::PhysicalExpr;
use weir_event::Value;
use weir_lang::ast::{Arg, Call};
use weir_lang::functions;

use super::{Ready, column};
use crate::Form;
use crate::columns::Column;

/// The native form of `bin(field, interval)` of a timestamp or duration and a fixed interval; `None` for any other call.
pub(super) fn compile(call: &Call, columns: &[Column]) -> Option<Ready> {
    if call.function.name != "bin" {
        return None;
    }
    let bound = functions::bind(call.function, &call.args)?;
    if bound.get("at").is_some() {
        return None;
    }
    let input = column(columns, bound.get("expression").and_then(Arg::expr)?.as_field()?)?;
    let interval = match bound.get("interval").and_then(Arg::expr)?.as_literal()? {
        Value::Duration(length) => length.0,
        _ => return None,
    };
    let is_time = matches!(input.form, Form::Timestamp | Form::Duration);
    (is_time && interval > 0)
        .then(|| Ready { expr: Arc::new(Bin { input: input.expr, interval, form: input.form }), form: input.form })
}

#[derive(Debug, Eq)]
struct Bin {
    input: Arc<dyn PhysicalExpr>,
    interval: i64,
    form: Form,
}

impl PhysicalExpr for Bin {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(self.form.data_type())
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(true)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let times = cast(&self.input.evaluate(batch)?.into_array(batch.num_rows())?, &DataType::Int64)?;
        let times: &PrimitiveArray<Int64Type> = times.as_primitive();
        let mut last = 1..1;
        let bins: Int64Array = match times.null_count() {
            0 => times.values().iter().map(|&time| self.start(time, &mut last)).collect(),
            _ => times.iter().map(|time| self.start(time?, &mut last)).collect(),
        };
        Ok(ColumnarValue::Array(cast(&bins, &self.form.data_type())?))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.input]
    }

    fn with_new_children(self: Arc<Self>, mut inputs: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        let input = inputs.pop().unwrap_or_else(|| self.input.clone());
        Ok(Arc::new(Bin { input, interval: self.interval, form: self.form }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::hash::Hash for Bin {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.input.hash(state);
        (self.interval, self.form).hash(state);
    }
}

impl PartialEq for Bin {
    fn eq(&self, other: &Self) -> bool {
        self.input.eq(&other.input) && (self.interval, self.form) == (other.interval, other.form)
    }
}

impl Bin {
    /// Where the bin of a time starts; null when that is before what can be said. Rows near in time share the `last` bin.
    fn start(&self, time: i64, last: &mut std::ops::Range<i64>) -> Option<i64> {
        if !last.contains(&time) {
            let start = time.checked_sub(time.rem_euclid(self.interval))?;
            *last = start..start.saturating_add(self.interval);
        }
        Some(last.start)
    }
}

impl fmt::Display for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bin({}, {} s)", self.input, self.interval / 1_000_000_000)
    }
}
