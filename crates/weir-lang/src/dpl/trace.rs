//! Where a pattern stops on a sample: the basis of a pattern editor.

use std::fmt;
use std::ops::Range;

use weir_event::Value;

use super::program::{NodeId, Op};
use super::run::{Budget, Run};
use super::{Pattern, describe};

/// What happened to a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Elements at the top of the pattern that matched, in order.
    pub steps: Vec<Step>,
    /// What failed; `None` when the pattern matched.
    pub failure: Option<Failure>,
    /// The budget of steps ran out.
    pub gave_up: bool,
}

/// One element and the text it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Bytes of the pattern's text.
    pub element: Range<usize>,
    /// Bytes of the sample.
    pub took: Range<usize>,
}

/// The element that failed, as deep inside the pattern as the match got furthest.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// Bytes of the pattern's text.
    pub element: Range<usize>,
    /// The element as it is written.
    pub text: String,
    /// What it asks of the sample, in words.
    pub expected: String,
    /// Byte of the sample where it was tried.
    pub offset: usize,
    /// Bytes of the sample that the elements before it took.
    pub matched: usize,
    /// What would help, when that is known.
    pub hint: Option<String>,
}

/// How the use of a pattern on one text ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    Matched,
    Failed(Failure),
    /// The budget of steps ran out before there was an answer.
    GaveUp,
}

impl fmt::Display for Status {
    /// `matched`, `failed at 12: expected a whole number for INT:code`, `gave up`; offsets count bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Status::Matched => f.write_str("matched"),
            Status::Failed(failure) => {
                write!(f, "failed at {}: expected {} for {}", failure.offset, failure.expected, failure.text)
            }
            Status::GaveUp => f.write_str("gave up"),
        }
    }
}

/// Elements at the top that matched, and the one that did not.
struct Stopped {
    ends: Vec<usize>,
    failed: Option<NodeId>,
    furthest: Option<(usize, NodeId)>,
    gave_up: bool,
}

pub(super) fn trace(pattern: &Pattern, input: &str) -> Trace {
    let program = pattern.program();
    let stopped = stop(pattern, input);
    let starts = std::iter::once(0).chain(stopped.ends.iter().copied());
    let spans = program.root.iter().map(|&id| program.node(id).span.clone());
    let steps: Vec<Step> =
        spans.zip(starts.zip(&stopped.ends)).map(|(element, (from, &to))| Step { element, took: from..to }).collect();
    let failure = stopped.failed.map(|id| failure(pattern, input, &stopped, id));
    Trace { steps, failure, gave_up: stopped.gave_up }
}

fn stop(pattern: &Pattern, input: &str) -> Stopped {
    let mut budget = Budget::new(pattern.program(), input.len());
    budget.tracing = true;
    let mut out = vec![Value::Null; pattern.exports().len()];
    let mut run = Run::new(pattern.program(), input, &mut out, &mut budget);
    let mut ends = Vec::new();
    let mut at = 0;
    let mut failed = None;
    for &id in &pattern.program().root {
        match run.element(id, at) {
            Some(end) => at = end,
            None => {
                failed = Some(id);
                break;
            }
        }
        ends.push(at);
    }
    Stopped { ends, failed, furthest: budget.furthest, gave_up: budget.spent }
}

fn failure(pattern: &Pattern, input: &str, stopped: &Stopped, failed: NodeId) -> Failure {
    let program = pattern.program();
    let matched = stopped.ends.last().copied().unwrap_or(0);
    let (offset, id) = stopped.furthest.filter(|(far, _)| *far > matched).unwrap_or((matched, failed));
    let node = program.node(id);
    let text = pattern.text().get(node.span.clone()).unwrap_or_default().to_owned();
    Failure {
        element: node.span.clone(),
        text,
        expected: describe::expected(program, node),
        offset,
        matched,
        hint: first_mark(pattern, input, stopped),
    }
}

/// A lazy matcher ended at the first mark, and what follows the mark fails there but would match behind a later one.
fn first_mark(pattern: &Pattern, input: &str, stopped: &Stopped) -> Option<String> {
    let program = pattern.program();
    let index = stopped.ends.len();
    let [lazy, mark, failed] = *program.root.get(index.checked_sub(2)?..=index)? else { return None };
    let marked = matches!(program.node(mark).op, Op::Literal { .. });
    if !marked || !matches!(program.node(lazy).op, Op::Lazy { .. }) {
        return None;
    }
    let written = |id: NodeId| pattern.text().get(program.node(id).span.clone()).unwrap_or_default();
    let mut budget = Budget::new(program, input.len());
    let mut out = vec![Value::Null; pattern.exports().len()];
    let mut run = Run::new(program, input, &mut out, &mut budget);
    let mut places = (stopped.ends[index - 2]..=input.len()).filter(|&at| input.is_char_boundary(at));
    let found = places.find(|&at| run.element(mark, at).is_some_and(|end| run.element(failed, end).is_some()))?;
    let (lazy, mark, failed) = (written(lazy), written(mark), written(failed));
    Some(format!("{lazy} ends at the first {mark}; to let it go on to byte {found}, write ({mark} {failed})"))
}
