//! A column in another form, as an expression.

use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use datafusion_common::{DataFusionError, Result, ScalarValue};
use datafusion_expr::ColumnarValue;
use datafusion_physical_expr::PhysicalExpr;
use datafusion_physical_expr::expressions::Literal;
use weir_event::Value;

use super::Ready;
use crate::Form;
use crate::cells::{convert, encode_column};
use crate::dynamic;

/// Null of a form.
pub fn null_of(form: Form) -> Ready {
    let scalar = ScalarValue::try_from(&form.data_type()).unwrap_or(ScalarValue::Null);
    Ready { expr: Arc::new(Literal::new(scalar)), form }
}

/// `ready` in `form`, which has to fit its values.
pub fn in_form(ready: Ready, form: Form) -> Ready {
    if ready.form == form { ready } else { turned(ready, Turn::Into(form), form) }
}

/// `ready` as what records are grouped by. The values stay what they are; which of them are equal, the groups find out.
pub fn as_group(ready: Ready) -> Ready {
    match ready.form {
        Form::Texts | Form::Ips => in_form(ready, Form::Dynamic),
        _ => ready,
    }
}

/// `ready` as the key of a join or a set: equal values, equal keys.
pub fn as_key(ready: Ready) -> Ready {
    match ready.form {
        Form::Double | Form::Dynamic | Form::Texts | Form::Ips => turned(ready, Turn::Key, Form::Dynamic),
        _ => ready,
    }
}

/// `ready` in a form whose Arrow order is the order of the language.
pub fn as_sortable(ready: Ready) -> Ready {
    match ready.form {
        Form::Word => in_form(ready, Form::Text),
        Form::Ip | Form::IpWord => in_form(ready, Form::Dynamic),
        // 1 and 1.0 are equal, so what comes next decides.
        Form::Texts | Form::Ips | Form::Double | Form::Dynamic => turned(ready, Turn::Key, Form::Dynamic),
        _ => ready,
    }
}

/// `ready` as a condition: what is no boolean is null.
pub fn as_truth(ready: Ready) -> Ready {
    match ready.form {
        Form::Bool => ready,
        Form::Dynamic => turned(ready, Turn::Truth, Form::Bool),
        _ => null_of(Form::Bool),
    }
}

fn turned(ready: Ready, turn: Turn, form: Form) -> Ready {
    Ready { expr: Arc::new(Turned { input: ready.expr, from: ready.form, turn }), form }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Turn {
    Into(Form),
    Key,
    Truth,
}

#[derive(Debug)]
struct Turned {
    input: Arc<dyn PhysicalExpr>,
    from: Form,
    turn: Turn,
}

impl Eq for Turned {}

impl std::hash::Hash for Turned {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.input.hash(state);
        (self.from, self.turn).hash(state);
    }
}

impl PartialEq for Turned {
    fn eq(&self, other: &Self) -> bool {
        self.input.eq(&other.input) && self.from == other.from && self.turn == other.turn
    }
}

impl Turned {
    fn form(&self) -> Form {
        match self.turn {
            Turn::Into(form) => form,
            Turn::Key => Form::Dynamic,
            Turn::Truth => Form::Bool,
        }
    }
}

impl fmt::Display for Turned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.input)
    }
}

impl PhysicalExpr for Turned {
    fn data_type(&self, _: &Schema) -> Result<DataType> {
        Ok(self.form().data_type())
    }

    fn nullable(&self, _: &Schema) -> Result<bool> {
        Ok(true)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let array = self.input.evaluate(batch)?.into_array(batch.num_rows())?;
        Ok(ColumnarValue::Array(match self.turn {
            Turn::Into(Form::Dynamic) => encode_column(&array, self.from, false),
            Turn::Into(form) => convert(&array, &self.from.field(""), form)?,
            Turn::Key => encode_column(&array, self.from, true),
            Turn::Truth => truths(&array),
        }))
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.input]
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        let input = children.pop().ok_or_else(|| DataFusionError::Internal("a conversion has one input".into()))?;
        Ok(Arc::new(Turned { input, from: self.from, turn: self.turn }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn truths(array: &ArrayRef) -> ArrayRef {
    let values = array.as_binary::<i32>();
    let truth = |row: usize| match values.is_valid(row).then(|| dynamic::decode(values.value(row))) {
        Some(Value::Bool(truth)) => Some(truth),
        _ => None,
    };
    let truths: BooleanArray = (0..values.len()).map(truth).collect();
    Arc::new(truths)
}
