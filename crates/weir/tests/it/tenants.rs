//! No tenant sees another's data.

use serde_json::json;

use super::process::Home;

#[test]
fn a_token_reaches_its_own_tenant_only() {
    let home = Home::with_config("tenants:\n  - { id: default, number: 1 }\n  - { id: other, number: 2 }\n");
    let mut weir = home.start();
    let (theirs, _) = weir.make_token("other", &["ingest", "query"]);
    weir.ingest("shared", &json!({"whose": "ours"}));
    let ours = std::mem::replace(&mut weir.token, theirs);
    weir.ingest("shared", &json!({"whose": "theirs"}));
    let query = "fetch logs | filter weir.source == \"shared\" | fields whose, weir.tenant";
    assert_eq!(weir.rows(query, 1), [json!({"whose": "theirs", "weir.tenant": "other"})]);
    let sources = weir.get("/v1/sources").text();
    assert!(!sources.contains("syslog"), "sources of another tenant are seen: {sources}");
    weir.token = ours;
    assert_eq!(weir.rows(query, 1), [json!({"whose": "ours", "weir.tenant": "default"})]);
}
