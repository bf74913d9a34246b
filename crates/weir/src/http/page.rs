//! The page: assets built into the binary, or a text that says how to build them.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

use super::Problem;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Assets;

/// No code, styles or connections from elsewhere, no frames, no forms.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

const NOT_BUILT: &str = "The page is not part of this build.\n\n\
    Build it with `cargo xtask ui`, then build weir again. The API works without it: POST /v1/query, GET /v1/sources.\n";

/// Any path that is not of the API: an asset, or the page itself, which knows its own paths.
pub async fn page(method: Method, uri: Uri, body: Body) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        let problem = Problem::not_found(format!("`{method} {}`", uri.path()));
        return guarded(super::refuse(problem, &mut body.into_data_stream()).await);
    }
    let path = uri.path().trim_start_matches('/');
    let is_api = ["v1/", "platform/", "services/", "workflow/"].iter().any(|start| path.starts_with(start));
    let response = match Assets::get(path) {
        Some(file) if !path.is_empty() => asset(path, file.data.into_owned()),
        _ if is_api || path.contains('.') => Problem::not_found(format!("`{}`", uri.path())).into_response(),
        _ => match Assets::get("index.html") {
            Some(file) => asset("index.html", file.data.into_owned()),
            None => NOT_BUILT.into_response(),
        },
    };
    guarded(response)
}

fn asset(path: &str, bytes: Vec<u8>) -> Response {
    let kind = match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "woff2" => "font/woff2",
        "png" => "image/png",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    };
    let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    (StatusCode::OK, [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching)], bytes).into_response()
}

fn guarded(mut response: Response) -> Response {
    let guards: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in guards {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
