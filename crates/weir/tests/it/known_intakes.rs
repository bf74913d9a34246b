//! Intakes whose protocols senders know from elsewhere: what shippers send with the address changed is stored and found.

use base64::Engine;
use serde_json::{Value, json};

use super::client::{Request, Response};
use super::process::{Home, Weir};

/// A firewall's line, as a shipper takes it from a file.
const LINE: &str = "<166>Nov 22 2026 10:00:01 fw1 : %ASA-6-302013: Built outbound TCP connection 7 for outside:198.51.100.7/443 (198.51.100.7/443) to inside:192.0.2.9/50001 (192.0.2.9/50001)";

fn send(weir: &mut Weir, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
    weir.send(&Request { method, path, headers, body: body.as_bytes() })
}

/// What a request is answered that is not taken: status, and the number that the protocol has for it.
fn refusal(response: &Response) -> (u16, Value) {
    (response.status, response.json()["code"].clone())
}

#[test]
fn events_for_the_collector_are_taken_out_of_their_envelopes() {
    let home = Home::new();
    let mut weir = home.start();
    let splunk = format!("Splunk {}", weir.token);
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("x:{}", weir.token)));
    let line = json!({"time": 1_795_341_600.25, "host": "relay1", "index": "net", "event": LINE});
    let object = json!({"host": "app1", "sourcetype": "app", "event": {"alert": "beacon", "level": 7}});
    let path = "/services/collector/event";
    let response = send(&mut weir, "POST", path, &[("authorization", &splunk)], &format!("{line}{object}"));
    assert_eq!((response.status, response.json()), (200, json!({"text": "Success", "code": 0})));
    let query = "fetch logs, from: -5000d | filter weir.source == \"hec\" | sort weir.id | fields weir.pack, source.ip, host.name, splunk.index, alert";
    let expect = json!([
        {"weir.pack": "cisco/asa", "source.ip": "192.0.2.9", "host.name": "fw1", "splunk.index": "net", "alert": null},
        {"weir.pack": "splunk/collector", "source.ip": null, "host.name": "app1", "splunk.index": null, "alert": "beacon"},
    ]);
    assert_eq!(json!(weir.rows(query, 2)), expect);

    let raw = "/services/collector/raw?host=relay2&sourcetype=fw";
    let channel = [("authorization", basic.as_str()), ("x-splunk-request-channel", "0a1b")];
    let response = send(&mut weir, "POST", raw, &channel, &format!("{LINE}\n{LINE}\n"));
    let ack = response.json()["ackId"].clone();
    assert!(response.status == 200 && ack.is_u64(), "{}", response.text());
    let acks = json!({"acks": [ack]}).to_string();
    let response = send(&mut weir, "POST", "/services/collector/ack", &channel, &acks);
    assert_eq!(response.json(), json!({"acks": {ack.to_string(): true}}));
    let of_raw = "fetch logs, from: -5000d | filter splunk.sourcetype == \"fw\" | fields weir.pack";
    assert_eq!(json!(weir.rows(of_raw, 2)), json!([{"weir.pack": "cisco/asa"}, {"weir.pack": "cisco/asa"}]));
    for (method, path) in [("GET", "/services/collector/health"), ("OPTIONS", "/services/collector/event/1.0")] {
        let health = send(&mut weir, method, path, &[], "");
        assert_eq!((health.status, health.json()["code"].clone()), (200, json!(17)), "{path}");
    }
}

#[test]
fn what_the_collector_does_not_take_is_told_in_its_words() {
    let home = Home::new();
    let mut weir = home.start();
    let token = super::process::bearer(&weir.token);
    let known = [("authorization", token.as_str())];
    let path = "/services/collector";
    let good = json!({"event": "kept", "sourcetype": "s"});
    let response = send(&mut weir, "POST", path, &known, &format!("{good}{{\"time\":1}}{good}"));
    assert_eq!(refusal(&response), (400, json!(12)), "{}", response.text());
    assert_eq!(response.json()["invalid-event-number"], json!(1));
    weir.rows("fetch logs | filter message == \"kept\" | fields weir.id", 2);
    for (headers, body, expect) in [
        (&known[..], "", (400, json!(5))),
        (&known[..], "{\"event\":\"\"}", (400, json!(13))),
        (&known[..], "{\"event\":", (400, json!(6))),
        (&[("authorization", "Splunk wrong")][..], "{\"event\":1}", (403, json!(4))),
        (&[][..], "{\"event\":1}", (401, json!(2))),
    ] {
        assert_eq!(refusal(&send(&mut weir, "POST", path, headers, body)), expect, "{body}");
    }
    let acks = send(&mut weir, "POST", "/services/collector/ack", &known, "{\"acks\":[0]}");
    assert_eq!(refusal(&acks), (400, json!(10)));
}

#[test]
fn bulk_requests_of_shippers_are_taken() {
    let home = Home::new();
    let mut weir = home.start();
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("weir:{}", weir.token));
    let key = format!("ApiKey {pair}");
    let known = [("authorization", key.as_str()), ("accept", "application/json")];
    let hello = send(&mut weir, "GET", "/", &known, "");
    assert_eq!(hello.header("x-elastic-product"), Some("Elasticsearch"));
    assert!(hello.json()["version"]["number"].is_string(), "{}", hello.text());
    assert_eq!(send(&mut weir, "GET", "/_license", &known, "").json()["license"]["status"], json!("active"));
    assert_eq!(send(&mut weir, "GET", "/_cluster/health", &[], "").json()["status"], json!("green"));
    let page = send(&mut weir, "GET", "/", &[("accept", "text/html,*/*")], "");
    assert!(page.header("content-security-policy").is_some());

    let document = json!({
        "@timestamp": "2026-11-22T10:00:02.000Z", "message": LINE, "agent": {"type": "filebeat", "name": "shipper1"},
        "ecs": {"version": "8.0.0"},
    });
    let body = format!(
        "{}\n{document}\n{}\n{}\n{}\n",
        json!({"create": {"_index": "filebeat-9"}}),
        json!({"index": {"_id": "n1"}}),
        json!({"alert": "beacon"}),
        json!({"delete": {"_id": "n1"}}),
    );
    let response = send(&mut weir, "POST", "/app/_bulk", &known, &body);
    let answer = response.json();
    assert_eq!((response.status, &answer["errors"]), (200, &json!(true)), "{}", response.text());
    let told = |does: &str, number: usize| answer["items"][number][does]["status"].clone();
    assert_eq!([told("create", 0), told("index", 1), told("delete", 2)], [json!(201), json!(201), json!(400)]);
    let query = "fetch logs, from: -5000d | filter weir.source == \"bulk\" | sort weir.id | fields weir.pack, elastic.index, agent.name, source.ip, alert";
    let expect = json!([
        {"weir.pack": "cisco/asa", "elastic.index": "filebeat-9", "agent.name": "shipper1", "source.ip": "192.0.2.9", "alert": null},
        {"weir.pack": "elastic/documents", "elastic.index": "app", "agent.name": null, "source.ip": null, "alert": "beacon"},
    ]);
    assert_eq!(json!(weir.rows(query, 2)), expect);

    let bad = send(&mut weir, "PUT", "/_bulk", &known, "{\"put\":{}}\n{}\n");
    assert_eq!((bad.status, &bad.json()["status"]), (400, &json!(400)), "{}", bad.text());
    let wrong = send(&mut weir, "POST", "/_bulk", &[("authorization", "ApiKey eDp5")], "{\"index\":{}}\n{}\n");
    assert_eq!((wrong.status, &wrong.json()["error"]["type"]), (401, &json!("security_exception")));
}

/// A field of a message of protocol buffers that holds bytes, all of them shorter than 128.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

#[test]
fn log_records_are_taken_in_both_formats() {
    let home = Home::new();
    let mut weir = home.start();
    let token = super::process::bearer(&weir.token);
    let text = json!({"resourceLogs": [{
        "resource": {"attributes": [{"key": "host.name", "value": {"stringValue": "app1"}}]},
        "scopeLogs": [{"logRecords": [
            {"severityNumber": 17, "body": {"stringValue": LINE}, "attributes": [{"key": "tries", "value": {"intValue": "3"}}]},
        ]}],
    }]});
    let json = [("authorization", token.as_str()), ("content-type", "application/json")];
    let response = send(&mut weir, "POST", "/v1/logs", &json, &text.to_string());
    assert_eq!((response.status, response.json()), (200, json!({})));
    let binary = [("authorization", token.as_str()), ("content-type", "application/x-protobuf")];
    let record = [&[0x10, 9][..], &field(5, &field(1, b"cache is cold"))].concat();
    let request = field(1, &field(2, &field(2, &record)));
    let mut post = |body: &[u8]| weir.send(&Request { method: "POST", path: "/v1/logs", headers: &binary, body });
    let response = post(&request);
    assert_eq!((response.status, response.header("content-type"), response.body.len()), (200, Some(binary[1].1), 0));
    assert_eq!(post(&request[1..]).status, 400);
    let query = "fetch logs, from: -5000d | filter weir.source == \"otlp\" | sort weir.id | fields weir.pack, host.name, message, log.level, tries";
    let rows = weir.rows(query, 2);
    assert_eq!(
        (&rows[0]["weir.pack"], &rows[0]["host.name"], &rows[0]["tries"]),
        (&json!("cisco/asa"), &json!("fw1"), &json!(3))
    );
    let expect = json!({"weir.pack": "opentelemetry/logs", "host.name": null, "message": "cache is cold", "log.level": "info", "tries": null});
    assert_eq!(rows[1], expect);
    let unknown = send(&mut weir, "POST", "/v1/logs", &json[1..], "{}");
    assert_eq!(refusal(&unknown), (401, json!(16)));
    let other = send(&mut weir, "POST", "/v1/logs", &[json[0], ("content-type", "text/plain")], "x");
    assert_eq!(refusal(&other), (415, json!(3)));
}
