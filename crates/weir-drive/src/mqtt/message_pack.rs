//! MessagePack, as much of it as headers need: values one after the other, nothing copied, nothing built.
//!
//! Lengths are believed only as far as bytes are there, and nesting costs no stack: any input takes time in its length only.

/// What cannot be read, and why.
pub type Unread = &'static str;

const ENDS: Unread = "it ends too early";

/// Bytes that are read from their beginning.
pub struct Reader<'b> {
    rest: &'b [u8],
    /// Bytes that are known to be missing at the end.
    missing: usize,
}

/// The first byte of a value, taken apart.
enum Head {
    /// A number of no sign.
    Whole(u64),
    /// Bytes or text.
    Bytes(usize),
    Nil,
    /// Values that follow.
    Values(u64),
    /// Bytes of something else that follow.
    Other(usize),
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8], missing: usize) -> Reader<'b> {
        Reader { rest: bytes, missing }
    }

    pub fn whole(&mut self) -> Result<u64, Unread> {
        match self.head()? {
            Head::Whole(number) => Ok(number),
            _ => Err("a number is something else"),
        }
    }

    /// Bytes or text; none for nothing. Of those that are known to be missing, what is there.
    pub fn bytes(&mut self) -> Result<&'b [u8], Unread> {
        match self.head()? {
            Head::Bytes(length) if length > self.rest.len() && length - self.rest.len() <= self.missing => {
                Ok(std::mem::take(&mut self.rest))
            }
            Head::Bytes(length) => self.take(length),
            Head::Nil => Ok(&[]),
            _ => Err("a text is something else"),
        }
    }

    /// Reads over one value, whatever it is.
    pub fn skip(&mut self) -> Result<(), Unread> {
        let mut values = 1u64;
        while values > 0 {
            values -= 1;
            match self.head()? {
                Head::Whole(_) | Head::Nil => {}
                Head::Bytes(length) | Head::Other(length) => drop(self.take(length)?),
                // Each value takes a byte at least.
                Head::Values(more) => values = values.saturating_add(more),
            }
        }
        Ok(())
    }

    fn head(&mut self) -> Result<Head, Unread> {
        let kind = self.number(1)? as u8;
        Ok(match kind {
            0x00..=0x7f => Head::Whole(u64::from(kind)),
            0x80..=0x8f => Head::Values(2 * u64::from(kind & 0x0f)),
            0x90..=0x9f => Head::Values(u64::from(kind & 0x0f)),
            0xa0..=0xbf => Head::Bytes(usize::from(kind & 0x1f)),
            0xc0 => Head::Nil,
            0xc1 => return Err("a value is of a kind that is not there"),
            0xc2 | 0xc3 | 0xe0..=0xff => Head::Other(0),
            0xc4..=0xc6 => Head::Bytes(self.length(kind - 0xc4)?),
            0xc7..=0xc9 => Head::Other(self.length(kind - 0xc7)?.saturating_add(1)),
            0xca | 0xd2 => Head::Other(4),
            0xcb | 0xd3 => Head::Other(8),
            0xcc..=0xcf => Head::Whole(self.number(1 << (kind - 0xcc))?),
            0xd0 => Head::Other(1),
            0xd1 => Head::Other(2),
            0xd4..=0xd8 => Head::Other(1 + (1 << (kind - 0xd4))),
            0xd9..=0xdb => Head::Bytes(self.length(kind - 0xd9)?),
            0xdc | 0xdd => Head::Values(self.number(2 << (kind - 0xdc))?),
            0xde | 0xdf => Head::Values(2 * self.number(2 << (kind - 0xde))?),
        })
    }

    /// A length of 1, 2 or 4 bytes.
    fn length(&mut self, size: u8) -> Result<usize, Unread> {
        Ok(usize::try_from(self.number(1 << size)?).unwrap_or(usize::MAX))
    }

    fn number(&mut self, bytes: usize) -> Result<u64, Unread> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: usize) -> Result<&'b [u8], Unread> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(ENDS)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_are_read_in_all_their_sizes() {
        for (bytes, expect) in [
            (&b"\x07"[..], 7),
            (b"\xcc\xff", 255),
            (b"\xcd\x01\x00", 256),
            (b"\xce\0\x01\0\0", 65_536),
            (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", u64::MAX),
        ] {
            assert_eq!(Reader::new(bytes, 0).whole(), Ok(expect), "{bytes:?}");
        }
        for bytes in [
            &b"\xa2hi"[..],
            b"\xd9\x02hi",
            b"\xda\0\x02hi",
            b"\xdb\0\0\0\x02hi",
            b"\xc4\x02hi",
            b"\xc5\0\x02hi",
            b"\xc6\0\0\0\x02hi",
        ] {
            assert_eq!(Reader::new(bytes, 0).bytes(), Ok(&b"hi"[..]), "{bytes:?}");
        }
        assert_eq!(Reader::new(b"\xc0", 0).bytes(), Ok(&b""[..]));
        assert_eq!(Reader::new(b"\xa5hel", 2).bytes(), Ok(&b"hel"[..]));
        assert_eq!(Reader::new(b"\xa5hel", 1).bytes(), Err(ENDS));
    }

    #[test]
    fn any_value_can_be_read_over() {
        let values: &[&[u8]] = &[
            b"\x01",
            b"\xff",
            b"\x81\xa1a\x92\x01\xc0",
            b"\x93\x01\x02\x90",
            b"\xc2",
            b"\xca\0\0\0\0",
            b"\xcb\0\0\0\0\0\0\0\0",
            b"\xd0\x01",
            b"\xd1\0\x01",
            b"\xd2\0\0\0\x01",
            b"\xd3\0\0\0\0\0\0\0\x01",
            b"\xd4\x01x",
            b"\xd5\x01xx",
            b"\xd6\x01xxxx",
            b"\xd7\x01xxxxxxxx",
            b"\xd8\x01xxxxxxxxxxxxxxxx",
            b"\xc7\x02\x01xx",
            b"\xc8\0\x01\x01x",
            b"\xdc\0\x02\x01\x02",
            b"\xdd\0\0\0\x01\x01",
            b"\xde\0\x01\x01\x02",
            b"\xdf\0\0\0\x01\x01\x02",
        ];
        for value in values {
            let bytes = [value, &b"\x2a"[..]].concat();
            let mut reader = Reader::new(&bytes, 0);
            assert_eq!((reader.skip(), reader.whole()), (Ok(()), Ok(42)), "{value:?}");
            for cut in 0..value.len() {
                assert_eq!(Reader::new(&value[..cut], 0).skip(), Err(ENDS), "{value:?} to {cut}");
            }
        }
    }

    #[test]
    fn hostile_bytes_take_neither_stack_nor_memory() {
        for bytes in [
            vec![0x91; 1 << 20],
            vec![0xdd; 1 << 20],
            vec![0xdf, 0xff, 0xff, 0xff, 0xff],
            vec![0xc6, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert_eq!(Reader::new(&bytes, 0).skip(), Err(ENDS), "{:#x}", bytes[0]);
        }
        assert!(Reader::new(b"\xc1", 0).skip().is_err());
        assert!(Reader::new(b"\xff", 0).whole().is_err() && Reader::new(b"\x01", 0).bytes().is_err());
    }
}
