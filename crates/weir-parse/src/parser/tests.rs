use std::sync::Arc;

use weir_event::{Chunk, FieldId, Records, Timestamp, Value};

use super::{LineContext, Lines, Parser, ParserOptions};
use crate::pack::Packs;

fn chunk(records: &[&[u8]]) -> Chunk {
    let mut kept = Records::default();
    records.iter().for_each(|record| kept.push(record));
    Chunk {
        tenant: "default".into(),
        source: "test".into(),
        table: "logs".into(),
        received_at: Timestamp::parse_rfc3339("2026-06-15T12:00:00Z").unwrap(),
        peer: None,
        config: 1,
        cursor: None,
        pull: None,
        bytes: kept.bytes.into(),
        ends: kept.ends,
    }
}

fn parse(records: &[&[u8]]) -> weir_event::Batch {
    let packs = Arc::new(Packs::builtin().unwrap());
    let chunk = chunk(records);
    Parser::new(packs, ParserOptions::default()).parse_chunk(&chunk, chunk.received_at)
}

#[test]
fn every_record_is_a_row_in_order() {
    let batch = parse(&[
        b"nothing anybody knows",
        b"",
        b"<13>Jun 15 11:00:00 web-1 app: hello",
        b"\xff\xfe broken",
        "e\u{301}".as_bytes(),
    ]);
    let content = FieldId::known("content");
    let texts: Vec<&str> = batch.rows().map(|row| row.text(content).unwrap()).collect();
    assert_eq!(
        texts,
        ["nothing anybody knows", "", "<13>Jun 15 11:00:00 web-1 app: hello", "\u{fffd}\u{fffd} broken", "e\u{301}"]
    );
    assert_eq!(batch.row(0).notes(), ["unrecognised", "timestamp_missing"]);
    assert_eq!(batch.row(2).notes(), [] as [&str; 0]);
    assert!(batch.row(3).notes().contains(&"invalid_utf8"));
    let time = FieldId::known("timestamp");
    assert!(batch.rows().all(|row| matches!(row.get(time), Value::Timestamp(_))));
}

#[test]
fn rows_keep_their_order_however_vendors_alternate() {
    let kinds = ["CEF:0|acme|wall|1|1|n|5|src=192.0.2.1", r#"{"a":1}"#, "<13>Jun 15 11:00:00 web-1 app: hello", "-"];
    let lines: Vec<String> = (0..5_000).map(|number| format!("{} {number}", kinds[number % kinds.len()])).collect();
    let records: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
    let batch = parse(&records);
    let content = FieldId::known("content");
    assert!(batch.rows().map(|row| row.text(content).unwrap()).eq(&lines));
    let hosts = batch.rows().map(|row| row.text(FieldId::known("host.name")) == Some("web-1"));
    assert!(hosts.eq(records.iter().map(|record| record.starts_with(b"<13>"))));
}

#[test]
fn an_event_inside_an_event_is_read_and_keeps_what_the_envelope_says() {
    let inner = r#"{\"query_timestamp\":\"2026-06-15T10:00:00Z\",\"query_name\":\"www.example.com.\",\"srcaddr\":\"192.0.2.7\"}"#;
    let record = format!(r#"{{"aws.log_group":"/aws/route53/demo","content":"{inner}"}}"#);
    let batch = parse(&[record.as_bytes()]);
    let row = batch.row(0);
    assert_eq!(row.text(FieldId::known("content")).unwrap(), inner.replace("\\\"", "\""));
    assert_eq!(row.text(FieldId::known("aws.log_group")), Some("/aws/route53/demo"));
    assert_eq!(row.text(FieldId::known("weir.pack")), Some("aws/route53-resolver"));
    assert_eq!(row.get(FieldId::known("timestamp")).type_name(), "timestamp");
}

#[test]
fn an_envelope_of_a_product_names_the_pack_of_what_no_product_knows() {
    let spoofed = br#"{"sourcetype":"app","event":{"alert":"beacon","weir.pack":"cisco/asa"}}"#;
    let batch = parse(&[spoofed, br#"{"alert":"beacon","weir.pack":"cisco/asa"}"#]);
    let pack = |row: usize| batch.row(row).text(FieldId::known("weir.pack"));
    assert_eq!([pack(0), pack(1)], [Some("splunk/collector"), Some("generic/json")]);
}

#[test]
fn a_program_is_part_of_the_message_where_a_pack_knows_it_so() {
    let message = "Site: main,Server Name: sepm-1,LiveUpdate started.";
    let line = format!("<13>Jun 15 11:00:00 relay-1 {message}");
    let batch = parse(&[line.as_bytes(), b"<13>Jun 15 11:00:00 relay-1 Site: open"]);
    let text = |row: usize, name: &str| batch.row(row).text(FieldId::find(name).unwrap()).map(str::to_owned);
    assert_eq!(text(0, "weir.pack").as_deref(), Some("symantec/endpoint-protection"));
    assert_eq!((text(0, "process.name"), text(1, "process.name").as_deref()), (None, Some("Site")));
    let mut parser = Parser::new(Arc::new(Packs::builtin().unwrap()), ParserOptions::default());
    let told = parser.explain(&line, &LineContext { zone: None, now: Timestamp(0) });
    assert_eq!(told.winner.as_deref(), Some("symantec/endpoint-protection"));
}

#[test]
fn blanks_around_a_record_change_nothing_but_its_text() {
    let line = "<38>Jun 15 11:00:00 web-1 sshd[7]: Invalid user test from 192.0.2.7";
    let around = format!("\n \t{line}  \r\n");
    let batch = parse(&[line.as_bytes(), around.as_bytes(), "\u{feff} {\"a\":1}".as_bytes()]);
    let shown = |row: usize, name: &str| batch.row(row).get(FieldId::find(name).unwrap()).into_owned();
    for name in ["weir.pack", "timestamp", "host.name", "process.name", "source.ip", "user.name"] {
        assert_eq!(shown(0, name), shown(1, name), "{name}");
    }
    assert_eq!(batch.row(1).text(FieldId::known("content")), Some(around.as_str()));
    assert_eq!(shown(2, "weir.pack"), Value::text("generic/json"));
}

#[test]
fn of_a_json_name_that_occurs_twice_the_last_value_counts() {
    let many =
        |first: &str| (0..100).map(|number| format!(r#""k{number}":{{"{first}":{number}}},"#)).collect::<String>();
    let wide = format!(r#"{{{}{}"k7":{{"a":-7}}}}"#, many("a"), many("b"));
    let cut = r#"{"port":1,"port":2,"por"#;
    let batch =
        parse(&[br#"{"a":{"b":1},"port":1,"a":{"b":2},"port":2}"#, wide.as_bytes(), cut.as_bytes(), b"{\"a\":1}"]);
    let value = |row: usize, name: &str| batch.row(row).get(FieldId::find(name).unwrap()).into_owned();
    assert_eq!((value(0, "a.b"), value(0, "port")), (Value::Long(2), Value::Long(2)));
    assert_eq!(
        (value(1, "k7.a"), value(1, "k7.b"), value(1, "k8.a")),
        (Value::Long(-7), Value::Long(7), Value::Long(8))
    );
    assert_eq!(value(2, "port"), Value::Long(2));
    assert!((0..3).all(|row| batch.row(row).notes().contains(&"duplicate_key")));
    assert!(!batch.row(3).notes().contains(&"duplicate_key"));
}

#[test]
fn hostile_records_do_no_harm() {
    let deep = format!("{}{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let wide = format!("CEF:0|a|b|c|d|e|1|{}", (0..5_000).map(|index| format!("k{index}=v ")).collect::<String>());
    let nested =
        (0..20).fold("x".to_owned(), |text, _| format!("{{\"content\":{:?}}}", text).chars().take(100_000).collect());
    for text in [
        deep,
        wide,
        nested,
        "%".repeat(100_000),
        "%ASA-6-302013: Built ".repeat(5_000),
        "=".repeat(100_000),
        "\"a".repeat(50_000),
    ] {
        assert_eq!(parse(&[text.as_bytes()]).len(), 1);
    }
}

#[test]
fn the_lines_of_a_text_are_answered_as_each_alone() {
    let packs = Arc::new(Packs::builtin().unwrap());
    let mut parser = Parser::new(packs, ParserOptions::default());
    let context = LineContext { zone: None, now: Timestamp(0) };
    for (count, end) in [(1, "\n"), (2_000, "\n"), (2_047, "\r\n")] {
        let lines: Vec<String> = (0..count).map(|number| format!("<13>Jun 15 11:00:00 web-{number} app: x")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).chain([""]).collect();
        let (mut together, mut alone) = (Vec::new(), Vec::new());
        let text = lines.join(end);
        parser.write_text(&text, &context, &mut together);
        lines.iter().for_each(|line| parser.write_lines(&Lines::of(&[line]), &context, &mut alone));
        assert_eq!(String::from_utf8(together), String::from_utf8(alone));
    }
}

#[test]
fn an_explanation_names_what_was_considered_and_where_parts_go() {
    let packs = Arc::new(Packs::builtin().unwrap());
    let mut parser = Parser::new(packs, ParserOptions::default());
    let digest = "0123456789abcdef".repeat(4);
    let line = format!("CEF:0|acme|wall|1|7|n|5|src=192.0.2.1 fileHash={digest} act=-");
    let told = parser.explain(&line, &LineContext { zone: None, now: Timestamp(0) });
    assert_eq!(told.winner.as_deref(), Some("generic/cef"));
    assert!(told.considered.iter().any(|one| &*one.pack == "generic/cef" && one.outcome == "reads it"));
    let to = |name: &str| told.parts.iter().find(|part| part.name == name).map(|part| part.to.as_str());
    assert_eq!((to("src"), to("fileHash")), (Some("source.ip"), Some("file.hash.sha256")));
}

#[test]
fn an_explanation_goes_into_what_an_envelope_holds() {
    let mut parser = Parser::new(Arc::new(Packs::builtin().unwrap()), ParserOptions::default());
    let mut explain = |message: &str| {
        let line = format!(r#"{{"PROGRAM":"sshd","PID":"7","HOST":"web-1","MESSAGE":"{message}"}}"#);
        let told = parser.explain(&line, &LineContext { zone: None, now: Timestamp(0) });
        let (member, within) = told.inside.unwrap();
        let part = told.parts.iter().any(|part| part.name == member);
        (told.winner.unwrap().to_string(), member, within.winner.as_deref().map(str::to_owned), part, told.time)
    };
    let told = explain("Jun 15 11:00:00 web-1 sshd[7]: Invalid user test from 192.0.2.7");
    let (outer, member, inner) =
        ("oneidentity/syslog-ng".to_owned(), "MESSAGE".to_owned(), Some("linux/auth".to_owned()));
    assert_eq!(told, (outer, member, inner.clone(), false, "the event in MESSAGE gives it".to_owned()));
    let (_, _, winner, _, time) = explain("Invalid user test from 192.0.2.7");
    assert_eq!(winner, inner);
    assert!(time.ends_with("nothing gives a time; the arrival counts"), "{time}");
}
