//! Log lines of pullers: one for a state that changes or a pull that asked for something, never one for a record.

use weir_collect::fault::class_of;
use weir_collect::{Pulled, Told};
use weir_event::{Duration, Fault};

use crate::say::log;

/// What the engine tells on its way.
pub fn told(source: &str, told: &Told) {
    match told {
        Told::Answered { .. } | Told::Waiting { fault: None, .. } => {}
        Told::Waiting { until, fault: Some(fault) } => {
            log(
                "info",
                format_args!("pull waits source={source} until={until} id={} why={:?}", fault.id(), fault.says()),
            );
        }
        Told::Retrying { fault, number, until } => {
            let (id, why) = (fault.id(), fault.cause());
            log("warn", format_args!("pull tries again source={source} try={number} at={until} id={id} why={why:?}"));
        }
        Told::Gap { from, to } => {
            log(
                "warn",
                format_args!(
                    "pull has a gap, the source no longer keeps its records source={source} from={from} to={to}"
                ),
            );
        }
        Told::Reset(fault) => log("warn", format_args!("pull starts over source={source} {}", fields(fault))),
        Told::Note(text) => log("warn", format_args!("pull source={source} note={text:?}")),
    }
}

/// A pull is over, or a long one goes on.
pub fn pulled(source: &str, id: &str, pulled: &Pulled, took: Duration, more: bool) {
    let what = if more { "pulling" } else { "pulled" };
    let seconds = took.0 as f64 / 1e9;
    let new = pulled.received.saturating_sub(pulled.duplicates);
    let rate = if seconds > 0.0 { pulled.generated as f64 / seconds } else { 0.0 };
    log(
        "info",
        format_args!(
            "{what} source={source} pull_id={id} requests={} retries={} received={} duplicates={} generated={} unflattened={new} seconds={seconds:.3} events_per_second={rate:.3}",
            pulled.requests, pulled.retries, pulled.received, pulled.duplicates, pulled.generated,
        ),
    );
}

/// A fault as the fields of a log line; `class` is how other collectors call its kind.
pub fn fields(fault: &Fault) -> String {
    let mut out = format!("id={}", fault.id());
    if let Some(class) = class_of(fault.id()) {
        out += &format!(" class={class}");
    }
    out += &format!(" says={:?}", fault.says());
    for (name, text) in [("place", fault.place()), ("why", fault.cause()), ("hint", fault.fix())] {
        if !text.is_empty() {
            out += &format!(" {name}={text:?}");
        }
    }
    out
}
