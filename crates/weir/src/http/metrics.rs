//! `/metrics` in the text format of Prometheus. Labels hold names from the configuration only, never data of events.

use std::fmt::Write;
use std::sync::atomic::Ordering::Relaxed;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::{App, Peer, Problem, allow};
use crate::auth::Scope;
use crate::outputs;
use crate::pull::{Counts, Doing, Running};
use crate::server::Weir;
use crate::stats::SourceStats;

/// A scraper on the same machine needs no token and sees every tenant, as a token of the first tenant with the scope `admin` does; any other
/// token sees its own.
pub async fn metrics(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut only = None;
    if !peer.addr.ip().to_canonical().is_loopback() || headers.contains_key(header::AUTHORIZATION) {
        let token = allow(&app, &headers, Scope::Query)?;
        let sees_all = token.scopes.has(Scope::Admin) && *token.tenant == *app.config.first_tenant();
        only = (!sees_all).then(|| token.tenant.clone());
    }
    app.refresh_kernel_drops();
    let text = text(&app, only.as_deref());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Name, what it says, and the counter of a source.
type Counter = (&'static str, &'static str, fn(&SourceStats) -> u64);

const COUNTERS: [Counter; 8] = [
    ("weir_events_received_total", "Events in the log", |source| source.events.load(Relaxed)),
    ("weir_bytes_received_total", "Bytes in the log", |source| source.bytes.load(Relaxed)),
    ("weir_events_stored_total", "Events that are durable and queryable", |source| source.stored.load(Relaxed)),
    ("weir_events_filtered_total", "Events dropped by a route", |source| source.filtered.load(Relaxed)),
    ("weir_events_dead_lettered_total", "Events kept aside", |source| source.dead_lettered.load(Relaxed)),
    ("weir_events_refused_total", "Records refused as malformed", |source| source.refused.load(Relaxed)),
    ("weir_events_dropped_queue_total", "Syslog events lost to a full queue or disk", |source| {
        source.dropped_queue.load(Relaxed)
    }),
    ("weir_events_dropped_kernel_total", "Datagrams lost in the kernel", |source| source.dropped_kernel.load(Relaxed)),
];

fn text(app: &Weir, tenant: Option<&str>) -> String {
    let mut sources = app.stats.sources();
    sources.retain(|source| tenant.is_none_or(|tenant| *source.tenant == *tenant));
    let mut out = String::new();
    for (name, help, count) in COUNTERS {
        head(&mut out, name, "counter", help);
        for source in &sources {
            let labels = format!("tenant=\"{}\",source=\"{}\"", label(&source.tenant), label(&source.name));
            let _ = writeln!(out, "{name}{{{labels}}} {}", count(source));
        }
    }
    pullers(app, tenant, &mut out);
    outputs(app, tenant, &mut out);
    for (name, help, value) in gauges(app) {
        head(&mut out, name, "gauge", help);
        let _ = writeln!(out, "{name} {value}");
    }
    out
}

/// Name, kind, what it says, and the value of a service.
type Pulled = (&'static str, &'static str, &'static str, fn(&Counts) -> u64);

const PULLED: [Pulled; 13] = [
    ("weir_pull_cycles_total", "counter", "Pulls, one for each window or span", |c| c.pulls.load(Relaxed)),
    ("weir_pull_failed_total", "counter", "Pulls that ended with a fault", |c| c.failed.load(Relaxed)),
    ("weir_pull_requests_total", "counter", "Requests sent", |c| c.requests.load(Relaxed)),
    ("weir_pull_retries_total", "counter", "Requests sent again", |c| c.retried.load(Relaxed)),
    ("weir_pull_answer_bytes_total", "counter", "Bytes of answers, decompressed", |c| c.answer_bytes.load(Relaxed)),
    ("weir_pull_received_total", "counter", "Records that sources gave", |c| c.received.load(Relaxed)),
    ("weir_pull_duplicates_total", "counter", "Records that were stored already", |c| c.duplicates.load(Relaxed)),
    ("weir_pull_events_total", "counter", "Events made of records", |c| c.generated.load(Relaxed)),
    ("weir_pull_waits_total", "counter", "Times that a source or a budget made weir wait", |c| c.waits.load(Relaxed)),
    ("weir_pull_waited_ms_total", "counter", "Milliseconds of such waits", |c| c.waited_ms.load(Relaxed)),
    ("weir_pull_gaps_total", "counter", "Spans that a source no longer kept", |c| c.gaps.load(Relaxed)),
    ("weir_pull_ids", "gauge", "Identities remembered", |c| c.seen.load(Relaxed)),
    ("weir_pull_last_success_seconds", "gauge", "Start of the last pull that ended well, since the epoch", |c| {
        (c.succeeded_at.load(Relaxed) / 1_000_000_000).unsigned_abs()
    }),
];

fn pullers(app: &Weir, tenant: Option<&str>, out: &mut String) {
    let all = app.pulling.get().into_iter().flatten();
    let own: Vec<_> = all.filter(|running| tenant.is_none_or(|tenant| *running.job.tenant == *tenant)).collect();
    if own.is_empty() {
        return;
    }
    for (name, kind, help, value) in PULLED {
        head(out, name, kind, help);
        for running in &own {
            let _ = writeln!(out, "{name}{{{}}} {}", labels(running), value(&running.counts));
        }
    }
    answers(&own, out);
    standing(&own, out);
}

fn labels(running: &Running) -> String {
    format!("tenant=\"{}\",source=\"{}\"", label(&running.job.tenant), label(&running.job.source))
}

/// How services stand: where they are shared, by whom they are pulled; and how far those are that go by time.
fn standing(own: &[&std::sync::Arc<Running>], out: &mut String) {
    let name = "weir_pull_here";
    head(out, name, "gauge", "1 where this server pulls the service, 0 where another one holds its lease");
    for running in own {
        let here = !matches!(running.counts.now().doing, Doing::Elsewhere { .. });
        let _ = writeln!(out, "{name}{{{}}} {}", labels(running), u8::from(here));
    }
    let name = "weir_pull_reached_seconds";
    head(out, name, "gauge", "Up to when records were fetched, of services that go by time, since the epoch");
    for running in own {
        match running.counts.reached.load(Relaxed) {
            0 => {}
            at => _ = writeln!(out, "{name}{{{}}} {}", labels(running), at.div_euclid(1_000_000_000)),
        }
    }
}

/// Requests by what became of them.
fn answers(own: &[&std::sync::Arc<Running>], out: &mut String) {
    const CLASSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];
    let name = "weir_pull_answers_total";
    head(out, name, "counter", "Answers by their status");
    for running in own {
        let labels = labels(running);
        for (class, count) in CLASSES.iter().zip(&running.counts.answers) {
            let _ = writeln!(out, "{name}{{{labels},status=\"{class}\"}} {}", count.load(Relaxed));
        }
    }
}

/// Name, kind, what it says, and the value of an output.
type Sent = (&'static str, &'static str, &'static str, fn(&outputs::Counts) -> u64);

const SENT: [Sent; 6] = [
    ("weir_output_sent_total", "counter", "Events that the other side has acknowledged", |c| c.sent.load(Relaxed)),
    ("weir_output_bytes_total", "counter", "Bytes of their messages", |c| c.bytes.load(Relaxed)),
    ("weir_output_too_long_total", "counter", "Events too long for a message", |c| c.too_long.load(Relaxed)),
    ("weir_output_lost_chunks_total", "counter", "Chunks that left the log before they were sent", |c| {
        c.lost_chunks.load(Relaxed)
    }),
    ("weir_output_failed_total", "counter", "Times that sending ended with a fault", |c| c.failed.load(Relaxed)),
    ("weir_output_last_success_seconds", "gauge", "When all there was had been sent, since the epoch", |c| {
        (c.succeeded_at.load(Relaxed) / 1_000_000_000).unsigned_abs()
    }),
];

fn outputs(app: &Weir, tenant: Option<&str>, out: &mut String) {
    let all = app.outputs.get().into_iter().flatten();
    let own: Vec<_> = all.filter(|counts| tenant.is_none_or(|tenant| *counts.tenant == *tenant)).collect();
    if own.is_empty() {
        return;
    }
    let mut family = |name: &str, kind: &str, help: &str, value: &dyn Fn(&outputs::Counts) -> u64| {
        head(out, name, kind, help);
        for counts in &own {
            let (tenant, output) = (label(&counts.tenant), label(&counts.name));
            let _ = writeln!(out, "{name}{{tenant=\"{tenant}\",output=\"{output}\"}} {}", value(counts));
        }
    };
    for (name, kind, help, value) in SENT {
        family(name, kind, help, &value);
    }
    let durable = app.spine.log.durable_through();
    let waiting = |counts: &outputs::Counts| counts.waiting_chunks(durable);
    family("weir_output_waiting_chunks", "gauge", "Chunks of the log that wait to be sent", &waiting);
}

fn gauges(app: &Weir) -> [(&'static str, &'static str, u64); 4] {
    [
        ("weir_queue_bytes", "Bytes waiting for the log", app.intake.queued_bytes() as u64),
        ("weir_disk_low", "1 while intake is refused for want of disk space", u64::from(app.intake.is_disk_low())),
        ("weir_resident_bytes", "Memory of the process", resident_bytes()),
        ("weir_log_position", "Last position whose events are queryable", app.spine.visible_through()),
    ]
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}.\n# TYPE {name} {kind}");
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// Zero where the system does not say.
pub fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}
