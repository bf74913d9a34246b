//! The formatter: one pipe a line, long commands over several, comments kept. It works on tokens, so a query that is not finished
//! keeps what it has.

use std::collections::HashMap;
use std::ops::Range;

use weir_event::Fault;

use crate::commands::{CommandKind, Takes};
use crate::lex::{Lexed, Token, lex_all};
use crate::parse::normal::{Piece, pieces};

/// Columns of a line that is not broken.
const WIDTH: usize = 100;
/// What is broken stands so far to the right of what it belongs to.
const STEP: usize = 2;

/// Formats a query. Formatting the result changes nothing, and it means the same.
///
/// # Errors
/// `DQL-002` to `DQL-005` when the text cannot be cut into tokens.
pub fn format(text: &str) -> Result<String, Fault> {
    let (mut tokens, comments) = lex_all(text)?;
    tokens.pop();
    let mut layout = Layout {
        pieces: spelled(text, &tokens),
        notes: notes(text, &tokens, comments.iter().map(|span| span.start as usize..span.end as usize)),
        closing: closing(&tokens),
        tokens,
        out: String::new(),
    };
    layout.query(0..layout.tokens.len(), 0);
    layout.above(layout.tokens.len(), 0);
    let mut out = layout.out;
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    Ok(out)
}

/// Comments by where they stand.
#[derive(Default)]
struct Notes {
    /// On lines of their own, in front of a token.
    above: Vec<String>,
    /// On the line of a token, behind it.
    behind: Vec<String>,
}

struct Layout {
    tokens: Vec<Lexed>,
    pieces: Vec<Piece>,
    notes: HashMap<usize, Notes>,
    /// The closing bracket of each opening one.
    closing: HashMap<usize, usize>,
    out: String,
}

/// Tokens as they are written: commands in their usual case, names with `*` in one piece.
fn spelled(text: &str, tokens: &[Lexed]) -> Vec<Piece> {
    let mut pieces = pieces(text, tokens);
    let mut patterns = false;
    for (index, lexed) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &tokens[before].token);
        if matches!(before, Some(Token::Sign(":"))) {
            pieces[index].blank = true;
        }
        let first = index == 0 || matches!(tokens[index - 1].token, Token::Sign("|" | "["));
        let Token::Name(name) = &lexed.token else {
            let joined = index > 0 && tokens[index - 1].span.end == lexed.span.start;
            if patterns && joined && lexed.token == Token::Sign("*") {
                pieces[index].blank = false;
            }
            continue;
        };
        if patterns
            && index > 0
            && tokens[index - 1].token == Token::Sign("*")
            && tokens[index - 1].span.end == lexed.span.start
        {
            pieces[index].blank = false;
        }
        if name.eq_ignore_ascii_case("true") || name.eq_ignore_ascii_case("false") {
            pieces[index].text.make_ascii_lowercase();
        }
        if let Some(kind) = CommandKind::find(name).filter(|_| first) {
            patterns = kind.spec().takes == Takes::Patterns;
            let next = tokens.get(index + 1).map(|next| &next.token);
            if !matches!(next, Some(Token::Sign("," | "]" | "("))) {
                pieces[index].text = kind.name().to_owned();
            }
            if matches!(next, Some(Token::Sign("["))) {
                pieces[index + 1].blank = true;
            }
        }
    }
    pieces
}

fn notes(text: &str, tokens: &[Lexed], comments: impl Iterator<Item = Range<usize>>) -> HashMap<usize, Notes> {
    let mut notes: HashMap<usize, Notes> = HashMap::new();
    for range in comments {
        let next = tokens.partition_point(|lexed| (lexed.span.start as usize) < range.start);
        let written = text[range.clone()].trim_end().to_owned();
        let line_start = next.checked_sub(1).map(|before| tokens[before].span.end as usize);
        // Behind a pipe a comment speaks of the command that follows.
        let behind_pipe = next > 0 && tokens[next - 1].token == Token::Sign("|");
        match line_start {
            Some(end) if !behind_pipe && !text[end..range.start].contains('\n') => {
                notes.entry(next - 1).or_default().behind.push(written);
            }
            _ if behind_pipe => notes.entry(next - 1).or_default().above.push(written),
            _ => notes.entry(next).or_default().above.push(written),
        }
    }
    notes
}

fn closing(tokens: &[Lexed]) -> HashMap<usize, usize> {
    let (mut open, mut pairs) = (Vec::new(), HashMap::new());
    for (index, lexed) in tokens.iter().enumerate() {
        match lexed.token {
            Token::Sign("(" | "[" | "{") => open.push(index),
            Token::Sign(")" | "]" | "}") => {
                if let Some(start) = open.pop() {
                    pairs.insert(start, index);
                }
            }
            _ => {}
        }
    }
    pairs
}

impl Layout {
    fn is(&self, index: usize, sign: &str) -> bool {
        matches!(self.tokens[index].token, Token::Sign(have) if have == sign)
    }

    /// The parts of a range between signs outside of brackets; each with the sign that ends it.
    fn split(&self, range: Range<usize>, sign: &str) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut at) = (Vec::new(), range.start, range.start);
        while at < range.end {
            if self.is(at, sign) {
                parts.push(start..at);
                start = at + 1;
            }
            at = self.closing.get(&at).filter(|close| **close < range.end).map_or(at + 1, |close| close + 1);
        }
        parts.push(start..range.end);
        parts
    }

    fn line(&mut self, indent: usize) {
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(&" ".repeat(indent));
    }

    fn column(&self) -> usize {
        self.out.chars().rev().take_while(|c| *c != '\n').count()
    }

    /// Comments in front of a token, each on its line.
    fn above(&mut self, index: usize, indent: usize) {
        let above = self.notes.get_mut(&index).map(|notes| std::mem::take(&mut notes.above)).unwrap_or_default();
        for comment in above {
            self.line(indent);
            self.out.push_str(&comment);
            self.line(indent);
        }
    }

    /// Comments behind a token. True when the line has to end there.
    fn behind(&mut self, index: usize) -> bool {
        let behind = self.notes.get_mut(&index).map(|notes| std::mem::take(&mut notes.behind)).unwrap_or_default();
        let mut ends = false;
        for comment in behind {
            if ends {
                self.line(0);
            }
            self.out.push(' ');
            self.out.push_str(&comment);
            ends = comment.starts_with("//") || comment.contains('\n');
        }
        ends
    }

    fn query(&mut self, range: Range<usize>, indent: usize) {
        for (number, part) in self.split(range, "|").into_iter().enumerate() {
            if number > 0 {
                let pipe = part.start - 1;
                self.line(indent);
                self.above(pipe, indent);
                self.above(part.start, indent);
                self.out.push_str("| ");
                self.behind(pipe);
            }
            self.command(part, indent);
        }
    }

    fn command(&mut self, range: Range<usize>, indent: usize) {
        let arguments = self.split(range.clone(), ",");
        if let Some(flat) = self.flat(range.clone())
            && self.column() + flat.chars().count() <= WIDTH
        {
            self.above(range.start, indent);
            self.out.push_str(&flat);
            self.after_flat(range, indent);
            return;
        }
        for (number, argument) in arguments.iter().enumerate() {
            if number > 0 {
                self.comma(argument.start - 1);
                self.line(indent + 2 * STEP);
            }
            self.item(argument.clone(), indent + 2 * STEP);
        }
    }

    /// A range written on one line is done but for the comments behind its last token.
    fn after_flat(&mut self, range: Range<usize>, indent: usize) {
        if !range.is_empty() && self.behind(range.end - 1) {
            self.line(indent);
        }
    }

    fn comma(&mut self, index: usize) {
        self.out.push(',');
        self.behind(index);
    }

    /// The text of a range on one line. `None` when a comment or a sub-query of several commands breaks it.
    fn flat(&self, range: Range<usize>) -> Option<String> {
        let mut out = String::new();
        for index in range.clone() {
            let last = index + 1 == range.end;
            let first = index == range.start;
            if self.is(index, "|") {
                return None;
            }
            if let Some(notes) = self.notes.get(&index)
                && ((!notes.above.is_empty() && !first) || (!notes.behind.is_empty() && !last))
            {
                return None;
            }
            let piece = &self.pieces[index];
            out.push_str(if piece.blank && !first { " " } else { "" });
            out.push_str(&piece.text);
        }
        (!out.contains('\n') || range.len() == 1).then_some(out)
    }

    /// One argument: on one line where it fits, else broken in its brackets and in front of `and`, `or`.
    fn item(&mut self, range: Range<usize>, indent: usize) {
        if range.is_empty() {
            return;
        }
        self.above(range.start, indent);
        if let Some(flat) = self.flat(range.clone())
            && self.column() + flat.chars().count() <= WIDTH
        {
            self.out.push_str(&flat);
            self.after_flat(range, indent);
            return;
        }
        let mut at = range.start;
        while at < range.end {
            let words = ["and", "or", "xor"];
            if at > range.start {
                let joins = matches!(&self.tokens[at].token, Token::Name(name) if words.iter().any(|word| word.eq_ignore_ascii_case(name)));
                if joins {
                    self.line(indent);
                } else if self.pieces[at].blank && !self.out.ends_with([' ', '\n']) {
                    self.out.push(' ');
                }
                self.above(at, indent);
            }
            let close = self.closing.get(&at).copied().filter(|close| *close < range.end);
            match close {
                Some(close) => {
                    self.bracket(at, close, indent);
                    at = close + 1;
                }
                None => {
                    let text = self.pieces[at].text.clone();
                    self.out.push_str(&text);
                    if self.behind(at) {
                        self.line(indent);
                    }
                    at += 1;
                }
            }
        }
    }

    fn bracket(&mut self, open: usize, close: usize, indent: usize) {
        if let Some(flat) = self.flat(open..close + 1)
            && self.column() + flat.chars().count() <= WIDTH
        {
            self.out.push_str(&flat);
            self.after_flat(open..close + 1, indent);
            return;
        }
        let (inner, deeper) = (open + 1..close, indent + STEP);
        let text = self.pieces[open].text.clone();
        self.out.push_str(&text);
        self.behind(open);
        if !inner.is_empty() {
            self.line(deeper);
        }
        if self.split(inner.clone(), "|").len() > 1 {
            self.query(inner.clone(), deeper);
        } else {
            for (number, part) in self.split(inner.clone(), ",").into_iter().enumerate() {
                if number > 0 {
                    self.comma(part.start - 1);
                    self.line(deeper);
                }
                self.item(part, deeper);
            }
        }
        self.above(close, deeper);
        self.line(indent);
        let text = self.pieces[close].text.clone();
        self.out.push_str(&text);
        if self.behind(close) {
            self.line(indent);
        }
    }
}
