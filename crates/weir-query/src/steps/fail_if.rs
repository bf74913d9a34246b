//! An end with an error as soon as a condition is true.

use arrow::array::RecordBatch;
use datafusion_common::Result;
use datafusion_execution::TaskContext;
use weir_lang::text_form;

use super::{Step, Work, keys};
use crate::cells::Cells;
use crate::expr::Ready;
use crate::fault;

#[derive(Clone, Debug)]
pub struct FailIf {
    /// A truth.
    pub condition: Ready,
    /// What the error says, of the record for which the condition is true.
    pub message: Option<Ready>,
}

impl Work for FailIf {
    fn name(&self) -> &'static str {
        "failIf"
    }

    fn start(&self, _: &TaskContext) -> Result<Box<dyn Step>> {
        Ok(Box::new(self.clone()))
    }
}

impl Step for FailIf {
    fn push(&mut self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let truths = crate::scan::truths(&keys::column(&self.condition, &batch)?)?;
        let Some(row) = (0..truths.len()).find(|&row| truths.value(row)) else { return Ok(vec![batch]) };
        let says = match &self.message {
            Some(message) => {
                let texts = keys::column(message, &batch)?;
                text_form(&Cells::new(message.form, &texts).get(row)).to_string()
            }
            None => "the condition is true".to_owned(),
        };
        Err(fault::outside("failIf", fault::failed(says)))
    }
}
