//! What texts stand for, whatever their case.

use hashbrown::HashMap;

use super::Const;
use crate::parser::names::Names;
use crate::sign::Sign;

/// Constants by text.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// By the sign of the text in lower case: most are found without a look at letters.
    short: HashMap<Sign, Const, foldhash::fast::FixedState>,
    /// By the text in lower case.
    long: HashMap<Box<str>, Const, foldhash::fast::FixedState>,
}

impl Lookup {
    pub fn insert(&mut self, text: &str, value: Const) {
        let lower = text.to_lowercase();
        match Sign::of(lower.as_bytes()).lower() {
            Some(sign) => self.short.insert(sign, value),
            None => self.long.insert(lower.into(), value),
        };
    }

    #[inline]
    pub fn get(&self, text: &str, names: &mut Names) -> Option<Const> {
        match Sign::of(text.as_bytes()).lower() {
            Some(sign) => self.short.get(&sign).copied(),
            None => names.lower(text, |lower| self.lower(lower)),
        }
    }

    /// What the lower case of a text is that is long, or holds more than ASCII.
    fn lower(&self, text: &str) -> Option<Const> {
        match Sign::of(text.as_bytes()).lower() {
            Some(sign) => self.short.get(&sign).copied(),
            None => self.long.get(text).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use weir_event::Cell;

    use super::*;

    #[test]
    fn texts_are_found_whatever_their_case() {
        let texts = ["", "a", "Allow", "Block Session", "a text of more than sixteen bytes", "ÄRGER", "kelvin"];
        let (mut table, mut names) = (Lookup::default(), Names::default());
        for (text, number) in texts.into_iter().zip(0..) {
            table.insert(text, Const::Cell(Cell::Long(number)));
        }
        for (text, number) in texts.into_iter().zip(0..) {
            for text in [text, &text.to_lowercase(), &text.to_uppercase()] {
                assert_eq!(table.get(text, &mut names), Some(Const::Cell(Cell::Long(number))), "{text}");
            }
        }
        assert_eq!(table.get("\u{212a}elvin", &mut names), Some(Const::Cell(Cell::Long(6))));
        assert_eq!(table.get("blocks", &mut names), None);
    }
}
