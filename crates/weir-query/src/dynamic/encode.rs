//! Value to bytes.

use std::net::IpAddr;

use weir_event::{Uid, Value};

use super::{
    ARRAY, AS_DOUBLE, AS_LONG, AS_NEGATIVE_ZERO, BINARY, BOOLEAN, DURATION, END, IP, MEMBER, NULL, NUMBER, RECORD,
    SIGN, TEXT, TIMEFRAME, TIMESTAMP, UID,
};

/// Appends the encoding of `value`. The caller stores null as an Arrow null instead.
pub fn encode(value: &Value<'_>, out: &mut Vec<u8>) {
    Encoder { exact: true, out }.top(value);
}

/// Appends the encoding of `value` as a key of groups and joins: equal values give equal bytes, so 1 and 1.0 are one key, and so are
/// records with the same members in another order.
pub fn encode_key(value: &Value<'_>, out: &mut Vec<u8>) {
    Encoder { exact: false, out }.top(value);
}

/// The first double beyond all longs.
const LONG_END: f64 = (1_u64 << 63) as f64;

struct Encoder<'o> {
    /// Keep the difference between 1 and 1.0.
    exact: bool,
    out: &'o mut Vec<u8>,
}

impl Encoder<'_> {
    /// At the top a text or binary runs to the end and needs no escapes, so that it can be read without a copy.
    fn top(&mut self, value: &Value<'_>) {
        match value {
            Value::Text(text) => self.tagged(TEXT, text.as_bytes()),
            Value::Binary(bytes) => self.tagged(BINARY, bytes),
            other => self.nested(other),
        }
    }

    fn tagged(&mut self, tag: u8, bytes: &[u8]) {
        self.out.push(tag);
        self.out.extend_from_slice(bytes);
    }

    fn nested(&mut self, value: &Value<'_>) {
        match value {
            Value::Null => self.out.push(NULL),
            Value::Bool(v) => self.tagged(BOOLEAN, &[u8::from(*v)]),
            Value::Long(v) => self.long(*v),
            Value::Double(v) => self.double(*v),
            Value::Binary(bytes) => self.escaped(BINARY, bytes),
            Value::Text(text) => self.escaped(TEXT, text.as_bytes()),
            Value::Timestamp(at) => self.tagged(TIMESTAMP, &ordered(at.0)),
            Value::Duration(length) => self.tagged(DURATION, &ordered(length.0)),
            Value::Timeframe(frame) => {
                self.tagged(TIMEFRAME, &ordered(frame.start.0));
                self.out.extend_from_slice(&ordered(frame.end.0));
            }
            Value::Uid(uid) => self.uid(*uid),
            Value::Ip(ip) => self.ip(*ip),
            Value::Array(items) => {
                self.out.push(ARRAY);
                items.iter().for_each(|item| self.nested(item));
                self.out.push(END);
            }
            Value::Record(record) => {
                self.out.push(RECORD);
                let mut members: Vec<_> = record.iter().collect();
                if !self.exact {
                    members.sort_by_key(|(name, _)| *name);
                }
                for (name, member) in members {
                    self.escaped(MEMBER, name.as_bytes());
                    self.nested(member);
                }
                self.out.push(END);
            }
        }
    }

    /// The nearest double, then how far the long is from it: rounding keeps order, and the distance is below 1024.
    fn long(&mut self, value: i64) {
        let near = value as f64;
        let distance = (i128::from(value) - near as i128) as i16;
        self.number(near, distance, AS_LONG);
    }

    fn double(&mut self, value: f64) {
        if value == 0.0 && value.is_sign_negative() && self.exact {
            return self.number(0.0, 0, AS_NEGATIVE_ZERO);
        }
        let value = if value == 0.0 { 0.0 } else { value };
        let whole = value.fract() == 0.0 && (-LONG_END..LONG_END).contains(&value);
        self.number(value, 0, if whole && !self.exact { AS_LONG } else { AS_DOUBLE });
    }

    fn number(&mut self, near: f64, distance: i16, last: u8) {
        self.tagged(NUMBER, &ordered_double(near));
        self.out.extend_from_slice(&((distance as u16) ^ (1 << 15)).to_be_bytes());
        self.out.push(last);
    }

    fn uid(&mut self, uid: Uid) {
        let (kind, bits) = match uid {
            Uid::Uid64(bits) => (0, u128::from(bits)),
            Uid::Uid128(bits) => (1, bits),
            Uid::Uuid(bits) => (2, bits),
        };
        self.tagged(UID, &[kind]);
        self.out.extend_from_slice(&bits.to_be_bytes());
    }

    fn ip(&mut self, ip: IpAddr) {
        match ip {
            IpAddr::V4(v4) => self.tagged(IP, &[&[4], &v4.octets()[..]].concat()),
            IpAddr::V6(v6) => self.tagged(IP, &[&[6], &v6.octets()[..]].concat()),
        }
    }

    /// Zero becomes `0 255`, the end is `0 0`: a shorter text sorts before its continuations.
    fn escaped(&mut self, tag: u8, bytes: &[u8]) {
        self.out.push(tag);
        for &byte in bytes {
            self.out.push(byte);
            if byte == 0 {
                self.out.push(u8::MAX);
            }
        }
        self.out.extend_from_slice(&[0, 0]);
    }
}

fn ordered(value: i64) -> [u8; 8] {
    ((value as u64) ^ SIGN).to_be_bytes()
}

fn ordered_double(value: f64) -> [u8; 8] {
    let bits = if value.is_nan() { f64::NAN.to_bits() & !SIGN } else { value.to_bits() };
    (if bits & SIGN == 0 { bits | SIGN } else { !bits }).to_be_bytes()
}
