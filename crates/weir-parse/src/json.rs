//! JSON at the speed of the line: flattened members for parsing, trees for values, ranges for batches.

mod batch;
mod flat;
mod member;
mod scan;
mod tree;

#[cfg(test)]
mod tests;

use weir_event::{Fault, FaultKind, Value};

use scan::Scanner;

pub use batch::{BadElement, Split, Top, split_array, split_values, validate};
pub use flat::{Flattener, Path};
pub use member::{members, object_of};

/// What is wrong with a text, and at which byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    pub at: usize,
    pub what: &'static str,
    /// Nothing is wrong up to where the text ends, in the middle of a value or a name.
    pub cut: bool,
}

/// Reads an object and hands every member that is not an object to `sink` under its dotted path, in order; arrays and empty
/// objects come whole. Text borrows from `text` unless it holds escapes. A name that occurs twice comes twice; the last one counts.
///
/// Members seen before an error have been handed over already.
pub fn read<'t>(text: &'t str, sink: &mut dyn FnMut(&str, Value<'t>)) -> Result<(), JsonError> {
    Flattener::default().read(text, &mut |path, value| sink(path.text(), value))
}

/// Reads any JSON value; of a name that occurs twice in an object the last value counts.
pub fn to_value(text: &str) -> Result<Value<'_>, JsonError> {
    let mut scanner = Scanner::new(text);
    let value = tree::value(&mut scanner, 0)?;
    scanner.end()?;
    Ok(value)
}

impl JsonError {
    /// The error for the one who sent the text.
    pub fn to_fault(self) -> Fault {
        Fault::new("PARSE-002", FaultKind::Usage, format!("the text is not JSON: {}", self.what))
            .at(format_args!("byte {}", self.at))
            .hint("check the text at that place; a value that was cut off in the middle is the usual reason")
    }
}
