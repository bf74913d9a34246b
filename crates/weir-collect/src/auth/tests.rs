use std::sync::Arc;

use weir_event::{Record, Timestamp, Value};

use super::{add, facts};
use crate::http::Request;
use crate::manifest::{Auth, Manifest};
use crate::session::Tokens;
use crate::slot::Scope;

fn manifest(auth: &str) -> Arc<Manifest> {
    let text = format!(
        "weir: connector/1\nid: t\nversion: 1.0.0\ntitle: t\nhttp: {{base: \"https://h.example\"}}\nauth: {auth}\nstreams: []\n"
    );
    Arc::new(Manifest::read("t.yaml", &text).unwrap())
}

fn signed(auth: &Auth, now: Timestamp, mut request: Request) -> Request {
    let config = Record::new();
    add(auth, &Scope::new(&config, now), &Tokens::default(), &mut request).unwrap();
    request
}

/// The published example of a signed GET with a range.
#[test]
fn version_4_signatures_equal_the_published_one() {
    let manifest = manifest(
        "{kind: sigv4, service: s3, region: us-east-1, key: AKIAIOSFODNN7EXAMPLE, secret: \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"}",
    );
    let request = Request {
        method: "GET".to_owned(),
        url: "https://examplebucket.s3.amazonaws.com/test.txt".to_owned(),
        headers: vec![("Range".to_owned(), "bytes=0-9".to_owned())],
        ..Request::default()
    };
    let now = Timestamp::parse_rfc3339("2013-05-24T00:00:00Z").unwrap();
    let text = signed(&manifest.auth, now, request).header("authorization").unwrap().to_owned();
    assert!(text.contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date"), "{text}");
    assert!(text.ends_with("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"), "{text}");
}

#[test]
fn basic_and_query_are_added() {
    let request =
        || Request { method: "GET".to_owned(), url: "https://h.example/a?b=1".to_owned(), ..Request::default() };
    let manifest =
        manifest("{kind: all, of: [{kind: basic, user: p, password: s}, {kind: query, query: {key: \"k v\"}}]}");
    let request = signed(&manifest.auth, Timestamp(0), request());
    assert_eq!(request.header("Authorization"), Some("Basic cDpz"));
    assert_eq!(request.url, "https://h.example/a?b=1&key=k%20v");
}

#[test]
fn a_signature_may_cover_every_part_of_a_request() {
    let request = Request {
        method: "POST".to_owned(),
        url: "https://h.example/a?b=1".to_owned(),
        body: b"{}".to_vec(),
        ..Request::default()
    };
    let facts = facts(&request);
    let text = |name: &str| facts.get(name).and_then(Value::as_str).unwrap().to_owned();
    assert_eq!(
        [text("method"), text("target"), text("path"), text("query"), text("body")],
        ["POST", "/a?b=1", "/a", "b=1", "{}"]
    );
    assert_eq!(text("body_sha256"), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
}
