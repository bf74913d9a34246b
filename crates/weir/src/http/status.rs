//! How weir is doing.

use axum::extract::State;
use axum::http::StatusCode;

use super::App;

/// The process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Listeners are up and the disk takes events.
pub async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.is_ready() { (StatusCode::OK, "ready\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready\n") }
}
