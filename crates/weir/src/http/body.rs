//! Request bodies: read within limits, decompressed within limits.

use std::io::Read;
use std::time::Duration;

use axum::body::{BodyDataStream, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::MultiGzDecoder;
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};
use weir_event::{Fault, FaultKind, limits};

use super::{App, Problem};

/// A sender that takes longer than this for one body is cut off.
const READ_TIME: Duration = Duration::from_secs(30);
/// Compressed bodies above this are decompressed away from the async threads.
const INLINE_BYTES: usize = 16 << 10;
/// Bytes that are decompressed at a time.
const STEP: usize = 64 << 10;
/// Decompressed bytes that are kept before the size of the whole is known.
const UNMEASURED: usize = 4 << 20;

/// A body in memory, and its part of the memory that all bodies share.
pub struct Taken {
    pub bytes: Vec<u8>,
    room: Vec<OwnedSemaphorePermit>,
}

/// Reads and decompresses a body. Call it only for callers that are known.
pub async fn read(app: &App, headers: &HeaderMap, body: &mut BodyDataStream) -> Result<Taken, Problem> {
    let coding = headers.get(header::CONTENT_ENCODING).map_or("identity", |value| value.to_str().unwrap_or("?")).trim();
    let zipped = match coding.to_ascii_lowercase().as_str() {
        "" | "identity" => false,
        "gzip" | "x-gzip" => true,
        other => return Err(Problem::unsupported(format!("content encoding `{other}`"), "send gzip or nothing")),
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let limit = app.config.limits.body_bytes;
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(too_large("body", limit, "body_bytes").into());
    }
    let taken = match tokio::time::timeout(READ_TIME, receive(app, body, announced.unwrap_or(0))).await {
        Ok(taken) => taken?,
        Err(_) => return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, too_slow())),
    };
    if !zipped {
        return Ok(taken);
    }
    if taken.bytes.len() <= INLINE_BYTES {
        return inflate(app, taken);
    }
    let app = app.clone();
    match tokio::task::spawn_blocking(move || inflate(&app, taken)).await {
        Ok(result) => result,
        Err(error) => Err(Fault::new("HTTP-500", FaultKind::Bug, "decompression failed").because(error).into()),
    }
}

/// The body of a request that asks or orders something, which is never large.
pub struct Small(pub Bytes);

impl<S: Sync> FromRequest<S> for Small {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Small, Problem> {
        let mut body = request.into_body().into_data_stream();
        let problem = match tokio::time::timeout(READ_TIME, receive_small(&mut body)).await {
            Ok(Ok(bytes)) => return Ok(Small(bytes.into())),
            Ok(Err(fault)) => fault.into(),
            Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, too_slow()),
        };
        drain_in_time(&mut body).await;
        Err(problem)
    }
}

async fn receive_small(body: &mut BodyDataStream) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(part) = body.next().await {
        let part = part.map_err(ended_early)?;
        if bytes.len() + part.len() > limits::QUERY_BYTES_MAX {
            let says = format!("the body is larger than {} bytes", limits::QUERY_BYTES_MAX);
            return Err(Fault::new("HTTP-413", FaultKind::Limit, says)
                .because("what is asked or ordered is never that long")
                .hint("send a shorter query"));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

fn ended_early(error: axum::Error) -> Fault {
    Fault::new("HTTP-001", FaultKind::Usage, "the body ended before its end").because(error)
}

/// Bytes of an unwanted body that are read and thrown away, and the time for it.
const DRAIN_BYTES: usize = 32 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Refuses a request. What is left of its body is read first, within limits: closing a connection that still holds unread bytes
/// would reset it, and the sender might never see why.
pub async fn refuse(problem: impl IntoResponse, body: &mut BodyDataStream) -> Response {
    let drained = drain_in_time(body).await;
    let mut response = problem.into_response();
    if !drained {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// True when the body ended.
async fn drain_in_time(body: &mut BodyDataStream) -> bool {
    tokio::time::timeout(DRAIN_TIME, drain(body)).await.unwrap_or(false)
}

async fn drain(body: &mut BodyDataStream) -> bool {
    let mut left = DRAIN_BYTES;
    while let Some(part) = body.next().await {
        let Some(rest) = part.ok().and_then(|part| left.checked_sub(part.len())) else { return false };
        left = rest;
    }
    true
}

async fn receive(app: &App, body: &mut BodyDataStream, announced: usize) -> Result<Taken, Problem> {
    let limit = app.config.limits.body_bytes;
    let mut taken = Taken { bytes: Vec::new(), room: Vec::new() };
    taken.grow(app, announced)?;
    taken.bytes.reserve_exact(announced);
    let mut room = announced;
    while let Some(part) = body.next().await {
        let part = part.map_err(ended_early)?;
        if taken.bytes.len() + part.len() > limit {
            return Err(too_large("body", limit, "body_bytes").into());
        }
        if taken.bytes.len() + part.len() > room {
            let more = part.len().max(STEP);
            taken.grow(app, more)?;
            room += more;
        }
        taken.bytes.extend_from_slice(&part);
    }
    Ok(taken)
}

/// Stops at the first byte beyond a limit. A body that turns out large is measured before memory is taken for it, so that one
/// that breaks a limit has cost next to nothing, and one that does not is never copied to grow.
fn inflate(app: &App, taken: Taken) -> Result<Taken, Problem> {
    let limit = app.config.limits.inflated_bytes;
    let mut out = Taken { bytes: Vec::new(), room: Vec::new() };
    let mut parts = Inflated::new(&taken.bytes, limit);
    let mut is_measured = false;
    while let Some(part) = parts.next()? {
        if !is_measured && out.bytes.len() + part.len() > UNMEASURED {
            out = Taken { bytes: Vec::new(), room: Vec::new() };
            let size = parts.measure()?;
            out.grow(app, size)?;
            out.bytes.reserve_exact(size);
            parts = Inflated::new(&taken.bytes, limit);
            is_measured = true;
            continue;
        }
        if !is_measured {
            out.grow(app, part.len())?;
        }
        out.bytes.extend_from_slice(part);
    }
    Ok(out)
}

/// A compressed body, decompressed step by step within limits.
struct Inflated<'z> {
    decoder: MultiGzDecoder<&'z [u8]>,
    zipped: usize,
    limit: usize,
    size: usize,
    step: Vec<u8>,
}

impl<'z> Inflated<'z> {
    fn new(zipped: &'z [u8], limit: usize) -> Self {
        let decoder = MultiGzDecoder::new(zipped);
        Inflated { decoder, zipped: zipped.len(), limit, size: 0, step: vec![0; STEP] }
    }

    /// The next bytes; `None` at the end.
    fn next(&mut self) -> Result<Option<&[u8]>, Fault> {
        let len = self.decoder.read(&mut self.step).map_err(|error| {
            Fault::new("HTTP-002", FaultKind::Usage, "the body is not valid gzip")
                .at(format!("byte {} of the decompressed body", self.size))
                .because(error)
        })?;
        self.size += len;
        if self.size > self.limit {
            return Err(too_large("decompressed body", self.limit, "inflated_bytes"));
        }
        if self.size > 1 << 20 && self.size / self.zipped.max(1) > limits::BODY_INFLATE_RATIO_MAX {
            return Err(too_dense());
        }
        Ok((len > 0).then_some(&self.step[..len]))
    }

    /// Bytes of the whole. Nothing is kept.
    fn measure(mut self) -> Result<usize, Fault> {
        while self.next()?.is_some() {}
        Ok(self.size)
    }
}

impl Taken {
    fn grow(&mut self, app: &App, bytes: usize) -> Result<(), Fault> {
        let amount = u32::try_from(bytes).unwrap_or(u32::MAX);
        match app.bodies.clone().try_acquire_many_owned(amount) {
            Ok(room) => match self.room.first_mut() {
                Some(have) => have.merge(room),
                None => self.room.push(room),
            },
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {
                return Err(Fault::new("HTTP-003", FaultKind::Busy, "too many bodies are being read at the moment")
                    .hint("send again later")
                    .retry_after_ms(1_000));
            }
        }
        Ok(())
    }
}

fn too_large(what: &str, limit: usize, setting: &str) -> Fault {
    Fault::new("HTTP-413", FaultKind::Limit, format!("the {what} is larger than {limit} bytes"))
        .because(format!("the limit `{setting}` is {limit} bytes"))
        .hint("send smaller batches")
}

fn too_dense() -> Fault {
    Fault::new("HTTP-004", FaultKind::Limit, "the body decompresses to far more than it is")
        .because(format!("more than {} bytes come out of one", limits::BODY_INFLATE_RATIO_MAX))
        .hint("send it with less compression or not compressed")
}

fn too_slow() -> Fault {
    Fault::new("HTTP-408", FaultKind::Limit, "the body did not arrive in time")
        .because(format!("{} s are given for one body", READ_TIME.as_secs()))
}
