//! `[...]`: a set of characters, or a class such as `[:alpha:]`.

use weir_event::Fault;

use super::super::class::CharSet;
use super::super::names::{self, Posix};
use super::super::tree::{Body, What};
use super::Parser;

/// Escapes that stand for several characters.
fn shorthand(c: char) -> Option<Posix> {
    match c {
        'd' => Some(Posix::Digit),
        'w' => Some(Posix::Word),
        's' => Some(Posix::Space),
        _ => None,
    }
}

impl Parser<'_> {
    pub(super) fn bracket(&mut self) -> Result<What, Fault> {
        if let Some(what) = self.posix_bracket()? {
            return Ok(what);
        }
        let start = self.cursor.at;
        self.cursor.at += 1;
        let negated = self.cursor.eat("^") || self.cursor.eat("!");
        let mut ranges = Vec::new();
        while self.cursor.peek() != Some(b']') {
            self.bracket_item(start, &mut ranges)?;
        }
        self.cursor.at += 1;
        match ranges.is_empty() {
            true => Err(self.cursor.source().empty("the set of characters", start..self.cursor.at)),
            false => {
                let written = self.cursor.text[start..self.cursor.at].to_owned();
                Ok(What::Class(CharSet::new(&ranges, negated), written))
            }
        }
    }

    /// `[:name:]` or `[!:space:]` as a whole.
    fn posix_bracket(&mut self) -> Result<Option<What>, Fault> {
        let rest = self.cursor.rest();
        let (negated, inner) = match rest.as_bytes() {
            [b'[', b':', ..] => (false, &rest[2..]),
            [b'[', b'!' | b'^', b':', ..] => (true, &rest[3..]),
            _ => return Ok(None),
        };
        let length = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
        if length == 0 || !inner[length..].starts_with(":]") {
            return Ok(None);
        }
        let name = if negated { format!("!{}", &inner[..length]) } else { inner[..length].to_owned() };
        let start = self.cursor.at;
        self.cursor.at += rest.len() - inner.len() + length + 2;
        match names::find_posix(&name) {
            Some(info) => Ok(Some(What::Named { info, body: Body::None })),
            None => Err(self.cursor.source().unknown_matcher(&format!("[:{name}:]"), start..self.cursor.at)),
        }
    }

    fn bracket_item(&mut self, start: usize, ranges: &mut Vec<(char, char)>) -> Result<(), Fault> {
        if let Some(found) = self.nested_posix() {
            ranges.extend_from_slice(found.ranges());
            return Ok(());
        }
        let (c, escaped) = self.bracket_char(start)?;
        if let Some(class) = shorthand(c).filter(|_| escaped) {
            ranges.extend_from_slice(class.ranges());
            return Ok(());
        }
        let from = unescape(c, escaped);
        let range = matches!(self.cursor.rest().as_bytes(), [b'-', next, ..] if *next != b']');
        if !range {
            ranges.push((from, from));
            return Ok(());
        }
        let dash = self.cursor.at;
        self.cursor.at += 1;
        let (to, escaped) = self.bracket_char(start)?;
        let to = unescape(to, escaped);
        if to < from {
            let says = format!("the range {from}-{to} runs backwards");
            return Err(self.cursor.source().parameter(
                says,
                dash - 1..self.cursor.at,
                "write the lower character first",
            ));
        }
        ranges.push((from, to));
        Ok(())
    }

    /// `[:alpha:]` inside a set.
    fn nested_posix(&mut self) -> Option<Posix> {
        let name = self.cursor.rest().strip_prefix("[:")?.split_once(":]")?.0;
        let class = names::posix(name)?;
        self.cursor.at += name.len() + 4;
        Some(class)
    }

    /// The next character, and whether a backslash stood before it.
    fn bracket_char(&mut self, start: usize) -> Result<(char, bool), Fault> {
        let escaped = self.cursor.eat("\\");
        let Some(c) = self.cursor.rest().chars().next() else {
            return Err(self.cursor.source().unclosed("the set of characters", "]", start..start + 1));
        };
        self.cursor.at += c.len_utf8();
        if escaped && c == 'x' {
            let hex = self.cursor.rest().get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
            if let Some(byte) = hex {
                self.cursor.at += 2;
                return Ok((char::from(byte), false));
            }
        }
        Ok((c, escaped))
    }
}

fn unescape(c: char, escaped: bool) -> char {
    match c {
        'n' if escaped => '\n',
        'r' if escaped => '\r',
        't' if escaped => '\t',
        'f' if escaped => '\x0c',
        'v' if escaped => '\x0b',
        '0' if escaped => '\0',
        c => c,
    }
}
