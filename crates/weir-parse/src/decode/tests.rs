//! The vectors of `spec/formats`: input and expected members, read as data.

use serde_json::{Map, Value as Json, json};
use weir_event::{Record, Timestamp, Value, write_json};

use super::*;
use crate::syslog::SyslogContext;
use crate::zone::Zone;

const NOW: &str = "2025-06-15T12:00:00Z";

#[track_caller]
fn check(vectors: &str, decode: impl Fn(&Json, &SyslogContext) -> String) {
    let mut wrong = Vec::new();
    for line in vectors.lines() {
        let vector: Json = serde_json::from_str(line).unwrap();
        let found: Json = serde_json::from_str(&decode(&vector, &context(&vector))).unwrap();
        if let Some(difference) = difference(vector["expected"].as_object().unwrap(), &found) {
            wrong.push(format!("{}: {difference}\n  {}", vector["id"], vector["input"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), vectors.lines().count(), wrong.join("\n"));
}

fn context(vector: &Json) -> SyslogContext {
    let setting = |name: &str| vector["context"][name].as_str();
    let now = Timestamp::parse_rfc3339(setting("now").unwrap_or(NOW)).unwrap();
    SyslogContext { now, zone: Zone::parse(setting("tz").unwrap_or("UTC")).unwrap() }
}

fn difference(expected: &Map<String, Json>, found: &Json) -> Option<String> {
    expected.iter().find_map(|(name, wanted)| {
        let have = &found[name];
        let same = match name.as_str() {
            "named" => {
                return difference(wanted.as_object().unwrap(), have);
            }
            _ => have == wanted || is_same_instant(have, wanted),
        };
        (!same).then(|| format!("`{name}` is {have}, not {wanted}"))
    })
}

fn is_same_instant(a: &Json, b: &Json) -> bool {
    let instant = |value: &Json| value.as_str().and_then(Timestamp::parse_rfc3339);
    instant(a).is_some() && instant(a) == instant(b)
}

fn render(record: Record) -> String {
    let mut out = String::new();
    write_json(&Value::Record(record), &mut out);
    out
}

#[test]
fn cef_vectors() {
    let dialects = Dialects::builtin();
    check(include_str!("../../../../spec/formats/cef.jsonl"), |vector, context| {
        render(cef(vector["input"].as_str().unwrap(), context, &dialects))
    });
}

#[test]
fn leef_vectors() {
    check(include_str!("../../../../spec/formats/leef.jsonl"), |vector, context| {
        render(leef(vector["input"].as_str().unwrap(), context))
    });
}

#[test]
fn syslog_vectors() {
    check(include_str!("../../../../spec/formats/syslog.jsonl"), |vector, context| {
        let input = vector["input"].as_str().unwrap();
        let octets_max = vector["context"]["max_frame"].as_u64().unwrap_or(1 << 20) as usize;
        match vector["context"]["transport"].as_str() {
            Some("udp") => render(frames(input.as_bytes(), Transport::Datagram, octets_max)),
            Some(_) => render(frames(input.as_bytes(), Transport::Stream, octets_max)),
            None => render(syslog(input, context)),
        }
    });
}

#[test]
fn builtin_dialects_are_read() {
    assert!(Dialects::parse(include_str!("../../data/cef-dialects.txt")).is_ok());
    assert_eq!(Dialects::parse("[A]\nnonsense").unwrap_err().id(), "PARSE-003");
    assert_eq!(json!(Dialects::builtin().find("Acme", "x").is_none()), json!(true));
}

/// Every vector cut at every place, and with a hostile character put in at every place: nothing may panic.
#[test]
fn damaged_lines_are_survived() {
    let dialects = Dialects::builtin();
    let vectors = ["cef", "leef", "syslog"].map(|name| match name {
        "cef" => include_str!("../../../../spec/formats/cef.jsonl"),
        "leef" => include_str!("../../../../spec/formats/leef.jsonl"),
        _ => include_str!("../../../../spec/formats/syslog.jsonl"),
    });
    for (index, line) in vectors.iter().flat_map(|text| text.lines()).enumerate() {
        let vector: Json = serde_json::from_str(line).unwrap();
        let (input, context) = (vector["input"].as_str().unwrap(), context(&vector));
        let strange = ["\"", "\\", "=", ":", "[", "]", " ", "\t", "é", "\0", "|", "<", "9", "%", "\u{feff}", "Z"];
        for (place, (at, _)) in input.char_indices().enumerate() {
            let middle = strange[(place + index) % strange.len()];
            for text in [input[..at].to_owned(), input[at..].to_owned(), [&input[..at], middle, &input[at..]].concat()]
            {
                cef(&text, &context, &dialects);
                leef(&text, &context);
                syslog(&text, &context);
                frames(text.as_bytes(), Transport::Stream, 64);
                crate::kv::read(&text, &crate::kv::KvOptions::detect(&text, b'='), &mut |_, _| {});
                crate::csv::read(&text, b',', &mut |_, _| {});
                let _ = crate::json::to_value(&text);
                let _ = crate::json::split_array(text.as_bytes());
            }
        }
    }
}

/// The `input` and `expect` blocks of a page of the reference.
#[track_caller]
fn check_page(page: &str, decode: impl Fn(&str, &SyslogContext) -> String) {
    let mut input = "";
    let mut checked = 0;
    for block in page.split("\n```").filter(|block| block.starts_with("input") || block.starts_with("expect")) {
        let (kind, text) = block.split_once('\n').unwrap();
        if kind == "input" {
            input = text;
            continue;
        }
        let found: Json = serde_json::from_str(&decode(input, &context(&Json::Null))).unwrap();
        let expected: Map<String, Json> = serde_json::from_str(text).unwrap();
        assert_eq!(difference(&expected, &found), None, "{input}");
        checked += 1;
    }
    assert!(checked > 0);
}

#[test]
fn the_reference_says_what_happens() {
    let dialects = Dialects::builtin();
    check_page(include_str!("../../../../spec/formats/cef.md"), |line, context| render(cef(line, context, &dialects)));
    check_page(include_str!("../../../../spec/formats/leef.md"), |line, context| render(leef(line, context)));
    check_page(include_str!("../../../../spec/formats/syslog.md"), |line, context| render(syslog(line, context)));
    check_page(include_str!("../../../../spec/formats/framing.md"), |text, _| {
        render(frames(text.as_bytes(), Transport::Stream, 1 << 20))
    });
    check_page(include_str!("../../../../spec/formats/kv.md"), |line, _| {
        let mut record = Record::new();
        let options = crate::kv::KvOptions::detect(line, b'=');
        crate::kv::read(line, &options, &mut |key, value| record.set(key.to_owned(), Value::Text(value)));
        render(record)
    });
    check_page(include_str!("../../../../spec/formats/json.md"), |text, _| {
        let mut record = Record::new();
        let read = crate::json::read(text, &mut |path, value| record.set(path.to_owned(), value));
        assert!(read.is_ok());
        render(record)
    });
}
