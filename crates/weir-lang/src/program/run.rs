//! Programs over rows.

use std::cmp::Ordering;

use weir_event::limits::{ITERATION_BYTES_MAX, VALUE_BYTES_MAX};
use weir_event::{Record, Timeframe, Value};

use super::bound::{ELEMENT_BYTES, bounded, left_after};
use super::{Op, Program, Scratch, Slots};
use crate::ast::{Binary, Unit};
use crate::dpl::Matcher;
use crate::functions::{Args, Collect, Function, PatternUse, RegexUse, Row};
use crate::text::{Case, Term};
use crate::{arithmetic, compare, time};

/// Elements that an iteration makes at most.
const ELEMENTS_MAX: usize = 1 << 20;

pub(super) struct Run<'r, 's> {
    program: &'r Program,
    row: &'s dyn Slots<'r>,
    scratch: &'s mut Scratch,
    /// The iterations around, innermost last.
    frames: Vec<Frame<'r>>,
    /// Bytes that iterations may still look at.
    bytes_left: usize,
}

struct Frame<'r> {
    sources: Vec<Vec<Value<'r>>>,
    index: usize,
}

impl<'r, 's> Run<'r, 's> {
    pub fn new(program: &'r Program, row: &'s dyn Slots<'r>, scratch: &'s mut Scratch) -> Self {
        Run { program, row, scratch, frames: Vec::new(), bytes_left: ITERATION_BYTES_MAX }
    }

    pub fn eval(&mut self, op: &'r Op) -> Value<'r> {
        match op {
            Op::Const(value) => value.borrowed(),
            Op::Slot(index) => self.slot(*index),
            Op::Has(index) => Value::Bool(self.row.has(*index)),
            Op::HasMember(of, name) => Value::Bool(has_member(&self.eval(of), name)),
            Op::HasElement(of, index) => Value::Bool(has_element(&self.eval(of), *index)),
            Op::Not(operand) => match self.eval(operand) {
                Value::Bool(value) => Value::Bool(!value),
                _ => Value::Null,
            },
            Op::Minus(operand) => arithmetic::negate(&self.eval(operand)).unwrap_or_default(),
            Op::And(left, right) => self.junction(left, right, false),
            Op::Or(left, right) => self.junction(left, right, true),
            Op::Binary(op, left, right) => self.binary(*op, left, right),
            Op::Months(base, months) => self.months(base, *months),
            Op::Align(operand, unit) => self.align(operand, *unit),
            Op::Term(operand, term) => {
                let value = self.eval(operand);
                Value::Bool(term.as_ref().is_some_and(|term| term.is_in(&value)))
            }
            Op::Phrase(operand, phrase) => {
                let value = self.eval(operand);
                Value::Bool(phrase.as_ref().is_some_and(|phrase| phrase.is_in_any(&value)))
            }
            Op::Contains(operand, finder) => match self.eval(operand) {
                Value::Text(text) => Value::Bool(finder.find(text.as_bytes()).is_some()),
                _ => Value::Null,
            },
            Op::Element(of, index) => element(self.eval(of), *index),
            Op::Member(of, name) => member(self.eval(of), name),
            Op::Each(source) => self.each(*source),
            Op::Index => self.frames.last().map_or(Value::Null, |frame| Value::Long(frame.index as i64)),
            Op::Iterate { sources, body, collect } => self.iterate(sources, body, *collect),
            Op::If(condition, then, other) => match self.eval(condition) {
                Value::Bool(true) => self.eval(then),
                _ => self.eval(other),
            },
            Op::Coalesce(items) => self.coalesce(items),
            Op::Record(members) => self.record(members).map(Value::Record).map(bounded).unwrap_or_default(),
            Op::Array(items) => self.values(items).map(Value::Array).map(bounded).unwrap_or_default(),
            Op::In(needle, items) => Value::Bool(self.is_in(needle, items)),
            Op::Pattern { does, index, args } => self.pattern(*does, *index, args),
            Op::Regex { does, index, args } => self.regex(*does, *index, args),
            Op::Call(function, args) => self.call(function, args),
        }
    }

    /// Within an iteration each look at a large value counts, so that arrays and long texts do not multiply.
    fn slot(&mut self, index: usize) -> Value<'r> {
        let value = self.row.slot(index);
        if !self.frames.is_empty() {
            self.charge(match &value {
                Value::Text(text) => text.len(),
                Value::Array(items) => items.len().saturating_mul(ELEMENT_BYTES),
                Value::Record(record) => record.len().saturating_mul(ELEMENT_BYTES),
                _ => 0,
            });
        }
        value
    }

    fn charge(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
    }

    /// The values of operands; `None` when they are too large together.
    fn values(&mut self, ops: &'r [Op]) -> Option<Vec<Value<'r>>> {
        let mut left = VALUE_BYTES_MAX;
        let mut values = Vec::with_capacity(ops.len());
        for op in ops {
            let value = self.eval(op);
            left = left_after(&value, left)?;
            values.push(value);
        }
        Some(values)
    }

    /// The compiler made the names different.
    fn record(&mut self, members: &'r [(String, Op)]) -> Option<Record<'r>> {
        let mut left = VALUE_BYTES_MAX;
        let mut record = Record::new();
        for (name, op) in members {
            let value = self.eval(op);
            left = left_after(&value, left)?;
            record.push_new(name.as_str(), value);
        }
        Some(record)
    }

    /// `and` when `decides` is false, `or` when it is true: one side with that value decides, otherwise null wins.
    fn junction(&mut self, left: &'r Op, right: &'r Op, decides: bool) -> Value<'r> {
        let left = truth(&self.eval(left));
        if left == Some(decides) {
            return Value::Bool(decides);
        }
        match (left, truth(&self.eval(right))) {
            (_, Some(right)) if right == decides => Value::Bool(decides),
            (Some(_), Some(right)) => Value::Bool(right),
            _ => Value::Null,
        }
    }

    fn binary(&mut self, op: Binary, left: &'r Op, right: &'r Op) -> Value<'r> {
        let (a, b) = (self.eval(left), self.eval(right));
        if op == Binary::Search {
            let term = b.as_str().and_then(|text| Term::new(text, Case::Insensitive));
            return Value::Bool(term.is_some_and(|term| term.is_in(&a)));
        }
        if a.is_null() || b.is_null() {
            return Value::Null;
        }
        let by_order = |test: fn(Ordering) -> bool| compare::ordered(&a, &b).map(|order| Value::Bool(test(order)));
        let result = match op {
            Binary::Equal => Some(Value::Bool(compare::equal(&a, &b))),
            Binary::NotEqual => Some(Value::Bool(!compare::equal(&a, &b))),
            Binary::Less => by_order(Ordering::is_lt),
            Binary::LessEqual => by_order(Ordering::is_le),
            Binary::Greater => by_order(Ordering::is_gt),
            Binary::GreaterEqual => by_order(Ordering::is_ge),
            Binary::Xor => match (&a, &b) {
                (Value::Bool(a), Value::Bool(b)) => Some(Value::Bool(a != b)),
                _ => None,
            },
            op => arithmetic::apply(op, &a, &b),
        };
        result.unwrap_or_default()
    }

    fn months(&mut self, base: &'r Op, months: i64) -> Value<'r> {
        let later = |at| time::add_months(at, months, &self.program.env.zone);
        let moved = match self.eval(base) {
            Value::Timestamp(at) => later(at).map(Value::Timestamp),
            Value::Timeframe(frame) => {
                later(frame.start).zip(later(frame.end)).map(|(start, end)| Value::Timeframe(Timeframe { start, end }))
            }
            _ => None,
        };
        moved.unwrap_or_default()
    }

    /// A duration counts from now.
    fn align(&mut self, operand: &'r Op, unit: Unit) -> Value<'r> {
        let env = &self.program.env;
        let at = match self.eval(operand) {
            Value::Timestamp(at) => Some(at),
            Value::Duration(length) => arithmetic::shift(env.now, length.0),
            _ => None,
        };
        at.and_then(|at| time::align(at, unit, &env.zone)).map(Value::Timestamp).unwrap_or_default()
    }

    fn each(&self, source: usize) -> Value<'r> {
        let Some(frame) = self.frames.last() else { return Value::Null };
        frame.sources.get(source).and_then(|items| items.get(frame.index)).cloned().unwrap_or_default()
    }

    fn iterate(&mut self, sources: &'r [Op], body: &'r Op, collect: Collect) -> Value<'r> {
        let mut arrays = Vec::with_capacity(sources.len());
        for source in sources {
            match self.eval(source) {
                Value::Array(items) => arrays.push(items),
                _ => return Value::Null,
            }
        }
        let count = arrays.first().map_or(0, Vec::len);
        if count > ELEMENTS_MAX || arrays.iter().any(|items| items.len() != count) {
            return Value::Null;
        }
        self.frames.push(Frame { sources: arrays, index: 0 });
        let items = self.elements(count, body);
        self.frames.pop();
        items.map(|items| bounded(collected(items, collect))).unwrap_or_default()
    }

    /// `None` when the elements get too large together, or take too long.
    fn elements(&mut self, count: usize, body: &'r Op) -> Option<Vec<Value<'r>>> {
        let mut left = VALUE_BYTES_MAX;
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            self.frames.last_mut()?.index = index;
            self.charge(ELEMENT_BYTES);
            if self.bytes_left == 0 {
                return None;
            }
            let item = self.eval(body);
            left = left_after(&item, left.checked_sub(ELEMENT_BYTES)?)?;
            items.push(item);
        }
        Some(items)
    }

    fn coalesce(&mut self, items: &'r [Op]) -> Value<'r> {
        for op in items {
            let value = self.eval(op);
            if !value.is_null() {
                return value;
            }
        }
        Value::Null
    }

    fn is_in(&mut self, needle: &'r Op, haystack: &'r [Op]) -> bool {
        let needle = self.eval(needle);
        haystack.iter().any(|op| match op {
            Op::Const(value) => meets(&needle, value),
            op => meets(&needle, &self.eval(op)),
        })
    }

    fn call(&mut self, function: &'static Function, args: &'r [Op]) -> Value<'r> {
        let Row::Plain(row) = function.row else { return Value::Null };
        let env = &self.program.env;
        // Most calls have few arguments, which need no allocation.
        if args.len() <= 4 {
            let mut values: [Value<'r>; 4] = Default::default();
            for (value, op) in values.iter_mut().zip(args) {
                *value = self.eval(op);
            }
            return row(&mut Args { values: &mut values[..args.len()], env }).map(bounded).unwrap_or_default();
        }
        let Some(mut values) = self.values(args) else { return Value::Null };
        row(&mut Args { values: &mut values, env }).map(bounded).unwrap_or_default()
    }

    fn pattern(&mut self, does: PatternUse, index: usize, args: &'r [Op]) -> Value<'r> {
        let input = args.first().map(|op| self.eval(op)).unwrap_or_default();
        let replacement = match does {
            PatternUse::Replace => args.get(2).map(|op| self.eval(op)),
            _ => None,
        };
        let Value::Text(text) = input else { return Value::Null };
        if self.scratch.matchers.len() <= index {
            self.scratch.matchers.resize_with(index + 1, || None);
        }
        let matcher = self.scratch.matchers[index].get_or_insert_with(|| self.program.patterns[index].matcher());
        let value = match (text, does) {
            (text, PatternUse::Replace) => match replacement {
                Some(Value::Text(replacement)) => Value::owned(matcher.replace(&text, &replacement)),
                _ => Value::Null,
            },
            (text, PatternUse::Matches) => Value::Bool(matcher.matches(&text)),
            (std::borrow::Cow::Borrowed(text), does) => apply(matcher, text, does),
            (std::borrow::Cow::Owned(text), does) => apply(matcher, &text, does).into_owned(),
        };
        // What a match found before it ran out of steps is no answer.
        if matcher.gave_up() { Value::Null } else { bounded(value) }
    }

    fn regex(&mut self, does: RegexUse, index: usize, args: &'r [Op]) -> Value<'r> {
        let Some(Value::Text(text)) = args.first().map(|op| self.eval(op)) else { return Value::Null };
        let last = args.get(2).map(|op| self.eval(op)).unwrap_or_default();
        if self.scratch.searches.len() <= index {
            self.scratch.searches.resize_with(index + 1, || None);
        }
        let regex = &self.program.regexes[index];
        let memory = self.scratch.searches[index].get_or_insert_with(|| regex.memory());
        let group = match last {
            Value::Long(group) => Some(group),
            _ => None,
        };
        let value = match does {
            RegexUse::Matches | RegexUse::Contains => Some(Value::Bool(regex.is_match(&text, memory))),
            RegexUse::Extract => Some(regex.extract(&text, group, memory)),
            RegexUse::ExtractAll => regex.extract_all(&text, group, memory),
            RegexUse::Split => regex.split(&text, memory),
            RegexUse::Replace => last.as_str().and_then(|replacement| regex.replace(&text, replacement, memory)),
        };
        value.map(bounded).unwrap_or_default()
    }
}

fn apply<'t>(matcher: &mut Matcher, text: &'t str, does: PatternUse) -> Value<'t> {
    match does {
        PatternUse::ParseAll => Value::Array(matcher.parse_all(text)),
        PatternUse::Split => Value::Array(matcher.split(text).into_iter().map(Value::text).collect()),
        _ => {
            let mut out = vec![Value::Null; matcher.pattern().exports().len()];
            match matcher.parse(text, &mut out) {
                None => Value::Null,
                Some(_) if out.len() == 1 => out.pop().unwrap_or_default(),
                Some(_) => Value::Record(matcher.record(&mut out)),
            }
        }
    }
}

/// What starts a sum of such values; null where there is no sum.
fn zero_of(value: &Value) -> Value<'static> {
    match value {
        Value::Duration(_) => Value::Duration(weir_event::Duration(0)),
        Value::Long(_) | Value::Double(_) => Value::Double(0.0),
        _ => Value::Null,
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

/// True when the needle, or an element of it, equals the other value or an element of that. Null equals nothing.
fn meets(needle: &Value, other: &Value) -> bool {
    match (needle, other) {
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Array(needles), other) => needles.iter().any(|needle| meets(needle, other)),
        (needle, Value::Array(items)) => items.iter().any(|item| meets(needle, item)),
        (needle, other) => compare::equal(needle, other),
    }
}

pub(crate) fn element(of: Value<'_>, index: i64) -> Value<'_> {
    let Value::Array(mut items) = of else { return Value::Null };
    let index = if index < 0 { index.saturating_add(items.len() as i64) } else { index };
    match usize::try_from(index) {
        Ok(index) if index < items.len() => items.swap_remove(index),
        _ => Value::Null,
    }
}

pub(crate) fn member<'r>(of: Value<'r>, name: &str) -> Value<'r> {
    match of {
        Value::Record(mut record) => record.remove(name).unwrap_or_default(),
        Value::Timeframe(frame) => match name {
            "start" => Value::Timestamp(frame.start),
            "end" => Value::Timestamp(frame.end),
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

fn has_member(of: &Value, name: &str) -> bool {
    match of {
        Value::Record(record) => record.get(name).is_some(),
        Value::Timeframe(_) => matches!(name, "start" | "end"),
        _ => false,
    }
}

fn has_element(of: &Value, index: i64) -> bool {
    matches!(of, Value::Array(items) if (-(items.len() as i64)..items.len() as i64).contains(&index))
}

fn collected(items: Vec<Value<'_>>, collect: Collect) -> Value<'_> {
    let given = || items.iter().filter(|item| !item.is_null());
    match collect {
        Collect::Array => Value::Array(items),
        Collect::Any => Value::Bool(items.contains(&Value::Bool(true))),
        Collect::Least => given().min_by(|a, b| compare::order(a, b)).cloned().unwrap_or_default(),
        Collect::Greatest => given().max_by(|a, b| compare::order(a, b)).cloned().unwrap_or_default(),
        // As everywhere, longs add up to a double.
        Collect::Sum | Collect::Average => {
            let mut sum: Option<Value> = None;
            for item in given() {
                sum = match sum {
                    None => arithmetic::add(item, &zero_of(item)),
                    Some(sum) => arithmetic::add(&sum, item),
                };
                if sum.is_none() {
                    return Value::Null;
                }
            }
            let count = Value::Double(given().count() as f64);
            match (sum, collect) {
                (None, _) => Value::Null,
                (Some(sum), Collect::Average) => arithmetic::apply(Binary::Divide, &sum, &count).unwrap_or_default(),
                (Some(sum), _) => sum,
            }
        }
    }
}
