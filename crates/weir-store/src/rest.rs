//! The text of the column [`crate::REST`]: one JSON object per event that keeps every type apart.
//!
//! Text, true, false and null are JSON's own; a number without `.` and exponent is a long, any other a double. The rest is an
//! object with one member whose name begins with `$`: `$timestamp` and `$duration` (nanoseconds), `$ip`, `$timeframe`
//! (`[start, end]`), `$uid64`, `$uid128`, `$uuid` (hexadecimal), `$binary` (base64), `$double` (what JSON cannot write) and
//! `$record`, which wraps a record that would itself look like one of these.

mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::{decode, decode_value, get};
pub use write::{encode, encode_member, encode_value};
