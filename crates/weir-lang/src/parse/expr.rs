//! Expressions by precedence climbing.

use weir_event::{Duration, Fault, Value, nearest};

use super::Parser;
use crate::ast::{Arg, Binary, Calendar, Call, Expr, Node, Span, Unary, Unit};
use crate::functions;
use crate::lex::Token;

/// Nodes one above the other. Long chains of `and` and `or` are built as balanced trees and stay far below.
const HEIGHT_MAX: usize = 256;

/// How tightly operators bind, weakest first.
pub(crate) mod level {
    pub const OR: u8 = 1;
    pub const XOR: u8 = 2;
    pub const AND: u8 = 3;
    pub const NOT: u8 = 4;
    pub const IN: u8 = 5;
    pub const COMPARE: u8 = 6;
    pub const SEARCH: u8 = 7;
    pub const ADD: u8 = 8;
    pub const ALIGN: u8 = 9;
    pub const MULTIPLY: u8 = 10;
    pub const MINUS: u8 = 11;
}

pub(crate) const RESERVED: [&str; 8] = ["true", "false", "null", "mod", "and", "or", "xor", "not"];

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Result<Expr, Fault> {
        self.binary(level::OR)
    }

    /// An expression whose operators bind at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Result<Expr, Fault> {
        let mut left = self.prefix()?;
        loop {
            if let Token::Align(unit) = self.peek() {
                if level::ALIGN < least {
                    return Ok(left);
                }
                left = self.align(left, *unit)?;
            } else if self.is_word("in") && level::IN >= least {
                left = self.in_query(left)?;
            } else {
                match self.operator() {
                    Some((op @ (Binary::And | Binary::Or), level)) if level >= least => {
                        left = self.chain(left, op, level)?
                    }
                    Some((op, level)) if level >= least => {
                        self.at += 1;
                        let right = self.deeper(|parser| parser.binary(level + 1))?;
                        left = self.checked(join(op, left, right))?;
                    }
                    _ => return Ok(left),
                }
            }
        }
    }

    fn operator(&self) -> Option<(Binary, u8)> {
        Some(match self.peek() {
            Token::Sign(sign) => match *sign {
                "+" => (Binary::Add, level::ADD),
                "-" => (Binary::Subtract, level::ADD),
                "*" => (Binary::Multiply, level::MULTIPLY),
                "/" => (Binary::Divide, level::MULTIPLY),
                "%" => (Binary::Remainder, level::MULTIPLY),
                "~" => (Binary::Search, level::SEARCH),
                "==" => (Binary::Equal, level::COMPARE),
                "!=" => (Binary::NotEqual, level::COMPARE),
                "<" => (Binary::Less, level::COMPARE),
                "<=" => (Binary::LessEqual, level::COMPARE),
                ">" => (Binary::Greater, level::COMPARE),
                ">=" => (Binary::GreaterEqual, level::COMPARE),
                _ => return None,
            },
            Token::Name(name) if name.len() <= 3 => match name.to_ascii_lowercase().as_str() {
                "and" => (Binary::And, level::AND),
                "or" => (Binary::Or, level::OR),
                "xor" => (Binary::Xor, level::XOR),
                "mod" => (Binary::Remainder, level::MULTIPLY),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// `a and b and c ...` as a balanced tree, so that a thousand terms are ten nodes high.
    fn chain(&mut self, first: Expr, op: Binary, level: u8) -> Result<Expr, Fault> {
        let mut terms = vec![first];
        while self.operator().is_some_and(|(next, _)| next == op) {
            self.at += 1;
            terms.push(self.deeper(|parser| parser.binary(level + 1))?);
        }
        self.checked(balance(op, terms))
    }

    fn align(&mut self, operand: Expr, unit: Unit) -> Result<Expr, Fault> {
        let span = operand.span.to(self.span());
        self.at += 1;
        self.checked(Expr::new(Node::Align(Some(Box::new(operand)), unit), span))
    }

    fn in_query(&mut self, needle: Expr) -> Result<Expr, Fault> {
        self.at += 1;
        if self.is("(") {
            return self.in_list(needle);
        }
        let start = self.span();
        if self.is("[") && !self.is_block() {
            return Err(self.source.in_list(start));
        }
        self.need("[")?;
        let query = self.deeper(Self::query)?;
        self.need("]")?;
        let span = needle.span.to(self.span_before());
        self.checked(Expr::new(Node::InQuery(Box::new(needle), Box::new(query)), span))
    }

    fn prefix(&mut self) -> Result<Expr, Fault> {
        let start = self.span();
        let is_not = self.is_word("not");
        if is_not && matches!(self.peek_behind(1), Token::End | Token::Sign("," | ")" | "]" | "}" | "|" | ":" | "=")) {
            self.at += 1;
            return self.expected("what to negate");
        }
        if is_not {
            self.at += 1;
            let operand = self.deeper(|parser| parser.binary(level::NOT + 1))?;
            let span = start.to(operand.span);
            return self.checked(Expr::new(Node::Unary(Unary::Not, Box::new(operand)), span));
        }
        if self.eat("-") {
            if let Some(literal) = self.negative_literal(start) {
                return Ok(literal);
            }
            let operand = self.deeper(|parser| parser.binary(level::MINUS))?;
            let span = start.to(operand.span);
            return self.checked(Expr::new(Node::Unary(Unary::Minus, Box::new(operand)), span));
        }
        if let Token::Align(unit) = *self.peek() {
            self.at += 1;
            return Ok(Expr::new(Node::Align(None, unit), start));
        }
        self.access()
    }

    /// The number behind a minus; only so can the smallest long be written.
    fn negative_literal(&mut self, start: Span) -> Option<Expr> {
        let node = match *self.peek() {
            Token::Long(number) => Node::Literal(Value::Long(0i64.checked_sub_unsigned(number)?)),
            Token::Double(number) => Node::Literal(Value::Double(-number)),
            Token::Duration(nanos) => Node::Literal(Value::Duration(Duration(-nanos))),
            Token::Calendar(Calendar { months }) => Node::Calendar(Calendar { months: -months }),
            _ => return None,
        };
        self.at += 1;
        Some(Expr::new(node, start.to(self.span_before())))
    }

    /// A primary and what is taken out of it: `x[3]`, `x[name]`, `x[]`.
    fn access(&mut self) -> Result<Expr, Fault> {
        let mut of = self.primary()?;
        while self.eat("[") {
            let of_span = of.span;
            let inner = Box::new(of);
            let node = match self.peek().clone() {
                Token::Sign("]") => Node::Each(inner),
                Token::Long(index) => {
                    self.at += 1;
                    Node::Element(inner, i64::try_from(index).unwrap_or(i64::MAX))
                }
                Token::Sign("-") => {
                    self.at += 1;
                    let Token::Long(index) = *self.peek() else { return self.expected("an index") };
                    self.at += 1;
                    Node::Element(inner, 0i64.checked_sub_unsigned(index).unwrap_or(i64::MIN))
                }
                Token::Name(name) | Token::Quoted(name) | Token::Text(name) => {
                    self.at += 1;
                    Node::Member(inner, name)
                }
                _ => return self.expected("an index or the name of a member"),
            };
            self.need("]")?;
            of = self.checked(Expr::new(node, of_span.to(self.span_before())))?;
        }
        Ok(of)
    }

    fn primary(&mut self) -> Result<Expr, Fault> {
        let span = self.span();
        let token = self.peek().clone();
        let node = match &token {
            Token::Name(name) => return self.word(name, span),
            Token::Quoted(name) => Node::Field(name.clone()),
            Token::Variable(name) => return self.variable(name, span),
            Token::Sign("[") if !self.is_block() => return self.array_literal(),
            Token::Calendar(calendar) => Node::Calendar(*calendar),
            Token::Sign("(") => {
                self.at += 1;
                let mut inner = self.deeper(Self::expr)?;
                self.need(")")?;
                inner.span = span.to(self.span_before());
                return Ok(inner);
            }
            Token::Long(number) if i64::try_from(*number).is_err() => {
                return Err(self.source.bad_number("it is too large", span));
            }
            token => match token.literal() {
                Some(value) => Node::Literal(value),
                None => return self.expected("an expression"),
            },
        };
        self.at += 1;
        Ok(Expr::new(node, span))
    }

    fn word(&mut self, name: &str, span: Span) -> Result<Expr, Fault> {
        if matches!(self.peek_behind(1), Token::Sign("(")) {
            return self.call(name, span);
        }
        if name.eq_ignore_ascii_case("case") && self.is_case() {
            return self.case();
        }
        let reserved = RESERVED.iter().position(|word| word.eq_ignore_ascii_case(name));
        let node = match reserved {
            Some(0) => Node::Literal(Value::Bool(true)),
            Some(1) => Node::Literal(Value::Bool(false)),
            Some(2) => Node::Literal(Value::Null),
            Some(_) => return self.expected("an expression"),
            None => Node::Field(name.to_owned()),
        };
        self.at += 1;
        Ok(Expr::new(node, span))
    }

    fn call(&mut self, name: &str, span: Span) -> Result<Expr, Fault> {
        let Some(function) = functions::find(name) else {
            let near = nearest(name, functions::all().map(|function| function.name));
            return Err(self.source.unknown_function(name, near, span));
        };
        self.at += 2;
        let mut args = self.deeper(|parser| parser.args_until(")"))?;
        spell(function, &mut args);
        let call = Call { function, args };
        let expr = Expr::new(Node::Call(call), span.to(self.span_before()));
        let expr = self.checked(expr)?;
        if function.is_extension() {
            self.refuse(&format!("`{}`", function.name), "write a DPL pattern, or plain functions of strings", span)?;
        }
        crate::check::call(&expr, self.source)?;
        Ok(expr)
    }

    pub(super) fn checked(&self, expr: Expr) -> Result<Expr, Fault> {
        if expr.height() > HEIGHT_MAX { Err(self.source.too_deep(expr.span)) } else { Ok(expr) }
    }
}

/// Gives parameters their usual spelling.
fn spell(function: &'static functions::Function, args: &mut [Arg]) {
    for arg in args {
        if let Some(index) = arg.name.as_deref().and_then(|name| function.param(name)) {
            arg.name = Some(function.takes[index].name.to_owned());
        }
    }
}

/// `left op right`. In `now()-2h@h` the offset is taken first, then the sum is aligned, although `@` binds tighter.
fn join(op: Binary, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    if let (Binary::Add | Binary::Subtract, Node::Align(Some(offset), unit)) = (op, &right.node)
        && matches!(offset.node, Node::Literal(Value::Duration(_)) | Node::Calendar(_))
        && !matches!(left.node, Node::Literal(_) | Node::Calendar(_))
    {
        let sum = Expr::new(Node::Binary(op, Box::new(left), offset.clone()), span);
        return Expr::new(Node::Align(Some(Box::new(sum)), *unit), span);
    }
    Expr::new(Node::Binary(op, Box::new(left), Box::new(right)), span)
}

fn balance(op: Binary, mut terms: Vec<Expr>) -> Expr {
    while terms.len() > 1 {
        let mut next = Vec::with_capacity(terms.len().div_ceil(2));
        let mut left = terms.into_iter();
        while let Some(a) = left.next() {
            next.push(match left.next() {
                Some(b) => {
                    let span = a.span.to(b.span);
                    Expr::new(Node::Binary(op, Box::new(a), Box::new(b)), span)
                }
                None => a,
            });
        }
        terms = next;
    }
    terms.pop().unwrap_or_else(|| Expr::literal(Value::Null))
}
