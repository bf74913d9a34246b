//! A tally as an aggregate function of DataFusion.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};
use weir_event::Value;

use super::{Aggregate, Tally};
use crate::cells::{Cells, CellsBuilder};
use crate::{Form, dynamic, fault};

/// The function for an aggregate whose arguments have these forms.
pub fn function(aggregate: Aggregate, arguments: Vec<Form>) -> Arc<AggregateUDF> {
    let form = aggregate.form().unwrap_or(Form::Dynamic);
    let signature = Signature::variadic_any(Volatility::Immutable);
    Arc::new(AggregateUDF::new_from_impl(Function {
        name: format!("{aggregate:?}"),
        aggregate,
        arguments,
        form,
        signature,
    }))
}

#[derive(Debug)]
struct Function {
    name: String,
    aggregate: Aggregate,
    arguments: Vec<Form>,
    form: Form,
    signature: Signature,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.arguments == other.arguments
    }
}

impl Eq for Function {}

impl std::hash::Hash for Function {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        self.arguments.hash(state);
    }
}

impl AggregateUDFImpl for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.form.data_type())
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format!("{}[state]", args.name), DataType::Binary, true))])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Group { tally: self.aggregate.start(), arguments: self.arguments.clone(), form: self.form }))
    }
}

/// One group of a [`Function`].
#[derive(Debug)]
struct Group {
    tally: Box<dyn Tally>,
    arguments: Vec<Form>,
    form: Form,
}

impl Accumulator for Group {
    fn update_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let cells: Vec<Cells> =
            self.arguments.iter().zip(columns).map(|(&form, array)| Cells::new(form, array)).collect();
        let mut values: Vec<Value> = Vec::with_capacity(cells.len());
        for row in 0..columns.first().map_or(0, |column| column.len()) {
            values.clear();
            values.extend(cells.iter().map(|cells| cells.get(row)));
            self.tally.add(&values);
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let mut bytes = Vec::new();
        dynamic::encode(&self.tally.state(), &mut bytes);
        Ok(vec![ScalarValue::Binary(Some(bytes))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let states = states[0].as_binary::<i32>();
        for row in (0..states.len()).filter(|&row| states.is_valid(row)) {
            self.tally.merge(dynamic::decode(states.value(row)));
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let result = self.tally.result().map_err(fault::outside)?;
        let mut column = CellsBuilder::new(self.form, 1);
        column.push(&result);
        ScalarValue::try_from_array(&column.finish(), 0)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.tally.bytes()
    }
}
