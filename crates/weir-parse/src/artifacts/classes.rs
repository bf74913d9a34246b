//! What a byte can be part of.

/// May stand in a word. The other bits say what the word holds.
pub const WORD: u16 = 1;
pub const DIGIT: u16 = 2;
pub const HEX: u16 = 4;
pub const LETTER: u16 = 8;
pub const DOT: u16 = 16;
pub const COLON: u16 = 32;
pub const SLASH: u16 = 64;
pub const BACKSLASH: u16 = 128;
pub const AT: u16 = 256;
pub const DASH: u16 = 512;
/// `_ % + ~ $ *` and everything outside ASCII.
pub const OTHER: u16 = 1024;
/// May stand in a URL, whatever else it is.
pub const URL: u16 = 2048;
/// Hides a dot, a colon or an at sign in defanged text.
pub const BRACKET: u16 = 4096;

pub static CLASSES: [u16; 256] = table();

const fn table() -> [u16; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = class(byte as u8);
        byte += 1;
    }
    classes
}

const fn class(byte: u8) -> u16 {
    let word = match byte {
        b'0'..=b'9' => WORD | DIGIT,
        b'a'..=b'f' | b'A'..=b'F' => WORD | HEX,
        b'g'..=b'z' | b'G'..=b'Z' => WORD | LETTER,
        b'.' => WORD | DOT,
        b':' => WORD | COLON,
        b'/' => WORD | SLASH,
        b'\\' => WORD | BACKSLASH,
        b'@' => WORD | AT,
        b'-' => WORD | DASH,
        b'_' | b'%' | b'+' | b'~' | b'$' | b'*' | 0x80.. => WORD | OTHER,
        _ => 0,
    };
    let url = match byte {
        0..=b' ' | 0x7f | b'"' | b'<' | b'>' | b'|' | b'\\' | b'^' | b'`' | b'{' | b'}' | b'\'' => 0,
        _ => URL,
    };
    let bracket = if matches!(byte, b'[' | b'(') { BRACKET } else { 0 };
    word | url | bracket
}
