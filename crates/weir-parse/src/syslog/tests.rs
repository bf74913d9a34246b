use weir_event::Timestamp;

use super::*;

#[track_caller]
fn check(line: &str, expect: &str) {
    let now = Timestamp::parse_rfc3339("2025-06-15T12:00:00Z").unwrap();
    let syslog = read(line, &SyslogContext { now, zone: Zone::UTC });
    let mut shown = syslog.format.name().to_owned();
    shown += &syslog.timestamp.map_or(String::new(), |at| format!(" {at}"));
    let parts = [("host", syslog.hostname), ("app", syslog.app_name), ("pid", syslog.procid), ("id", syslog.msgid)];
    for (name, part) in parts {
        shown += &part.map_or(String::new(), |part| format!(" {name}={part}"));
    }
    shown += &syslog.sequence.map_or(String::new(), |sequence| format!(" #{sequence}"));
    for element in syslog.elements() {
        shown += &format!(" {}{:?}", element.id, element.parameters.collect::<Vec<_>>());
    }
    shown += &format!(" {:?}", syslog.msg);
    for note in syslog.notes.iter() {
        shown += &format!(" +{note}");
    }
    assert_eq!(shown, expect);
}

#[test]
fn headers_of_relays_and_vendors() {
    check(
        "<13>May 11 22:14:15 Message forwarded from ab1: su: x",
        "rfc3164 2025-05-11T22:14:15Z host=ab1 app=su \"x\"",
    );
    check(
        "<189>42: *Mar  1 18:46:11: %SYS-5-X: y",
        "rfc3164 2025-03-01T18:46:11Z app=%SYS-5-X #42 \"y\" +clock_unsynced",
    );
    check("<189>42: %SYS-5-X: y", "rfc3164 app=%SYS-5-X #42 \"y\"");
    check("<189>Mar  1 18:46:11 10.1.1.1: %SYS-5-X:y", "rfc3164 2025-03-01T18:46:11Z host=10.1.1.1 app=%SYS-5-X \"y\"");
    check("<30>June 8 00:21:09 h p[1]: m", "rfc3164 2025-06-08T00:21:09Z host=h app=p pid=1 \"m\"");
    check("<30>2025:06:08-00:21:09 h p[1]: m", "rfc3164 2025-06-08T00:21:09Z host=h app=p pid=1 \"m\"");
    check("2025 Jun  8 00:21:09 UTC h p: m", "rfc3164 2025-06-08T00:21:09Z host=h app=p \"m\"");
    check("<46>2026-10-14 06:02:11,120 h m", "rfc3164 2026-10-14T06:02:11.120Z host=h \"m\"");
    check("<129>2026-10-14 06:02:11.120 +0200  h WF x", "rfc3164 2026-10-14T04:02:11.120Z host=h \"WF x\"");
    check("<111>: Nov 09 06:02:11 h a[7] m", "rfc3164 2024-11-09T06:02:11Z host=h app=a pid=7 \"m\"");
    check("May 11 22:14:15 web01 a: no priority", "rfc3164 2025-05-11T22:14:15Z host=web01 app=a \"no priority\"");
    check("plain text", "raw \"plain text\"");
    check("<192>x", "rfc3164 \"x\" +pri_out_of_range");
    check("", "raw \"\"");
}

#[test]
fn zones_and_years() {
    check("<13>May 11 22:14:15 ABCT: %A-1-B: x", "rfc3164 2025-05-11T22:14:15Z app=%A-1-B \"x\" +unknown_timezone");
    check("<13>May 11 22:14:15 SRV x", "rfc3164 2025-05-11T22:14:15Z host=SRV \"x\"");
    check("<13>Feb 29 10:00:00 h a: x", "rfc3164 2024-02-29T10:00:00Z host=h app=a \"x\"");
    check("<13>Feb 30 10:00:00 h a: x", "rfc3164 \"Feb 30 10:00:00 h a: x\"");
    check("<13>May 11 22:14:15.5 CEST h a: x", "rfc3164 2025-05-11T20:14:15.500Z host=h app=a \"x\"");
    check("<13>May 11 22:14:15 +02:00 h a: x", "rfc3164 2025-05-11T20:14:15Z host=h app=a \"x\"");
}

#[test]
fn rfc5424_edges() {
    check(
        "<13>1 2024-05-01T10:00:00Z h a p m - \u{feff}x",
        "rfc5424 2024-05-01T10:00:00Z host=h app=a pid=p id=m \"x\"",
    );
    check(
        "<13>1 2024-05-01T10:00:00Z h a p m text",
        "rfc5424 2024-05-01T10:00:00Z host=h app=a pid=p id=m \"text\" +sd_missing",
    );
    check("<13>1 2024-05-01T10:00:00Z", "rfc5424 2024-05-01T10:00:00Z \"\" +truncated_header");
    check("<13>2 - h a - - -", "rfc5424 host=h app=a \"\" +unknown_version");
    check(
        "<13>1 - - - - - [a b=\"\\]\\\"\\\\\" b=\"]\"] [c]",
        "rfc5424 a[(\"b\", \"]\\\"\\\\\"), (\"b\", \"]\")] \"[c]\"",
    );
    check("<13>1 The quick fox", "rfc3164 \"1 The quick fox\"");
}

#[track_caller]
fn check_relayed(line: &str, expect: &str) {
    let now = Timestamp::parse_rfc3339("2025-06-15T12:00:00Z").unwrap();
    let context = SyslogContext { now, zone: Zone::parse("+02:00").unwrap() };
    let syslog = read(line, &context)
        .with_missing_priority(line)
        .with_local_time(line, &context)
        .lenient(line)
        .unwrapped(&context);
    let word = |part: Option<&str>| part.unwrap_or("-").to_owned();
    let at = syslog.timestamp.map_or("-".into(), |at| at.to_string());
    let shown = [at, word(syslog.relay), word(syslog.hostname), word(syslog.app_name), format!("{:?}", syslog.msg)];
    assert_eq!(shown.join(" "), expect);
}

#[test]
fn headers_behind_the_header_of_a_relay() {
    let expect = "2025-06-11T04:00:00Z relay-1 gw-1 sshd \"x\"";
    check_relayed("<13>Jun 11 06:00:01 relay-1 Jun 11 06:00:00 gw-1 sshd[7]: x", expect);
    check_relayed("<13>Jun 11 06:00:01 relay-1 <86>Jun 11 06:00:00 gw-1 sshd[7]: x", expect);
    check_relayed("<13>Jun 11 06:00:01 relay-1 2025-06-11T06:00:00 gw-1 sshd[7]: x", expect);
    check_relayed("<13>1 2025-06-11T06:00:01Z relay-1 - - - - <86>1 2025-06-11T04:00:00Z gw-1 sshd 7 - - x", expect);
    check_relayed(
        "<13>Jun 11 06:00:02 r-2 Jun 11 06:00:01 relay-1 Jun 11 06:00:00 gw-1 sshd[7]: x",
        &expect.replace("relay-1", "r-2"),
    );
    check_relayed("<13>Jun 11 06:00:01 relay-1 2025:06:11-06:00:00 gw-1 sshd[7]: x", expect);
    check_relayed("<13>Jun 11 06:00:01 relay-1 <86>1 2025-06-11T06:00:00.000 gw-1 sshd 7 - - x", expect);
    check_relayed("<13>Jun 11 06:00:01 relay-1 Jun 11 06:00:00 <auth.info> gw-1 sshd[7]: x", expect);
    check_relayed("<13>Jun 11 06:00:01 relay-1 June 11 06:00:00 gw-1 sshd[7]: x", expect);
    check_relayed("<13>1 2025-06-11T04:00:01Z gw-1 - - - - sshd[7]: x", "2025-06-11T04:00:01Z - gw-1 sshd \"x\"");
    check_relayed("<13>Jun 11 06:00:01 gw-1 Jun 11 06:00:00 DENY: IN=", "2025-06-11T04:00:00Z - gw-1 DENY \"IN=\"");
    check_relayed("<13>Jun 11 06:00:01 relay-1 <134>id=7 a=b", "2025-06-11T04:00:01Z - relay-1 - \"id=7 a=b\"");
}

#[test]
fn headers_behind_a_relay_without_host_or_priority() {
    check_relayed(
        "<13>Jun 11 06:00:01 gw-1 Jun 11 06:00:00 filterlog[7]: x",
        "2025-06-11T04:00:00Z - gw-1 filterlog \"x\"",
    );
    check_relayed(
        "<13>Jun 11 06:00:01 r-1 1 2025-06-11T04:00:00Z gw-1 app 7 - - x",
        "2025-06-11T04:00:00Z r-1 gw-1 app \"x\"",
    );
    check_relayed("1 2025-06-11T04:00:00Z gw-1 app 7 - [a@1 b=\"c\"] x", "2025-06-11T04:00:00Z - gw-1 app \"x\"");
    check_relayed("1 2025-06-11 is a date", "- - - - \"1 2025-06-11 is a date\"");
}

#[test]
fn priorities_in_words() {
    check_relayed("Jun 11 06:00:00 <local7.err> 192.0.2.7 app: x", "2025-06-11T04:00:00Z - 192.0.2.7 app \"x\"");
    check_relayed(
        "Jun 11 06:00:00 <local9.err> gw-1 app: x",
        "2025-06-11T04:00:00Z - - - \"<local9.err> gw-1 app: x\"",
    );
    check_relayed("Jun 11 06:00:00 <a@b.example> wrote", "2025-06-11T04:00:00Z - - - \"<a@b.example> wrote\"");
}

#[test]
fn times_in_a_message_are_no_header() {
    check_relayed(
        "<13>Jun 11 06:00:01 gw-1 app: Jun 11 06:00:00 x y: z",
        "2025-06-11T04:00:01Z - gw-1 app \"Jun 11 06:00:00 x y: z\"",
    );
    check_relayed(
        "<13>Jun 11 06:00:01 gw-1 2025-06-11 06:00:00 GET /",
        "2025-06-11T04:00:01Z - gw-1 - \"2025-06-11 06:00:00 GET /\"",
    );
    check_relayed("<13>Jun 11 06:00:01 gw-1 Jun is hot", "2025-06-11T04:00:01Z - gw-1 - \"Jun is hot\"");
}

#[test]
fn a_time_without_a_zone_is_in_the_zone_of_the_source() {
    check_relayed("<14>1 2025-06-11T06:00:00.040 gw-1 app - - - x", "2025-06-11T04:00:00.040Z - gw-1 app \"x\"");
    check_relayed("<14>1 2025-06-11Tnoon gw-1 app - - - x", "- - gw-1 app \"x\"");
}
