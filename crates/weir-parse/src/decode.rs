//! What a format reader alone sees, as a record: the output of `weir decode`.
//!
//! The members of each record are described in `spec/formats`.

mod cef;
mod dialect;
mod framing;
mod leef;
mod named;
mod syslog;
mod value;

#[cfg(test)]
mod tests;

pub use cef::cef;
pub use dialect::{Dialect, Dialects};
pub use framing::{Transport, frames};
pub use leef::leef;
pub use syslog::syslog;

use weir_event::Value;

use crate::note::Notes;

fn warnings(notes: Notes) -> Value<'static> {
    Value::Array(notes.iter().map(Value::text).collect())
}

fn pair<'a>(name: impl Into<std::borrow::Cow<'a, str>>, value: impl Into<std::borrow::Cow<'a, str>>) -> Value<'a> {
    Value::Array(vec![Value::Text(name.into()), Value::Text(value.into())])
}
