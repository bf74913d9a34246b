//! The Common Event Format: header, extension pairs, escapes, and the named habits of some senders.

mod custom;
mod dictionary;
mod header;
mod pairs;
mod value;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::note::Notes;

pub(crate) use custom::KeyRole;
pub use dictionary::{Key, KeyKind, dictionary};
pub use pairs::{Pair, Pairs, Quirks};
pub use value::{Coding, unescape};

pub(crate) use value::coding_of;

pub(crate) use header::marker;

/// The header of an event and its extension as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cef<'a> {
    /// What stands before the marker, right-trimmed; empty when nothing does.
    pub prefix: &'a str,
    pub version: u32,
    pub vendor: Cow<'a, str>,
    pub product: Cow<'a, str>,
    pub device_version: Cow<'a, str>,
    pub class_id: Cow<'a, str>,
    pub name: Cow<'a, str>,
    /// Trimmed, as written.
    pub severity: Cow<'a, str>,
    pub level: Level,
    /// Right-trimmed; read it with [`Pairs::read`].
    pub extension: &'a str,
    /// Header fields that were there after the version: fewer than six when the header is cut.
    pub fields: usize,
    pub notes: Notes,
}

/// The severity in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    #[default]
    Unknown,
    Low,
    Medium,
    High,
    VeryHigh,
}

/// Reads the header of the event in `line`. `None` when there is no marker; see [`Cef::is_truncated`] for a cut header.
pub fn read(line: &str) -> Option<Cef<'_>> {
    header::read(line)
}

/// Reads a header that has lost its marker: `0|Vendor|Product|...` or `|Vendor|Product|...` at the start of a message, with all seven
/// pipes and pairs behind them.
pub(crate) fn read_unmarked(message: &str) -> Option<Cef<'_>> {
    header::read_unmarked(message)
}

/// Where `CEF:` begins (not after a letter or digit) and where the number of the version begins.
pub fn find(line: &str) -> Option<(usize, usize)> {
    header::marker(line, &header::CEF)
}

impl Cef<'_> {
    /// True when the line ends before the severity.
    pub fn is_truncated(&self) -> bool {
        self.fields < 6
    }
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Unknown => "Unknown",
            Level::Low => "Low",
            Level::Medium => "Medium",
            Level::High => "High",
            Level::VeryHigh => "Very-High",
        }
    }

    /// The level of a number from 0 to 10 or of a word in any case; `None` for anything else.
    pub fn of(severity: &str) -> Option<Level> {
        match severity {
            "0" | "1" | "2" | "3" => return Some(Level::Low),
            "4" | "5" | "6" => return Some(Level::Medium),
            "7" | "8" => return Some(Level::High),
            "9" | "10" => return Some(Level::VeryHigh),
            _ => {}
        }
        let levels = [Level::Unknown, Level::Low, Level::Medium, Level::High, Level::VeryHigh];
        if let Some(level) = levels.into_iter().find(|level| level.name().eq_ignore_ascii_case(severity)) {
            return Some(level);
        }
        let number = severity.trim_start_matches('0');
        let padded = !number.is_empty() && number.len() < severity.len();
        if padded { Level::of(number) } else { (severity.len() > 1 && number.is_empty()).then_some(Level::Low) }
    }
}
