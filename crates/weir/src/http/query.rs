//! `POST /v1/query`: rows as they come, one JSON object a line, and a last line that says what they cost.

use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use tokio::sync::{mpsc, oneshot};
use weir_event::{Clock, Fault, FaultKind, Timestamp, Value, write_json};
use weir_query::{Answer, ArrowStream, Engine, RunOptions};

use super::error::fault_json;
use super::{App, Problem, Small, allow, read_json};
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
    /// Refuses weir's own extensions of the languages.
    #[serde(default)]
    strict: bool,
    /// What `$name` stands for: texts, numbers and truths.
    #[serde(default)]
    parameters: std::collections::BTreeMap<String, Json>,
}

pub async fn query(State(app): State<App>, headers: HeaderMap, Small(body): Small) -> Result<Response, Problem> {
    let token = allow(&app, &headers, Scope::Query)?;
    let wanted: Wanted = read_json(&body)?;
    let position = app.spine.visible_through();
    let output = Output::of(&headers);
    let mut options = options(&wanted, &token.tenant, position)?;
    if output == Output::Arrow {
        // Only lines can tell that there would be more.
        options.limit = options.limit.or(Some(0));
    }
    let (started, first) = oneshot::channel();
    let (lines, reader) = mpsc::channel(BLOCKS_WAITING);
    let run = Run { engine: app.engine.clone(), query: wanted.query, options, position, output, lines };
    app.queries.spawn(run.go(started));
    match first.await {
        Ok(Ok(())) => {}
        Ok(Err(fault)) => return Err(fault.into()),
        Err(_) => return Err(Fault::new("HTTP-500", FaultKind::Bug, "the query ended by a fault of weir").into()),
    }
    let body = Body::from_stream(futures::stream::unfold(reader, |mut reader: mpsc::Receiver<Block>| async move {
        let block = reader.recv().await?;
        Some((block, reader))
    }));
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, output.content_type())], body).into_response())
}

/// A piece of the body; a fault ends it where it is, so that nobody takes it for whole.
type Block = Result<Bytes, Fault>;

/// How rows are written.
#[derive(Clone, Copy, PartialEq)]
enum Output {
    /// One JSON object a line, and a last one about the answer.
    Lines,
    /// An Arrow IPC stream.
    Arrow,
}

/// What a client accepts that wants columns.
const ARROW_STREAM: &str = "application/vnd.apache.arrow.stream";

impl Output {
    fn of(headers: &HeaderMap) -> Output {
        let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accepted.contains(ARROW_STREAM) { Output::Arrow } else { Output::Lines }
    }

    fn content_type(self) -> &'static str {
        match self {
            Output::Lines => "application/x-ndjson",
            Output::Arrow => ARROW_STREAM,
        }
    }
}

fn options(wanted: &Wanted, tenant: &str, position: u64) -> Result<RunOptions, Fault> {
    let clock = SystemClock.now();
    let now = wanted.now.as_deref().map_or(Ok(clock), |text| when::read(text, clock, "now"))?;
    let mut options = RunOptions::new(tenant.to_owned(), now);
    options.from = wanted.from.as_deref().map(|text| when::read(text, now, "from")).transpose()?;
    options.to = wanted.to.as_deref().map(|text| when::read(text, now, "to")).transpose()?;
    options.limit = wanted.limit;
    options.strict = wanted.strict;
    for (name, value) in &wanted.parameters {
        options.parameters.insert(name.clone(), parameter(name, value)?);
    }
    if let Some(zone) = &wanted.timezone {
        options.zone.clone_from(zone);
    }
    options.arrived = wanted.arrived_after.map(|after| after.saturating_add(1)..position.saturating_add(1));
    Ok(options)
}

/// The value of a parameter.
fn parameter(name: &str, value: &Json) -> Result<Value<'static>, Fault> {
    Ok(match value {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::String(text) => Value::owned(text.clone()),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Long(whole),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        _ => {
            return Err(Fault::new("HTTP-014", FaultKind::Usage, format!("the parameter `{name}` is a container"))
                .at("parameters")
                .hint("parameters are texts, numbers, true, false or null"));
        }
    })
}

struct Run {
    engine: Engine,
    query: String,
    options: RunOptions,
    position: u64,
    output: Output,
    lines: mpsc::Sender<Block>,
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
            match self.output {
                Output::Lines => {
                    if let Err(fault) = self.send_rows(answer, begun).await {
                        self.send(json!({"weir.error": fault_json(&fault)}).to_string()).await;
                    }
                }
                Output::Arrow => {
                    if let Err(fault) = self.send_batches(answer, begun).await {
                        // A reader that has gone needs no end.
                        let _ = self.lines.send(Err(fault)).await;
                    }
                }
            }
        };
        tokio::select! {
            () = gone.closed() => {}
            () = work => {}
        }
    }

    async fn send_rows(&self, mut answer: Answer, begun: Instant) -> Result<(), Fault> {
        while let Some(batch) = next(&mut answer, begun).await? {
            let mut block = String::new();
            for record in answer.records(&batch) {
                write_json(&Value::Record(record), &mut block);
                block.push('\n');
            }
            if !block.is_empty() && self.lines.send(Ok(block.into())).await.is_err() {
                return Ok(());
            }
        }
        self.send(json!({"weir.meta": self.meta(&answer, begun)}).to_string()).await;
        Ok(())
    }

    /// Rows as columns. The format has no place for a word about the whole behind them, so an answer that a limit has cut short
    /// ends as a broken stream.
    async fn send_batches(&self, mut answer: Answer, begun: Instant) -> Result<(), Fault> {
        let mut stream = ArrowStream::of(&answer)?;
        while let Some(batch) = next(&mut answer, begun).await? {
            if self.lines.send(Ok(stream.batch(&batch)?.into())).await.is_err() {
                return Ok(());
            }
        }
        let meta = answer.meta();
        if meta.partial && !meta.limited {
            return Err(
                Fault::new("HTTP-013", FaultKind::Limit, "the answer is not whole").because(meta.notes.join("; "))
            );
        }
        // A reader that has gone needs no end.
        let _ = self.lines.send(Ok(stream.end()?.into())).await;
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
        let _ = self.lines.send(Ok(line.into())).await;
    }
}

/// The next rows, in the time that a query has.
async fn next(answer: &mut Answer, begun: Instant) -> Result<Option<RecordBatch>, Fault> {
    let deadline = begun + QUERY_TIME;
    let batch = tokio::time::timeout_at(deadline.into(), answer.next()).await.map_err(|_| too_slow())?;
    batch.transpose()
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
