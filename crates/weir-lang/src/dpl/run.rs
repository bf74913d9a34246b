//! Runs a program over a text: one cursor, committed elements, lazy matchers that probe what follows.
//!
//! Every element either fails or gives one end; there is no second try. The only loops that look ahead are those of the lazy
//! matchers and of look-behind, and a budget of steps bounds all of them together.

mod address;
mod card;
pub(crate) mod extension;
mod json;
mod json_members;
mod lazy;
mod look;
pub(crate) mod number;
mod quoted;
mod repeat;
mod sequence;
mod words;
mod xml;
mod xml_reader;

use std::borrow::Cow;

use weir_event::Value;

use super::program::{Node, NodeId, Op, Program, Stop};

/// Steps every run has, and further ones for each byte of the text, more for a pattern with look-behind. An element tried is a step; so are 64 bytes searched.
const STEPS_BASE: u64 = 20_000;
const STEPS_PER_BYTE: u64 = 32;
/// Elements inside one another at run time; lazy matchers in a row look through each other.
const DEPTH_MAX: u32 = 200;

/// What is left of a run's allowance.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: u64,
    depth: u32,
    /// The run was cut short: its "no match" is not an answer.
    pub spent: bool,
    /// Where the run got furthest before an element failed; kept only when tracing.
    pub furthest: Option<(usize, NodeId)>,
    pub tracing: bool,
}

impl Budget {
    pub(crate) fn new(program: &Program, bytes: usize) -> Budget {
        let steps = STEPS_BASE + (STEPS_PER_BYTE + program.steps_per_byte) * bytes as u64;
        Budget { steps, depth: 0, spent: false, furthest: None, tracing: false }
    }

    fn spend(&mut self, steps: u64) -> Option<()> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Some(())
            }
            None => {
                self.steps = 0;
                self.spent = true;
                None
            }
        }
    }

    /// Pays for searching through `bytes`.
    fn search(&mut self, bytes: usize) -> Option<()> {
        self.spend(bytes as u64 / 64)
    }
}

/// What an element matched.
pub(crate) struct Hit<'t> {
    pub end: usize,
    pub value: Value<'t>,
}

/// Empties the slots.
pub(crate) fn empty(slots: &mut [Value]) {
    slots.iter_mut().for_each(|slot| set(slot, Value::Null));
}

/// Sets a slot. What was there mostly owns nothing, and then need not be taken apart.
#[inline]
fn set<'t>(slot: &mut Value<'t>, value: Value<'t>) {
    let old = std::mem::replace(slot, value);
    match old {
        Value::Text(Cow::Owned(_)) | Value::Binary(_) | Value::Array(_) | Value::Record(_) => drop(old),
        _ => std::mem::forget(old),
    }
}

/// Most literals are a few bytes: those need no call.
#[inline]
fn starts_with(bytes: &[u8], text: &[u8]) -> bool {
    match (text, bytes) {
        ([a], [x, ..]) => a == x,
        ([a, b], [x, y, ..]) => a == x && b == y,
        ([a, b, c], [x, y, z, ..]) => a == x && b == y && c == z,
        ([a, rest @ ..], [x, more @ ..]) => a == x && more.starts_with(rest),
        _ => text.is_empty(),
    }
}

/// What searches have shown about the text. It is kept from one place of a scan, or repetition of a body, to the next: else each would
/// search the rest of a long line again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The line that was looked at last: from, to its line feed or the end.
    line: (usize, usize),
    /// The last long search for the mark of a lazy matcher.
    search: lazy::Search,
}

impl Known {
    pub(crate) fn nothing() -> Self {
        Known { line: (1, 0), search: lazy::Search::NONE }
    }
}

/// One text with the slots of the frame that is filled.
pub(crate) struct Run<'r, 't> {
    pub program: &'r Program,
    pub text: &'t str,
    /// Matching does not look beyond; shorter than the text only inside look-behind.
    pub end: usize,
    pub slots: &'r mut [Value<'t>],
    pub budget: &'r mut Budget,
    /// A continuation is tested: values are neither made nor kept.
    pub probing: bool,
    pub known: Known,
}

impl<'r, 't> Run<'r, 't> {
    pub(crate) fn new(program: &'r Program, text: &'t str, slots: &'r mut [Value<'t>], budget: &'r mut Budget) -> Self {
        Run { program, text, end: text.len(), slots, budget, probing: false, known: Known::nothing() }
    }

    pub(crate) fn bytes(&self) -> &'t [u8] {
        &self.text.as_bytes()[..self.end]
    }

    /// Matches elements one directly after the other.
    pub(crate) fn sequence(&mut self, ids: &[NodeId], from: usize) -> Option<usize> {
        let mut ids = ids.iter();
        let mut at = from;
        while let Some(&id) = ids.next() {
            at = self.element(id, at)?;
            match self.program.node(id).eats {
                0 => {}
                eats => {
                    at += eats as usize;
                    ids.next();
                }
            }
        }
        Some(at)
    }

    /// Matches one element with its modifiers; an optional one that fails takes nothing.
    pub(crate) fn element(&mut self, id: NodeId, at: usize) -> Option<usize> {
        let program = self.program;
        let node = program.node(id);
        self.budget.spend(1)?;
        // Most elements are marks, runs of text and numbers: what they give needs no detour.
        let end = match &node.op {
            Op::Literal { text, min: 1, max: 1, .. } if node.slot.is_none() => {
                starts_with(&self.bytes()[at..], text.as_bytes()).then_some(at + text.len())
            }
            Op::Class { set, min, max } => {
                let (end, count) = set.run(&self.text[..self.end], at, *max);
                (count >= *min).then(|| self.keep_text(node, at, end))
            }
            Op::Int { hex, least, most } => {
                self.integer(at, *hex, (*least, *most)).map(|(end, number)| self.keep(node, end, Value::Long(number)))
            }
            Op::Ip { v4, v6 } => {
                address::read(self.bytes(), at, *v4, *v6).map(|(end, ip)| self.keep(node, end, Value::Ip(ip)))
            }
            Op::Time(format) => format
                .read(&self.text[..self.end], at)
                .map(|(end, stamp)| self.keep(node, end, Value::Timestamp(stamp))),
            Op::Lazy { lines, min, max, stop } if !matches!(stop, Stop::Probe { .. }) => {
                self.lazy(*lines, (*min, *max), stop, at).map(|end| self.keep_text(node, at, end))
            }
            op => self.deeper(node, op, at),
        };
        match end {
            Some(_) => end,
            None => self.failed(node, id, at),
        }
    }

    /// An element that may look at others.
    fn deeper(&mut self, node: &'r Node, op: &'r Op, at: usize) -> Option<usize> {
        if self.budget.depth >= DEPTH_MAX {
            self.budget.spent = true;
            return None;
        }
        self.budget.depth += 1;
        let end = match op {
            Op::Lazy { lines, min, max, stop } => {
                self.lazy(*lines, (*min, *max), stop, at).map(|end| self.keep_text(node, at, end))
            }
            op => {
                let wanted = node.slot.is_some() && !self.probing;
                self.op(op, at, wanted).map(|hit| self.keep(node, hit.end, hit.value))
            }
        };
        self.budget.depth -= 1;
        end
    }

    /// Sets the element's slot, if it has one; gives the end.
    #[inline]
    fn keep(&mut self, node: &Node, end: usize, value: Value<'t>) -> usize {
        if let (Some(slot), false) = (node.slot, self.probing) {
            set(&mut self.slots[slot as usize], value);
        }
        end
    }

    /// Sets the element's slot, if it has one, to the text from `at` to `end`; gives the end.
    #[inline]
    fn keep_text(&mut self, node: &Node, at: usize, end: usize) -> usize {
        if let (Some(slot), false) = (node.slot, self.probing) {
            let text: &'t str = self.text;
            set(&mut self.slots[slot as usize], Value::text(&text[at..end]));
        }
        end
    }

    #[cold]
    fn failed(&mut self, node: &Node, id: NodeId, at: usize) -> Option<usize> {
        if !self.probing {
            self.note(id, at);
            self.absent(node);
        }
        (node.optional && !self.budget.spent).then_some(at)
    }

    /// Empties the slots of an element that did not match. The text of alternatives that may be absent is empty then, not missing.
    fn absent(&mut self, node: &Node) {
        for &slot in node.resets.iter().chain(&node.slot) {
            self.slots[slot as usize] = Value::Null;
        }
        if let (Op::Choice { .. }, true, Some(slot)) = (&node.op, node.optional, node.slot) {
            self.slots[slot as usize] = Value::text("");
        }
    }

    fn note(&mut self, id: NodeId, at: usize) {
        if self.budget.tracing && self.budget.furthest.is_none_or(|(far, _)| at > far) {
            self.budget.furthest = Some((at, id));
        }
    }

    /// The element itself. `wanted`: its value will be kept.
    fn op(&mut self, op: &'r Op, at: usize, wanted: bool) -> Option<Hit<'t>> {
        match op {
            Op::Literal { text, min, max, valued } => self.literal(text, (*min, *max), *valued, at),
            Op::Class { set, min, max } => {
                let (end, count) = set.run(&self.text[..self.end], at, *max);
                if count < *min { None } else { self.hit(at, end) }
            }
            Op::Lazy { lines, min, max, stop } => {
                let end = self.lazy(*lines, (*min, *max), stop, at)?;
                self.hit(at, end)
            }
            Op::Quoted { quote, doubled, min, max } => self.quoted(*quote, *doubled, (*min, *max), at, wanted),
            Op::Text { min, max, whole } => self.string(*min, *max, *whole, at, wanted),
            Op::Int { hex, least, most } => {
                self.integer(at, *hex, (*least, *most)).map(|(end, number)| Hit { end, value: Value::Long(number) })
            }
            Op::Double { point, least, most } => {
                self.double(at, *point, (*least, *most)).map(|(end, number)| Hit { end, value: Value::Double(number) })
            }
            Op::Bool => words::boolean(self.bytes(), at),
            Op::Time(format) => {
                let (end, stamp) = format.read(&self.text[..self.end], at)?;
                Some(Hit { end, value: Value::Timestamp(stamp) })
            }
            Op::Ip { v4, v6 } => {
                address::read(self.bytes(), at, *v4, *v6).map(|(end, ip)| Hit { end, value: Value::Ip(ip) })
            }
            Op::Uuid => self.hit(at, words::uuid(self.bytes(), at)?),
            Op::Card => card::read(self.bytes(), at),
            Op::Smartscape => self.hit(at, words::smartscape(self.bytes(), at)?),
            Op::Bos => self.position(at == 0, at),
            Op::Eos => self.position(at == self.text.len(), at),
            Op::Mos => self.position(at > 0 && at < self.text.len(), at),
            Op::Enum { keys, fold } => words::key(&self.text[..self.end], at, keys, *fold),
            Op::Look { behind, negative, inner } => self.look(behind.as_deref(), *negative, *inner, at),
            Op::Group { items } => {
                let end = self.sequence(items, at)?;
                self.hit(at, end)
            }
            Op::Fields { items, separator } => {
                let end = self.fields(items, *separator, at)?;
                self.hit(at, end)
            }
            Op::Choice { branches } => {
                let end = self.choice(branches, at)?;
                self.hit(at, end)
            }
            Op::Json(object) => self.json_object(object, at, wanted),
            Op::JsonArray(items) => self.json_array(items, at, wanted),
            Op::JsonValue(items) => self.json_value(items, at, wanted),
            Op::Pairs(repeat) => self.pairs(repeat, at, wanted),
            Op::Array(repeat) => self.array(repeat, at, wanted),
            Op::Structure(frame) => self.structure(frame, at, wanted),
            Op::Xml(shape) => self.xml(shape, at, wanted),
            Op::Extension(extension) => self.extension(*extension, at, wanted),
            Op::Regex(expression) => self.regex(expression, at, wanted),
        }
    }

    /// The text from `at` to `end` as a value.
    fn hit(&self, at: usize, end: usize) -> Option<Hit<'t>> {
        let text: &'t str = self.text;
        Some(Hit { end, value: Value::text(&text[at..end]) })
    }

    fn position(&self, holds: bool, at: usize) -> Option<Hit<'t>> {
        holds.then_some(Hit { end: at, value: Value::Null })
    }

    fn literal(&mut self, text: &str, (min, max): (usize, usize), valued: bool, at: usize) -> Option<Hit<'t>> {
        let rest = &self.bytes()[at..];
        let times = match (min, max) {
            (1, 1) => usize::from(starts_with(rest, text.as_bytes())),
            _ => rest.chunks_exact(text.len()).take(max).take_while(|chunk| *chunk == text.as_bytes()).count(),
        };
        let end = at + times * text.len();
        match times < min {
            true => None,
            false if valued => self.hit(at, end),
            false => Some(Hit { end, value: Value::Null }),
        }
    }
}
