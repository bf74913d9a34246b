//! `/metrics` in the text format of Prometheus. Labels hold names from the configuration only, never data of events.

use std::fmt::Write;
use std::sync::atomic::Ordering::Relaxed;

use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::{App, Peer, Problem, allow};
use crate::auth::Scope;
use crate::server::Weir;
use crate::stats::SourceStats;

/// A scraper on the same machine needs no token and sees every tenant, as a token with the scope `admin` does; with the scope `query` it
/// sees its own.
pub async fn metrics(
    State(app): State<App>,
    ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut only = None;
    if !peer.ip().to_canonical().is_loopback() || headers.contains_key(header::AUTHORIZATION) {
        let token = allow(&app, &headers, Scope::Query)?;
        only = (!token.scopes.has(Scope::Admin)).then(|| token.tenant.clone());
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
    for (name, help, value) in gauges(app) {
        head(&mut out, name, "gauge", help);
        let _ = writeln!(out, "{name} {value}");
    }
    out
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
