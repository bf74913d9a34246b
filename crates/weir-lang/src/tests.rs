//! The language as its users see it: queries and expressions in, records or faults out.

mod broken;
mod rows;
mod spec;
mod speed;
mod vectors;
