//! `POST /v1/ingest/{source}` and the intakes that senders know from elsewhere.

pub mod bulk;
mod chunks;
pub mod collector;
pub mod otlp;

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use weir_event::{Fault, FaultKind, Records};

use super::error::fault_json;
use super::records::{Bad, Cut, Format, check_count, split};
use super::{App, Problem, allow, body};
use crate::auth::{self, Scope, Token};
use crate::config::{Source, is_name};
use crate::listen::Feed;
use crate::rules::SOURCE_PREFIX;
use chunks::Chunks;

type Params = Query<HashMap<String, String>>;

/// A problem that no handler has seen, in the words of the intake whose address it was.
pub fn worded(path: &str, problem: Problem) -> Response {
    match path {
        "/v1/logs" => otlp::refusal(problem),
        _ if path.starts_with("/services/collector") => collector::refusal(problem),
        _ if path.starts_with("/_") || path.ends_with("/_bulk") => bulk::refusal(problem),
        _ => problem.into_response(),
    }
}

pub async fn own(State(app): State<App>, Path(source): Path<String>, headers: HeaderMap, body: Body) -> Response {
    let order = allow(&app, &headers, Scope::Ingest)
        .map(|token| Order { token, source, table: None, fields: Vec::new() })
        .map_err(Problem::from);
    answer(&app, order, &headers, body).await
}

/// `POST /workflow/{path}?tenantId=N` with `Authorization: KEY`.
pub async fn workflow(
    State(app): State<App>,
    Path(path): Path<String>,
    Query(params): Params,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let order = workflow_order(&app, path, params, &headers);
    answer(&app, order, &headers, body).await
}

fn workflow_order(
    app: &App,
    source: String,
    params: HashMap<String, String>,
    headers: &HeaderMap,
) -> Result<Order, Problem> {
    let token = allow(app, headers, Scope::Ingest)?;
    let asked = params.get("tenantId").ok_or_else(|| {
        Fault::new("HTTP-005", FaultKind::Usage, "`tenantId` is missing").at("query").hint("send `?tenantId=N`")
    })?;
    let own = app.config.tenant(&token.tenant);
    if **asked != *token.tenant && own.is_none_or(|tenant| tenant.number.to_string() != *asked) {
        return Err(auth::wrong_tenant(asked).into());
    }
    Ok(Order { token, source, table: None, fields: others(params, &["tenantId"]) })
}

/// Scopes of the compatible custom intake, and the tables their events go to.
const SCOPES: [(&str, &str); 7] = [
    ("bizevents", "bizevents"),
    ("events", "events"),
    ("events.sdlc", "events.sdlc"),
    ("events.security", "security.events"),
    ("logs", "logs"),
    ("sdlc.events", "events.sdlc"),
    ("security.events", "security.events"),
];

/// `POST /platform/ingest/custom/{scope}/{path}` with `Authorization: Api-Token T`. Parameters of the address become fields.
pub async fn custom(
    State(app): State<App>,
    Path((scope, path)): Path<(String, String)>,
    Query(params): Params,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let order = custom_order(&app, &scope, &path, params, &headers);
    answer(&app, order, &headers, body).await
}

fn custom_order(
    app: &App,
    scope: &str,
    path: &str,
    params: HashMap<String, String>,
    headers: &HeaderMap,
) -> Result<Order, Problem> {
    let token = allow(app, headers, Scope::Ingest)?;
    let scope = scope.to_ascii_lowercase();
    let Some((_, table)) = SCOPES.iter().find(|(name, _)| *name == scope) else {
        return Err(Problem::not_found(format!("scope `{}`", scope.escape_default())));
    };
    let source = format!("{scope}/{}", path.to_ascii_lowercase());
    Ok(Order { token, source, table: Some(table), fields: others(params, &[]) })
}

/// Parameters that become fields, sorted by name.
fn others(params: HashMap<String, String>, known: &[&str]) -> Vec<(String, String)> {
    let mut fields: Vec<_> = params.into_iter().filter(|(name, _)| !known.contains(&name.as_str())).collect();
    fields.sort();
    fields
}

/// What a request asks for, besides its body.
struct Order {
    token: Arc<Token>,
    source: String,
    table: Option<&'static str>,
    /// Set on every record of the request.
    fields: Vec<(String, String)>,
}

async fn answer(app: &App, order: Result<Order, Problem>, headers: &HeaderMap, body: Body) -> Response {
    let mut body = body.into_data_stream();
    let taken = match order {
        Ok(order) => take(app, order, headers, &mut body).await,
        Err(problem) => Err(problem),
    };
    match taken {
        Ok(response) => response,
        Err(problem) => body::refuse(problem, &mut body).await,
    }
}

async fn take(app: &App, order: Order, headers: &HeaderMap, body: &mut BodyDataStream) -> Result<Response, Problem> {
    let feed = feed(app, &order)?;
    let format = Format::of(headers)?;
    let taken = body::read(app, headers, body).await?;
    let room = Chunks::new(app.config.limits.inflated_bytes);
    let (cut, chunks) = aside(&taken.bytes, |bytes| {
        let mut cut = split(bytes, format)?;
        let chunks = gather(bytes, &mut cut, &order.fields, room)?;
        Ok::<_, Fault>((cut, chunks))
    })?;
    let (accepted, rejected) = (chunks.len(), cut.refused);
    if accepted == 0 {
        return Err(nothing_good(&cut).into());
    }
    drop(taken);
    store(app, &feed, chunks.done()).await?;
    let mut answer = json!({"accepted": accepted, "rejected": rejected});
    if rejected > 0 {
        feed.stats.refused.fetch_add(rejected as u64, std::sync::atomic::Ordering::Relaxed);
        answer["errors"] = cut.bad.iter().map(bad_json).collect();
    }
    Ok((StatusCode::ACCEPTED, axum::Json(answer)).into_response())
}

/// Takes a body apart. While a large one is, what else this thread would do goes on in others.
fn aside<T>(bytes: &[u8], take_apart: impl FnOnce(&[u8]) -> T) -> T {
    const LARGE_BYTES: usize = 256 << 10;
    match bytes.len() {
        ..LARGE_BYTES => take_apart(bytes),
        _ => tokio::task::block_in_place(|| take_apart(bytes)),
    }
}

/// What was made of the body of a request.
struct Picked<T> {
    chunks: Chunks,
    /// Records that are not stored.
    refused: usize,
    /// What the answer needs to say.
    says: T,
}

impl<T: Default> Picked<T> {
    fn new(chunks: Chunks) -> Self {
        Picked { chunks, refused: 0, says: T::default() }
    }

    /// Counts a record that is not stored. Fails when the request holds more than one may.
    fn refuse(&mut self) -> Result<(), Fault> {
        self.refused += 1;
        check_count(self.chunks.len() + self.refused)
    }
}

/// Stores what `pick` puts into chunks of the body of a request for `source`; what it says comes back when everything is on the disk.
async fn take_picked<T>(
    app: &App,
    headers: &HeaderMap,
    source: &str,
    body: &mut BodyDataStream,
    pick: impl FnOnce(&[u8], Chunks) -> Result<Picked<T>, Problem>,
) -> Result<T, Problem> {
    let token = allow(app, headers, Scope::Ingest)?;
    let feed = feed(app, &Order { token, source: source.to_owned(), table: None, fields: Vec::new() })?;
    let taken = body::read(app, headers, body).await?;
    let room = Chunks::new(app.config.limits.inflated_bytes);
    let Picked { chunks, refused, says } = aside(&taken.bytes, |bytes| pick(bytes, room))?;
    drop(taken);
    store(app, &feed, chunks.done()).await?;
    feed.stats.refused.fetch_add(refused as u64, std::sync::atomic::Ordering::Relaxed);
    Ok(says)
}

fn bad_json(bad: &Bad) -> Value {
    let mut error = fault_json(&bad.fault);
    error["index"] = bad.index.into();
    error["offset"] = bad.offset.into();
    error
}

fn feed(app: &App, order: &Order) -> Result<Feed, Problem> {
    check_source(&order.source)?;
    let known = app.config.source(&order.source).filter(|source| source.tenant == order.token.tenant);
    if known.is_none() && !app.config.open_sources {
        return Err(no_source(&order.source).into());
    }
    let new;
    let source = match known {
        Some(source) => source,
        None => {
            new = Source { tenant: order.token.tenant.clone(), ..Source::http(&order.source) };
            &new
        }
    };
    let table = match (known, order.table) {
        (None, Some(table)) => table.into(),
        _ => source.table.clone(),
    };
    let stats = app.stats.source(&source.tenant, &source.name, source.kind_name())?;
    Ok(Feed { tenant: source.tenant.clone(), source: source.name.clone(), table, stats, peer: None })
}

/// Refuses what no source may be called.
fn check_source(name: &str) -> Result<(), Fault> {
    if is_name(name) && !name.starts_with(SOURCE_PREFIX) {
        return Ok(());
    }
    let says = format!("`{}` is not the name of a source", name.escape_default());
    Err(Fault::new("HTTP-028", FaultKind::Usage, says)
        .at("address")
        .because(format!("a name is of 1 to 128 letters, digits and `._-/`, begins with a letter or digit, and has neither `..` nor `//`; `{SOURCE_PREFIX}` begins the names of rules' findings"))
        .hint("choose another name"))
}

fn no_source(name: &str) -> Fault {
    Fault::new("HTTP-404", FaultKind::NotFound, format!("there is no source `{}`", name.escape_default()))
        .because("`open_sources` is false, and the sources of the token's tenant do not have it")
        .hint("list it under `sources:` of the configuration, or set `open_sources: true`")
}

/// Copies the good records into chunks. Records that cannot take the request's fields become bad ones.
fn gather(bytes: &[u8], cut: &mut Cut, fields: &[(String, String)], mut chunks: Chunks) -> Result<Chunks, Fault> {
    let mut bad = Vec::new();
    for (index, range) in cut.records.drain(..) {
        let text = &bytes[range.clone()];
        match fields.is_empty() {
            true => chunks.push(text)?,
            false => match with_fields(text, fields) {
                Some(text) => chunks.push(text.as_bytes())?,
                None => bad.push((index, range.start)),
            },
        }
    }
    bad.into_iter().for_each(|(index, offset)| cut.refuse(|| Bad { index, offset, fault: no_fields() }));
    Ok(chunks)
}

/// The object with `fields` at its top; a member of the same name goes on as `overwritten1.NAME`.
fn with_fields(text: &[u8], fields: &[(String, String)]) -> Option<String> {
    let mut object: serde_json::Map<String, Value> = serde_json::from_slice(text).ok()?;
    for (name, value) in fields {
        if let Some(old) = object.insert(name.clone(), value.clone().into()) {
            object.insert(format!("overwritten1.{name}"), old);
        }
    }
    serde_json::to_string(&object).ok()
}

fn no_fields() -> Fault {
    Fault::new("HTTP-006", FaultKind::Usage, "the record is no JSON object")
        .hint("parameters of the address need objects")
}

fn nothing_good(cut: &Cut) -> Fault {
    match cut.bad.first() {
        Some(first) if cut.refused == 1 => first.fault.clone(),
        Some(first) => {
            first.fault.clone().because(format!("none of {} records is good; this is the first", cut.refused))
        }
        None => Fault::new("HTTP-007", FaultKind::Usage, "the body holds no records")
            .hint("send a JSON object, an array of objects, or one record a line"),
    }
}

/// Returns when all chunks are on the disk. Room for all of them is reserved before the first, so a request is not half refused.
async fn store(app: &App, feed: &Feed, chunks: Vec<Records>) -> Result<(), Problem> {
    if chunks.is_empty() {
        return Ok(());
    }
    let bytes = chunks.iter().map(|records| records.bytes.len()).sum();
    let mut room = Some(app.intake.try_reserve(bytes)?);
    let mut answers = Vec::with_capacity(chunks.len());
    let last = chunks.len().saturating_sub(1);
    for (index, records) in chunks.into_iter().enumerate() {
        let permit = if index == last { room.take() } else { None };
        let chunk = app.intake.chunk(feed, &records);
        answers.push(app.intake.submit(feed, chunk, permit).await);
    }
    for answer in answers {
        match answer.await {
            Ok(Ok(_)) => {}
            Ok(Err(fault)) => return Err(fault.into()),
            Err(_) => return Err(stopping().into()),
        }
    }
    Ok(())
}

fn stopping() -> Fault {
    Fault::new("HTTP-503", FaultKind::Storage, "weir is stopping")
        .hint("send again when it is back")
        .retry_after_ms(5_000)
}
