//! The language as its users see it: queries and expressions in, records or faults out.

mod arguments;
mod broken;
mod editor;
mod extensions;
mod format;
mod lint;
mod random;
mod reference;
mod rows;
mod spec;
mod speed;
mod vectors;
