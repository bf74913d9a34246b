//! Throughput beside the same extraction as captures of a regular expression; large with `WEIR_BENCH=1`, where it prints the figures:
//! `WEIR_BENCH=1 cargo test --profile fast -p weir-lang dpl::tests::speed -- --nocapture`;
//! another value picks the cases whose name holds it.
//!
//! The peer is the engine of the `regex` crate with a set of captures that is used again. Its first figure is for the places alone; the
//! second holds what DPL's holds: numbers, addresses and times as values, by the standard library and jiff.

use std::hint::black_box;
use std::time::{Duration, Instant};

use regex_automata::meta::Regex;
use weir_event::Value;

use super::super::{Pattern, PatternOptions, ValueKind};

/// An extraction both ways.
struct Case {
    name: &'static str,
    pattern: &'static str,
    regex: &'static str,
    /// Format of the time, if there is one, for the peer.
    time: &'static str,
    lines: &'static [&'static str],
}

const ROUNDS: usize = 41;

const CASES: &[Case] = &[
    Case {
        name: "csv, 6 columns of text",
        pattern: "LD:a ',' LD:b ',' LD:c ',' LD:d ',' LD:e ',' LD:f",
        regex: r"^([^,\n]+),([^,\n]+),([^,\n]+),([^,\n]+),([^,\n]+),([^\n]+)",
        time: "",
        lines: &[
            "2024-05-01T10:11:12Z,firewall-7.example.com,allow outbound connection,user-4711@example.com,/var/log/very/long/path/name.log,trailing text of the line",
            "2024-05-01T10:11:13Z,fw-8.example.com,deny inbound connection,someone@example.com,/var/log/path/name.log,trailing text of another line",
        ],
    },
    Case {
        name: "csv, 21 columns typed",
        pattern: "LD:id ',' LD ',' LD:serial ',' LD:type ',' LD:subtype ',' LD ',' TIMESTAMP('yyyy/MM/dd HH:mm:ss'):t ',' IPADDR:src ',' IPADDR:dst ',' IPADDR:nat_src ',' IPADDR:nat_dst ',' LD:rule ',' LD*:user ',' LD*:to ',' LD:app ',' LD:system ',' LD:from ',' LD:zone ',' LD:in ',' LD:out ',' LD:action ','",
        regex: r"^([^,]+),[^,]+,([^,]+),([^,]+),([^,]+),[^,]+,(\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}),([0-9a-fA-F.:]+),([0-9a-fA-F.:]+),([0-9a-fA-F.:]+),([0-9a-fA-F.:]+),([^,]+),([^,]*),([^,]*),([^,]+),([^,]+),([^,]+),([^,]+),([^,]+),([^,]+),([^,]+),",
        time: "%Y/%m/%d %H:%M:%S",
        lines: &[
            "1,2026/11/21 00:00:00,619667111962,TRAFFIC,end,2560,2026/11/21 00:00:00,10.25.222.164,192.0.2.193,0.0.0.0,0.0.0.0,allow-out,,,ssl,vsys1,trust,untrust,ae1.10,ae2.20,fwd,2026/11/21 00:00:00,1795200000003,1,56260,443,0,0,0x400053,tcp,allow,53007",
        ],
    },
    Case {
        name: "failed login",
        pattern: "'Failed password for ' ('invalid user ')? LD:user ' from ' IPADDR:ip ' port ' INT:port",
        regex: r"^Failed password for (?:invalid user )?(.+?) from ([0-9a-fA-F.:]+) port (\d+)",
        time: "",
        lines: &[
            "Failed password for invalid user test from 203.0.113.136 port 37852 ssh2 id=1795200000001",
            "Failed password for root from 198.51.100.9 port 4022 ssh2 id=1795200000002",
        ],
    },
    Case {
        name: "failed login, searched",
        pattern: "LD 'Failed password for ' ('invalid user ')? LD:user ' from ' IPADDR:ip ' port ' INT:port",
        regex: r"^.+?Failed password for (?:invalid user )?(.+?) from ([0-9a-fA-F.:]+) port (\d+)",
        time: "",
        lines: &[
            "<38>1 2026-11-21T00:00:00.001Z srv206 sshd 29253 - - Failed password for invalid user test from 203.0.113.136 port 37852 ssh2 id=1795200000001",
        ],
    },
    Case {
        name: "syslog header",
        pattern: "'<' INT:pri '>' TIMESTAMP('MMM d HH:mm:ss'):t ' ' LD:host ' ' LD:message",
        regex: r"^<(\d+)>([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}) ([^ \n]+) ([^\n]+)",
        time: "%Y %b %d %H:%M:%S",
        lines: &[
            "<189>Nov 21 00:00:00 fgt17 date=2026-11-21 time=00:00:00 devname=\"fgt17\" devid=\"FG100E96012729\" eventtime=1795200000000 tz=\"+0000\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.56.203.50 srcport=38782",
        ],
    },
    Case {
        name: "key=value, four of many",
        pattern: "LD ' srcip=' IPADDR:src ' srcport=' INT:sport LD ' dstip=' IPADDR:dst ' dstport=' INT:dport LD ' action=\"' LD:action '\"'",
        regex: r#"^.+? srcip=([0-9a-fA-F.:]+) srcport=(\d+).+? dstip=([0-9a-fA-F.:]+) dstport=(\d+).+? action="([^"]+)""#,
        time: "",
        lines: &[
            "<189>Nov 21 00:00:00 fgt17 date=2026-11-21 time=00:00:00 devname=\"fgt17\" devid=\"FG100E96012729\" eventtime=1795200000000 tz=\"+0000\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip=10.56.203.50 srcport=38782 srcintf=\"port1\" dstip=192.0.2.253 dstport=443 dstintf=\"wan1\" action=\"close\" policyid=16 service=\"HTTPS\" proto=6 duration=251 sentbyte=39449 rcvdbyte=665231",
        ],
    },
    Case {
        name: "access log",
        pattern: "IPADDR:ip ' - ' LD:user ' [' HTTPDATE:t '] \"' LD:method ' ' LD:path ' ' LD:version '\" ' INT:status ' ' LONG:bytes",
        regex: r#"^([0-9a-fA-F.:]+) - ([^ ]+) \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "([^ ]+) ([^ ]+) ([^"]+)" (\d+) (\d+)"#,
        time: "%d/%b/%Y:%H:%M:%S %z",
        lines: &[
            "192.0.2.5 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326",
            "198.51.100.77 - - [10/Oct/2000:13:55:37 +0000] \"POST /api/v1/orders/4711/items HTTP/1.1\" 404 517",
        ],
    },
    Case {
        name: "CEF header",
        pattern: "LD 'CEF:' INT:v '|' LD:vendor '|' LD:product '|' LD:version '|' LD:class '|' LD:name '|' LD:severity '|' LD:extension",
        regex: r"^.+?CEF:(\d+)\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|([^\n]+)",
        time: "",
        lines: &[
            "<132>Nov 21 00:00:00 sedge-29.example.net CEF:1|Example|Secure Edge|1.2.1|coredns|drop|7|identification_code=org0249 subscriber=fatima.reyes@example.com socket_family=INET domain=telemetry154.example.net external_id=6ff4b10d-f219-48d0-a949-837ac3690e8f client_ip=10.62.62.121 action=drop response_time=14 policy_id=241",
        ],
    },
    Case {
        name: "classes",
        pattern: "[0-9-]+:date ' ' [0-9:]+:time ' ' UPPER:level ' ' [a-z.]+:logger ': ' [^\n]+:message",
        regex: r"^([0-9-]+) ([0-9:]+) ([A-Z]+) ([a-z.]+): ([^\n]+)",
        time: "",
        lines: &[
            "2024-05-01 10:11:12 ERROR com.example.orders.service: order 4711 of customer 42 could not be written to disk",
        ],
    },
];

/// Nanoseconds of a round over the lines: the fastest of several, which the load of the machine disturbs least.
#[derive(Debug)]
struct Figures {
    ours: Duration,
    places: Duration,
    values: Duration,
}

fn run(case: &Case, rounds: usize, repeats: usize) -> Figures {
    let pattern = Pattern::compile(case.pattern, &PatternOptions::default()).expect("compiles");
    let regex = Regex::new(case.regex).expect("compiles");
    let kinds: Vec<ValueKind> = pattern.exports().iter().map(|export| export.kind).collect();
    let mut matcher = pattern.matcher();
    let mut out = vec![Value::Null; pattern.exports().len()];
    let mut groups = regex.create_captures();
    let mut figures = Figures { ours: Duration::MAX, places: Duration::MAX, values: Duration::MAX };
    for _ in 0..rounds {
        let ours = timed(case, repeats, |line| {
            assert!(matcher.parse(black_box(line), &mut out).is_some(), "{}", case.name);
            black_box(&out);
        });
        let places = timed(case, repeats, |line| {
            regex.captures(black_box(line), &mut groups);
            assert!(groups.is_match(), "{}", case.name);
            black_box(&groups);
        });
        let values = timed(case, repeats, |line| {
            regex.captures(black_box(line), &mut groups);
            for (index, kind) in kinds.iter().enumerate() {
                let span = groups.get_group(index + 1).expect("a group");
                black_box(converted(*kind, &line[span.start..span.end], case.time));
            }
        });
        figures.ours = figures.ours.min(ours);
        figures.places = figures.places.min(places);
        figures.values = figures.values.min(values);
    }
    figures
}

fn timed<'c>(case: &'c Case, repeats: usize, mut each: impl FnMut(&'c str)) -> Duration {
    let started = Instant::now();
    for _ in 0..repeats {
        case.lines.iter().for_each(|line| each(line));
    }
    started.elapsed()
}

/// What a program does with a capture that should be a value.
fn converted<'t>(kind: ValueKind, text: &'t str, format: &str) -> Value<'t> {
    match kind {
        ValueKind::Long => Value::Long(text.parse().expect("a number")),
        ValueKind::Ip => Value::Ip(text.parse().expect("an address")),
        ValueKind::Timestamp if format.ends_with("%z") => {
            let time = jiff::Timestamp::strptime(format, text).expect("a time");
            Value::Timestamp(weir_event::Timestamp::from_jiff(time).expect("in range"))
        }
        ValueKind::Timestamp => {
            let yearless = !format.starts_with("%Y/");
            let time = if yearless {
                jiff::civil::DateTime::strptime(format, format!("2026 {text}"))
            } else {
                jiff::civil::DateTime::strptime(format, text)
            };
            let zoned = time.expect("a time").to_zoned(jiff::tz::TimeZone::UTC).expect("in range");
            Value::Timestamp(weir_event::Timestamp::from_jiff(zoned.timestamp()).expect("in range"))
        }
        _ => Value::text(text),
    }
}

/// Both ways take the same texts.
fn agree(case: &Case) {
    let pattern = Pattern::compile(case.pattern, &PatternOptions::default()).expect("compiles");
    let regex = Regex::new(case.regex).expect("compiles");
    let mut groups = regex.create_captures();
    for line in case.lines {
        let mut out = vec![Value::Null; pattern.exports().len()];
        assert!(pattern.matcher().parse(line, &mut out).is_some(), "{}: {line}", case.name);
        regex.captures(line, &mut groups);
        assert_eq!(out.len() + 1, groups.group_len(), "{}", case.name);
        for (index, value) in out.iter().enumerate() {
            let span = groups.get_group(index + 1).expect("a group");
            if let Value::Text(text) = value {
                assert_eq!(text, &line[span.start..span.end], "{}", case.name);
            }
        }
    }
}

#[test]
fn speed() {
    let wanted = std::env::var("WEIR_BENCH").ok();
    let large = wanted.is_some();
    let picked =
        |case: &&Case| wanted.as_ref().is_none_or(|wanted| wanted == "1" || case.name.contains(wanted.as_str()));
    let (rounds, repeats) = if large { (ROUNDS, 5_000) } else { (1, 2) };
    for case in CASES.iter().filter(picked) {
        agree(case);
        let figures = run(case, rounds, repeats);
        if large {
            std::io::Write::write_all(&mut std::io::stderr(), shown(case, &figures, repeats).as_bytes())
                .expect("stderr");
        }
    }
}

fn shown(case: &Case, figures: &Figures, repeats: usize) -> String {
    let bytes: usize = case.lines.iter().map(|line| line.len()).sum();
    let line = |time: Duration| time.as_nanos() as f64 / (repeats * case.lines.len()) as f64;
    let megabytes = |time: Duration| (bytes * repeats) as f64 / 1e6 / time.as_secs_f64();
    let ratio = |time: Duration| time.as_secs_f64() / figures.ours.as_secs_f64();
    format!(
        "{:24} DPL {:4.0} ns a line, {:4.0} MB/s; regex places {:5.0} ns, ratio {:.2}; values {:5.0} ns, ratio {:.2}\n",
        case.name,
        line(figures.ours),
        megabytes(figures.ours),
        line(figures.places),
        ratio(figures.places),
        line(figures.values),
        ratio(figures.values),
    )
}
