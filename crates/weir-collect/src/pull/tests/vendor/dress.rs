//! Answers in other forms than JSON: an archive of files, and XML.

use weir_event::Value;
use weir_testkit::archive;

use super::path;
use crate::http::{Reply, Request};
use crate::path::{Path, plain};

/// The answer in the form of its address. What holds no list of records stays as it is, also what has its form already.
pub fn dressed(request: &Request, reply: Reply) -> Reply {
    let body = match path(request) {
        "/archive" => files(&reply.body),
        "/xml" => xml(&reply.body),
        _ => None,
    };
    Reply { body: body.unwrap_or_else(|| reply.body.clone()), ..reply }
}

/// Two files that share the records, beside one that holds none.
fn files(body: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let Ok(Value::Array(records)) = weir_parse::json::to_value(&text) else { return None };
    let (one, other) = records.split_at(records.len() / 2);
    let [one, other] = [one, other].map(|half| plain(&Value::Array(half.to_vec())));
    Some(archive(&[("1.json", &one), ("readme.txt", "what is in here"), ("2.json", &other)]))
}

/// One element for each record. No character of them needs an entity.
fn xml(body: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(body);
    let body = weir_parse::json::to_value(&text).ok()?;
    let path = |text: &str| Path::parse(text).unwrap();
    let Some(Value::Array(records)) = path("$.items").first(&body) else { return None };
    let total = path("$.total").first(&body).map(plain)?;
    let member =
        |record: &Value<'_>, name: &str| path(&format!("$.{name}")).first(record).map(plain).unwrap_or_default();
    let one = |record: &Value<'_>| {
        format!("<event id=\"{}\"><time>{}</time></event>", member(record, "id"), member(record, "time"))
    };
    let events: String = records.iter().map(one).collect();
    Some(
        format!("<?xml version=\"1.0\"?><answer><total>{total}</total><events>{events}</events></answer>").into_bytes(),
    )
}
