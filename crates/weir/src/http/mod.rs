//! The HTTP API and the page. [`routes`] is the only list of paths.

mod error;
mod page;
mod status;

pub use error::Problem;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::get;
use weir_event::Fault;

use crate::auth::{self, Scope, Token};
use crate::server::Weir;

/// Shared by every handler.
pub type App = Arc<Weir>;

/// Every path weir answers, in the order of the reference.
pub fn routes(app: App) -> Router {
    Router::new()
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .fallback(page::page)
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
