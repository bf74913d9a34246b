//! What editors ask for, made from the same tables as the language: printing, formatting, hints, completion, hover.

mod complete;
mod cursor;
mod docs;
mod format;
mod hover;
mod lint;
pub mod lsp;
mod print;
mod scope;

pub use complete::{Completion, CompletionKind, complete};
pub use docs::function_pages;
pub use format::format;
pub use hover::{Hover, hover};
pub use lint::{Lint, lint};
pub use print::{print, print_expr};

use crate::types::Type;

/// What is known of the data beside the query.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Tables that `fetch` may name. Empty when they are not known.
    pub tables: Vec<String>,
    /// Fields of the tables, and their types where each has only one. Empty when they are not known.
    pub fields: Vec<(String, Option<Type>)>,
}
