use super::wire::{put_bytes, put_number};
use super::*;

fn shown(picked: Result<Picked<Refused>, Problem>) -> Result<String, &'static str> {
    let chunks = picked.map_err(|problem| problem.fault.id())?.chunks.done();
    let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.bytes).collect();
    Ok(String::from_utf8(bytes).unwrap())
}

fn json_of(body: &str) -> Result<String, &'static str> {
    shown(pick(body.as_bytes(), Format::Json, Chunks::new(1 << 12)))
}

fn binary_of(body: &[u8]) -> Result<String, &'static str> {
    shown(pick(body, Format::Binary, Chunks::new(1 << 12)))
}

fn message(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out);
    out
}

fn pair(key: &str, value: &[u8]) -> Vec<u8> {
    message(|out| {
        put_bytes(1, key.as_bytes(), out);
        put_bytes(2, value, out);
    })
}

fn texts(text: &str) -> Vec<u8> {
    message(|out| put_bytes(1, text.as_bytes(), out))
}

/// A request with one record, as protocol buffers.
fn request(log: &[u8]) -> Vec<u8> {
    let resource = message(|out| put_bytes(1, &pair("host.name", &texts("web-1")), out));
    let scope = message(|out| {
        put_bytes(1, b"files", out);
        put_bytes(2, b"1.2", out);
    });
    let scope_logs = message(|out| {
        // The records may stand before what they have in common.
        put_bytes(2, log, out);
        put_bytes(1, &scope, out);
    });
    let resource_logs = message(|out| {
        put_bytes(2, &scope_logs, out);
        put_bytes(1, &resource, out);
    });
    message(|out| put_bytes(1, &resource_logs, out))
}

/// The same record in both formats.
#[test]
fn a_record_is_the_same_whichever_way_it_is_sent() {
    let list = message(|out| {
        put_bytes(1, &texts("a"), out);
        put_bytes(1, &message(|out| put_number(2, 1, out)), out);
        put_bytes(1, &[], out);
    });
    let map = message(|out| put_bytes(1, &pair("k", &message(|out| put_number(3, 5_u64.wrapping_neg(), out))), out));
    let mut log = Vec::new();
    log.extend([0x09]);
    log.extend(1_795_341_600_000_000_001_u64.to_le_bytes());
    put_number(2, 9, &mut log);
    put_bytes(3, b"INFO", &mut log);
    put_bytes(5, &texts("line \"1\""), &mut log);
    put_bytes(6, &pair("list", &message(|out| put_bytes(5, &list, out))), &mut log);
    put_bytes(6, &pair("map", &message(|out| put_bytes(6, &map, out))), &mut log);
    let mut double = vec![0x21];
    double.extend(1.5_f64.to_le_bytes());
    put_bytes(6, &pair("double", &double), &mut log);
    put_bytes(6, &pair("bytes", &message(|out| put_bytes(7, b"\x00\xff", out))), &mut log);
    put_bytes(9, &[0xab, 0x01], &mut log);
    put_bytes(12, b"log.in", &mut log);
    let expect = r#"{"severityNumber":9,"timeUnixNano":1795341600000000001,"severityText":"INFO","eventName":"log.in","traceId":"ab01","scope.name":"files","scope.version":"1.2","body":"line \"1\"","attributes":{"list":["a",true,null],"map":{"k":-5},"double":1.5,"bytes":"AP8="},"resource":{"host.name":"web-1"}}"#;
    assert_eq!(binary_of(&request(&log)).as_deref(), Ok(expect));
    let json = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795341600000000001","severityNumber":9,
        "severityText":"INFO","body":{"stringValue":"line \"1\""},"traceId":"ab01","eventName":"log.in","unknown":[{}],"attributes":[
        {"key":"list","value":{"arrayValue":{"values":[{"stringValue":"a"},{"boolValue":true},{}]}}},
        {"key":"map","value":{"kvlistValue":{"values":[{"key":"k","value":{"intValue":"-5"}}]}}},
        {"key":"double","value":{"doubleValue":1.5}},{"key":"bytes","value":{"bytesValue":"AP8="}}]}],
        "scope":{"name":"files","version":"1.2"}}],"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"web-1"}}]}}]}"#;
    assert_eq!(json_of(json).as_deref(), Ok(expect));
}

#[test]
fn what_is_missing_or_null_is_left_out() {
    let bare = r#"{"severityNumber":0,"attributes":{},"resource":{}}"#;
    assert_eq!(
        json_of(r#"{"resourceLogs":[{"resource":null,"scopeLogs":[{"logRecords":[{"attributes":null}]}]}]}"#)
            .as_deref(),
        Ok(bare)
    );
    assert_eq!(json_of(r#"{"resourceLogs":[]}"#).as_deref(), Ok(""));
    assert_eq!(json_of("{}").as_deref(), Ok(""));
    assert_eq!(binary_of(b"").as_deref(), Ok(""));
    assert!(binary_of(&request(b"")).unwrap().contains(r#""attributes":{},"resource":{"host.name":"web-1"}"#));
}

#[test]
fn whole_numbers_are_written_as_such() {
    let written = |value: &str| {
        let attribute = format!(r#"{{"key":"n","value":{{"intValue":{value}}}}}"#);
        json_of(&format!(r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"attributes":[{attribute}]}}]}}]}}]}}"#))
    };
    for (value, expect) in [("7", "7"), ("\"+3\"", "3"), ("\"\\u0033\"", "3"), ("\"x\"", "\"x\""), ("1.5", "1.5")] {
        assert!(written(value).unwrap().contains(&format!("\"attributes\":{{\"n\":{expect}}}")), "{value}");
    }
}

#[test]
fn what_is_no_request_is_refused() {
    assert_eq!(json_of("[]"), Err("PARSE-002"));
    assert_eq!(json_of(r#"{"resourceLogs":{}}"#), Err("PARSE-002"));
    assert_eq!(json_of(r#"{"resourceLogs":[{"scopeLogs":[7]}]}"#), Err("PARSE-002"));
    let request = request(&message(|out| put_bytes(5, &texts("x"), out)));
    assert_eq!(binary_of(&request[..request.len() - 1]), Err("HTTP-023"));
    assert_eq!(binary_of(b"{\"resourceLogs\":[]}"), Err("HTTP-023"));
    for end in 1..request.len() {
        assert_eq!(binary_of(&request[..end]), Err("HTTP-023"), "{end}");
    }
}

#[test]
fn a_sender_cannot_make_much_of_little() {
    let deep = (0..200).fold(texts("x"), |inner, _| {
        let list = message(|out| put_bytes(1, &inner, out));
        message(|out| put_bytes(5, &list, out))
    });
    assert_eq!(binary_of(&request(&message(|out| put_bytes(5, &deep, out)))), Err("HTTP-024"));
    let resource = message(|out| put_bytes(1, &pair("k", &texts(&"x".repeat(1_000))), out));
    let scope = message(|out| put_bytes(1, "x".repeat(2 << 20).as_bytes(), out));
    let common = message(|out| {
        put_bytes(1, &scope, out);
        (0..1_000).for_each(|_| put_bytes(2, b"", out));
    });
    let common = message(|out| put_bytes(1, &message(|out| put_bytes(2, &common, out)), out));
    let picked = pick(&common, Format::Binary, Chunks::new(1 << 12)).ok().unwrap();
    assert_eq!((picked.refused, picked.says.unwrap().0, picked.chunks.len()), (1_000, 1_000, 0));
    let scope_logs = message(|out| (0..9).for_each(|_| put_bytes(2, b"", out)));
    let resource_logs = message(|out| {
        put_bytes(1, &resource, out);
        put_bytes(2, &scope_logs, out);
    });
    assert_eq!(binary_of(&message(|out| put_bytes(1, &resource_logs, out))), Err("HTTP-022"));
}
