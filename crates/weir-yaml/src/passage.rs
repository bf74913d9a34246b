//! Texts of a file in which something may be wrong at one place, such as queries.

use std::sync::Arc;

/// A text, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    pub text: String,
    pub(crate) file: Arc<str>,
    pub(crate) written: Written,
}

/// Where a text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Written {
    /// Of the file, from 1: of the text's first line.
    line: usize,
    /// Characters before each line of the text. `None` when the text is not written as it reads: it folds, or has escapes.
    indent: Option<usize>,
}

impl Passage {
    /// The place in the file of a place in the text, both counted from 1.
    pub fn place(&self, line: usize, column: usize) -> String {
        let (file, first) = (&self.file, self.written.line);
        match self.written.indent {
            Some(indent) => format!("{file}:{}, column {}", first + line - line.min(1), indent + column),
            None => format!("{file}:{first}, line {line}, column {column} of the text"),
        }
    }

    /// Where it begins.
    pub fn begin(&self) -> String {
        format!("{}:{}", self.file, self.written.line)
    }
}

impl Written {
    /// Looks for `text` in the lines of its file. It begins at `line` (from 1) behind `column` characters as the reader of YAML has it:
    /// with its quote, or at the first line of a block that is not empty.
    pub fn find(text: &str, line: usize, column: usize, file: &[&str]) -> Written {
        let empty = text.chars().take_while(|c| *c == '\n').count();
        let candidates = [(line.saturating_sub(empty), column), (line, column + 1)];
        let found = candidates.into_iter().find(|&(line, indent)| stands_at(text, line, indent, file));
        found.map_or(Written { line, indent: None }, |(line, indent)| Written { line, indent: Some(indent) })
    }
}

/// True when every line of `text` is in its file as it is, from `line` on and behind `indent` characters.
fn stands_at(text: &str, line: usize, indent: usize, file: &[&str]) -> bool {
    let behind = |line: &str| line.char_indices().nth(indent).map_or(line.len(), |(at, _)| at);
    text.lines().enumerate().all(|(number, own)| {
        let written = file.get((line + number).wrapping_sub(1)).copied().unwrap_or_default();
        written[behind(written)..].starts_with(own)
    })
}
