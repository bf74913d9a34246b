//! What texts stand for, whatever their case.

use hashbrown::HashMap;
use memchr::memmem::Finder;

use super::Const;
use crate::parser::names::Names;
use crate::sign::Sign;
use crate::word::Word;

/// Constants by text, and by words that texts fit.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    /// By the sign of the text in lower case: most are found without a look at letters.
    short: HashMap<Sign, Const, foldhash::fast::FixedState>,
    /// By the text in lower case.
    long: HashMap<Box<str>, Const, foldhash::fast::FixedState>,
    /// For what is none of these, the first that fits.
    words: Vec<(Fit, Const)>,
}

/// What a text may fit.
#[derive(Clone, Debug)]
enum Fit {
    Word(Word),
    /// The text in lower case holds this somewhere: of long lists of such words each costs one search.
    Holds(Box<Finder<'static>>),
}

impl Lookup {
    /// Adds a word as packs write them, and what it stands for.
    pub fn insert(&mut self, word: &str, value: Const) {
        match Word::of(word) {
            Word::Is(text) => self.insert_text(&text.to_lowercase(), value),
            Word::Holds(text) => self.words.push((Fit::Holds(Finder::new(&*text).into_owned().into()), value)),
            word => self.words.push((Fit::Word(word), value)),
        }
    }

    fn insert_text(&mut self, lower: &str, value: Const) {
        match Sign::of(lower.as_bytes()).lower() {
            Some(sign) => self.short.insert(sign, value),
            None => self.long.insert(lower.into(), value),
        };
    }

    #[inline]
    pub fn get(&self, text: &str, names: &mut Names) -> Option<Const> {
        let exact = match Sign::of(text.as_bytes()).lower() {
            Some(sign) => self.short.get(&sign).copied(),
            None => names.lower(text, |lower| self.exact(lower)),
        };
        if exact.is_some() || self.words.is_empty() {
            return exact;
        }
        names.lower(text, |lower| self.by_word(text, lower))
    }

    fn by_word(&self, text: &str, lower: &str) -> Option<Const> {
        let fits = |fit: &Fit| match fit {
            Fit::Word(word) => word.fits(text),
            Fit::Holds(finder) => finder.find(lower.as_bytes()).is_some(),
        };
        self.words.iter().find(|(fit, _)| fits(fit)).map(|(_, value)| *value)
    }

    /// What a text in lower case is that is long, or held more than ASCII.
    fn exact(&self, text: &str) -> Option<Const> {
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
        for (word, number) in ["*ärger*", "*ocks*", "*o*", "b*"].into_iter().zip(10..) {
            table.insert(word, Const::Cell(Cell::Long(number)));
        }
        for (text, expect) in [("viel ÄRGER", 10), ("Blocks", 11), ("BLOW", 12), ("Black", 13), ("allow", 2)] {
            assert_eq!(table.get(text, &mut names), Some(Const::Cell(Cell::Long(expect))), "{text}");
        }
    }
}
