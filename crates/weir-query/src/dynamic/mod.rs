//! Values as bytes that sort as the values do, for columns that hold values of several kinds.
//!
//! The first byte is the rank of the kind in the sort order of the language, the rest an order-preserving payload. A long and
//! a double of the same size differ only in the last byte, so that they sort together; [`encode_key`] drops even that
//! difference. Null is an Arrow null at the top and a last rank inside containers.

mod decode;
mod encode;
#[cfg(test)]
mod tests;

pub use decode::decode;
pub use encode::{encode, encode_key};

const END: u8 = 0;
const MEMBER: u8 = 1;
const BOOLEAN: u8 = 2;
const NUMBER: u8 = 3;
const BINARY: u8 = 4;
const TEXT: u8 = 5;
const TIMESTAMP: u8 = 6;
const DURATION: u8 = 7;
const TIMEFRAME: u8 = 8;
const UID: u8 = 9;
const IP: u8 = 10;
const ARRAY: u8 = 11;
const RECORD: u8 = 12;
const NULL: u8 = 13;

/// Last byte of a number.
const AS_LONG: u8 = 0;
const AS_DOUBLE: u8 = 1;
/// Zero below nothing: it equals zero, but dividing by it does not give the same.
const AS_NEGATIVE_ZERO: u8 = 2;

/// The highest bit, flipped so that two's complement sorts as unsigned bytes.
const SIGN: u64 = 1 << 63;
