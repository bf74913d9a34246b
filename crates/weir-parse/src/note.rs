//! What a reader wants known about a line: a set of fixed words.

/// A set of notes. Costs no allocation; iterates in alphabetical order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes(u64);

/// One note by its place in [`WORDS`]; see the constants of [`Notes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteId(u8);

macro_rules! notes {
    ($($name:ident $word:literal)*) => {
        /// Every word a reader may note, sorted.
        pub const WORDS: &[&str] = &[$($word),*];
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy)]
        enum Index { $($name),* }
        impl Notes { $(pub const $name: NoteId = NoteId(Index::$name as u8);)* }
    };
}

notes! {
    BAD_DELIMITER "bad_delimiter"
    CLOCK_UNSYNCED "clock_unsynced"
    COLON_SEPARATOR "colon_separator"
    COLUMNS_MISSING "columns_missing"
    DUPLICATE_KEY "duplicate_key"
    EMPTY_HEADER_FIELD "empty_header_field"
    EPOCH_TIMESTAMP "epoch_timestamp"
    FIELD_TOO_LONG "field_too_long"
    FRAME_RESYNC "frame_resync"
    FRAME_TRUNCATED "frame_truncated"
    GLUED_KEY "glued_key"
    LEADING_TEXT "leading_text"
    MISSING_FINAL_PIPE "missing_final_pipe"
    PRI_LEADING_ZERO "pri_leading_zero"
    PRI_OUT_OF_RANGE "pri_out_of_range"
    QUOTE_NEVER_CLOSED "quote_never_closed"
    QUOTED_VALUE "quoted_value"
    RAW_BACKSLASHES "raw_backslashes"
    SD_INVALID "sd_invalid"
    SD_MISSING "sd_missing"
    SEVERITY_INVALID "severity_invalid"
    SPACE_DELIMITED "space_delimited"
    STRAY_DELIMITER "stray_delimiter"
    TIMESTAMP_INVALID "timestamp_invalid"
    TRUNCATED "truncated"
    TRUNCATED_HEADER "truncated_header"
    UNESCAPED_EQUALS "unescaped_equals"
    UNKNOWN_ESCAPE "unknown_escape"
    UNKNOWN_TIMEZONE "unknown_timezone"
    UNKNOWN_VERSION "unknown_version"
}

impl Notes {
    pub fn add(&mut self, note: NoteId) {
        self.0 |= 1 << note.0;
    }

    pub fn has(self, note: NoteId) -> bool {
        self.0 & 1 << note.0 != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Both sets together.
    pub fn and(self, other: Notes) -> Notes {
        Notes(self.0 | other.0)
    }

    /// The words, sorted.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let word = WORDS.get(left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(*word)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_and_fit() {
        assert!(WORDS.is_sorted() && WORDS.len() <= 64);
        let mut notes = Notes::default();
        notes.add(Notes::UNKNOWN_VERSION);
        notes.add(Notes::DUPLICATE_KEY);
        assert_eq!(notes.iter().collect::<Vec<_>>(), ["duplicate_key", "unknown_version"]);
    }
}
