//! Throughput over lines; large with `WEIR_BENCH=1`, where it prints the figures.

use std::time::Instant;

use weir_event::Value;

use super::super::{Pattern, PatternOptions};

/// Bytes a second of `pattern` over the line.
fn measure(name: &str, pattern: &str, line: &str) {
    let slow = std::env::var_os("WEIR_BENCH").is_some();
    let rounds = if slow { 1_000_000 } else { 100 };
    let pattern = Pattern::compile(pattern, &PatternOptions::default()).expect("compiles");
    let mut matcher = pattern.matcher();
    let mut out = vec![Value::Null; pattern.exports().len()];
    let started = Instant::now();
    for _ in 0..rounds {
        let matched = matcher.parse(std::hint::black_box(line), &mut out);
        assert!(matched.is_some(), "{name}");
    }
    let seconds = started.elapsed().as_secs_f64();
    let megabytes = (line.len() * rounds) as f64 / 1e6;
    let nanos = seconds * 1e9 / rounds as f64;
    if slow {
        std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("{name}: {:.0} MB/s, {nanos:.0} ns a line\n", megabytes / seconds),
        )
        .expect("stderr");
    }
}

#[test]
fn speed() {
    measure(
        "csv",
        "LD:a ',' LD:b ',' LD:c ',' LD:d ',' LD:e ',' LD:f",
        "2024-05-01T10:11:12Z,firewall-7.example.com,allow outbound connection,user-4711@example.com,/var/log/very/long/path/name.log,trailing text of the line",
    );
    measure(
        "typed csv",
        "TIMESTAMP('yyyy-MM-ddTHH:mm:ssZ'):t ',' IPADDR:ip ',' LD:user ',' INT:status",
        "2024-05-01T10:11:12Z,192.168.10.23,some.user.name,404",
    );
    measure(
        "access log",
        "IPADDR:ip ' - ' LD:user ' [' HTTPDATE:t '] \"' LD:method ' ' LD:path ' ' LD:version '\" ' INT:status ' ' LONG:bytes",
        "192.168.1.5 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326",
    );
    measure(
        "json",
        "json{timestamp('yyyy-MM-ddTHH:mm:ssZ'):query_timestamp, string:query_name, ipaddr:srcaddr}(flat=true)",
        r#"{"version":"1.100000","account_id":"684399999995","region":"us-east-1","vpc_id":"vpc-026e4d09999995","query_timestamp":"2024-08-17T07:24:57Z","query_name":"250607.56755a335668636d52634969497343694167496e4a6c59584e766269493649.tiitha-maliciousdomain.com.","query_type":"A","query_class":"IN","rcode":"NOERROR","srcaddr":"172.31.1.6","srcport":"42241","transport":"UDP"}"#,
    );
    measure(
        "domain",
        "ld* '.'? ( (ld '.' ld):domain '.' eos) ",
        "250607.56755a335668636d52634969497343694167496e4a6c59584e766269493649.434a4762334a696157526b5a5734694c416f6749434a6b5a5852686157787a.tiitha-maliciousdomain.com.",
    );
    measure(
        "kv",
        "KVP{[^=]+:key '=' (DQS:valueText | [^ ]+:value) ' '?}:kv",
        "date=2024-01-01 time=10:11:12 devname=\"FGT-1\" level=notice srcip=10.0.0.1 dstip=192.0.2.7 action=accept",
    );
}
