//! The languages: DPL patterns, DQL queries and their expressions, and the one table of functions.
//!
//! Start at [`parse_query`] and [`parse_expr`] (text to a checked tree), [`Program`] (an expression compiled for rows),
//! [`functions`] (the table) and [`dpl::Pattern`].
//!
//! Never does: I/O, threads, the time of day, columns. Equal input gives equal results wherever an expression runs.
#![forbid(unsafe_code)]

mod arithmetic;
pub mod ast;
mod check;
pub mod commands;
pub mod compare;
pub mod dpl;
mod fault;
pub mod functions;
mod habits;
pub mod json;
mod lex;
mod parse;
mod program;
mod regex;
mod static_type;
pub mod text;
mod text_form;
pub mod time;
pub mod tools;
pub mod types;
mod units;

#[cfg(test)]
mod tests;

pub use ast::{Expr, Query};
pub use fault::point;
pub use parse::{ReadOptions, normalise, parse_expr, parse_query, read_query};
pub use program::{CompileOptions, Program, Scratch, Slots};
pub use static_type::static_type;
pub use text_form::text_form;
pub use types::{Type, Types};
