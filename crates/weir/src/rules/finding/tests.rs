use expect_test::{Expect, expect};
use weir_event::{Batch, Chunk, Record, Records, Timestamp, Value};

use super::{Making, Twins, encode, make, read_findings};
use crate::config::Rule;
use weir_yaml::Node;

fn rule() -> Rule {
    let text = "id: r\ntitle: Too much\nquery: fetch logs\ninterval: 1m\nadd: { event.category: TEST, event.description: \"{user} did {n} of {it}\" }\n";
    Rule::read(&Node::read("r.yaml", text, &crate::config::IDS).unwrap()[0]).unwrap()
}

/// The findings of rows, through a log record and back.
fn found(rows: &[&[(&'static str, Value<'static>)]]) -> Batch {
    let rule = rule();
    let making = Making { rule: &rule, now: Timestamp(0), through: 9 };
    let (mut records, mut twins) = (Records::default(), Twins::default());
    for row in rows {
        let row: Record = row.iter().cloned().collect();
        if let Some(finding) = make(&making, &row, &mut twins) {
            records.push(encode(&finding).as_bytes());
        }
    }
    read_findings(&Chunk {
        tenant: "t".into(),
        source: "rule/r".into(),
        table: "security.events".into(),
        received_at: Timestamp(0),
        peer: None,
        config: 0,
        cursor: None,
        pull: None,
        bytes: records.bytes.into(),
        ends: records.ends,
    })
}

#[track_caller]
fn check(row: &[(&'static str, Value<'static>)], expect: Expect) {
    let batch = found(&[row]);
    let lines = batch.rows().flat_map(|row| {
        let record = row.to_record().into_owned();
        record.into_iter().filter(|(name, _)| name != "content").map(|(name, value)| format!("{name} = {value:?}\n"))
    });
    let ids = batch.rows().filter_map(|row| row.text(weir_event::FieldId::known("finding.id")).map(str::to_owned));
    let text: String = lines.collect();
    expect.assert_eq(&ids.fold(text, |text, id| text.replace(&id, "ID")));
}

#[test]
fn a_row_becomes_a_security_event() {
    let address = Value::Ip("192.0.2.7".parse().unwrap());
    check(
        &[
            ("weir.id", Value::text("000000000001-0000")),
            ("timestamp", Value::Timestamp(Timestamp(1))),
            ("content", Value::text("raw")),
            ("user", Value::text("ana")),
            ("n", Value::Long(3)),
            ("source.ip", address),
            ("artifacts.users", Value::Array(vec![Value::text("ana")])),
        ],
        expect![[r#"
            timestamp = Timestamp(Timestamp(0))
            event.kind = Text("SECURITY_EVENT")
            event.type = Text("DETECTION_FINDING")
            event.category = Text("TEST")
            event.provider = Text("weir")
            event.description = Text("ana did 3 of {it}")
            event.id = Text("ID")
            finding.id = Text("ID")
            finding.title = Text("Too much")
            finding.type = Text("DQL")
            finding.time.created = Timestamp(Timestamp(0))
            detection.id = Text("r")
            detection.type = Text("DQL")
            weir.depth = Long(1)
            weir.event_id = Text("000000000001-0000")
            event.start = Timestamp(Timestamp(1))
            finding.evidence = Array([Text("raw")])
            user = Text("ana")
            n = Long(3)
            source.ip = Ip(192.0.2.7)
            artifacts.users = Array([Text("ana")])
        "#]],
    );
}

#[test]
fn findings_of_findings_end_at_a_depth() {
    check(&[("weir.depth", Value::Long(super::DEPTH_MAX))], expect![""]);
}

#[test]
fn equal_rows_are_findings_of_their_own() {
    let row: &[(&'static str, Value<'static>)] = &[("user", Value::text("ana"))];
    let ids = |batch: &Batch| -> Vec<String> {
        let id = weir_event::FieldId::known("finding.id");
        batch.rows().filter_map(|row| row.text(id).map(str::to_owned)).collect()
    };
    let (first, again) = (ids(&found(&[row, row])), ids(&found(&[row, row])));
    assert_eq!(first, again);
    assert_ne!(first[0], first[1]);
}
