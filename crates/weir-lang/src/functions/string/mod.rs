//! Text: searching, cutting, changing, encoding.

mod change;
mod codes;
mod cut;
mod distance;
mod html;
mod search;

use super::{Function, Param, Row, arg};
use crate::types::{TEXT, Types};

/// Positions count UTF-16 code units, as the language says; text of ASCII is not looked at twice.
mod units16;

const TEXT_ARG: &[Param] = &[arg("expression", TEXT)];

type Examples = &'static [(&'static str, &'static str)];
type Plain = for<'r> fn(&mut super::Args<'_, 'r>) -> Option<weir_event::Value<'r>>;

/// A function of one text.
const fn of_text(name: &'static str, gives: Types, says: &'static str, examples: Examples, row: Plain) -> Function {
    Function { name, takes: TEXT_ARG, gives, says, examples, row: Row::Plain(row) }
}

pub(super) use codes::base16;
pub use codes::{from_base16, from_base64, from_url};

pub(super) const CHANGE: &[Function] = change::FUNCTIONS;
pub(super) const CODES: &[Function] = codes::FUNCTIONS;
pub(super) const CUT: &[Function] = cut::FUNCTIONS;
pub(super) const SEARCH: &[Function] = search::FUNCTIONS;
