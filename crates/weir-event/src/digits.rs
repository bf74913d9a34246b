//! Numbers as decimal digits, two at a time.

use std::net::Ipv4Addr;

/// ASCII text of at most `N` bytes.
pub(crate) struct Short<const N: usize> {
    /// Of what is behind the text only the length counts.
    bytes: [[u8; N]; 2],
    start: usize,
    end: usize,
}

impl<const N: usize> Short<N> {
    /// The first `length` bytes, which must be ASCII.
    pub fn head(bytes: [u8; N], length: usize) -> Self {
        Short { bytes: [bytes, [0; N]], start: 0, end: length.min(N) }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes.as_flattened()[self.start..self.end]
    }

    /// The text and whatever follows it, to be copied at once.
    pub fn block(&self) -> &[u8; N] {
        self.bytes.as_flattened()[self.start..].first_chunk().unwrap_or(&self.bytes[0])
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// The last two digits of a number.
pub(crate) fn pair(number: u32) -> [u8; 2] {
    PAIRS[(number % 100) as usize]
}

/// A whole number.
pub(crate) fn long(number: i64) -> Short<20> {
    if (0..EIGHT_DIGITS).contains(&number) {
        return eight(number as u32);
    }
    let mut text = Short { bytes: [[0; 20]; 2], start: 20, end: 20 };
    let mut put = |digit: u8| {
        text.start -= 1;
        text.bytes[0][text.start] = digit;
    };
    let mut rest = number.unsigned_abs();
    while rest >= 10 {
        let [tens, ones] = pair((rest % 100) as u32);
        put(ones);
        put(tens);
        rest /= 100;
    }
    if rest > 0 {
        put(b'0' + rest as u8);
    }
    if number < 0 {
        put(b'-');
    }
    text
}

const EIGHT_DIGITS: i64 = 100_000_000;

/// A number of at most eight digits, without a branch for each: ports, sizes and the like are all of different lengths.
fn eight(number: u32) -> Short<20> {
    // Each step halves the digits of a lane: eight become two times four, four times two, eight times one, the first of them lowest.
    let number = u64::from(number);
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | ((fours - hundreds * 100) << 16);
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = tens | ((twos - tens * 10) << 8);
    // The last digit is one even if it is zero.
    let zeros = (ones | 1 << 56).trailing_zeros() as usize / 8;
    let mut text = Short { bytes: [[0; 20]; 2], start: 0, end: 8 - zeros };
    let digits = (ones | 0x3030_3030_3030_3030) >> (8 * zeros);
    text.bytes[0][..8].copy_from_slice(&digits.to_le_bytes());
    text
}

/// Four numbers with dots between.
pub(crate) fn ipv4(address: Ipv4Addr) -> Short<15> {
    let mut text = Short { bytes: [[b'.'; 15]; 2], start: 0, end: 0 };
    for octet in address.octets() {
        let at = text.end + usize::from(text.end > 0);
        let [tens, ones] = pair(octet.into());
        let (digits, count) = match octet {
            0..10 => ([ones, b'.', b'.'], 1),
            10..100 => ([tens, ones, b'.'], 2),
            100.. => ([b'0' + octet / 100, tens, ones], 3),
        };
        // What is written beyond the digits is a dot, and stays one or is written over.
        if let Some(place) = text.bytes.as_flattened_mut()[at..].first_chunk_mut() {
            *place = digits;
        }
        text.end = at + count;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length_are_written() {
        let edges = (0..9).flat_map(|zeros| (-2..3).map(move |more| 10i64.pow(zeros) + more));
        for number in edges.chain((0..2 * EIGHT_DIGITS).step_by(104_729)) {
            assert_eq!(long(number).text(), number.to_string());
            assert!(long(number).block().starts_with(long(number).bytes()));
        }
    }
}
