//! Messages in the wire format of protocol buffers, read field by field: nothing is built that a sender could make large.

use weir_event::{Fault, FaultKind};

/// The fields of one message, in the order in which they stand there.
pub struct Fields<'m> {
    rest: &'m [u8],
}

/// The value of a field, by how it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'m> {
    /// A varint, or 32 or 64 bits of fixed length.
    Number(u64),
    /// Text, bytes or a message.
    Bytes(&'m [u8]),
}

pub fn fields(message: &[u8]) -> Fields<'_> {
    Fields { rest: message }
}

impl<'m> Iterator for Fields<'m> {
    /// Number and value.
    type Item = Result<(u32, Field<'m>), Fault>;

    /// Behind an error there is no other field.
    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let read = self.field().ok_or_else(broken);
        if read.is_err() {
            self.rest = &[];
        }
        Some(read)
    }
}

impl<'m> Fields<'m> {
    fn field(&mut self) -> Option<(u32, Field<'m>)> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).ok().filter(|number| *number > 0)?;
        let value = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => Field::Number(u64::from_le_bytes(*self.bytes(8)?.first_chunk()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.bytes(length)?)
            }
            5 => Field::Number(u32::from_le_bytes(*self.bytes(4)?.first_chunk()?).into()),
            _ => return None,
        };
        Some((number, value))
    }

    fn varint(&mut self) -> Option<u64> {
        const BYTES_MAX: usize = 10;
        let mut value = 0u64;
        for (at, &byte) in self.rest.iter().take(BYTES_MAX).enumerate() {
            value |= u64::from(byte & 0x7f).checked_shl(7 * at as u32)?;
            if byte < 0x80 {
                self.rest = &self.rest[at + 1..];
                return Some(value);
            }
        }
        None
    }

    fn bytes(&mut self, length: usize) -> Option<&'m [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }
}

fn broken() -> Fault {
    Fault::new("HTTP-023", FaultKind::Usage, "the body is no message of protocol buffers")
        .hint("send `application/x-protobuf` or `application/json` as the header says, gzip or not compressed")
}

/// Appends a field with a number.
pub fn put_number(number: u32, value: u64, out: &mut Vec<u8>) {
    put_varint(u64::from(number) << 3, out);
    put_varint(value, out);
}

/// Appends a field with bytes.
pub fn put_bytes(number: u32, value: &[u8], out: &mut Vec<u8>) {
    put_varint(u64::from(number) << 3 | 2, out);
    put_varint(value.len() as u64, out);
    out.extend_from_slice(value);
}

fn put_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut message = Vec::new();
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        numbers.into_iter().zip(1..).for_each(|(value, number)| put_number(number, value, &mut message));
        put_bytes(5_000, b"text", &mut message);
        let read: Vec<_> = fields(&message).map(Result::unwrap).collect();
        let expect = (1..).zip(numbers.map(Field::Number)).chain([(5_000, Field::Bytes(b"text"))]);
        assert_eq!(read, expect.collect::<Vec<_>>());
        for end in 0..message.len() {
            let cut: Vec<_> = fields(&message[..end]).collect();
            let whole = cut.iter().map_while(|field| field.as_ref().ok()).count();
            assert!(cut[..whole].iter().flatten().eq(&read[..whole]) && cut.len() <= whole + 1 && whole < read.len());
        }
    }

    #[test]
    fn what_is_no_message_is_one_error() {
        let cut: [&[u8]; 7] = [
            &[0x08],
            &[0x00, 0x01],
            &[0x0a, 0x05, b'a'],
            &[0x0b],
            &[0x09, 1, 2, 3],
            &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, b'a'],
        ];
        for bytes in cut {
            let read: Vec<_> = fields(bytes).collect();
            assert!(matches!(&read[..], [Err(_)]), "{bytes:?}");
        }
        let fixed = [0x0d, 1, 0, 0, 0, 0x11, 2, 0, 0, 0, 0, 0, 0, 0];
        let read: Vec<_> = fields(&fixed).map(Result::unwrap).collect();
        assert_eq!(read, [(1, Field::Number(1)), (2, Field::Number(2))]);
    }
}
