//! Searching in text: phrases, whole values with wildcards, the terms of `~` and `search`. Nothing is allocated per text.

use weir_event::Value;

/// Wildcards of one pattern.
pub const WILDCARDS_MAX: usize = 64;
/// Bytes of one phrase: bounds the work on texts made to match almost everywhere.
pub const PHRASE_BYTES_MAX: usize = 4096;

/// Whether letters of ASCII differ from their capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    Sensitive,
    Insensitive,
}

impl Case {
    pub fn of(sensitive: bool) -> Case {
        if sensitive { Case::Sensitive } else { Case::Insensitive }
    }

    pub fn same(self, a: &[u8], b: &[u8]) -> bool {
        match self {
            Case::Sensitive => a == b,
            Case::Insensitive => a.eq_ignore_ascii_case(b),
        }
    }
}

/// Where `needle` first occurs in `text` at or behind `from`.
pub fn find(text: &str, needle: &str, from: usize, case: Case) -> Option<usize> {
    let hay = text.as_bytes().get(from..)?;
    let needle = needle.as_bytes();
    let found = match case {
        Case::Sensitive => memchr::memmem::find(hay, needle),
        Case::Insensitive => find_any_case(hay, needle),
    };
    found.map(|at| at + from)
}

fn find_any_case(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let Some(&first) = needle.first() else { return Some(0) };
    let last_start = hay.len().checked_sub(needle.len())?;
    let starts = &hay[..=last_start];
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, starts).find(|&at| hay[at..at + needle.len()].eq_ignore_ascii_case(needle))
}

/// A word character: letter, digit or underscore.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A phrase to look for: text between wildcards, each of which stands for any run without blanks.
///
/// At an end without wildcard a word character of the phrase must not continue a word of the text.
#[derive(Clone, Debug)]
pub struct Phrase {
    parts: Vec<String>,
    open_start: bool,
    open_end: bool,
    case: Case,
}

impl Phrase {
    /// `None` for more than [`WILDCARDS_MAX`] wildcards or [`PHRASE_BYTES_MAX`] bytes, or two wildcards next to each other.
    pub fn new(text: &str, wildcard: char, case: Case) -> Option<Phrase> {
        if text.len() > PHRASE_BYTES_MAX {
            return None;
        }
        let mut doubled = [0; 8];
        let width = wildcard.encode_utf8(&mut doubled).len();
        doubled.copy_within(..width, width);
        let doubled = std::str::from_utf8(&doubled[..2 * width]).ok()?;
        if text.matches(wildcard).take(WILDCARDS_MAX + 1).count() > WILDCARDS_MAX || text.contains(doubled) {
            return None;
        }
        let (open_start, open_end) = (text.starts_with(wildcard), text.ends_with(wildcard));
        let parts = text.split(wildcard).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Some(Phrase { parts, open_start, open_end, case })
    }

    pub fn has_wildcard(&self) -> bool {
        self.open_start || self.open_end || self.parts.len() > 1
    }

    /// True when the phrase occurs in `text`. Linear in the text: each part looks at a stretch once.
    pub fn is_in(&self, text: &str) -> bool {
        let Some(first) = self.parts.first() else { return self.has_wildcard() && !text.is_empty() };
        let mut memory: Vec<Option<Stretch>> =
            if self.parts.len() > 1 { vec![None; self.parts.len()] } else { Vec::new() };
        let mut from = 0;
        while let Some(at) = find(text, first, from, self.case) {
            if self.starts_well(text, at) && self.continues(text, at, &mut memory) {
                return true;
            }
            from = at + text[at..].chars().next().map_or(1, char::len_utf8);
        }
        false
    }

    /// True when the phrase occurs in a string, or in a string of an array.
    pub fn is_in_any(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => self.is_in(text),
            Value::Array(items) => items.iter().any(|item| self.is_in_any(item)),
            _ => false,
        }
    }

    fn starts_well(&self, text: &str, at: usize) -> bool {
        let bound = !self.open_start && self.parts.first().is_some_and(|part| part.starts_with(is_word));
        !bound || !text[..at].ends_with(is_word)
    }

    fn ends_well(&self, text: &str, end: usize) -> bool {
        let bound = !self.open_end && self.parts.last().is_some_and(|part| part.ends_with(is_word));
        !bound || !text.get(end..).is_some_and(|rest| rest.starts_with(is_word))
    }

    /// The parts behind the first, which was found at `at`.
    fn continues(&self, text: &str, at: usize, memory: &mut [Option<Stretch>]) -> bool {
        let mut end = at + self.parts[0].len();
        for (index, memory) in memory.iter_mut().enumerate().skip(1) {
            match self.next_part(text, end, index, memory) {
                Some(found) => end = found + self.parts[index].len(),
                None => return false,
            }
        }
        self.ends_well(text, end)
    }

    /// The first place of part `index` within the run without blanks that begins at `from`.
    fn next_part(&self, text: &str, from: usize, index: usize, memory: &mut Option<Stretch>) -> Option<usize> {
        if let Some(known) = memory
            && (known.from..=known.until).contains(&from)
        {
            return known.found;
        }
        // A run is measured once, however often the search begins anew in it.
        let run_end = match memory {
            Some(known) if (known.from..=known.run_end).contains(&from) => known.run_end,
            _ => text.get(from..)?.find(char::is_whitespace).map_or(text.len(), |run| from + run),
        };
        let part = &self.parts[index];
        let last = index + 1 == self.parts.len();
        let limit = text.len().min(run_end + part.len());
        let mut start = from;
        let mut found = None;
        while let Some(at) = floor(text, limit).and_then(|limit| find(&text[..limit], part, start, self.case)) {
            if at > run_end {
                break;
            }
            if !last || self.ends_well(text, at + part.len()) {
                found = Some(at);
                break;
            }
            start = at + text[at..].chars().next().map_or(1, char::len_utf8);
        }
        *memory = Some(Stretch { from, until: found.unwrap_or(run_end), found, run_end });
        found
    }
}

/// Between `from` and `until` the next place of a part is `found`.
#[derive(Clone, Debug)]
struct Stretch {
    from: usize,
    until: usize,
    found: Option<usize>,
    /// Where the run without blanks ends that all three are in.
    run_end: usize,
}

fn floor(text: &str, mut at: usize) -> Option<usize> {
    while !text.is_char_boundary(at) {
        at = at.checked_sub(1)?;
    }
    Some(at)
}

/// True when the whole of `text` is the pattern, `wildcard` standing for any run of characters.
pub fn is_value(text: &str, pattern: &str, wildcard: char, case: Case) -> bool {
    let Some((prefix, rest)) = pattern.split_once(wildcard) else {
        return case.same(text.as_bytes(), pattern.as_bytes());
    };
    let (middle, suffix) = rest.rsplit_once(wildcard).unwrap_or(("", rest));
    let bytes = text.as_bytes();
    if bytes.len() < prefix.len() + suffix.len()
        || !case.same(&bytes[..prefix.len()], prefix.as_bytes())
        || !case.same(&bytes[bytes.len() - suffix.len()..], suffix.as_bytes())
    {
        return false;
    }
    let Some(inner) = text.get(prefix.len()..text.len() - suffix.len()) else { return false };
    let mut at = 0;
    for part in middle.split(wildcard).filter(|part| !part.is_empty()) {
        match find(inner, part, at, case) {
            Some(found) => at = found + part.len(),
            None => return false,
        }
    }
    true
}

/// What `~` and `search` look for.
#[derive(Clone, Debug)]
pub struct Term {
    text: String,
    phrase: Phrase,
}

impl Term {
    /// `None` for a term with too many wildcards.
    pub fn new(text: &str, case: Case) -> Option<Term> {
        Some(Term { text: text.to_owned(), phrase: Phrase::new(text, '*', case)? })
    }

    /// True when a value holds the term: a string a phrase, a number, ip or uid equal text, an array an element that does, a record
    /// a member's name or value that does. Never for boolean, timestamp, duration and binary.
    pub fn is_in(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => self.phrase.is_in(text),
            Value::Long(_) | Value::Double(_) | Value::Ip(_) | Value::Uid(_) => {
                !self.phrase.has_wildcard() && crate::text_form::text_form(value).eq_ignore_ascii_case(&self.text)
            }
            Value::Array(items) => items.iter().any(|item| self.is_in(item)),
            Value::Record(record) => record.iter().any(|(name, value)| self.phrase.is_in(name) || self.is_in(value)),
            _ => false,
        }
    }
}
