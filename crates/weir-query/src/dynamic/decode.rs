//! Bytes to value.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use weir_event::{Duration, Record, Timeframe, Timestamp, Uid, Value};

use super::{
    ARRAY, AS_LONG, AS_NEGATIVE_ZERO, BINARY, BOOLEAN, DURATION, END, IP, MEMBER, NUMBER, RECORD, SIGN, TEXT,
    TIMEFRAME, TIMESTAMP, UID,
};

/// The value of an encoding; text and binary at the top borrow. Bytes that are no encoding give null.
pub fn decode(bytes: &[u8]) -> Value<'_> {
    match bytes {
        [TEXT, text @ ..] => std::str::from_utf8(text).map_or(Value::Null, Value::text),
        [BINARY, binary @ ..] => Value::Binary(Cow::Borrowed(binary)),
        _ => Decoder { rest: bytes }.nested().unwrap_or_default(),
    }
}

struct Decoder<'b> {
    rest: &'b [u8],
}

impl<'b> Decoder<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn fixed<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    fn signed(&mut self) -> Option<i64> {
        Some((u64::from_be_bytes(self.fixed()?) ^ SIGN) as i64)
    }

    fn nested(&mut self) -> Option<Value<'b>> {
        Some(match self.byte()? {
            BOOLEAN => Value::Bool(self.byte()? != 0),
            NUMBER => self.number()?,
            BINARY => Value::Binary(self.escaped()?),
            TEXT => Value::Text(self.text()?),
            TIMESTAMP => Value::Timestamp(Timestamp(self.signed()?)),
            DURATION => Value::Duration(Duration(self.signed()?)),
            TIMEFRAME => {
                let (start, end) = (Timestamp(self.signed()?), Timestamp(self.signed()?));
                Value::Timeframe(Timeframe { start, end })
            }
            UID => self.uid()?,
            IP => Value::Ip(self.ip()?),
            ARRAY => self.array()?,
            RECORD => self.record()?,
            _ => Value::Null,
        })
    }

    fn number(&mut self) -> Option<Value<'b>> {
        let bits = u64::from_be_bytes(self.fixed()?);
        let near = f64::from_bits(if bits & SIGN != 0 { bits & !SIGN } else { !bits });
        let distance = (u16::from_be_bytes(self.fixed()?) ^ (1 << 15)) as i16;
        match self.byte()? {
            AS_LONG => i64::try_from(near as i128 + i128::from(distance)).ok().map(Value::Long),
            AS_NEGATIVE_ZERO => Some(Value::Double(-0.0)),
            _ => Some(Value::Double(near)),
        }
    }

    fn uid(&mut self) -> Option<Value<'b>> {
        let kind = self.byte()?;
        let bits = u128::from_be_bytes(self.fixed()?);
        Some(Value::Uid(match kind {
            0 => Uid::Uid64(bits as u64),
            1 => Uid::Uid128(bits),
            _ => Uid::Uuid(bits),
        }))
    }

    fn ip(&mut self) -> Option<IpAddr> {
        match self.byte()? {
            4 => Some(IpAddr::V4(Ipv4Addr::from(self.fixed::<4>()?))),
            _ => Some(IpAddr::V6(Ipv6Addr::from(self.fixed::<16>()?))),
        }
    }

    fn array(&mut self) -> Option<Value<'b>> {
        let mut items = Vec::new();
        while *self.rest.first()? != END {
            items.push(self.nested()?);
        }
        self.byte()?;
        Some(Value::Array(items))
    }

    fn record(&mut self) -> Option<Value<'b>> {
        let mut record = Record::new();
        while self.byte()? == MEMBER {
            let name = self.text()?;
            record.push_new(name, self.nested()?);
        }
        Some(Value::Record(record))
    }

    fn text(&mut self) -> Option<Cow<'b, str>> {
        match self.escaped()? {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        }
    }

    fn escaped(&mut self) -> Option<Cow<'b, [u8]>> {
        let mut owned: Option<Vec<u8>> = None;
        loop {
            let zero = memchr::memchr(0, self.rest)?;
            let (head, after) = (&self.rest[..zero], *self.rest.get(zero + 1)?);
            self.rest = &self.rest[zero + 2..];
            if after == 0 {
                return Some(match owned {
                    None => Cow::Borrowed(head),
                    Some(mut bytes) => {
                        bytes.extend_from_slice(head);
                        Cow::Owned(bytes)
                    }
                });
            }
            let bytes = owned.get_or_insert_default();
            bytes.extend_from_slice(head);
            bytes.push(0);
        }
    }
}
