//! Answers in other forms than JSON: an archive of files, and XML.

use weir_collect::{Reply, Request};
use weir_testkit::archive;
use weir_testkit::double::Value;

use super::path;

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
    let Ok(Value::Array(records)) = serde_json::from_slice(body) else { return None };
    let (one, other) = records.split_at(records.len() / 2);
    let [one, other] = [one, other].map(|half| Value::Array(half.to_vec()).to_string());
    Some(archive(&[("1.json", &one), ("readme.txt", "what is in here"), ("2.json", &other)]))
}

/// One element for each record. No character of them needs an entity.
fn xml(body: &[u8]) -> Option<Vec<u8>> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let total = body.get("total")?;
    let one = |record: &Value| format!("<event id=\"{}\"><time>{}</time></event>", record["id"], record["time"]);
    let events: String = body.get("items")?.as_array()?.iter().map(one).collect();
    let text = format!("<?xml version=\"1.0\"?><answer><total>{total}</total><events>{events}</events></answer>");
    Some(text.into_bytes())
}
