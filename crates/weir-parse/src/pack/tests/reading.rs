//! What packs can say about reading and mapping, each shown on one line.

use std::sync::Arc;

use expect_test::{Expect, expect};

use crate::pack::{Packs, sample_results};

/// Reads one line by a pack that is made of `body`.
#[track_caller]
fn check(body: &str, line: &str, expect: Expect) {
    let text = format!("pack: a/b\nrecognise: {{ any: ['', ' ', x, a] }}\n{body}");
    let packs = Packs::load([("a/b/pack.yaml", text.as_str())]).unwrap_or_else(|faults| panic!("{}", faults[0]));
    expect.assert_eq(sample_results(&Arc::new(packs), line).trim_end());
}

#[test]
fn columns_are_named_by_what_the_line_says() {
    let body = "
read:
  format: csv
  choose: [1, 3]
  same: { head: [kind, ~] }
  columns:
    'pass,6': [$head, version, source.ip, destination.ip]
    'pass,*': [[$head, version, note], [$head, version, note, more]]
    'block,4': [$head, version, source.ip]
";
    check(
        body,
        "pass,x,6,2001:db8::1,2001:db8::2,extra",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"kind":"pass","version":"6","source.ip":"2001:db8::1","destination.ip":"2001:db8::2"},"artifacts":{"ips":["2001:db8::1","2001:db8::2"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        "pass,x,4,\"a, b\"",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"kind":"pass","version":"4","note":"a, b"},"artifacts":{},"notes":[]}"#
        ]],
    );
    check(
        body,
        "pass,x,4,n,m,o",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"kind":"pass","version":"4","note":"n","more":"m"},"artifacts":{},"notes":[]}"#
        ]],
    );
    check(
        body,
        "other,x,4",
        expect![[
            r#"{"parsed":false,"parser":null,"timestamp":null,"fields":{},"artifacts":{},"notes":["unrecognised"]}"#
        ]],
    );
    check(
        body,
        ",",
        expect![[
            r#"{"parsed":false,"parser":null,"timestamp":null,"fields":{},"artifacts":{},"notes":["unrecognised"]}"#
        ]],
    );
}

#[test]
fn blanks_separate_what_quotes_and_brackets_do_not_hold() {
    check(
        "read: { format: csv, separator: blank, choose: count, columns: { 3: [date, request, code], '*': [x] } }\ntime: { field: date }\n",
        r#"[06/Feb/2026:00:00:38 +0000] "GET /a HTTP/1.1"  200"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-02-06T00:00:38Z","fields":{"date":"06/Feb/2026:00:00:38 +0000","request":"GET /a HTTP/1.1","code":"200"},"artifacts":{},"notes":[]}"#
        ]],
    );
}

#[test]
fn parts_are_decoded() {
    let body = "
read:
  format: json
  then:
    - { decode: [a, b, none], from: percent, when: { mode: 'url*' } }
    - { decode: [h, bad], from: hex }
    - { decode: c, from: base64 }
unlisted: none
";
    check(
        body,
        r#"{"mode":"url","a":"two%20words%2F","b":"100 %","h":"6c73002d6c6100","bad":"6c7","c":"aGVsbG8="}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"mode":"url","a":"two words/","b":"100 %","h":"ls -la","bad":"6c7","c":"hello"},"artifacts":{},"notes":[]}"#
        ]],
    );
}

#[test]
fn a_part_is_read_again() {
    let body = "
read:
  format: json
  then:
    - { part: message, when: { kind: pairs }, format: kv, into: m }
    - { part: message, when: { kind: 'te*' }, patterns: [\"'user ' LD:user.name EOS\"] }
    - { part: inner, format: json }
    - { part: xml, format: xml }
";
    check(
        body,
        r#"{"kind":"pairs","message":"a=1 b=\"two words\""}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"kind":"pairs","m.a":"1","m.b":"two words"},"artifacts":{},"notes":[]}"#
        ]],
    );
    check(
        body,
        r#"{"kind":"text","message":"user ana"}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"kind":"text","message":"user ana","user.name":"ana"},"artifacts":{"users":["ana"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        r#"{"inner":"{\"source\":{\"ip\":\"192.0.2.1\"}}","xml":"<e><a>1</a></e>"}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"source.ip":"192.0.2.1","a":"1"},"artifacts":{"ips":["192.0.2.1"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        r#"{"inner":"{broken","message":5}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"inner":"{broken","message":5},"artifacts":{},"notes":[]}"#
        ]],
    );
}

#[test]
fn arrays_of_records_become_parts() {
    let body = "
read:
  format: json
  then:
    - { flatten: events }
    - { pairs: events.parameters, value: [value, intValue, multiValue] }
fields: { events.parameters.user: user.name, targets: [{ to: group.name, pick: group.name }, { to: group.id, pick: id }] }
";
    check(
        body,
        r#"{"events":[{"name":"one","type":"t","parameters":[{"name":"user","value":"ana"},{"name":"n","intValue":3}]},{"name":"two","parameters":[{"name":"list","multiValue":["a","b"]},{"value":"nameless"}]}],"targets":[{"id":1,"group":{"name":"g"}},{"id":2}]}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"group.name":["g"],"group.id":[1,2],"events.name":["one","two"],"events.type":"t","user.name":"ana","events.parameters.n":3,"events.parameters.list":["a","b"]},"artifacts":{"users":["ana"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn cases_hold_for_some_records_only() {
    let body = "
read: { format: kv }
fields: { misc: file.name }
values: { event.outcome: { from: [type, act], map: { 'login,ok': success, 'login,*': failure } } }
set: { event.kind: event }
cases:
  - when: { type: url }
    fields: { misc: url.full, name: ~ }
    values: { event.action: { from: act, map: { '1..3': allowed, 'den*': denied } } }
    set: { event.category: [web, network] }
  - when: [{ type: login }, { type: logoff, act: [a, b] }]
    fields: { misc: user.name }
    time: { field: at, order: day-first }
";
    check(
        body,
        "type=url act=2 misc=http://example.com/ name=x",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"type":"url","event.action":"allowed","act":"2","url.full":"http://example.com/","event.category":["web","network"],"event.kind":"event"},"artifacts":{"urls":["http://example.com/"],"domains":["example.com"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        "type=login act=bad misc=ana at=\"04/05/2026 10:00:00\"",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-05-04T10:00:00Z","fields":{"event.outcome":"failure","type":"login","act":"bad","user.name":"ana","at":"04/05/2026 10:00:00","event.kind":"event"},"artifacts":{"users":["ana"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        "type=logoff act=c misc=a.exe",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"type":"logoff","act":"c","file.name":"a.exe","event.kind":"event"},"artifacts":{"files":["a.exe"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn a_clock_far_from_the_header_is_refused() {
    let body = "read: { format: kv }\ntime: { field: at, near: header }\n";
    check(
        body,
        "<13>May  4 12:00:00 h p: kind=pass at=2024-05-04T06:30:00Z",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2024-05-04T06:30:00Z","fields":{"kind":"pass","at":"2024-05-04T06:30:00Z","log.syslog.facility.code":1,"log.syslog.severity.code":5,"host.name":"h","process.name":"p"},"artifacts":{"machines":["h"],"process":["p"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        "<13>May  4 12:00:00 h p: kind=pass at=2024-09-04T06:30:00Z",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-05-04T12:00:00Z","fields":{"kind":"pass","at":"2024-09-04T06:30:00Z","log.syslog.facility.code":1,"log.syslog.severity.code":5,"host.name":"h","process.name":"p"},"artifacts":{"machines":["h"],"process":["p"]},"notes":["time_implausible"]}"#
        ]],
    );
    check(
        body,
        "kind=pass at=2024-09-04T06:30:00Z",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2024-09-04T06:30:00Z","fields":{"kind":"pass","at":"2024-09-04T06:30:00Z"},"artifacts":{},"notes":[]}"#
        ]],
    );
}

#[test]
fn of_several_tables_the_first_counts_wherever_its_part_stands() {
    let body = "
read: { format: kv }
values:
  event.outcome:
    - { from: error, default: failure }
    - { from: version, default: success }
cases:
  - when: { type: special }
    values: { event.outcome: { from: type, map: { special: unknown } } }
";
    let text = format!("pack: a/b\nrecognise: {{ any: [kind] }}\n{body}");
    let packs =
        Arc::new(Packs::load([("a/b/pack.yaml", text.as_str())]).unwrap_or_else(|faults| panic!("{}", faults[0])));
    for (line, expect) in [
        ("kind=pass version=1 error=x", "failure"),
        ("kind=pass error=x version=1", "failure"),
        ("kind=pass version=1", "success"),
        ("kind=pass version=1 type=special", "unknown"),
        ("kind=pass type=special error=x", "unknown"),
    ] {
        let parsed = sample_results(&packs, line);
        assert!(parsed.contains(&format!(r#""event.outcome":"{expect}""#)), "{line}: {parsed}");
    }
}

#[test]
fn the_header_takes_part_in_conditions_and_patterns() {
    let body = "
read:
  format: text
  by: syslog.program
  messages: { sshd: [\"'Accepted for ' LD:user.name EOS\"] }
cases: [{ when: { syslog.program: sshd }, set: { event.category: authentication } }]
";
    check(
        body,
        "<38>Jun 15 10:00:00 box sshd[7]: Accepted for ana",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-06-15T10:00:00Z","fields":{"user.name":"ana","message":"Accepted for ana","event.category":"authentication","log.syslog.facility.code":4,"log.syslog.severity.code":6,"host.name":"box","process.name":"sshd","process.pid":7},"artifacts":{"machines":["box"],"users":["ana"],"process":["sshd"]},"notes":[]}"#
        ]],
    );
    check(
        "read: { format: structured }\nfields: { source-address: source.ip }\n",
        r#"<14>1 2026-06-15T10:00:00Z fw RT_FLOW - ID [a@1 source-address="192.0.2.1" x="y"] text"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-06-15T10:00:00Z","fields":{"sd.id":"a@1","source.ip":"192.0.2.1","x":"y","message":"text","log.syslog.facility.code":1,"log.syslog.severity.code":6,"host.name":"fw","process.name":"RT_FLOW"},"artifacts":{"ips":["192.0.2.1"],"machines":["fw"],"process":["RT_FLOW"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn what_a_text_gives_to_the_artifacts_is_said_by_kind() {
    let body = "
read: { format: kv, leading: head }
unlisted: [ips]
fields: { a: { to: a, artifact: [domains, email_ids] }, u: { to: u, artifact: account } }
";
    check(
        body,
        r#"allow x ip="192.0.2.1 www.example.com" a="192.0.2.2 www.example.org" u=ana@example.com"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"ip":"192.0.2.1 www.example.com","a":"192.0.2.2 www.example.org","u":"ana@example.com","head":"allow x"},"artifacts":{"ips":["192.0.2.1"],"users":["ana@example.com"],"domains":["www.example.org"]},"notes":["leading_text"]}"#
        ]],
    );
}

#[test]
fn header_parts_go_where_the_pack_says() {
    check(
        "read: { format: text, header: { host: observer.name, program: ~ } }\n",
        "<13>Jun 15 10:00:00 sw1 x: text",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-06-15T10:00:00Z","fields":{"message":"text","log.syslog.facility.code":1,"log.syslog.severity.code":5,"observer.name":"sw1"},"artifacts":{"machines":["sw1"]},"notes":[]}"#
        ]],
    );
    check(
        "read: { format: text }\n",
        "<13>Jun 15 10:00:00 sw1 4711: text",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-06-15T10:00:00Z","fields":{"message":"text","log.syslog.facility.code":1,"log.syslog.severity.code":5,"host.name":"sw1"},"artifacts":{"machines":["sw1"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn payloads_are_found_in_odd_places() {
    let body = "read: { format: json }\n";
    check(
        body,
        r#"<5>1 2026-06-15T08:00:00Z vault-1 {"a":"b c d e f"}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-06-15T08:00:00Z","fields":{"a":"b c d e f","log.syslog.facility.code":0,"log.syslog.severity.code":5,"host.name":"vault-1"},"artifacts":{"machines":["vault-1"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        r#"<5>1 2026-06-15T08:00:00Z vault-1 {"a":"b"}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-06-15T08:00:00Z","fields":{"a":"b","log.syslog.facility.code":0,"log.syslog.severity.code":5,"host.name":"vault-1"},"artifacts":{"machines":["vault-1"]},"notes":[]}"#
        ]],
    );
    check(
        body,
        r#"[{"a":{"b":"c"}},{"a":"192.0.2.1"}]"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"a.b":"c","more":[{"a":"192.0.2.1"}]},"artifacts":{"ips":["192.0.2.1"]},"notes":[]}"#
        ]],
    );
    check(
        "read: { format: kv, assign: ':', separator: ';' }\n",
        r#"[action:"Accept"; x:"a\]b"; y:"z"]"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"action":"Accept","x":"a]b","y":"z"},"artifacts":{},"notes":[]}"#
        ]],
    );
    check(
        "read: { format: cef }\n",
        "0|Vendor|Product|1|id|name|Medium|act=drop src=192.0.2.1",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"cef.vendor":"Vendor","cef.product":"Product","cef.version":"1","cef.class":"id","cef.name":"name","cef.severity":"Medium","act":"drop","src":"192.0.2.1"},"artifacts":{"ips":["192.0.2.1"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn members_of_records_say_by_their_names_what_they_are() {
    check(
        "read: { format: json, strip: [data.] }\n",
        r#"{"data":{"srcUserName":"EXAMPLE\\ana","device_name":"PC-1"},"list":[{"hostName":"srv1","countryCode":"DE","note":"x"}],"mac_address":"020000000001"}"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"srcUserName":"EXAMPLE\\ana","device_name":"PC-1","list":[{"hostName":"srv1","countryCode":"DE","note":"x"}],"mac_address":"020000000001"},"artifacts":{"machines":["pc-1","srv1"],"users":["ana"],"geolocation":["DE"],"mac_addresses":["02:00:00:00:00:01"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn leef_that_relays_have_changed() {
    check(
        "read: { format: leef }\n",
        "1.0|Vendor|Product|1|id|src=192.0.2.1#011usrName=ana#011msg=two words",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"leef.vendor":"Vendor","leef.product":"Product","leef.version":"1","leef.event_id":"id","src":"192.0.2.1","usrName":"ana","msg":"two words"},"artifacts":{"ips":["192.0.2.1"],"users":["ana"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn parts_of_the_header_are_mapped_like_others() {
    check(
        "read: { format: structured }\nfields: { syslog.msgid: event.code }\nvalues: { event.category: { from: syslog.msgid, map: { 'LOG*': network } } }\n",
        r#"<14>1 2026-06-15T10:00:00Z fw - - LOGIN [a@1 x="y"] text"#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":"2026-06-15T10:00:00Z","fields":{"sd.id":"a@1","x":"y","message":"text","event.category":"network","event.code":"LOGIN","log.syslog.facility.code":1,"log.syslog.severity.code":6,"host.name":"fw"},"artifacts":{"machines":["fw"]},"notes":[]}"#
        ]],
    );
}

#[test]
fn quotes_and_blanks_around_values_go() {
    check(
        "read: { format: cef }\n",
        r#"CEF:0|V|P|1|id|n|1|suser="ana" msg="a" and "b""#,
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"cef.vendor":"V","cef.product":"P","cef.version":"1","cef.class":"id","cef.name":"n","cef.severity":"1","suser":"ana","msg":"\"a\" and \"b\""},"artifacts":{"users":["ana"]},"notes":["quoted_value"]}"#
        ]],
    );
    check(
        "read: { format: csv, separator: '|', columns: [a, b] }\n",
        "x | y ",
        expect![[
            r#"{"parsed":true,"parser":"a/b","timestamp":null,"fields":{"a":"x","b":"y"},"artifacts":{},"notes":[]}"#
        ]],
    );
}
