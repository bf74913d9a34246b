//! Texts as packs describe them: `deny`, `deny*`, `*.exe`, `*fail*`, `org.*member*`, `4..6`.

/// What a text must be. Case never matters.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// Nothing: the part is missing or empty.
    Absent,
    /// Anything but nothing.
    Any,
    Is(Box<str>),
    Starts(Box<str>),
    Ends(Box<str>),
    Holds(Box<str>),
    /// These in turn, in lower case, with anything between them: the first at the start, the last at the end.
    Pieces(Box<[Box<str>]>),
    /// A number from the first to the second, both included.
    Range(f64, f64),
}

impl Word {
    pub fn of(text: &str) -> Word {
        if text.is_empty() {
            return Word::Absent;
        }
        if let Some(range) = range(text) {
            return range;
        }
        let open = text.starts_with('*');
        let inner = text.trim_matches('*');
        match (open, text.ends_with('*')) {
            _ if inner.is_empty() => Word::Any,
            _ if inner.contains('*') => Word::Pieces(text.to_lowercase().split('*').map(Box::from).collect()),
            (true, true) => Word::Holds(inner.to_lowercase().into()),
            (true, false) => Word::Ends(inner.into()),
            (false, true) => Word::Starts(inner.into()),
            (false, false) => Word::Is(text.into()),
        }
    }

    pub fn fits(&self, text: &str) -> bool {
        match self {
            Word::Absent => text.is_empty(),
            Word::Any => !text.is_empty(),
            Word::Is(word) => word.eq_ignore_ascii_case(text),
            Word::Starts(head) => behind(text, head).is_some(),
            Word::Ends(tail) => ends(text, tail),
            Word::Holds(inner) if text.is_ascii() => find(text, inner).is_some(),
            Word::Holds(inner) => text.to_lowercase().contains(&**inner),
            Word::Pieces(pieces) if text.is_ascii() => in_turn(text, pieces),
            Word::Pieces(pieces) => in_turn(&text.to_lowercase(), pieces),
            Word::Range(least, most) => number(text).is_some_and(|number| *least <= number && number <= *most),
        }
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Word::Absent => f.write_str("nothing"),
            Word::Any => f.write_str("anything"),
            Word::Is(word) => f.write_str(word),
            Word::Starts(head) => write!(f, "{head}*"),
            Word::Ends(tail) => write!(f, "*{tail}"),
            Word::Holds(inner) => write!(f, "*{inner}*"),
            Word::Pieces(pieces) => f.write_str(&pieces.join("*")),
            Word::Range(least, most) => write!(f, "{least}..{most}"),
        }
    }
}

/// What follows `head` at the start of the text.
fn behind<'t>(text: &'t str, head: &str) -> Option<&'t str> {
    let (have, rest) = text.split_at_checked(head.len())?;
    have.eq_ignore_ascii_case(head).then_some(rest)
}

fn ends(text: &str, tail: &str) -> bool {
    let start = text.len().checked_sub(tail.len());
    start.and_then(|start| text.get(start..)).is_some_and(|have| have.eq_ignore_ascii_case(tail))
}

/// Where `inner`, which is in lower case, begins in the text.
fn find(text: &str, inner: &str) -> Option<usize> {
    let Some(&first) = inner.as_bytes().first() else { return Some(0) };
    let mut places = memchr::memchr2_iter(first, first.to_ascii_uppercase(), text.as_bytes());
    places.find(|&at| text.get(at..at + inner.len()).is_some_and(|have| have.eq_ignore_ascii_case(inner)))
}

/// Whether the pieces stand in the text one after the other. Each is taken where it stands first, which leaves the most for the next.
fn in_turn(text: &str, pieces: &[Box<str>]) -> bool {
    let [head, middle @ .., tail] = pieces else { return false };
    let rest = middle.iter().try_fold(behind(text, head), |rest, piece| {
        let rest = rest?;
        Some(rest.get(find(rest, piece)? + piece.len()..))
    });
    rest.flatten().is_some_and(|rest| ends(rest, tail))
}

/// The number a text is; most are a few digits.
fn number(text: &str) -> Option<f64> {
    const DIGITS_MAX: usize = 15;
    let digit = |sum: u64, byte: u8| byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0'));
    match text.len() {
        1..=DIGITS_MAX => text.bytes().try_fold(0, digit).map(|number| number as f64),
        _ => None,
    }
    .or_else(|| {
        let begins = text.trim_start().starts_with(|first: char| first.is_ascii_digit() || "+-.iInN".contains(first));
        begins.then(|| text.trim().parse().ok()).flatten()
    })
}

/// `4..6`, `7..` or `..3`.
fn range(text: &str) -> Option<Word> {
    let (least, most) = text.split_once("..")?;
    let bound = |text: &str, open: f64| if text.is_empty() { Some(open) } else { text.parse().ok() };
    if least.is_empty() && most.is_empty() {
        return None;
    }
    Some(Word::Range(bound(least, f64::NEG_INFINITY)?, bound(most, f64::INFINITY)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, fits: &[&str], not: &[&str]) {
        let made = Word::of(word);
        fits.iter().for_each(|text| assert!(made.fits(text), "{word} does not fit {text}"));
        not.iter().for_each(|text| assert!(!made.fits(text), "{word} fits {text}"));
    }

    #[test]
    fn words_say_what_a_text_must_be() {
        check("Deny", &["deny", "DENY"], &["denied", ""]);
        check("deny*", &["deny", "Deny all"], &["de", "", "ideny"]);
        check("*.exe", &["a.EXE", ".exe"], &["exe", "", "é"]);
        check("*fail*", &["Failed", "a failure", "fFAIL", "é fail"], &["fai", "", "ffai", "ailé"]);
        check("*Ärger*", &["viel ärger", "ÄRGER"], &["arger"]);
        check(
            "org.*member*",
            &["org.add_member", "ORG.member", "org.remove_Member.x"],
            &["org.add", "x.org.member", ""],
        );
        check("*fire*,Accept", &["FireWall,accept", "fire,,accept"], &["firewall,accepted", "accept", ",accept"]);
        check("*,*block*", &["x,Blocked", ",block"], &["block", "blocked,x", "blocked"]);
        check("a*b*a", &["aba", "a b b a"], &["aa", "ab", "ba"]);
        check("a**b", &["ab", "a*b"], &["a"]);
        check("ä*Ö", &["Ä-ö"], &["a-o", "ä"]);
        check("*", &["x"], &[""]);
        check("", &[""], &["x"]);
        check("4..6", &["4", "5.5", " 6 "], &["3", "7", "x", ""]);
        check("..3", &["-1", "3", "-inf"], &["3.1", "one", "-"]);
        check("1000000000000000..", &["1000000000000000", "9999999999999999"], &["999999999999999"]);
        check("7..", &["7", "1e9"], &["6", "NaN"]);
        check("..", &[".."], &["1"]);
    }
}
