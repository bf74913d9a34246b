//! What may be typed next.

use super::Known;
use super::cursor::{Cursor, Place};
use super::docs::{signature, usage};
use crate::ast::Span;
use crate::commands::{COMMANDS, CommandKind, Takes, Wants};
use crate::dpl;
use crate::functions::{self, Function, Row, Special};
use crate::lex::{Token, lex_prefix};

/// Something that may stand at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// What is shown.
    pub label: String,
    pub kind: CompletionKind,
    /// How it is used, or its type.
    pub detail: String,
    /// What is written instead of `span`.
    pub insert: String,
    /// Bytes of the word that is begun.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    Command,
    Function,
    Parameter,
    Field,
    Table,
    Word,
    Unit,
    Matcher,
}

const UNITS: [&str; 8] = ["m", "h", "d", "w", "M", "q", "y", "s"];

/// What may stand at byte `offset`, most likely first: parameters and fields before functions and words. A word that is begun there
/// narrows it to what begins the same.
pub fn complete(text: &str, offset: usize, known: &Known) -> Vec<Completion> {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let (mut tokens, broken) = lex_prefix(before);
    let word_start =
        before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).map_or(0, |at| at + 1);
    let word_start = (word_start..=offset).find(|at| before.is_char_boundary(*at)).unwrap_or(offset);
    let mut found =
        Found { word: before[word_start..].to_owned(), span: Span::new(word_start, offset), list: Vec::new() };
    if before[..word_start].ends_with('@') {
        UNITS.iter().for_each(|unit| found.add(unit, CompletionKind::Unit, "rounds down to this", unit));
        return found.list;
    }
    if let Some(start) = broken {
        let cursor = Cursor::at(text, &tokens);
        if text[start..].starts_with('"') && takes_pattern(&cursor) {
            dpl::matcher_names().for_each(|name| found.add(name, CompletionKind::Matcher, "a matcher of DPL", name));
        }
        return found.list;
    }
    if matches!(tokens.last(), Some(last) if last.span.end as usize == offset && matches!(last.token, Token::Name(_))) {
        tokens.pop();
    } else if !found.word.is_empty() {
        // A number, or the inside of something that is no word.
        return found.list;
    }
    let cursor = Cursor::at(text, &tokens);
    match cursor.place {
        Place::Command { first } => found.commands(first),
        Place::Behind => found.words(&cursor),
        Place::Value(name) => found.value(&cursor, &tokens[name].token, text, known),
        Place::Operand => found.operand(&cursor, tokens.last().map(|last| &last.token), text, known),
    }
    found.list
}

fn takes_pattern(cursor: &Cursor) -> bool {
    match cursor.function {
        Some(function) => matches!(function.row, Row::Special(Special::Pattern(_))),
        None => cursor.command == Some(CommandKind::Parse),
    }
}

struct Found {
    word: String,
    span: Span,
    list: Vec<Completion>,
}

impl Found {
    fn add(&mut self, label: &str, kind: CompletionKind, detail: &str, insert: &str) {
        let fits =
            label.as_bytes().get(..self.word.len()).is_some_and(|head| head.eq_ignore_ascii_case(self.word.as_bytes()));
        if fits {
            let (label, detail, insert) = (label.to_owned(), detail.to_owned(), insert.to_owned());
            self.list.push(Completion { label, kind, detail, insert, span: self.span });
        }
    }

    fn commands(&mut self, first: bool) {
        for spec in COMMANDS {
            if spec.is_source == first || spec.kind == CommandKind::Let {
                self.add(spec.name, CompletionKind::Command, &usage(spec), &format!("{} ", spec.name));
            }
        }
    }

    fn words(&mut self, cursor: &Cursor) {
        for word in ["and", "or", "xor", "in"] {
            self.add(word, CompletionKind::Word, "", &format!("{word} "));
        }
        let sorts = cursor.command.is_some_and(|kind| {
            kind.spec().takes == Takes::Sorts || kind.spec().params.iter().any(|param| param.wants == Wants::Sorts)
        });
        if sorts && cursor.function.is_none() {
            ["asc", "desc"].iter().for_each(|word| self.add(word, CompletionKind::Word, "the order", word));
        }
    }

    fn value(&mut self, cursor: &Cursor, name: &Token, text: &str, known: &Known) {
        let Token::Name(name) = name else { return };
        let param = cursor.command.filter(|_| cursor.function.is_none()).and_then(|kind| kind.spec().param(name));
        match param.map(|param| param.wants) {
            Some(Wants::OneOf(words)) => {
                words.iter().for_each(|word| self.add(word, CompletionKind::Word, "", word));
            }
            Some(Wants::Bool) => {
                ["true", "false"].iter().for_each(|word| self.add(word, CompletionKind::Word, "", word))
            }
            _ => {
                self.fields(cursor, text, known);
                self.functions(cursor);
            }
        }
    }

    fn operand(&mut self, cursor: &Cursor, before: Option<&Token>, text: &str, known: &Known) {
        let kind = cursor.command;
        let starts = !matches!(before, Some(Token::Sign(sign)) if !matches!(*sign, "," | "(" | "{"));
        if matches!(kind, Some(CommandKind::Fetch | CommandKind::Describe | CommandKind::FieldsSnapshot))
            && !matches!(before, Some(Token::Sign(_)))
        {
            known.tables.iter().for_each(|table| self.add(table, CompletionKind::Table, "a table", table));
            return;
        }
        if starts {
            self.parameters(cursor);
        }
        self.fields(cursor, text, known);
        self.functions(cursor);
        ["true", "false", "null", "not"].iter().for_each(|word| self.add(word, CompletionKind::Word, "", word));
    }

    fn parameters(&mut self, cursor: &Cursor) {
        let given = |name: &str| cursor.given.iter().any(|have| have.eq_ignore_ascii_case(name));
        if let Some(function) = cursor.function {
            for param in function.takes.iter().filter(|param| !given(param.name)) {
                let insert = format!("{}: ", param.name);
                self.add(param.name, CompletionKind::Parameter, &param.takes.to_string(), &insert);
            }
            return;
        }
        let Some(kind) = cursor.command else { return };
        for param in kind.spec().params.iter().filter(|param| !given(param.name)) {
            let insert = format!("{}: ", param.name);
            self.add(param.name, CompletionKind::Parameter, &param.wants.to_string(), &insert);
        }
    }

    fn fields(&mut self, cursor: &Cursor, text: &str, known: &Known) {
        for (name, ty) in cursor.scope(text, known).fields() {
            let insert = super::print::print_expr(&crate::Expr::field(name.clone()));
            self.add(name, CompletionKind::Field, ty.map_or("a field", |ty| ty.name()), &insert);
        }
    }

    fn functions(&mut self, cursor: &Cursor) {
        let stands = |function: &&'static Function| match function.row {
            Row::Aggregate => cursor.command.is_some_and(CommandKind::aggregates) && cursor.function.is_none(),
            Row::Window => cursor.command == Some(CommandKind::Window),
            _ => !function.is_always_null(),
        };
        for function in functions::all().filter(stands) {
            let insert = format!("{}(", function.name);
            self.add(function.name, CompletionKind::Function, &signature(function), &insert);
        }
    }
}
