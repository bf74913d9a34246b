//! The HTTP API and the page. [`routes`](mod@routes) is the only list of paths.

mod body;
mod error;
mod ingest;
pub mod metrics;
mod openapi;
mod page;
mod pullers;
mod query;
mod records;
mod routes;
mod socket;
mod status;
mod tokens;

use body::refuse;
pub use error::{Problem, fault_json};
pub use socket::{Limited, Peer};

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use serde::de::DeserializeOwned;
use weir_event::{Fault, FaultKind, limits};

use crate::auth::{self, Scope, Token};
use crate::server::Weir;

/// Shared by every handler.
pub type App = Arc<Weir>;

/// The router of [`routes`](mod@routes).
pub fn router(app: App) -> Router {
    let listed =
        routes::entries().into_iter().fold(Router::new(), |router, entry| router.route(entry.path, entry.handler));
    listed
        .fallback(page::page)
        // Intake bodies are limited where they are read; this is for the small ones.
        .layer(DefaultBodyLimit::max(limits::QUERY_BYTES_MAX + 4_096))
        .with_state(app)
}

/// The token of a request that may use `scope`.
pub fn allow(app: &Weir, headers: &HeaderMap, scope: Scope) -> Result<Arc<Token>, Fault> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok()).ok_or_else(auth::missing_token)?;
    let token = app.tokens.find(&auth::presented(header))?;
    token.need(scope)?;
    Ok(token)
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
