//! The HTTP API and the page. [`routes`] is the only list of paths.

mod body;
mod error;
mod ingest;
mod metrics;
mod page;
mod query;
mod records;
mod status;
mod tokens;

pub use error::Problem;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::routing::{delete, get, post};
use serde::de::DeserializeOwned;
use weir_event::{Fault, FaultKind, limits};

use crate::auth::{self, Scope, Token};
use crate::server::Weir;

/// Shared by every handler.
pub type App = Arc<Weir>;

/// Every path weir answers, in the order of the reference.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/v1/ingest/{source}", post(ingest::own))
        .route("/workflow/{*path}", post(ingest::workflow))
        .route("/platform/ingest/custom/{scope}/{*path}", post(ingest::custom))
        .route("/v1/query", post(query::query))
        .route("/v1/sources", get(status::sources))
        .route("/v1/ledger", get(status::ledger))
        .route("/v1/rules", get(status::rules))
        .route("/v1/findings", get(query::findings))
        .route("/v1/tokens", get(tokens::list).post(tokens::create))
        .route("/v1/tokens/{id}", delete(tokens::revoke))
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .fallback(page::page)
        // Intake bodies are limited where they are read; this is for the small ones.
        .layer(DefaultBodyLimit::max(limits::QUERY_BYTES_MAX + 4_096))
        .with_state(app)
}

/// The token of a request that may use `scope`.
pub fn allow(app: &Weir, headers: &HeaderMap, scope: Scope) -> Result<Arc<Token>, Fault> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok()).ok_or_else(auth::missing_token)?;
    let token = app.tokens.find(presented(header))?;
    token.need(scope)?;
    Ok(token)
}

/// The token in `Bearer TOKEN`, `Api-Token TOKEN` or `TOKEN`.
fn presented(header: &str) -> &str {
    let header = header.trim();
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("api-token") => {
            token.trim()
        }
        _ => header,
    }
}

/// A request body that is JSON of a known shape.
fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if body.len() > limits::QUERY_BYTES_MAX {
        let why = format!("{} bytes are read", limits::QUERY_BYTES_MAX);
        return Err(Fault::new("HTTP-413", FaultKind::Limit, "the body is too large").because(why).into());
    }
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Fault::new("HTTP-400", FaultKind::Usage, "the body is not the JSON object that is expected")
            .at(place)
            .because(error)
            .into()
    })
}
