//! How large and how deep a value may get. Without a bound `a = concat(a, a)` in a row of commands doubles a text each time, and
//! `a = array(a)` nests until dropping the value overflows the stack.

use weir_event::Value;
use weir_event::limits::{NESTING_MAX, VALUE_BYTES_MAX};

/// What an element or a member weighs besides its text.
pub(super) const ELEMENT_BYTES: usize = 32;

/// The value, or null if it is too large or too deep.
pub(super) fn bounded(value: Value<'_>) -> Value<'_> {
    if fits(&value) { value } else { Value::Null }
}

/// True for values of at most [`VALUE_BYTES_MAX`] bytes and [`NESTING_MAX`] levels.
pub(crate) fn fits(value: &Value) -> bool {
    left_after(value, VALUE_BYTES_MAX).is_some()
}

/// What is left of `left` bytes when the value takes its part. `None` when it takes more, or is nested too deep.
pub(super) fn left_after(value: &Value, left: usize) -> Option<usize> {
    take(value, NESTING_MAX, left)
}

fn take(value: &Value, depth: usize, left: usize) -> Option<usize> {
    match value {
        Value::Text(text) => left.checked_sub(text.len()),
        Value::Binary(bytes) => left.checked_sub(bytes.len()),
        Value::Array(items) => {
            let depth = depth.checked_sub(1)?;
            let left = left.checked_sub(items.len().checked_mul(ELEMENT_BYTES)?)?;
            items.iter().try_fold(left, |left, item| take(item, depth, left))
        }
        Value::Record(record) => {
            let depth = depth.checked_sub(1)?;
            record
                .iter()
                .try_fold(left, |left, (name, value)| take(value, depth, left.checked_sub(name.len() + ELEMENT_BYTES)?))
        }
        _ => Some(left),
    }
}
