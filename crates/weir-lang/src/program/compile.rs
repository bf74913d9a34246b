//! Trees to programs.

use std::collections::HashMap;

use weir_event::{Fault, FaultKind, Value};

use super::{CompileOptions, Op, Program, fold};
use crate::ast::{Arg, ArgValue, Binary, Call, Expr, Node, Unary};
use crate::dpl::{Pattern, PatternOptions};
use crate::functions::bind::{Bound, BoundArg, bind};
use crate::functions::{Collect, Env, Function, ParamKind, PatternUse, RegexUse, Row, Special};
use crate::regex::Regex;
use crate::text::{Case, Phrase, Term};

pub(super) fn compile(expr: &Expr, options: &CompileOptions) -> Result<Program, Fault> {
    let Some(zone) = crate::time::zone(options.zone) else {
        return Err(Fault::new("DQL-021", FaultKind::Usage, format!("there is no time zone `{}`", options.zone))
            .hint("name a place such as `Europe/Vienna`, or an offset such as `+02:00`"));
    };
    let env = Env { now: options.now, zone, zone_name: options.zone.to_owned() };
    let mut compiler =
        Compiler { options, env, patterns: Vec::new(), regexes: Vec::new(), slots: Vec::new(), scopes: Vec::new() };
    let root = compiler.scope(expr, Collect::Array)?;
    let Compiler { env, patterns, regexes, slots, .. } = compiler;
    Ok(Program { root, env, patterns, regexes, slots })
}

struct Compiler<'o> {
    options: &'o CompileOptions<'o>,
    env: Env,
    patterns: Vec<Pattern>,
    regexes: Vec<Regex>,
    slots: Vec<usize>,
    /// The arrays that the iterations around run over, innermost last.
    scopes: Vec<Scope>,
}

#[derive(Default)]
struct Scope {
    sources: Vec<(Expr, Op)>,
}

fn elsewhere(what: &str) -> Fault {
    Fault::new("DQL-020", FaultKind::Usage, format!("{what} cannot be used here"))
        .because("it needs more than one record, or the stored tables")
}

fn unbound(name: &str) -> Fault {
    Fault::new("DQL-019", FaultKind::Usage, format!("the parameter `${name}` has no value"))
        .hint("give it with the query, or define it: `let name = ... | fetch ...`")
}

impl Compiler<'_> {
    /// An expression within which `[]` iterates; without any it is what it is.
    fn scope(&mut self, expr: &Expr, collect: Collect) -> Result<Op, Fault> {
        self.scopes.push(Scope::default());
        let body = self.op(expr);
        let scope = self.scopes.pop().unwrap_or_default();
        let body = body?;
        if scope.sources.is_empty() {
            return Ok(match collect {
                Collect::Array => body,
                collect => Op::Iterate {
                    sources: vec![Op::Array(vec![Op::Const(Value::Null)])],
                    body: Box::new(body),
                    collect,
                },
            });
        }
        let sources = scope.sources.into_iter().map(|(_, op)| op).collect();
        Ok(Op::Iterate { sources, body: Box::new(body), collect })
    }

    fn op(&mut self, expr: &Expr) -> Result<Op, Fault> {
        let op = match &expr.node {
            Node::Literal(value) => Op::Const(value.clone()),
            Node::Calendar(calendar) => {
                Op::Months(Box::new(Op::Const(Value::Timestamp(self.env.now))), calendar.months)
            }
            Node::Field(name) => return Ok(self.field(name)),
            Node::Variable(name) => return Err(unbound(name)),
            Node::InQuery(..) => return Err(elsewhere("a sub-query")),
            Node::Unary(Unary::Not, operand) => Op::Not(Box::new(self.op(operand)?)),
            Node::Unary(Unary::Minus, operand) => Op::Minus(Box::new(self.op(operand)?)),
            Node::Binary(op, left, right) => self.binary(*op, left, right)?,
            Node::Align(operand, unit) => {
                let operand = match operand {
                    Some(operand) => self.op(operand)?,
                    None => Op::Const(Value::Timestamp(self.env.now)),
                };
                Op::Align(Box::new(operand), *unit)
            }
            Node::Element(of, index) => Op::Element(Box::new(self.op(of)?), *index),
            Node::Member(of, name) => Op::Member(Box::new(self.op(of)?), name.clone()),
            Node::Each(of) => return self.each(of),
            Node::Call(call) => self.call(call)?,
        };
        Ok(fold::fold(op, &self.env))
    }

    fn field(&mut self, name: &str) -> Op {
        match (self.options.slots)(name) {
            None => Op::Const(Value::Null),
            Some(slot) => {
                if !self.slots.contains(&slot) {
                    self.slots.push(slot);
                }
                Op::Slot(slot)
            }
        }
    }

    /// `of[]`: the array is evaluated once, outside of the iteration.
    fn each(&mut self, of: &Expr) -> Result<Op, Fault> {
        let scope = self.scopes.pop().unwrap_or_default();
        self.scopes.push(Scope::default());
        let source = self.op(of);
        let inner = self.scopes.pop().unwrap_or_default();
        self.scopes.push(scope);
        let source = source?;
        if !inner.sources.is_empty() {
            return Err(elsewhere("`[]` of an expression that iterates"));
        }
        let Some(scope) = self.scopes.last_mut() else { return Err(elsewhere("`[]`")) };
        let known = scope.sources.iter().position(|(expr, _)| expr.node == of.node);
        Ok(Op::Each(known.unwrap_or_else(|| {
            scope.sources.push((of.clone(), source));
            scope.sources.len() - 1
        })))
    }

    fn binary(&mut self, op: Binary, left: &Expr, right: &Expr) -> Result<Op, Fault> {
        if let Some((base, months)) = months(op, left, right) {
            return Ok(Op::Months(Box::new(self.op(base)?), months));
        }
        let left = Box::new(self.op(left)?);
        if op == Binary::Search
            && let Some(Value::Text(text)) = right.as_literal()
        {
            return Ok(Op::Term(left, Term::new(text, Case::Insensitive).map(Box::new)));
        }
        let right = Box::new(self.op(right)?);
        Ok(match op {
            Binary::And => Op::And(left, right),
            Binary::Or => Op::Or(left, right),
            op => Op::Binary(op, left, right),
        })
    }

    fn call(&mut self, call: &Call) -> Result<Op, Fault> {
        let function = call.function;
        let bound = bind(function, &call.args).ok_or_else(|| elsewhere(function.name))?;
        match function.row {
            Row::Plain(_) => Ok(prepared(function, self.values(function, &bound)?)),
            Row::Special(special) => self.special(special, function, &bound),
            Row::Aggregate | Row::Window | Row::Elsewhere => Err(elsewhere(&format!("`{}`", function.name))),
        }
    }

    /// The arguments in the order of the parameters, missing ones replaced; the variadic ones at the end.
    fn values(&mut self, function: &'static Function, bound: &Bound) -> Result<Vec<Op>, Fault> {
        let mut values = Vec::new();
        for (param, bound) in function.takes.iter().zip(bound.args()) {
            match (bound, &param.kind) {
                (BoundArg::One(arg), _) => values.push(self.arg(arg)?),
                (BoundArg::Many(args), ParamKind::Many(_)) => {
                    for arg in args {
                        values.push(self.arg(arg)?);
                    }
                }
                (BoundArg::Many(args), _) => values.push(self.array(args)?),
                (BoundArg::Missing, ParamKind::Optional(fallback)) => values.push(Op::Const(fallback.value())),
                (BoundArg::Missing, _) => {}
            }
        }
        Ok(values)
    }

    fn array(&mut self, args: &[&Arg]) -> Result<Op, Fault> {
        let items = args.iter().map(|arg| self.arg(arg)).collect::<Result<_, _>>()?;
        Ok(fold::fold(Op::Array(items), &self.env))
    }

    fn arg(&mut self, arg: &Arg) -> Result<Op, Fault> {
        match &arg.value {
            ArgValue::Expr(expr) => self.op(expr),
            ArgValue::Group(_) => self.array(&arg.items()),
            ArgValue::Block(_) => Err(elsewhere("a sub-query")),
        }
    }

    fn special(&mut self, special: Special, function: &'static Function, bound: &Bound) -> Result<Op, Fault> {
        let list = |name: &str| bound.list(name);
        match special {
            Special::Now => Ok(Op::Const(Value::Timestamp(self.env.now))),
            Special::Index => Ok(Op::Index),
            Special::Exists => match list("field").first().and_then(|arg| arg.expr()).map(|expr| &expr.node) {
                Some(Node::Field(name)) => {
                    let slot = (self.options.slots)(name);
                    Ok(slot.map_or(Op::Const(Value::Bool(false)), Op::Has))
                }
                Some(Node::Member(of, name)) => Ok(Op::HasMember(Box::new(self.op(of)?), name.clone())),
                Some(Node::Element(of, index)) => Ok(Op::HasElement(Box::new(self.op(of)?), *index)),
                _ => Ok(Op::Const(Value::Bool(false))),
            },
            Special::Collect(collect) => match list("expression").first().and_then(|arg| arg.expr()) {
                Some(expr) => self.scope(expr, collect),
                None => Err(elsewhere(function.name)),
            },
            Special::Coalesce => Ok(Op::Coalesce(self.values(function, bound)?)),
            Special::If => {
                let mut values = self.values(function, bound)?.into_iter().map(Box::new);
                match (values.next(), values.next(), values.next()) {
                    (Some(condition), Some(then), Some(other)) => Ok(Op::If(condition, then, other)),
                    _ => Err(elsewhere(function.name)),
                }
            }
            Special::In => {
                let mut values = self.values(function, bound)?;
                let needle = values.remove(0);
                Ok(Op::In(Box::new(needle), values))
            }
            Special::Record => self.record(&list("expression")),
            Special::Pattern(does) => self.pattern(does, function, bound),
            Special::Regex(does) => self.regex(does, function, bound),
        }
    }

    fn record(&mut self, args: &[&Arg]) -> Result<Op, Fault> {
        let mut members: Vec<(String, Op)> = Vec::with_capacity(args.len());
        let mut places = HashMap::with_capacity(args.len());
        for arg in args {
            let (name, value) = (arg.result_name(), self.arg(arg)?);
            match places.get(name) {
                Some(place) => members[*place] = (name.to_owned(), value),
                None => {
                    places.insert(name, members.len());
                    members.push((name.to_owned(), value));
                }
            }
        }
        Ok(Op::Record(members))
    }

    fn pattern(&mut self, does: PatternUse, function: &'static Function, bound: &Bound) -> Result<Op, Fault> {
        let text = bound.get("pattern").and_then(Arg::expr).and_then(Expr::as_literal).and_then(|value| value.as_str());
        let Some(text) = text else { return Err(elsewhere("a pattern that is computed")) };
        let now = match bound.get("baseTime") {
            None => self.env.now,
            Some(arg) => match self.arg(arg)? {
                Op::Const(Value::Timestamp(at)) => at,
                Op::Const(_) => self.env.now,
                _ => return Err(elsewhere("a `baseTime` that differs from record to record")),
            },
        };
        let options = PatternOptions { zone: self.env.zone_name.clone(), now, strict: self.options.strict };
        self.patterns.push(Pattern::compile(text, &options)?);
        let index = self.patterns.len() - 1;
        Ok(Op::Pattern { does, index, args: self.values(function, bound)? })
    }

    fn regex(&mut self, does: RegexUse, function: &'static Function, bound: &Bound) -> Result<Op, Fault> {
        let values = self.values(function, bound)?;
        let Some(Op::Const(Value::Text(text))) = values.get(1) else {
            return Err(elsewhere("a regular expression that is computed"));
        };
        let regex = Regex::new(text, does).map_err(|why| {
            Fault::new("DQL-024", FaultKind::Usage, format!("this is not a regular expression: {why}"))
        })?;
        self.regexes.push(regex);
        Ok(Op::Regex { does, index: self.regexes.len() - 1, args: values })
    }
}

/// `x + 2M`, `2M + x`, `x - 2M`: what the months are added to, and how many.
fn months<'e>(op: Binary, left: &'e Expr, right: &'e Expr) -> Option<(&'e Expr, i64)> {
    match (op, &left.node, &right.node) {
        (Binary::Add, _, Node::Calendar(calendar)) => Some((left, calendar.months)),
        (Binary::Subtract, _, Node::Calendar(calendar)) => Some((left, -calendar.months)),
        (Binary::Add, Node::Calendar(calendar), _) => Some((right, calendar.months)),
        _ => None,
    }
}

/// A call. `contains` and `matchesPhrase` of a text written out are prepared, so that no row looks at that text again.
fn prepared(function: &'static Function, mut values: Vec<Op>) -> Op {
    match (function.name, values.as_slice()) {
        ("contains", [_, Op::Const(Value::Text(text)), Op::Const(Value::Bool(true))]) => {
            let finder = memchr::memmem::Finder::new(text.as_bytes()).into_owned();
            Op::Contains(Box::new(values.swap_remove(0)), Box::new(finder))
        }
        (
            "matchesPhrase",
            [_, Op::Const(Value::Text(text)), Op::Const(Value::Bool(sensitive)), Op::Const(Value::Text(wildcard))],
        ) if !wildcard.is_empty() => {
            let wildcard = wildcard.chars().next().unwrap_or('*');
            let phrase = Phrase::new(text, wildcard, Case::of(*sensitive)).map(Box::new);
            Op::Phrase(Box::new(values.swap_remove(0)), phrase)
        }
        _ => Op::Call(function, values),
    }
}
