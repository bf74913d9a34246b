//! The records of `data`.

use weir_event::{Fault, Record, Value};
use weir_lang::ast::{ArgValue, Command, Node};

use super::Planner;
use super::args::bad;
use crate::expr::constant;
use crate::json;

impl Planner {
    pub(super) fn literal_records(&self, command: &Command) -> Result<Vec<Record<'static>>, Fault> {
        if let Some(text) = self.param_text(command, "json")? {
            return json::objects(&text);
        }
        let mut records = Vec::new();
        for arg in command.items().into_iter() {
            let ArgValue::Expr(expr) = &arg.value else { return Err(bad(command, "`data` takes records")) };
            let is_record = matches!(&expr.node, Node::Call(call) if call.function.name.eq_ignore_ascii_case("record"));
            match constant(expr, &self.moment)? {
                Value::Record(record) => records.push(record),
                Value::Null if is_record => records.push(Record::new()),
                other => return Err(bad(command, format!("`data` takes records, not a {}", other.type_name()))),
            }
        }
        Ok(records)
    }
}
