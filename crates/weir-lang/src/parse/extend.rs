//! weir's own forms: array literals, `x in (...)`, `case`, `let`. They become calls of plain functions, so nothing behind the parser
//! knows of them.

use weir_event::{Fault, Value, nearest};

use super::Parser;
use crate::ast::{Arg, Binary, Call, Expr, Node, Span};
use crate::functions::{self, Function};
use crate::lex::Token;

/// Nodes that `$name` brings into a query in all.
const LET_NODES_MAX: usize = 50_000;

/// A name that `let` gave to an expression.
pub(super) struct Definition {
    name: String,
    value: Expr,
}

impl Parser<'_> {
    /// True in front of `let name =`.
    pub(super) fn is_let(&self) -> bool {
        self.is_word("let")
            && matches!(self.peek_behind(1), Token::Name(_))
            && matches!(self.peek_behind(2), Token::Sign("="))
    }

    /// `let a = 5, b = $a * 2`.
    pub(super) fn definitions(&mut self) -> Result<(), Fault> {
        self.refuse("`let`", "write the expression itself, or add a field with fieldsAdd", self.span())?;
        self.at += 1;
        loop {
            let Token::Name(name) = self.peek().clone() else { return self.expected("a name") };
            self.at += 1;
            self.need("=")?;
            let value = self.deeper(Self::expr)?;
            self.definitions.push(Definition { name, value });
            if !self.eat(",") {
                return Ok(());
            }
        }
    }

    /// What `$name` stands for: a definition, or a parameter of the query; itself when parameters are not known yet.
    pub(super) fn variable(&mut self, name: &str, span: Span) -> Result<Expr, Fault> {
        self.at += 1;
        if let Some(definition) = self.definitions.iter().rev().find(|definition| definition.name == name) {
            let mut value = definition.value.clone();
            self.inlined += value.nodes();
            value.span = span;
            return if self.inlined > LET_NODES_MAX { Err(self.source.too_large(span)) } else { Ok(value) };
        }
        let Some(parameters) = self.options.parameters else {
            return Ok(Expr::new(Node::Variable(name.to_owned()), span));
        };
        match parameters.get(name) {
            Some(value) => Ok(Expr::new(Node::Literal(value.clone()), span)),
            None => {
                let known = self.definitions.iter().map(|definition| definition.name.as_str());
                let near = nearest(name, known.chain(parameters.keys().map(String::as_str)));
                Err(self.source.unbound(name, near, span))
            }
        }
    }

    /// `[a, b]`: an array.
    pub(super) fn array_literal(&mut self) -> Result<Expr, Fault> {
        let start = self.span();
        self.refuse("an array in brackets", "write `array(a, b)`", start)?;
        self.at += 1;
        let args = self.deeper(|parser| parser.args_until("]"))?;
        self.made("array", args, start.to(self.span_before()))
    }

    /// True in front of a bracket that opens a sub-query: a word that another operand follows, as no expression begins.
    pub(super) fn is_block(&self) -> bool {
        let Token::Name(name) = self.peek_behind(1) else { return false };
        let word = ["case", "not"].iter().any(|word| word.eq_ignore_ascii_case(name));
        !word && (begins_operand(self.peek_behind(2)) || matches!(self.peek_behind(2), Token::Sign("{" | "|")))
    }

    /// `needle in (a, b)`.
    pub(super) fn in_list(&mut self, needle: Expr) -> Result<Expr, Fault> {
        self.refuse("`in (...)`", "write `in(x, a, b)`", self.span())?;
        self.at += 1;
        let span = needle.span;
        let mut args = vec![Arg::of(needle)];
        args.extend(self.deeper(|parser| parser.args_until(")"))?);
        self.made("in", args, span.to(self.span_before()))
    }

    /// True in front of `case`: a field of that name is followed by a sign.
    pub(super) fn is_case(&self) -> bool {
        begins_operand(self.peek_behind(1))
            || matches!(self.peek_behind(1), Token::Name(name) if name.eq_ignore_ascii_case("when"))
    }

    /// `case when c then v ... else w end`, or `case x when y then v ... end` for `x == y`. Becomes `if(c, v, else: ...)`.
    pub(super) fn case(&mut self) -> Result<Expr, Fault> {
        let start = self.span();
        self.refuse("`case`", "write `if(a, x, else: if(b, y, else: z))`", start)?;
        self.at += 1;
        let of = if self.is_word("when") { None } else { Some(self.deeper(Self::expr)?) };
        let mut arms = Vec::new();
        while self.is_word("when") {
            self.at += 1;
            let condition = self.deeper(Self::expr)?;
            self.need_word("then")?;
            let value = self.deeper(Self::expr)?;
            arms.push((compared(of.as_ref(), condition), value));
        }
        if arms.is_empty() {
            return self.expected("`when`");
        }
        let mut other = None;
        if self.is_word("else") {
            self.at += 1;
            other = Some(self.deeper(Self::expr)?);
        }
        self.need_word("end")?;
        let span = start.to(self.span_before());
        let first = span;
        while let Some((condition, value)) = arms.pop() {
            let mut args = vec![Arg::of(condition), Arg::of(value)];
            args.extend(other.take().map(|other| Arg { name: Some("else".to_owned()), ..Arg::of(other) }));
            other = Some(self.made("if", args, first)?);
        }
        Ok(other.unwrap_or_else(|| Expr::literal(Value::Null)))
    }

    fn need_word(&mut self, word: &'static str) -> Result<(), Fault> {
        if !self.is_word(word) {
            return self.expected(&format!("`{word}`"));
        }
        self.at += 1;
        Ok(())
    }

    /// A call that was not written as one.
    fn made(&self, name: &str, args: Vec<Arg>, span: Span) -> Result<Expr, Fault> {
        let function: &'static Function = functions::find(name).ok_or_else(|| self.source.in_list(span))?;
        let expr = self.checked(Expr::new(Node::Call(Call { function, args }), span))?;
        crate::check::call(&expr, self.source)?;
        Ok(expr)
    }

    /// A fault in strict mode.
    pub(super) fn refuse(&self, what: &str, plain: &str, span: Span) -> Result<(), Fault> {
        if self.options.strict { Err(self.source.extension(what, plain, span)) } else { Ok(()) }
    }
}

/// True for what cannot follow an operand.
pub(super) fn begins_operand(token: &Token) -> bool {
    match token {
        Token::Name(name) => !BETWEEN.iter().any(|word| word.eq_ignore_ascii_case(name)),
        Token::Quoted(_) | Token::Variable(_) | Token::Text(_) | Token::Long(_) | Token::Double(_) => true,
        _ => false,
    }
}

/// Words behind an operand.
const BETWEEN: [&str; 11] = ["and", "or", "xor", "in", "mod", "asc", "desc", "when", "then", "else", "end"];

fn compared(of: Option<&Expr>, value: Expr) -> Expr {
    match of {
        None => value,
        Some(of) => {
            let span = value.span;
            Expr::new(Node::Binary(Binary::Equal, Box::new(of.clone()), Box::new(value)), span)
        }
    }
}
