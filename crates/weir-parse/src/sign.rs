//! Short texts as numbers, which are compared and changed at once.

/// What tells a text apart at a glance: its length, its first and its last eight bytes. Of a text of at most sixteen that is all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sign {
    pub length: u32,
    head: u64,
    tail: u64,
}

impl Sign {
    /// Bytes of a text that its sign tells whole.
    pub const BYTES: usize = 16;

    #[inline]
    pub fn of(text: &[u8]) -> Sign {
        let (head, tail) = if let (Some(head), Some(tail)) = (text.first_chunk(), text.last_chunk()) {
            (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
        } else if let (Some(head), Some(tail)) = (text.first_chunk(), text.last_chunk()) {
            (u32::from_le_bytes(*head).into(), u32::from_le_bytes(*tail).into())
        } else {
            (text.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0)
        };
        Sign { length: text.len() as u32, head, tail }
    }

    /// The sign of the same text in lower case; `None` for texts that hold more than ASCII, or too much for that.
    #[inline]
    pub fn lower(self) -> Option<Sign> {
        let plain = (self.head | self.tail) & HIGH == 0 && self.length as usize <= Self::BYTES;
        plain.then(|| Sign { head: lower(self.head), tail: lower(self.tail), ..self })
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// Eight letters of ASCII in lower case.
#[inline]
fn lower(letters: u64) -> u64 {
    let from = letters + ONES * (0x80 - b'A' as u64);
    let behind = letters + ONES * (0x7f - b'Z' as u64);
    letters | (from & !behind & HIGH) >> 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_told_in_lower_case() {
        for length in 0..=Sign::BYTES {
            for letter in 0..0x80 {
                let text: Vec<u8> = (0..length as u8).map(|at| (letter + at * 7) % 0x80).collect();
                assert_eq!(Sign::of(&text).lower(), Some(Sign::of(&text.to_ascii_lowercase())));
            }
        }
        assert_eq!(Sign::of("Straße".as_bytes()).lower(), None);
        assert_eq!(Sign::of(&[b'A'; Sign::BYTES + 1]).lower(), None);
    }
}
