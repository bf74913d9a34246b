//! Names of months, days, halves of the day and eras, by language.

pub(crate) mod names;

use names::{ROWS, Row};

/// Names of one language, ready to be looked for.
#[derive(Debug)]
pub(super) struct Locale(&'static Row);

/// The names of one list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Names {
    /// The longest first: a text starts with at most one that counts.
    all: Box<[(Box<str>, u8)]>,
    /// Names of three ASCII letters in lower case, which most are, without those that begin a longer one: they need one comparison.
    threes: Box<[(u32, u8)]>,
}

/// The language of a tag such as `de` or `de-AT`; `None` when it is not known.
pub(super) fn find(tag: &str) -> Option<Locale> {
    row(tag).map(Locale)
}

/// The names of the language of a tag such as `de` or `de-AT`.
pub(crate) fn row(tag: &str) -> Option<&'static Row> {
    let language = tag.split(['-', '_']).next().unwrap_or_default();
    ROWS.iter().find(|row| row.tags.iter().any(|tag| tag.eq_ignore_ascii_case(language)))
}

/// Every language there is.
pub(super) fn tags() -> impl Iterator<Item = &'static str> {
    ROWS.iter().flat_map(|row| row.tags.iter().copied())
}

impl Locale {
    pub(super) fn english() -> Locale {
        Locale(&ROWS[0])
    }

    pub(super) fn months(&self, full: bool) -> Names {
        Names::new(&[if full { self.0.months } else { self.0.months_short }])
    }

    pub(super) fn days(&self, full: bool) -> Names {
        Names::new(&[if full { self.0.days } else { self.0.days_short }])
    }

    /// Before noon is 0, after it 1.
    pub(super) fn halves(&self) -> Names {
        Names::new(&["AM PM", self.0.halves, ROWS[0].halves])
    }

    /// Before Christ is 0, after it 1.
    pub(super) fn eras(&self) -> Names {
        Names::new(&["BC AD", self.0.eras, ROWS[0].eras])
    }
}

impl Names {
    fn new(lists: &[&str]) -> Names {
        let mut all: Vec<(Box<str>, u8)> = Vec::new();
        for list in lists {
            for (index, names) in (0u8..).zip(list.split_ascii_whitespace()) {
                all.extend(names.split('|').map(|name| (name.replace('_', " ").into(), index)));
            }
        }
        all.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let begins_longer = |three: &str| all.iter().any(|(name, _)| name.len() > 3 && prefix(name, three).is_some());
        let threes = all.iter().filter(|(name, _)| name.is_ascii() && !begins_longer(name));
        let threes = threes.filter_map(|(name, index)| Some((three(name.as_bytes().try_into().ok()?), *index)));
        let threes = threes.collect();
        Names { threes, all: all.into() }
    }

    /// The longest name that `text` starts with, in any letter case: its length in bytes and its index.
    pub(super) fn find(&self, text: &str) -> Option<(usize, usize)> {
        if let Some(letters) = text.as_bytes().first_chunk::<3>() {
            let letters = three(*letters);
            if let Some((_, index)) = self.threes.iter().find(|(name, _)| *name == letters) {
                return Some((3, usize::from(*index)));
            }
        }
        let first = text.as_bytes().first()?.to_ascii_lowercase();
        // Two letters beyond ASCII may be one letter in both cases though their bytes differ.
        let may_start = |name: &str| {
            let byte = name.as_bytes()[0];
            byte.to_ascii_lowercase() == first || (byte >= 0x80 && first >= 0x80)
        };
        self.all
            .iter()
            .filter(|(name, _)| may_start(name))
            .find_map(|(name, index)| Some((prefix(text, name)?, usize::from(*index))))
    }
}

/// Three letters as one number, whatever their case.
fn three(letters: [u8; 3]) -> u32 {
    let [a, b, c] = letters.map(|letter| letter.to_ascii_lowercase());
    u32::from_le_bytes([a, b, c, 0])
}

/// Bytes of `text` that `name` covers.
fn prefix(text: &str, name: &str) -> Option<usize> {
    if let Some(head) = text.as_bytes().get(..name.len())
        && name.is_ascii()
    {
        return head.eq_ignore_ascii_case(name.as_bytes()).then_some(name.len());
    }
    let mut rest = text.chars();
    for wanted in name.chars() {
        let found = rest.next()?;
        if found != wanted && !found.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}
