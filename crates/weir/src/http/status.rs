//! How weir is doing: health, sources, the ledger, rules.

use std::sync::atomic::Ordering::Relaxed;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use weir_event::{Clock, Fault, FaultKind, Timestamp};

use super::{App, Problem, allow};
use crate::auth::Scope;
use crate::server::SystemClock;
use crate::stats::{minute_of, minute_start};

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Listeners are up and the disk takes events.
pub async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.is_ready() { (StatusCode::OK, "ready\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready\n") }
}

/// The sources of the caller's tenant.
pub async fn sources(State(app): State<App>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let token = allow(&app, &headers, Scope::Query)?;
    app.refresh_kernel_drops();
    let now = SystemClock.now();
    let own = app.stats.sources().into_iter().filter(|source| source.tenant == token.tenant);
    let view = own.map(|source| {
        let view = source.view(now);
        json!({
            "name": *source.name,
            "kind": source.kind,
            "events": view.events,
            "events_per_second": view.events_per_second,
            "last_event": view.last_event.map(|at| at.to_string()),
            "dropped": view.dropped,
            "refused": source.refused.load(Relaxed),
        })
    });
    Ok(Json(json!({"sources": view.collect::<Vec<_>>()})))
}

/// Nanoseconds before now that the ledger is asked about when the caller does not say.
const LEDGER_NANOS: i64 = 24 * 3_600_000_000_000;

/// What part of the ledger is asked for.
#[derive(serde::Deserialize)]
pub struct LedgerSpan {
    from: Option<String>,
}

/// Per source and minute of arrival: received = stored + filtered + forwarded + dead-lettered + in flight.
pub async fn ledger(
    State(app): State<App>,
    Query(span): Query<LedgerSpan>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let token = allow(&app, &headers, Scope::Query)?;
    let now = SystemClock.now();
    let day = Timestamp(now.0.saturating_sub(LEDGER_NANOS));
    let from = span.from.as_deref().map_or(Ok(day), |text| crate::when::read(text, now, "from"))?;
    let (minute, tenant) = (minute_of(from), token.tenant.clone());
    let view = tokio::task::spawn_blocking(move || app.ledger(&tenant, minute)).await;
    let rows = view.unwrap_or_else(|error| {
        Err(Fault::new("HTTP-500", FaultKind::Bug, "the ledger cannot be read").because(error))
    })?;
    let rows = rows.into_iter().map(|(row, in_flight)| {
        json!({
            "minute": minute_start(row.minute).to_string(),
            "source": *row.source,
            "received": row.received + in_flight,
            "stored": row.stored,
            "filtered": row.filtered,
            "forwarded": row.forwarded,
            "dead_lettered": row.dead_lettered,
            "in_flight": in_flight,
        })
    });
    Ok(Json(json!({"ledger": rows.collect::<Vec<_>>()})))
}

pub async fn rules(State(app): State<App>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let token = allow(&app, &headers, Scope::Rules)?;
    let own = app.config.rules.iter().filter(|rule| rule.tenants.is_empty() || rule.is_for(&token.tenant));
    let view = own.map(|rule| {
        let mut view = json!({
            "id": *rule.id,
            "title": rule.title,
            "query": rule.query.text,
            "enabled": rule.enabled,
            "at": rule.at,
        });
        rule.when.describe(&mut view);
        if let Some(run) = app.runs.last(&rule.id, &token.tenant) {
            view["last_run"] = run.at.to_string().into();
            view["findings"] = run.findings.into();
            view["error"] = run.error.map(|fault| super::error::fault_json(&fault)).into();
        }
        view
    });
    Ok(Json(json!({"rules": view.collect::<Vec<_>>()})))
}
