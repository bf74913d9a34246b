//! `POST /v1/query`: rows as they come, one JSON object a line, and a last line that says what they cost.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use tokio::sync::{mpsc, oneshot};
use weir_event::{Clock, Fault, FaultKind, Timestamp, Value, write_json};
use weir_query::{Answer, Engine, RunOptions};

use super::error::fault_json;
use super::{App, Problem, allow, read_json};
use crate::auth::Scope;
use crate::server::SystemClock;
use crate::when;

/// A query that takes longer is ended with an error line.
const QUERY_TIME: Duration = Duration::from_secs(120);
/// Blocks of lines that wait for a slow reader.
const BLOCKS_WAITING: usize = 4;

/// What is asked.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    query: String,
    from: Option<String>,
    to: Option<String>,
    now: Option<String>,
    limit: Option<usize>,
    timezone: Option<String>,
    /// Only what arrived after this log position; see `position` in the last line.
    arrived_after: Option<u64>,
}

pub async fn query(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<Response, Problem> {
    let token = allow(&app, &headers, Scope::Query)?;
    let wanted: Wanted = read_json(&body)?;
    let position = app.spine.visible_through();
    let options = options(&wanted, &token.tenant, position)?;
    let (started, first) = oneshot::channel();
    let (lines, reader) = mpsc::channel(BLOCKS_WAITING);
    let run = Run { engine: app.engine.clone(), query: wanted.query, options, position, lines };
    app.queries.spawn(run.go(started));
    match first.await {
        Ok(Ok(())) => {}
        Ok(Err(fault)) => return Err(fault.into()),
        Err(_) => return Err(Fault::new("HTTP-500", FaultKind::Bug, "the query ended by a fault of weir").into()),
    }
    let body = Body::from_stream(futures::stream::unfold(reader, |mut reader: mpsc::Receiver<Bytes>| async move {
        let block = reader.recv().await?;
        Some((Ok::<Bytes, std::convert::Infallible>(block), reader))
    }));
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

fn options(wanted: &Wanted, tenant: &str, position: u64) -> Result<RunOptions, Fault> {
    let clock = SystemClock.now();
    let now = wanted.now.as_deref().map_or(Ok(clock), |text| when::read(text, clock, "now"))?;
    let mut options = RunOptions::new(tenant.to_owned(), now);
    options.from = wanted.from.as_deref().map(|text| when::read(text, now, "from")).transpose()?;
    options.to = wanted.to.as_deref().map(|text| when::read(text, now, "to")).transpose()?;
    options.limit = wanted.limit;
    if let Some(zone) = &wanted.timezone {
        options.zone.clone_from(zone);
    }
    options.arrived = wanted.arrived_after.map(|after| after.saturating_add(1)..position.saturating_add(1));
    Ok(options)
}

struct Run {
    engine: Engine,
    query: String,
    options: RunOptions,
    position: u64,
    lines: mpsc::Sender<Bytes>,
}

impl Run {
    /// Says whether the query runs at all, then sends its rows. Ends when nobody reads any more.
    async fn go(self, started: oneshot::Sender<Result<(), Fault>>) {
        let begun = Instant::now();
        let gone = self.lines.clone();
        let work = async {
            let answer = match self.engine.run(&self.query, &self.options).await {
                Ok(answer) => answer,
                Err(fault) => {
                    // The caller may have gone meanwhile.
                    let _ = started.send(Err(fault));
                    return;
                }
            };
            if started.send(Ok(())).is_err() {
                return;
            }
            if let Err(fault) = self.send_rows(answer, begun).await {
                self.send(json!({"weir.error": fault_json(&fault)}).to_string()).await;
            }
        };
        tokio::select! {
            () = gone.closed() => {}
            () = work => {}
        }
    }

    async fn send_rows(&self, mut answer: Answer, begun: Instant) -> Result<(), Fault> {
        let deadline = begun + QUERY_TIME;
        loop {
            let next = tokio::time::timeout_at(deadline.into(), answer.next()).await.map_err(|_| too_slow())?;
            let Some(batch) = next else { break };
            let mut block = String::new();
            for record in answer.records(&batch?) {
                write_json(&Value::Record(record), &mut block);
                block.push('\n');
            }
            if !block.is_empty() && self.lines.send(block.into()).await.is_err() {
                return Ok(());
            }
        }
        self.send(json!({"weir.meta": self.meta(&answer, begun)}).to_string()).await;
        Ok(())
    }

    fn meta(&self, answer: &Answer, begun: Instant) -> Json {
        let meta = answer.meta();
        let columns: Vec<Json> =
            answer.columns.iter().map(|column| json!({"name": column.name, "type": column.kind})).collect();
        json!({
            "rows": meta.rows,
            "partial": meta.partial,
            "limited": meta.limited,
            "scanned_bytes": meta.scanned_bytes,
            "scanned_rows": meta.scanned_rows,
            "took_ms": begun.elapsed().as_secs_f64() * 1e3,
            "notes": meta.notes,
            "columns": columns,
            "position": self.position,
        })
    }

    async fn send(&self, mut line: String) {
        line.push('\n');
        // A reader that has gone needs no line.
        let _ = self.lines.send(line.into()).await;
    }
}

fn too_slow() -> Fault {
    Fault::new("HTTP-504", FaultKind::Limit, "the query took too long")
        .because(format!("{} s are given for one query", QUERY_TIME.as_secs()))
        .hint("ask about less time, or filter earlier")
}

/// The latest findings of the caller's tenant, newest first.
pub async fn findings(State(app): State<App>, headers: HeaderMap) -> Result<axum::Json<Json>, Problem> {
    let token = allow(&app, &headers, Scope::Query)?;
    let now = SystemClock.now();
    let mut options = RunOptions::new(token.tenant.to_string(), now);
    options.from = Some(Timestamp(now.0.saturating_sub(7 * 86_400_000_000_000)));
    options.limit = Some(200);
    let text = "fetch security.events | filter isNotNull(finding.id) | sort timestamp desc | limit 200";
    let rows = app.rows(text.to_owned(), options).await?;
    let parsed = rows.into_iter().map(|row| {
        let mut line = String::new();
        write_json(&Value::Record(row), &mut line);
        serde_json::from_str::<Json>(&line).unwrap_or(Json::Null)
    });
    Ok(axum::Json(json!({"findings": parsed.collect::<Vec<_>>()})))
}
