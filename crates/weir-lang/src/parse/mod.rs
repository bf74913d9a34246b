//! Tokens to the tree.

mod args;
pub(crate) mod expr;
mod extend;
pub(crate) mod normal;

use std::collections::BTreeMap;

use weir_event::{Fault, Value, limits, nearest};

use crate::ast::{Command, Expr, Query, Span};
use crate::check;
use crate::commands::{self, COMMANDS, CommandKind};
use crate::fault::Source;
use crate::lex::{Lexed, Token, lex};
use crate::{functions, habits, units};

use extend::Definition;

/// Commands of one query and its sub-queries.
const COMMANDS_MAX: usize = 1_000;

/// How a query is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions<'o> {
    /// Refuses weir's own extensions of the language.
    pub strict: bool,
    /// What `$name` stands for. Without, it stays in the tree, which is enough to check a query but not to run it.
    pub parameters: Option<&'o BTreeMap<String, Value<'static>>>,
}

/// Reads a query and checks everything that its text alone can tell: commands, functions, parameters, patterns. Extensions are
/// read, parameters are left in the tree.
///
/// # Errors
/// `DQL-001` to `DQL-026` with line, column and a caret; mostly with the nearest word that would be right.
pub fn parse_query(text: &str) -> Result<Query, Fault> {
    read_query(text, &ReadOptions::default())
}

/// [`parse_query`] with options.
///
/// # Errors
/// As [`parse_query`]; `DQL-018` for extensions in strict mode, `DQL-019` for a parameter without value.
pub fn read_query(text: &str, options: &ReadOptions) -> Result<Query, Fault> {
    let mut parser = Parser::new(text, options)?;
    let query = parser.query()?;
    parser.finish()?;
    Ok(query)
}

/// Reads one expression, such as a condition of a pipeline or a rule.
///
/// # Errors
/// As [`parse_query`].
pub fn parse_expr(text: &str) -> Result<Expr, Fault> {
    let mut parser = Parser::new(text, &ReadOptions::default())?;
    let expr = parser.expr()?;
    parser.finish()?;
    check::expression(&expr, check::Over::Nothing, parser.source)?;
    Ok(expr)
}

/// The text of a query in normal form: one blank where blanks belong, keywords in their usual case, comments gone.
///
/// # Errors
/// When `text` has no tokens of the language.
pub fn normalise(text: &str) -> Result<String, Fault> {
    let tokens = lex(text)?;
    Ok(normal::text(text, &tokens[..tokens.len() - 1]))
}

/// How one says in the plain language what a command of weir's own says.
fn plain(kind: CommandKind) -> &'static str {
    match kind {
        CommandKind::Window => "collect the group with `collectArray` and look at its neighbours with `iIndex()`",
        _ => "join the records with themselves: `join [...], on: {key}`, then compare their times",
    }
}

pub(crate) struct Parser<'t> {
    source: Source<'t>,
    options: ReadOptions<'t>,
    tokens: Vec<Lexed>,
    at: usize,
    depth: usize,
    definitions: Vec<Definition>,
    /// Nodes that definitions brought in so far.
    inlined: usize,
    /// How many there are so far, those of sub-queries too.
    commands: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, options: &ReadOptions<'t>) -> Result<Self, Fault> {
        let source = Source { text, strict: options.strict };
        if text.len() > limits::QUERY_BYTES_MAX {
            return Err(source.too_long());
        }
        let tokens = lex(text)?;
        Ok(Parser {
            source,
            options: *options,
            tokens,
            at: 0,
            depth: 0,
            definitions: Vec::new(),
            inlined: 0,
            commands: 0,
        })
    }

    fn query(&mut self) -> Result<Query, Fault> {
        let start = self.span();
        let outer = self.definitions.len();
        let mut commands = Vec::new();
        loop {
            if self.is_let() {
                self.definitions()?;
            } else {
                let first = commands.is_empty();
                commands.push(self.command(first)?);
            }
            if !self.eat("|") {
                break;
            }
        }
        self.definitions.truncate(outer);
        if commands.is_empty() {
            return self.expected("`|` and a command that uses what `let` defines");
        }
        Ok(Query { commands, span: start.to(self.span_before()) })
    }

    fn command(&mut self, first: bool) -> Result<Command, Fault> {
        let start = self.span();
        let Token::Name(name) = self.peek().clone() else { return self.expected("a command") };
        let Some(kind) = CommandKind::find(&name) else {
            let near = nearest(&name, COMMANDS.iter().map(|spec| spec.name));
            return Err(self.source.unknown_command(&name, near, start));
        };
        self.at += 1;
        self.commands += 1;
        if self.commands > COMMANDS_MAX {
            return Err(self.source.too_many_commands(COMMANDS_MAX, start));
        }
        if kind == CommandKind::Let {
            return self.expected("a name and `=`");
        }
        if kind.is_extension() {
            self.refuse(&format!("`{}`", kind.name()), plain(kind), start)?;
        }
        self.check_place(kind, first, start)?;
        let args = self.command_args(kind)?;
        self.command_ends(kind)?;
        let mut command = Command { kind, args, span: start.to(self.span_before()) };
        commands::arrange(&mut command);
        commands::check(&command, self.source)?;
        check::command(&command, self.source)?;
        Ok(command)
    }

    /// Behind the arguments of a command comes the next one, or nothing. Looked at before the arguments are: where a comma is missing,
    /// they are not what they should be.
    fn command_ends(&self, kind: CommandKind) -> Result<(), Fault> {
        if matches!(self.peek(), Token::End | Token::Sign("|" | "]")) {
            return Ok(());
        }
        let what = if self.depth == 0 { "`|` or the end of the query" } else { "`|` or `]`" };
        let fault = self.fault_at(what);
        let param = match self.peek() {
            Token::Name(name) => kind.spec().param(name),
            _ => None,
        };
        let is_named = matches!(self.peek_behind(1), Token::Sign(":"));
        Err(match param {
            Some(param) if is_named || fault.fix().is_empty() => {
                fault.hint(format!("a comma stands in front of it: `, {}: ...`", param.name))
            }
            _ if fault.fix().is_empty() && extend::begins_operand(self.peek()) => {
                fault.hint("arguments are parted by commas, commands by `|`")
            }
            _ => fault,
        })
    }

    fn check_place(&self, kind: CommandKind, first: bool, span: Span) -> Result<(), Fault> {
        let name = kind.name();
        match (kind.spec().is_source, first) {
            (false, true) => Err(self.source.wrong_place(
                &format!("a query does not begin with `{name}`"),
                "begin with `fetch logs`, or with `data record(...)` for records of your own",
                span,
            )),
            (true, false) => Err(self.source.wrong_place(
                &format!("`{name}` only begins a query"),
                "a second source goes into brackets: `append [...]`, `join [...]`, `lookup [...]`",
                span,
            )),
            _ => Ok(()),
        }
    }

    fn finish(&self) -> Result<(), Fault> {
        match self.peek() {
            Token::End => Ok(()),
            _ => self.expected("`|` or the end of the query"),
        }
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.at].token
    }

    fn peek_behind(&self, tokens: usize) -> &Token {
        &self.tokens[(self.at + tokens).min(self.tokens.len() - 1)].token
    }

    fn span(&self) -> Span {
        self.tokens[self.at].span
    }

    fn span_before(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(have) if *have == sign)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &'static str) -> Result<(), Fault> {
        if self.eat(sign) { Ok(()) } else { self.expected(&format!("`{sign}`")) }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Name(name) if name.eq_ignore_ascii_case(word))
    }

    fn expected<T>(&self, what: &str) -> Result<T, Fault> {
        Err(self.fault_at(what))
    }

    /// Something else is expected here. What stands before often tells what was meant.
    fn fault_at(&self, what: &str) -> Fault {
        let fault = self.source.expected(what, &self.peek().shown(), self.span());
        match self.tokens[..self.at].last().map(|before| &before.token) {
            Some(Token::Sign("*")) if self.is("*") => fault.hint("a power is written `power(a, b)`"),
            Some(Token::Text(_)) if self.is(":") => {
                fault.hint("a record is written `record(a = 1)`, JSON `data json: \"\"\"{...}\"\"\"`")
            }
            Some(Token::Long(_)) if matches!(self.peek(), Token::Name(unit) if units::fixed(unit).is_some()) => {
                fault.hint(habits::LENGTHS)
            }
            Some(Token::Name(before)) if fault.fix().is_empty() => {
                let function = functions::find(before).filter(|_| extend::begins_operand(self.peek()));
                match (habits::behind(before), function) {
                    (Some(hint), _) => fault.hint(hint),
                    (None, Some(function)) => {
                        fault.hint(format!("a function is called with parentheses: `{}(...)`", function.name))
                    }
                    (None, None) => fault,
                }
            }
            _ => fault,
        }
    }

    /// Runs `inner` one level deeper.
    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= limits::NESTING_MAX {
            return Err(self.source.too_deep(self.span()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }
}
