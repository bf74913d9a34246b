//! A query that has run, as a text for people: its operators with what each gave, and what was read.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use datafusion_physical_plan::{ExecutionPlan, displayable};

use crate::scan::Totals;

/// The operators, the last on top, with the rows that each handed on; then files, row groups, bytes and rows that were read.
pub(crate) fn text(plan: &Arc<dyn ExecutionPlan>, totals: &Totals, took: Duration) -> String {
    let mut text = String::new();
    operator(plan, 0, &mut text);
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let (read, skipped) = (count(&totals.groups), totals.skipped());
    let all: u64 = read + skipped.iter().map(|(_, groups)| groups).sum::<u64>();
    text.push_str(&format!("read: {} files, {read} of {all} row groups", count(&totals.segments)));
    for (why, groups) in skipped {
        text.push_str(&format!(", {groups} passed over by {why}"));
    }
    let (bytes, rows) = (count(&totals.bytes), count(&totals.rows));
    text.push_str(&format!("; {bytes} bytes and {rows} rows looked at\n"));
    text.push_str(&format!("took: {:.1} ms\n", took.as_secs_f64() * 1e3));
    for note in totals.notes() {
        text.push_str(&format!("note: {note}\n"));
    }
    text
}

fn operator(plan: &Arc<dyn ExecutionPlan>, depth: usize, text: &mut String) {
    let line = displayable(plan.as_ref()).one_line().to_string();
    text.push_str(&format!("{}{}", "  ".repeat(depth), line.trim_end()));
    let metrics = plan.metrics();
    if let Some(rows) = metrics.as_ref().and_then(|metrics| metrics.output_rows()) {
        text.push_str(&format!(" -> {rows} rows"));
    }
    if let Some(nanos) = metrics.as_ref().and_then(|metrics| metrics.elapsed_compute()).filter(|&nanos| nanos > 0) {
        text.push_str(&format!(", {:.1} ms", nanos as f64 / 1e6));
    }
    text.push('\n');
    plan.children().into_iter().for_each(|input| operator(input, depth + 1, text));
}
