//! Pullers as they are written, and what comes of them.

use expect_test::{Expect, expect};
use weir_event::{Batch, Fault, FieldId, Timestamp, Value, write_json};
use weir_pipe::RouteTo;

use super::jobs;
use crate::config;

pub const MANIFEST: &str = r#"
weir: connector/1
id: acme-alarms
version: 1.0.0
title: Alarms
config:
  base_url: {type: url, required: true, schemes: [https]}
  token: {type: secret, required: true}
  page_size: {type: int, default: 100, min: 1, max: 500}
  start_time: {type: time, default: "-1d", on_change: reset_cursor}
  window: {type: duration, default: 1h}
  insecure: {type: bool, default: false}
http: {base: "{{config.base_url}}"}
auth: {kind: headers, headers: {Authorization: "Bearer {{config.token}}"}}
streams:
  - name: alarms
    schedule: {every: 60s}
    cursor: {kind: none}
    request: {path: /alarms}
    response: {decode: [json], select: [{path: "$[*]"}]}
    paging: {kind: none}
    output: {dataset: acme.alarm, table: edr.acme.alarms}
  - name: audit
    schedule: {every: 5m}
    cursor: {kind: none}
    request: {path: /audit}
    response: {decode: [json], select: [{path: "$[*]"}]}
    paging: {kind: none}
    output: {dataset: acme.audit}
"#;

const IMPORT: &str = r#"
input: acme
settings:
  credentials.instance: {to: base_url, host: cloud.example.com}
  credentials.token: token
  verify: {to: insecure, not: true}
  requests_per_second: {unused: it asks once a minute}
services:
  alarms:
    table: edr.acme.old
    settings:
      start_time_in_utc_format: start_time
      override_time_window_interval_in_minutes: {to: window, unit: m}
  log: {stream: audit, table: edr.acme.log}
"#;

/// Services with their settings, notes, and everything that is wrong.
#[track_caller]
fn check(text: &str, expect: Expect) {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("packs/acme/alarms");
    std::fs::create_dir_all(&pack).unwrap();
    std::fs::write(pack.join("puller.yaml"), MANIFEST).unwrap();
    std::fs::write(pack.join("import.yaml"), IMPORT).unwrap();
    std::fs::write(folder.path().join("weir.yaml"), text).unwrap();
    let (config, mut faults) = config::read(Some(folder.path()));
    let now = Timestamp::parse_rfc3339("2026-05-01T00:00:00Z").unwrap();
    let (jobs, found) = jobs(&config, None, now);
    faults.extend(found);
    let mut lines: Vec<String> = jobs.iter().map(|job| shown(job)).collect();
    lines.extend(config.notes.iter().chain(&faults).map(Fault::to_string));
    let here = folder.path().display().to_string();
    expect.assert_eq(&lines.join("\n").replace(&here, "DIR"));
}

fn shown(job: &super::Job) -> String {
    let hidden = match job.inner.redact.len() {
        0 => String::new(),
        count => format!(" hides {count}"),
    };
    let tables = job.tables.iter().flat_map(|tables| &tables.of).map(|(value, table)| format!(" {value}={table}"));
    let more: String = tables.chain([hidden]).collect();
    let mut settings = String::new();
    write_json(&weir_event::Value::Record(job.inner.settings.given.clone()), &mut settings);
    format!(
        "{} every {}s to {}{more} reset {:?} {settings}",
        job.source,
        job.every.0 / 1_000_000_000,
        job.table,
        job.inner.reset
    )
}

#[test]
fn services_say_what_differs() {
    check(
        r#"
pullers:
  hq:
    pack: acme/alarms
    settings: { base_url: "https://a.example", token: "plain:env:x" }
    every: 10s
    reset: one
    services: { alarms: { table: mine, settings: { page_size: 7 } }, audit: { enabled: false } }
"#,
        expect![[
            r#"hq/alarms every 10s to mine reset "one" {"base_url":"https://a.example","token":"env:x","page_size":7,"start_time":"-1d","window":"1h","insecure":false}"#
        ]],
    );
    check(
        "pullers: [{ name: hq, pack: acme-alarms, settings: { base_url: 'https://a.example', token: abc }, services: [audit] }]",
        expect![[
            r#"hq/audit every 300s to logs reset "" {"base_url":"https://a.example","token":"abc","page_size":100,"start_time":"-1d","window":"1h","insecure":false}"#
        ]],
    );
}

#[test]
fn one_service_fills_a_lookup_table() {
    check(
        r#"
pullers:
  - { name: a, pack: ctci/cewl, settings: { api_token: x } }
  - { name: b, pack: ctci/cewl, settings: { api_token: y } }
"#,
        expect![[r#"
            a/cewl every 3600s to logs reset "" {"base_url":"https://api.ctci.ai","path":"/api/v1/cewl","method":"token","api_token":"x","first_list":"silent"}
            error[COLLECT-010]: two services fill the lookup table `cewl`
              at: b/cewl
              because: the other is a/cewl
              hint: switch one of them off"#]],
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    check(
        r#"
pullers:
  - name: hq
    pack: acme/alarms
    evry: 5m
    every: 1ms
    settings: { base_url: "ftp://a.example", page_size: "60", start_time: "2027-01-01T00:00:00Z", pagesize: 5 }
    services: { alarm: null, audit: { tabel: x, settings: { token: "env:WEIR_NO_SUCH_VARIABLE", page_size: 501 } } }
  - { name: hq, pack: acme/alarm, settings: {} }
  - { name: "a/b", settings: 5 }
"#,
        expect![[r#"
            error[COLLECT-002]: unknown setting `evry`
              at: DIR/weir.yaml:5: pullers.hq.evry
              hint: did you mean `every`?
            error[COLLECT-005]: `every` = 1ms is outside 1s to 24h
              at: DIR/weir.yaml:6: pullers.hq.every
            error[COLLECT-002]: unknown setting `tabel`
              at: DIR/weir.yaml:8: pullers.hq.services.audit.tabel
              hint: did you mean `table`?
            error[COLLECT-006]: `a/b` cannot name a puller
              at: DIR/weir.yaml:10: pullers.a/b
              hint: 1 to 40 of letters, digits and `._-`, a letter or digit first
            error[COLLECT-003]: `pullers.a/b.pack` is missing or empty
              at: DIR/weir.yaml:10: pullers.a/b.pack
              because: the source cannot be asked without it
              hint: add `pullers.a/b.pack`
            error[COLLECT-004]: expected a map, found a whole number
              at: DIR/weir.yaml:10: pullers.a/b.settings
              hint: write a map
            error[COLLECT-010]: two pullers are called `hq`
              at: DIR/weir.yaml:9: pullers.hq
              because: the other is at DIR/weir.yaml:3: pullers.hq
              hint: give each its own name
            error[COLLECT-009]: there is no service `alarm`
              at: DIR/weir.yaml:8: pullers.hq.services.alarm
              hint: did you mean `alarms`? services of this source: alarms, audit
            error[COLLECT-011]: the value of a setting is not where it should be
              at: DIR/weir.yaml:8: pullers.hq.services.audit.settings.token
              because: the environment variable `WEIR_NO_SUCH_VARIABLE` is not set
              hint: set it where weir is started: `export WEIR_NO_SUCH_VARIABLE=...`
            error[COLLECT-002]: unknown setting `pagesize`
              at: DIR/weir.yaml:7: pullers.hq.settings.pagesize
              hint: did you mean `page_size`?
            error[COLLECT-006]: `pullers.hq.settings.base_url` is not an address of https
              at: DIR/weir.yaml:7: pullers.hq.settings.base_url
              hint: for example https://api.example.com
            error[COLLECT-005]: `pullers.hq.services.audit.settings.page_size` = 501 is outside 1 to 500
              at: DIR/weir.yaml:8: pullers.hq.services.audit.settings.page_size
            error[COLLECT-007]: `pullers.hq.settings.start_time` is in the future
              at: DIR/weir.yaml:7: pullers.hq.settings.start_time
              because: it is 2026-05-01T00:00:00Z
              hint: name a time that has passed, or one such as now-24h
            error[COLLECT-009]: no pack `acme/alarm` has a manifest
              at: DIR/weir.yaml:9: pullers.hq
              hint: did you mean `acme/alarms`?"#]],
    );
}

#[test]
fn older_configurations_are_read() {
    check(
        r#"
globals: { debug: false }
outputs: { devo: { type: x } }
inputs:
  acme:
    id: "12345"
    enabled: true
    credentials: { instance: eu-1, token: secret }
    requests_per_second: 2
    verify: false
    services:
      alarms: { request_period_in_seconds: 90, start_time_in_utc_format: "2026-03-25T00:00:00", override_time_window_interval_in_minutes: 60, override_devo_tag: my.app.test }
      log: { reset_persistence_auth: "2" }
"#,
        expect![[r#"
            acme/alarms every 90s to my.app.test reset "" {"base_url":"https://eu-1.cloud.example.com","token":"secret","page_size":100,"start_time":"2026-03-25T00:00:00","window":"60m","insecure":true}
            acme/audit every 300s to edr.acme.log reset "2" {"base_url":"https://eu-1.cloud.example.com","token":"secret","page_size":100,"start_time":"-1d","window":"1h","insecure":true}
            error[COLLECT-014]: settings of the older collector's process are not used
              at: DIR/weir.yaml:2
              hint: remove them
            error[COLLECT-014]: events are stored here; `outputs` is not used
              at: DIR/weir.yaml:3
              hint: remove it
            error[COLLECT-014]: `inputs.acme.requests_per_second` is not used
              at: DIR/weir.yaml:9: inputs.acme.requests_per_second
              hint: remove it; it asks once a minute"#]],
    );
}

#[test]
fn mistakes_of_older_configurations_are_told_in_their_words() {
    check(
        r#"
inputs:
  acme:
    credentials: { tokn: x }
    services:
      alarms: { request_period_in_seconds: "60", start_time_in_utc_format: soon, override_time_window_interval_in_minutes: 0, override_devo_tag: 5 }
      alarmz: {}
      log: "x"
  acne: {}
"#,
        expect![[r#"
            error[COLLECT-002]: unknown setting `credentials.tokn`
              at: DIR/weir.yaml:4: inputs.acme.credentials.tokn
              hint: did you mean `credentials.token`?
            error[COLLECT-004]: `inputs.acme.services.alarms.request_period_in_seconds` must be a whole number, it is text
              at: DIR/weir.yaml:6: inputs.acme.services.alarms.request_period_in_seconds
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-005]: `inputs.acme.services.alarms.override_time_window_interval_in_minutes` = 0 is outside 1 to any
              at: DIR/weir.yaml:6: inputs.acme.services.alarms.override_time_window_interval_in_minutes
            error[COLLECT-004]: `inputs.acme.services.alarms.override_devo_tag` must be text, it is a whole number (5)
              at: DIR/weir.yaml:6: inputs.acme.services.alarms.override_devo_tag
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-009]: unknown service `alarmz`
              at: DIR/weir.yaml:7: inputs.acme.services.alarmz
              hint: did you mean `alarms`?
            error[COLLECT-004]: `inputs.acme.services.log` must be a map, it is text
              at: DIR/weir.yaml:8: inputs.acme.services.log
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-009]: unknown input `acne`
              at: DIR/weir.yaml:9: inputs.acne
              hint: did you mean `acme`?
            error[COLLECT-003]: `inputs.acme.credentials.instance` is missing or empty
              at: DIR/weir.yaml:4: inputs.acme.credentials.instance
              because: the source cannot be asked without it
              hint: add `inputs.acme.credentials.instance`
            error[COLLECT-003]: `inputs.acme.credentials.token` is missing or empty
              at: DIR/weir.yaml:4: inputs.acme.credentials.token
              because: the source cannot be asked without it
              hint: add `inputs.acme.credentials.token`
            error[COLLECT-006]: `inputs.acme.services.alarms.start_time_in_utc_format` is not a time
              at: DIR/weir.yaml:6: inputs.acme.services.alarms.start_time_in_utc_format
              hint: for example 2026-01-31T00:00:00Z, or now-24h"#]],
    );
}

#[test]
fn what_an_older_configuration_lacks_is_told_where_it_belongs() {
    check(
        "inputs: {}",
        expect![[r#"
        error[COLLECT-003]: `inputs` is missing or empty
          at: DIR/weir.yaml:1: inputs
          because: the source cannot be asked without it
          hint: add `inputs`: one or more of acme, ctci, darktrace, threatquotient"#]],
    );
    check(
        "inputs: { acme: {} }",
        expect![[r#"
        error[COLLECT-003]: `inputs.acme` is missing or empty
          at: DIR/weir.yaml:1: inputs.acme
          because: the source cannot be asked without it
          hint: add `inputs.acme`: its credentials and services"#]],
    );
    check(
        "inputs: { acme: { credentials: { instance: a, token: b } } }",
        expect![[r#"
        error[COLLECT-009]: `inputs.acme.services` names no service
          at: DIR/weir.yaml:1: inputs.acme.services
          hint: services of this source: alarms, log"#]],
    );
    check(
        "inputs: { acme: { credentials: { instance: a, token: b }, services: {} } }",
        expect![[r#"
        error[COLLECT-009]: `inputs.acme.services` names no service
          at: DIR/weir.yaml:1: inputs.acme.services
          hint: services of this source: alarms, log"#]],
    );
    check(
        "inputs: { acme: { credentials: x, services: { log: {} } } }",
        expect![[r#"
            error[COLLECT-004]: `inputs.acme.credentials` must be a map, it is text
              at: DIR/weir.yaml:1: inputs.acme.credentials
              hint: write a value of that type; what stands in quotes is text"#]],
    );
    check(
        "inputs: { acme: { services: { alarms: {}, log: {} } } }",
        expect![[r#"
        error[COLLECT-003]: `inputs.acme.credentials` is missing or empty
          at: DIR/weir.yaml:1: inputs.acme.credentials
          because: the source cannot be asked without it
          hint: add `inputs.acme.credentials`: a map with instance, token"#]],
    );
    check(
        r#"
inputs:
  threatquotient:
    services:
      events:
        credentials: { username: "" }
        verify_host_ssl_cert: "no"
        historical_poll_datetime: 2020-01-01
"#,
        expect![[r#"
            error[COLLECT-004]: `inputs.threatquotient.services.events.verify_host_ssl_cert` must be true or false, it is text
              at: DIR/weir.yaml:7: inputs.threatquotient.services.events.verify_host_ssl_cert
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-003]: `inputs.threatquotient.services.events.api_base_url` is missing or empty
              at: DIR/weir.yaml:5: inputs.threatquotient.services.events.api_base_url
              because: the source cannot be asked without it
              hint: add `inputs.threatquotient.services.events.api_base_url`
            error[COLLECT-003]: `inputs.threatquotient.services.events.credentials.username` is missing or empty
              at: DIR/weir.yaml:6: inputs.threatquotient.services.events.credentials.username
              because: the source cannot be asked without it
              hint: add `inputs.threatquotient.services.events.credentials.username`: the e-mail address of the user
            error[COLLECT-003]: `inputs.threatquotient.services.events.credentials.password` is missing or empty
              at: DIR/weir.yaml:6: inputs.threatquotient.services.events.credentials.password
              because: the source cannot be asked without it
              hint: add `inputs.threatquotient.services.events.credentials.password`
            error[COLLECT-008]: `inputs.threatquotient.services.events.historical_poll_datetime` is before what the source keeps
              at: DIR/weir.yaml:8: inputs.threatquotient.services.events.historical_poll_datetime
              because: it keeps what is younger than 2025-04-30T00:00:00Z
              hint: name a later time; what is older cannot be had"#]],
    );
    check(
        r#"
inputs:
  darktrace:
    credentials: { instance: 5, private_token: [x] }
    services:
      antigena: {}
      modelbreaches:
        start_time_in_utc_format: soon
        override_time_window_interval_in_minutes: 100000
"#,
        expect![[r#"
            error[COLLECT-004]: `inputs.darktrace.credentials.instance` must be text, it is a whole number (5)
              at: DIR/weir.yaml:4: inputs.darktrace.credentials.instance
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-003]: `inputs.darktrace.credentials.public_token` is missing or empty
              at: DIR/weir.yaml:4: inputs.darktrace.credentials.public_token
              because: the source cannot be asked without it
              hint: add `inputs.darktrace.credentials.public_token`
            error[COLLECT-004]: `inputs.darktrace.credentials.private_token` must be text, it is a list
              at: DIR/weir.yaml:4: inputs.darktrace.credentials.private_token
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-006]: `inputs.darktrace.services.modelbreaches.start_time_in_utc_format` is not a time
              at: DIR/weir.yaml:8: inputs.darktrace.services.modelbreaches.start_time_in_utc_format
              hint: for example 2026-01-31T00:00:00Z, or now-24h
            error[COLLECT-005]: `inputs.darktrace.services.modelbreaches.override_time_window_interval_in_minutes` = 100000m is outside 1m to 7d
              at: DIR/weir.yaml:9: inputs.darktrace.services.modelbreaches.override_time_window_interval_in_minutes"#]],
    );
}

#[test]
fn settings_with_a_condition_are_wanted_where_it_holds() {
    check(
        "pullers: [{ name: tq, pack: threatq/platform, settings: { base_url: 'https://t.example', method: user } }]",
        expect![[r#"
            error[COLLECT-003]: `pullers.tq.settings.username` is missing or empty
              at: DIR/weir.yaml:1: pullers.tq.settings.username
              because: the source cannot be asked without it
              hint: add `pullers.tq.settings.username`: the e-mail address of the user
            error[COLLECT-003]: `pullers.tq.settings.password` is missing or empty
              at: DIR/weir.yaml:1: pullers.tq.settings.password
              because: the source cannot be asked without it
              hint: add `pullers.tq.settings.password`"#]],
    );
}

#[test]
fn services_that_are_named_by_nobody_are_a_mistake() {
    check(
        "pullers: { hq: { pack: acme/alarms, settings: { base_url: 'https://a.example', token: a }, services: {} } }",
        expect![[r#"
        error[COLLECT-009]: `pullers.hq.services` names no service
          at: DIR/weir.yaml:1: pullers.hq.services
          hint: name at least one, or leave the key out: then all of the source run"#]],
    );
}

#[test]
fn what_older_collectors_document_has_its_meaning() {
    check(
        r#"
inputs:
  darktrace:
    credentials: { instance: euw1, public_token: a, private_token: b }
    requests_per_second: 2.5
    services:
      status: { flatten: false, start_time: "2026-04-01T00:00:00" }
      modelbreaches:
        flatten: true
        override_time_window_interval_in_minutes: 1
        obfuscation_data: [{ name: [device, hostname], value: "***" }, { path: $.device.ip, do: drop }]
  threatquotient:
    credentials: { username: a, password: b }
    services:
      events:
        api_base_url: "https://t.example"
        devo_tag_map: { Watering Hole: my.holes, "4": my.four, default: my.rest }
"#,
        expect![[r#"
            darktrace/status every 300s to edr.darktrace.respond.status reset "" {"base_url":"https://euw1.cloud.darktrace.com","public_token":"a","private_token":"b","start_time":"2026-04-01T00:00:00","window":"1h","lookback":"15m","include_acknowledged":true,"requests_per_second":2.5,"per_instance":false,"flatten":false}
            darktrace/modelbreaches every 60s to edr.darktrace.respond.model_breach hides 2 reset "" {"base_url":"https://euw1.cloud.darktrace.com","public_token":"a","private_token":"b","start_time":"-1d","window":"1m","lookback":"15m","include_acknowledged":true,"requests_per_second":2.5,"per_instance":true,"flatten":true}
            threatquotient/events every 60s to my.rest wateringhole=my.holes 4=my.four reset "" {"base_url":"https://t.example","method":"user","username":"a","password":"b","page_size":500,"time_zone":"UTC","insecure":false,"start_time":"-7d"}"#]],
    );
    check(
        r#"
inputs:
  darktrace:
    credentials: { instance: euw1, public_token: a, private_token: b, public: c }
    requests_per_second: fast
    services:
      antigena: { override_time_window_interval_in_minutes: 60, obfuscation_data: [{ name: x, valu: y }], override_devo_tag: "a b" }
      status: { obfuscation_data: { path: $.x }, devo_tag_map: { default: x } }
  threatquotient:
    credentials: { username: a, password: b }
    services:
      events: { api_base_url: "https://t.example", devo_tag_map: { Malware: my.malware, DoS: 5 } }
"#,
        expect![[r#"
            threatquotient/events every 60s to logs spearphish=threatintel.threatquotient.platform.spearphish wateringhole=threatintel.threatquotient.platform.wateringhole sqlinjectionattack=threatintel.threatquotient.platform.sqlinjectionattack dosattack=threatintel.threatquotient.platform.dosattack malware=threatintel.threatquotient.platform.malware watchlist=threatintel.threatquotient.platform.watchlist reset "" {"base_url":"https://t.example","method":"user","username":"a","password":"b","page_size":500,"time_zone":"UTC","insecure":false,"start_time":"-7d"}
            error[COLLECT-014]: `inputs.darktrace.services.antigena.override_time_window_interval_in_minutes` is not used
              at: DIR/weir.yaml:7: inputs.darktrace.services.antigena.override_time_window_interval_in_minutes
              hint: remove it; the source gives what holds now, whatever the range
            error[COLLECT-002]: unknown setting `credentials.public`
              at: DIR/weir.yaml:4: inputs.darktrace.credentials.public
              hint: did you mean `credentials.public_token`?
            error[COLLECT-002]: unknown key `valu`
              at: DIR/weir.yaml:7: inputs.darktrace.services.antigena.obfuscation_data
              hint: did you mean `value`?
            error[COLLECT-004]: expected a name of letters, digits and `._-/`, found text
              at: DIR/weir.yaml:7: inputs.darktrace.services.antigena.override_devo_tag
              hint: write a name of letters, digits and `._-/`
            error[COLLECT-004]: `inputs.darktrace.services.status.obfuscation_data` must be a list, it is a map
              at: DIR/weir.yaml:8: inputs.darktrace.services.status.obfuscation_data
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-002]: unknown setting `devo_tag_map`
              at: DIR/weir.yaml:8: inputs.darktrace.services.status.devo_tag_map
              hint: known: base_url, credentials.instance, credentials.private_token, credentials.public_token, enabled, flatten, obfuscation_data, override_devo_tag, override_time_window_interval_in_minutes, request_period_in_seconds, requests_per_second, reset_persistence_auth, start_time, start_time_in_utc_format, tag
            error[COLLECT-004]: `inputs.threatquotient.services.events.devo_tag_map.DoS` must be text, it is a whole number (5)
              at: DIR/weir.yaml:12: inputs.threatquotient.services.events.devo_tag_map.DoS
              hint: write a value of that type; what stands in quotes is text
            error[COLLECT-003]: `inputs.threatquotient.services.events.devo_tag_map.default` is missing or empty
              at: DIR/weir.yaml:12: inputs.threatquotient.services.events.devo_tag_map.default
              because: the source cannot be asked without it
              hint: add `inputs.threatquotient.services.events.devo_tag_map.default`: the tag of events of all other types
            error[COLLECT-004]: `inputs.darktrace.requests_per_second` must be a number, it is text ("fast")
              at: DIR/weir.yaml:5: inputs.darktrace.requests_per_second
              hint: write a value of that type; what stands in quotes is text"#]],
    );
}

/// Which table the events of a type go to.
#[test]
fn events_go_to_the_table_of_their_type() {
    let tables = config::Tables {
        by: vec!["threatq.type".to_owned(), "threatq.type_id".to_owned()],
        of: vec![("wateringhole".to_owned(), "my.holes".into()), ("4".to_owned(), "my.four".into())],
    };
    let source: std::sync::Arc<str> = "tq/events".into();
    let routes: Vec<_> = tables.routes(&source).collect();
    for (field, value, expect) in [
        ("threatq.type", Value::text("Watering Hole"), Some("my.holes")),
        ("threatq.type", Value::text("watering-hole"), Some("my.holes")),
        ("threatq.type_id", Value::Long(4), Some("my.four")),
        ("threatq.type", Value::text("Malware"), None),
        ("other", Value::text("4"), None),
    ] {
        let mut batch = Batch::default();
        batch.set_value(FieldId::known(field), value.clone());
        batch.end_row();
        let to = routes.iter().find(|route| route.matches(&batch.row(0))).map(|route| &route.to);
        let wanted = expect.map(|table| RouteTo::Table { table: table.into(), bucket: None });
        assert_eq!(to, wanted.as_ref(), "{field} {value:?}");
    }
}
