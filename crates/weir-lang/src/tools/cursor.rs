//! Where in a query a place is: which command, which call, and what may stand there.

use super::Known;
use super::scope::Scope;
use crate::commands::CommandKind;
use crate::functions::{self, Function};
use crate::lex::{Lexed, Token};
use crate::parse_query;

/// What may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Command {
        first: bool,
    },
    /// An operand: behind a comma, a bracket, an operator, the name of a command.
    Operand,
    /// The value of a parameter; the index of its name's token.
    Value(usize),
    /// Behind an operand.
    Behind,
}

pub(super) struct Cursor {
    pub place: Place,
    /// The command around.
    pub command: Option<CommandKind>,
    /// The innermost call around.
    pub function: Option<&'static Function>,
    /// Names of parameters given before at this level.
    pub given: Vec<String>,
    /// Bytes of the commands before, in the query around.
    before: std::ops::Range<usize>,
}

/// A bracket around, or the whole text.
struct Frame {
    /// Holds a query.
    query: bool,
    function: Option<&'static Function>,
    command: Option<CommandKind>,
    /// Where the query begins, and where its last finished command ends.
    start: usize,
    end: usize,
    given: Vec<String>,
}

impl Frame {
    fn query(start: usize) -> Frame {
        Frame { query: true, function: None, command: None, start, end: start, given: Vec::new() }
    }
}

impl Cursor {
    /// Behind these tokens, which are all of `text` up to a place.
    pub fn at(text: &str, tokens: &[Lexed]) -> Cursor {
        let mut frames = vec![Frame::query(0)];
        let mut place = Place::Command { first: true };
        for (index, lexed) in tokens.iter().enumerate() {
            place = step(&mut frames, tokens, index, lexed, place);
        }
        let query = frames.iter().rposition(|frame| frame.query).unwrap_or(0);
        let inner = &frames[query..];
        let call = inner.iter().rev().find(|frame| frame.function.is_some());
        let level = call.or(inner.first());
        Cursor {
            place,
            command: inner.first().and_then(|frame| frame.command),
            function: call.and_then(|frame| frame.function),
            given: level.map(|frame| frame.given.clone()).unwrap_or_default(),
            before: inner.first().map_or(0..0, |frame| frame.start..frame.end.min(text.len())),
        }
    }

    /// The fields that records have where the command around begins. `text` is the whole query.
    pub fn scope(&self, text: &str, known: &Known) -> Scope {
        let commands = text.get(self.before.clone()).unwrap_or_default();
        match parse_query(commands) {
            Ok(query) => Scope::of(&query, known),
            Err(_) => Scope::of_known(known),
        }
    }
}

fn step(frames: &mut Vec<Frame>, tokens: &[Lexed], index: usize, lexed: &Lexed, place: Place) -> Place {
    let (start, end) = (lexed.span.start as usize, lexed.span.end as usize);
    let next = tokens.get(index + 1).map(|next| &next.token);
    let Some(frame) = frames.last_mut() else { return place };
    match &lexed.token {
        Token::Sign("|") if frame.query => {
            frame.end = start;
            frame.command = None;
            frame.given.clear();
            Place::Command { first: false }
        }
        Token::Sign("[") => {
            // Behind an operand a bracket takes something out of it.
            let block = place != Place::Behind;
            frames.push(Frame { query: block, ..Frame::query(end) });
            if block { Place::Command { first: true } } else { Place::Operand }
        }
        Token::Sign("(") => {
            let function = index.checked_sub(1).and_then(|before| match &tokens[before].token {
                Token::Name(name) => functions::find(name),
                _ => None,
            });
            frames.push(Frame { query: false, function, ..Frame::query(end) });
            Place::Operand
        }
        Token::Sign("{") => {
            frames.push(Frame { query: false, ..Frame::query(end) });
            Place::Operand
        }
        Token::Sign(")" | "]" | "}") => {
            if frames.len() > 1 {
                frames.pop();
            }
            Place::Behind
        }
        Token::Sign(":") => Place::Value(index - usize::from(index > 0)),
        Token::Sign(_) => Place::Operand,
        Token::Name(name) => match place {
            Place::Command { .. } => {
                frame.command = CommandKind::find(name);
                Place::Operand
            }
            _ if matches!(next, Some(Token::Sign(":"))) => {
                frame.given.push(name.clone());
                Place::Operand
            }
            _ if ["and", "or", "xor", "not", "in", "mod"].iter().any(|word| word.eq_ignore_ascii_case(name)) => {
                Place::Operand
            }
            _ => Place::Behind,
        },
        _ => Place::Behind,
    }
}
