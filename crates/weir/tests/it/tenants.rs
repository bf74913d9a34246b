//! No tenant sees another's data.

use serde_json::json;

use super::client::{Request, Response};
use super::process::{Home, Weir, bearer};

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

fn tokens(weir: &mut Weir, token: &str, method: &str, id: &str, body: &str) -> Response {
    let bearer = bearer(token);
    let path = if id.is_empty() { "/v1/tokens".to_owned() } else { format!("/v1/tokens/{id}") };
    weir.send(&Request { method, path: &path, headers: &[("authorization", &bearer)], body: body.as_bytes() })
}

/// An `admin` token of any tenant used to see, make and revoke those of all.
#[test]
fn tokens_are_looked_after_by_their_own_tenant_and_the_first() {
    let home = Home::with_config("tenants:\n  - { id: main, number: 1 }\n  - { id: other, number: 2 }\n");
    let mut weir = home.start();
    let (_, ours) = weir.make_token("main", &["query"]);
    let (admin, theirs) = weir.make_token("other", &["admin", "query"]);
    let order = |tenant: &str| format!("{{\"name\":\"n\",\"tenant\":\"{tenant}\",\"scopes\":[\"query\"]}}");
    for tenant in ["main", "nobody"] {
        let refused = tokens(&mut weir, &admin, "POST", "", &order(tenant));
        assert_eq!((refused.status, &refused.json()["error"]["id"]), (403, &json!("AUTH-005")), "{tenant}");
    }
    let made = tokens(&mut weir, &admin, "POST", "", "{\"name\":\"n\",\"scopes\":[\"query\"]}");
    assert_eq!((made.status, &made.json()["tenant"]), (201, &json!("other")));
    let listed = tokens(&mut weir, &admin, "GET", "", "").text();
    assert!(listed.contains(&theirs) && !listed.contains(&ours) && !listed.contains("\"main\""), "{listed}");
    let foreign = tokens(&mut weir, &admin, "DELETE", &ours, "");
    assert_eq!((foreign.status, &foreign.json()["error"]["id"]), (404, &json!("AUTH-004")));
    let main = weir.token.clone();
    let listed = tokens(&mut weir, &main, "GET", "", "").text();
    assert!(listed.contains(&theirs) && listed.contains(&ours), "{listed}");

    let bearer = bearer(&admin);
    let metrics =
        weir.send(&Request { method: "GET", path: "/metrics", headers: &[("authorization", &bearer)], body: b"" });
    assert!(metrics.status == 200 && !metrics.text().contains("tenant=\"main\""), "{}", metrics.text());
    assert_eq!(tokens(&mut weir, &main, "DELETE", &theirs, "").status, 200);
    assert_eq!(tokens(&mut weir, &admin, "GET", "", "").status, 401);
}
