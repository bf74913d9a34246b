//! Refusals that no handler of ours has made: a method that a path does not take, an address that cannot be read.

use axum::body::to_bytes;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use weir_event::{Fault, FaultKind};

use super::Problem;

/// Bytes that are read of what such a refusal says.
const WORDS_BYTES_MAX: usize = 4_096;

/// An answer of a handler as it is; for a refusal without a fault the problem, and what `Allow` says.
pub async fn problem(
    method: &Method,
    path: &str,
    response: Response,
) -> Result<Response, (Problem, Option<HeaderValue>)> {
    if !response.status().is_client_error() || !is_plain(&response) {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let words = to_bytes(body, WORDS_BYTES_MAX).await.unwrap_or_default();
    let allow = parts.headers.get(header::ALLOW).cloned();
    let fault = match parts.status {
        StatusCode::METHOD_NOT_ALLOWED => other_method(method, path, allow.as_ref()),
        _ => unreadable(path, &String::from_utf8_lossy(&words)),
    };
    Err((Problem::new(parts.status, fault), allow))
}

/// Our own refusals are JSON, or in the words of a protocol; none of them is plain text.
fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn other_method(method: &Method, path: &str, allow: Option<&HeaderValue>) -> Fault {
    let allowed = allow.and_then(|methods| methods.to_str().ok()).unwrap_or("another method");
    Fault::new("HTTP-405", FaultKind::Usage, format!("`{method}` is not for this path"))
        .at(path)
        .hint(format!("send {}", allowed.replace(',', ", ")))
}

fn unreadable(path: &str, why: &str) -> Fault {
    Fault::new("HTTP-027", FaultKind::Usage, "the address of the request cannot be read")
        .at(path)
        .because(why)
        .hint("write what is not a letter or digit as `%XX`, byte by byte of its UTF-8")
}
