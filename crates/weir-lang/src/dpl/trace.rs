//! Where a pattern stops on a sample: the basis of a pattern editor.

use std::ops::Range;

use weir_event::Value;

use super::Pattern;
use super::program::NodeId;
use super::run::{Budget, Run};

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
    /// Byte of the sample where it was tried.
    pub offset: usize,
    /// Bytes of the sample that the elements before it took.
    pub matched: usize,
}

pub(super) fn trace(pattern: &Pattern, input: &str) -> Trace {
    let program = pattern.program();
    let mut budget = Budget::new(input.len());
    budget.tracing = true;
    let mut out = vec![Value::Null; pattern.exports().len()];
    let mut run = Run::new(program, input, &mut out, &mut budget);
    let mut steps = Vec::new();
    let mut at = 0;
    let mut failed = None;
    for &id in &program.root {
        match run.element(id, at) {
            Some(end) => {
                steps.push(Step { element: program.node(id).span.clone(), took: at..end });
                at = end;
            }
            None => {
                failed = Some(id);
                break;
            }
        }
    }
    let furthest = budget.furthest;
    let failure = failed.map(|id: NodeId| {
        let (offset, id) = furthest.filter(|(far, _)| *far > at).unwrap_or((at, id));
        let element = program.node(id).span.clone();
        let text = pattern.text().get(element.clone()).unwrap_or_default().to_owned();
        Failure { element, text, offset, matched: at }
    });
    Trace { steps, failure, gave_up: budget.spent }
}
