//! The conditions of routes: DQL expressions over the fields of an event.

use std::cell::RefCell;

use weir_event::{Fault, FieldId, Row, Value};
use weir_lang::{CompileOptions, Program, Scratch, Slots, parse_expr};
use weir_pipe::Filter;
use weir_yaml::Passage;

use crate::config::placed;

/// Compiles a condition; a mistake is placed where it is written. `now()` in it is the epoch: a route must give a replayed event
/// the same way.
pub fn compile(passage: &Passage) -> Result<Box<Filter>, Fault> {
    let fields: RefCell<Vec<FieldId>> = RefCell::default();
    let slot = |name: &str| {
        let field = FieldId::known(name);
        let mut fields = fields.borrow_mut();
        let index = fields.iter().position(|have| *have == field).unwrap_or(fields.len());
        if index == fields.len() {
            fields.push(field);
        }
        Some(index)
    };
    let options = CompileOptions { now: weir_event::Timestamp(0), zone: "UTC", strict: false, slots: &slot };
    let compiled = parse_expr(&passage.text).and_then(|expr| Program::compile(&expr, &options));
    let program = compiled.map_err(|fault| placed(passage, fault))?;
    let fields = fields.into_inner();
    Ok(Box::new(move |row| program.holds(&RowSlots { row: *row, fields: &fields }, &mut Scratch::default())))
}

struct RowSlots<'r> {
    row: Row<'r>,
    fields: &'r [FieldId],
}

impl<'r> Slots<'r> for RowSlots<'r> {
    fn slot(&self, index: usize) -> Value<'r> {
        self.fields.get(index).map_or(Value::Null, |field| self.row.get(*field))
    }
}
