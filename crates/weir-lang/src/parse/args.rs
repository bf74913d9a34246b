//! Arguments of commands and calls.

use weir_event::Fault;

use super::expr::RESERVED;
use super::{Parser, normal};
use crate::ast::{Arg, ArgValue, Expr, Node, Order, Span};
use crate::commands::{CommandKind, Takes, Wants};
use crate::dpl::{Pattern, PatternOptions};
use crate::functions::{PatternUse, Row, Special, bind};
use crate::lex::Token;

/// How the values of an argument list are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Expressions,
    /// Names with `*` in them.
    Patterns,
}

impl Parser<'_> {
    pub(super) fn command_args(&mut self, kind: CommandKind) -> Result<Vec<Arg>, Fault> {
        let mut args = Vec::new();
        if matches!(self.peek(), Token::End) || self.is("|") || self.is("]") {
            return Ok(args);
        }
        loop {
            args.push(self.command_arg(kind)?);
            if !self.eat(",") {
                return Ok(args);
            }
        }
    }

    fn command_arg(&mut self, kind: CommandKind) -> Result<Arg, Fault> {
        let spec = kind.spec();
        let style = match self.parameter_ahead() {
            Some(name) => match spec.param(name) {
                Some(param) if param.wants == Wants::Patterns => Style::Patterns,
                _ => Style::Expressions,
            },
            None if spec.takes == Takes::Patterns => Style::Patterns,
            None => Style::Expressions,
        };
        self.arg(style)
    }

    fn parameter_ahead(&self) -> Option<&str> {
        match (self.peek(), self.peek_behind(1)) {
            (Token::Name(name), Token::Sign(":")) => Some(name),
            _ => None,
        }
    }

    /// Arguments up to and with the sign `close`, which opened before.
    pub(super) fn args_until(&mut self, close: &'static str) -> Result<Vec<Arg>, Fault> {
        self.list_until(close, Style::Expressions)
    }

    fn list_until(&mut self, close: &'static str, style: Style) -> Result<Vec<Arg>, Fault> {
        let mut args = Vec::new();
        if self.eat(close) {
            return Ok(args);
        }
        loop {
            args.push(self.arg(style)?);
            if self.eat(close) {
                return Ok(args);
            }
            if !self.eat(",") {
                return self.expected(&format!("`,` or `{close}`"));
            }
        }
    }

    fn arg(&mut self, style: Style) -> Result<Arg, Fault> {
        let start = self.span();
        let name = self.parameter_ahead().map(str::to_owned);
        if name.is_some() {
            self.at += 2;
        }
        let alias = self.alias()?;
        let first = self.at;
        let value = self.deeper(|parser| parser.arg_value(style))?;
        if let (Some(alias), ArgValue::Group(_)) = (&alias, &value) {
            return Err(self.source.wrong_place(
                &format!("braces only group, so they are no value for `{alias}`"),
                "make an array with `array(a, b)`, or a record with `record(a = 1)`",
                start.to(self.span_before()),
            ));
        }
        let source = match parsed_name(&value) {
            Some(name) => name,
            None => normal::text(self.source.text, &self.tokens[first..self.at]),
        };
        let order = self.order();
        Ok(Arg { name, alias, value, order, source, span: start.to(self.span_before()) })
    }

    fn alias(&mut self) -> Result<Option<String>, Fault> {
        let (Token::Name(name) | Token::Quoted(name), Token::Sign("=")) = (self.peek(), self.peek_behind(1)) else {
            return Ok(None);
        };
        let reserved = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name));
        if reserved && matches!(self.peek(), Token::Name(_)) {
            return Err(self.source.wrong_place(
                &format!("`{name}` is a word of the language"),
                &format!("as a name it stands in backticks: `{name}`"),
                self.span(),
            ));
        }
        let name = name.clone();
        self.at += 2;
        Ok(Some(name))
    }

    fn arg_value(&mut self, style: Style) -> Result<ArgValue, Fault> {
        if self.eat("{") {
            return Ok(ArgValue::Group(self.list_until("}", style)?));
        }
        if self.is("[") && self.is_block() {
            self.at += 1;
            let query = self.query()?;
            self.need("]")?;
            return Ok(ArgValue::Block(query));
        }
        match style {
            Style::Patterns => self.pattern(),
            Style::Expressions => Ok(ArgValue::Expr(self.expr()?)),
        }
    }

    /// A field's name with `*` in it: the tokens are glued together again by the text they came from.
    fn pattern(&mut self) -> Result<ArgValue, Fault> {
        let span = self.span();
        let name = match self.peek().clone() {
            Token::Quoted(name) | Token::Text(name) => {
                self.at += 1;
                return Ok(ArgValue::Expr(Expr::new(Node::Field(name), span)));
            }
            Token::Name(_) | Token::Sign("*") => self.glue(span),
            _ => return self.expected("a field"),
        };
        Ok(ArgValue::Expr(Expr::new(Node::Field(name), span.to(self.span_before()))))
    }

    fn glue(&mut self, span: Span) -> String {
        let text = &self.source.text[span.start as usize..];
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "_.*".contains(c))).unwrap_or(text.len());
        let limit = span.start + end as u32;
        while self.span().end <= limit && *self.peek() != Token::End {
            self.at += 1;
        }
        text[..end].to_owned()
    }

    fn order(&mut self) -> Option<Order> {
        let order = if self.is_word("asc") {
            Order::Ascending
        } else if self.is_word("desc") {
            Order::Descending
        } else {
            return None;
        };
        self.at += 1;
        Some(order)
    }
}

/// What `parse` and `parseAll` give is called as the pattern calls it, or `parsed_record` and `parsed_records` when it has several names.
fn parsed_name(value: &ArgValue) -> Option<String> {
    let ArgValue::Expr(Expr { node: Node::Call(call), .. }) = value else { return None };
    let many = match call.function.row {
        Row::Special(Special::Pattern(PatternUse::Parse)) => "parsed_record",
        Row::Special(Special::Pattern(PatternUse::ParseAll)) => "parsed_records",
        _ => return None,
    };
    let bound = bind(call.function, &call.args)?;
    let pattern = bound.get("pattern")?.expr()?.as_literal()?.as_str()?;
    match Pattern::compile(pattern, &PatternOptions::default()).ok()?.exports() {
        [] => None,
        [only] => Some(only.name.clone()),
        _ => Some(many.to_owned()),
    }
}
