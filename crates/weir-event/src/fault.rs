//! What went wrong, for the one who can act on it.

use std::fmt;

/// An error with a stable id, a place, a cause and a way out.
///
/// Made by one factory function per id in the crate that owns the id's prefix. Code branches on `kind`, never on text.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault(Box<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    id: &'static str,
    kind: FaultKind,
    at: String,
    says: String,
    because: String,
    hint: String,
    retry_after_ms: Option<u64>,
}

/// Who can act, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The caller's command, request or query is wrong.
    Usage,
    /// A configuration file is wrong.
    Config,
    /// Credentials are missing, unknown or not enough.
    Auth,
    /// Nothing is there under that name.
    NotFound,
    /// A named limit was reached.
    Limit,
    /// Too much at the moment; trying again later helps.
    Busy,
    /// A peer answered wrongly or not at all.
    Peer,
    /// The disk or the database failed.
    Storage,
    /// weir itself is wrong.
    Bug,
}

impl Fault {
    pub fn new(id: &'static str, kind: FaultKind, says: impl Into<String>) -> Self {
        let (at, because, hint) = (String::new(), String::new(), String::new());
        Fault(Box::new(Parts { id, kind, at, says: says.into(), because, hint, retry_after_ms: None }))
    }

    /// Where: a file and line, a field, an offset, an address.
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.0.at = place.to_string();
        self
    }

    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.because = cause.to_string();
        self
    }

    pub fn hint(mut self, hint: impl fmt::Display) -> Self {
        self.0.hint = hint.to_string();
        self
    }

    pub fn retry_after_ms(mut self, wait: u64) -> Self {
        self.0.retry_after_ms = Some(wait);
        self
    }

    pub fn id(&self) -> &'static str {
        self.0.id
    }

    pub fn kind(&self) -> FaultKind {
        self.0.kind
    }

    pub fn place(&self) -> &str {
        &self.0.at
    }

    pub fn says(&self) -> &str {
        &self.0.says
    }

    pub fn cause(&self) -> &str {
        &self.0.because
    }

    pub fn fix(&self) -> &str {
        &self.0.hint
    }

    pub fn retry_after(&self) -> Option<u64> {
        self.0.retry_after_ms
    }
}

/// Several lines: `error[ID]: what`, then where, why and the hint, those that are known.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.0.id, self.0.says)?;
        for (label, text) in [("at", &self.0.at), ("because", &self.0.because), ("hint", &self.0.hint)] {
            if !text.is_empty() {
                write!(f, "\n  {label}: {text}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

/// The candidate most like `word`, if it is near enough to be what was meant (at most a third of the letters differ).
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word: Vec<char> = word.chars().take(64).flat_map(char::to_lowercase).collect();
    let near = |candidate: &'c str| {
        let other: Vec<char> = candidate.chars().take(64).flat_map(char::to_lowercase).collect();
        let distance = edits(&word, &other);
        (distance * 3 <= word.len().max(other.len()).max(3)).then_some((distance, candidate))
    };
    candidates.into_iter().filter_map(near).min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let mut least = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_finds_typos_and_nothing_far() {
        assert_eq!(nearest("fliter", ["fetch", "filter", "fields"]), Some("filter"));
        assert_eq!(nearest("zzzz", ["fetch", "filter"]), None);
    }
}
