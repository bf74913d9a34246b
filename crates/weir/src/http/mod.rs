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
mod unworded;

use body::{Small, refuse};
pub use error::{Problem, fault_json};
pub use socket::{Limited, Peer};

use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use serde::de::DeserializeOwned;
use weir_event::{Fault, FaultKind};

use crate::auth::{self, Scope, Token};
use crate::server::Weir;

/// Shared by every handler.
pub type App = Arc<Weir>;

/// The router of [`routes`](mod@routes).
pub fn router(app: App) -> Router {
    let listed =
        routes::entries().into_iter().fold(Router::new(), |router, entry| router.route(entry.path, entry.handler));
    listed.fallback(page::page).layer(middleware::from_fn(around)).with_state(app)
}

/// Around every handler: the connection knows that a request is being answered, and whatever refuses it, the answer is one of ours.
async fn around(ConnectInfo(peer): ConnectInfo<Peer>, request: Request, next: Next) -> Response {
    let _answering = peer.answering();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    match unworded::problem(&method, &path, response).await {
        Ok(response) => response,
        Err((problem, allow)) => {
            let mut response = ingest::worded(&path, problem);
            // Nobody has read the body, so nothing can follow it.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            response.headers_mut().extend(allow.map(|methods| (header::ALLOW, methods)));
            response
        }
    }
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
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Fault::new("HTTP-400", FaultKind::Usage, "the body is not the JSON object that is expected")
            .at(place)
            .because(error)
            .into()
    })
}
