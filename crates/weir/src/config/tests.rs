use super::*;

/// Loads one `weir.yaml` with `text`; what is wrong, or the sources, buckets and rules.
fn render(name: &str, text: &str) -> String {
    render_all(&[(name, text)])
}

fn render_all(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let here = folder.path().display().to_string();
    match load(Some(folder.path())) {
        Ok(config) => {
            let names = |names: Vec<&str>| names.join(" ");
            let sources = names(config.sources.iter().map(|source| &*source.name).collect());
            let buckets = names(config.buckets.iter().map(|bucket| &*bucket.name).collect());
            format!("sources: {sources}; buckets: {buckets}")
        }
        Err(faults) => {
            let text: Vec<String> = faults.iter().map(|fault| fault.to_string().replace(&here, "DIR")).collect();
            text.join("\n")
        }
    }
}

#[track_caller]
fn check(text: &str, expect: expect_test::Expect) {
    expect.assert_eq(&render("weir.yaml", text));
}

#[test]
fn an_unknown_key_is_named_with_the_nearest_known_one() {
    check(
        "sources:\n  - name: edge\n    kind: syslog\n    lisen: 127.0.0.1:1\n",
        expect_test::expect![[r#"
            error[CONFIG-003]: unknown key `lisen`
              at: DIR/weir.yaml:4
              hint: did you mean `listen`?"#]],
    );
}

#[test]
fn a_whole_configuration_is_read() {
    check(
        "sources:\n  - { name: edge, kind: syslog, listen: '127.0.0.1:0', transport: tcp, fields: { site: lab } }\n  - { name: web, kind: http }\nbuckets:\n  - { name: short, table: logs, retention: 1d }\nlimits: { queue_bytes: 8Mi }\n",
        expect_test::expect!["sources: edge web; buckets: short default_logs default_events default_securityevents"],
    );
}

#[test]
fn wrong_values_are_placed() {
    check(
        "http: { listen: nowhere }\n",
        expect_test::expect![[r#"
            error[CONFIG-007]: `nowhere` is not an address with a port
              at: DIR/weir.yaml:1
              hint: write for example 127.0.0.1:5514 or [::]:5514"#]],
    );
    check(
        "sources:\n  - { name: a, kind: http, tenant: defualt }\n",
        expect_test::expect![[r#"
            error[CONFIG-014]: there is no tenant `defualt`
              at: DIR/weir.yaml:2
              hint: did you mean `default`?"#]],
    );
    check(
        "buckets: [\n",
        expect_test::expect![[r#"
            error[CONFIG-001]: the file is not valid YAML
              at: DIR/weir.yaml:2
              because: while parsing a node, did not find expected node content"#]],
    );
}

#[test]
fn what_a_listener_needs_to_encrypt_is_asked_for() {
    let source = |rest: &str| format!("sources:\n  - {{ name: a, kind: syslog, listen: '127.0.0.1:0', {rest} }}\n");
    check(
        &source("transport: tls"),
        expect_test::expect![[r#"
            error[CONFIG-005]: `tls` is missing
              at: DIR/weir.yaml:2
              hint: write `tls: { cert_file: PATH, key_file: PATH }`"#]],
    );
    check(
        &source("transport: [tls, tcp], tls: { cert_file: a, key_file: b }"),
        expect_test::expect![[r#"
            error[CONFIG-018]: `tcp` has no meaning here
              at: DIR/weir.yaml:2
              because: one address cannot take both `tcp` and `tls`
              hint: leave `tcp` out"#]],
    );
    check(
        &source("tls: { cert_file: a, key_file: b }"),
        expect_test::expect![[r#"
            error[CONFIG-018]: `tls` has no meaning here
              at: DIR/weir.yaml:2
              because: the `transport` of the source is not `tls`
              hint: leave `tls` out"#]],
    );
    check(
        "http: { listen: '127.0.0.1:0', tls: { cert_file: /nowhere/cert.pem, key_file: /nowhere/key.pem } }\n",
        expect_test::expect![[r#"
            error[CONFIG-020]: the listener cannot encrypt
              at: DIR/weir.yaml:1
              because: /nowhere/cert.pem: I/O error: No such file or directory (os error 2)
              hint: `cert_file` holds the certificate and those between it and its authority, `key_file` its key, both in PEM"#]],
    );
}

#[test]
fn a_rule_needs_one_schedule() {
    let rule = "id: r\nquery: fetch logs\n";
    expect_test::expect![[r#"
        error[CONFIG-011]: a rule needs either `interval` or `cron`
          at: DIR/rules/r.yaml:1
          hint: add for example `interval: 5m`"#]]
    .assert_eq(&render("rules/r.yaml", rule));
    expect_test::expect![[r#"
        error[CONFIG-012]: `every day` is not a cron expression
          at: DIR/rules/r.yaml:3
          because: it has 2 fields, not 5
          hint: five fields: minute hour day-of-month month day-of-week, for example */5 * * * *"#]]
    .assert_eq(&render("rules/r.yaml", &format!("{rule}cron: every day\n")));
}

#[test]
fn sources_without_a_tenant_are_the_first_ones() {
    check(
        "tenants: [{ id: acme, number: 7 }]\n",
        expect_test::expect!["sources: syslog; buckets: default_logs default_events default_securityevents"],
    );
    check(
        "tenants: []\n",
        expect_test::expect![[r#"
            error[CONFIG-017]: there is no tenant
              hint: list one under `tenants:`, or leave the key out"#]],
    );
}

#[test]
fn a_bucket_for_a_few_events_does_not_take_all() {
    let short = Bucket { name: "short".into(), table: "logs".into(), retention: weir_event::Duration(1) };
    let mine = Bucket { name: "mine".into(), table: "audit".into(), ..short.clone() };
    let mut config = Config::default();
    config.buckets.splice(0..0, [short, mine]);
    let main = |table: &str| config.main_bucket(table).map_or("none", |bucket| &bucket.name);
    assert_eq!((main("logs"), main("audit"), main("other")), ("default_logs", "mine", "none"));
}

#[test]
fn examples_are_right() {
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut seen = 0;
    for folder in std::fs::read_dir(examples).unwrap().map(|entry| entry.unwrap().path()) {
        if folder.join("weir.yaml").is_file() {
            let config = load(Some(&folder)).unwrap_or_else(|faults| panic!("{}: {faults:?}", folder.display()));
            assert!(!config.sources.is_empty(), "{}", folder.display());
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn readers_are_read() {
    check(
        "sources:\n  - name: hr\n    kind: sql\n    every: 5m\n    sql: { driver: postgres, host: db, user: weir, password: env:NOT_SET, database: hr, query: SELECT 1, rising: [at, id], lag: 30s }\n  - name: assets\n    kind: sql\n    sql: { driver: sqlite, file: /a.db, query: SELECT 1, snapshot: [] }\n  - name: bastion\n    kind: ssh\n    ssh: { host: b, user: weir, key: file:/k, known_hosts: /h, files: [/var/log/a.log] }\n",
        expect_test::expect![[
            r#"sources: hr assets bastion; buckets: default_logs default_events default_securityevents"#
        ]],
    );
}

#[test]
fn what_a_reader_would_not_heed_is_refused() {
    for (source, id, says) in [
        ("kind: http, every: 5m", "CONFIG-018", "`every` has no meaning here"),
        ("kind: ssh, sql: {}", "CONFIG-018", "the source is of kind `ssh`"),
        ("kind: sql", "CONFIG-005", "`sql` is missing"),
        ("kind: sql, sql: { driver: oracle, query: x }", "CONFIG-008", "postgres, mysql, sqlserver, sqlite"),
        ("kind: sql, sql: { driver: sqlite, file: a, query: x }", "CONFIG-005", "`rising` is missing"),
        (
            "kind: sql, sql: { driver: sqlite, file: a, host: b, query: x, rising: id }",
            "CONFIG-018",
            "SQLite reads a file",
        ),
        ("kind: sql, sql: { driver: sqlite, file: a, query: x, rising: id, snapshot: [] }", "CONFIG-018", "`rising`"),
        ("kind: kafka, every: 5m, kafka: {}", "CONFIG-018", "`every` has no meaning here"),
        ("kind: kafka, kafka: { brokers: b, group: g, topics: t }", "CONFIG-004", "HOST:PORT"),
        ("kind: kafka, kafka: { brokers: [], group: g, topics: t }", "CONFIG-004", "found an empty list"),
        ("kind: kafka, kafka: { brokers: 'b:1', group: g, topics: [] }", "CONFIG-004", "names of topics"),
        ("kind: kafka, kafka: { brokers: 'b:1', group: g, topics: t, start: now }", "CONFIG-008", "earliest, latest"),
        ("kind: mqtt, every: 5m, mqtt: {}", "CONFIG-018", "`every` has no meaning here"),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: a }", "CONFIG-005", "`client_id` is missing"),
        ("kind: mqtt, mqtt: { brokers: b, topics: a, client_id: c }", "CONFIG-004", "HOST:PORT"),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: ['a/#/b'], client_id: c }", "CONFIG-004", "at the end"),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: [a+], client_id: c }", "CONFIG-004", "one level"),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, password: p }", "CONFIG-018", "no `user`"),
        (
            "kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, user: u }",
            "CONFIG-005",
            "`password` is missing",
        ),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, qos: 3 }", "CONFIG-004", "0, 1 or 2"),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, keep_alive: 10ms }", "CONFIG-004", "1s to 18h"),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, keep_alive: 19h }", "CONFIG-004", "1s to 18h"),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, envelope: dlx }", "CONFIG-008", "`dxl`"),
        (
            "kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, message_bytes: 9Gi }",
            "CONFIG-004",
            "from 1024 to",
        ),
        ("kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, unacknowledged: 0 }", "CONFIG-004", "from 1 to"),
        (
            "kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, tls: { check_name: false } }",
            "CONFIG-018",
            "whose certificates",
        ),
        (
            "kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, tls: { key_file: k } }",
            "CONFIG-018",
            "no `cert_file`",
        ),
        (
            "kind: mqtt, mqtt: { brokers: 'b:1', topics: a, client_id: c, tls: { cert_file: k } }",
            "CONFIG-005",
            "`key_file` is missing",
        ),
        ("kind: ssh, ssh: { host: b, user: u }", "CONFIG-019", "exactly one of `files` and `command`"),
        ("kind: ssh, ssh: { host: b, user: u, files: a.log }", "CONFIG-004", "absolute paths"),
        ("kind: ssh, ssh: { host: b, user: u, files: /a, host_key: abc }", "CONFIG-004", "SHA256:"),
    ] {
        let said = render("weir.yaml", &format!("sources:\n  - {{ name: a, {source} }}\n"));
        assert!(said.contains(id) && said.contains(says), "{source}: {said}");
    }
}

#[test]
fn leases_that_cannot_be_are_refused() {
    for (leases, id, says) in [
        ("node: a", "CONFIG-005", "folder"),
        ("folder: /mnt, lapse: 1ms", "CONFIG-004", "1s to 1h"),
        ("folder: /mnt, lapse: 2h", "CONFIG-004", "1s to 1h"),
        ("folder: /mnt, node: ../b", "CONFIG-004", "a name"),
        ("folder: /mnt, node: a, lease: 3s", "CONFIG-003", "lapse"),
    ] {
        let said = render("weir.yaml", &format!("leases: {{ {leases} }}\n"));
        assert!(said.contains(id) && said.contains(says), "{leases}: {said}");
    }
}

/// The last of two used to win without a word.
#[test]
fn what_is_there_twice_is_refused_with_both_places() {
    let rule = |id: &str| format!("id: {id}\nquery: fetch logs\ninterval: 5m\n");
    let source = "sources: [{ name: a, kind: http }]\n";
    let bucket = "buckets:\n  - { name: b, table: logs, retention: 1d }\n";
    let kafka = "outputs: [{ name: o, kind: kafka, kafka: { brokers: 'b:1', topic: t } }]\n";
    for (name, one, two, says) in [
        ("rules/FILE.yaml", rule("r"), rule("r"), "the rule `r`"),
        ("FILE.yaml", source.to_owned(), source.to_owned(), "the source `a`"),
        ("FILE.yaml", bucket.to_owned(), bucket.to_owned(), "the bucket `b`"),
        ("FILE.yaml", kafka.to_owned(), kafka.to_owned(), "the output `o`"),
        (
            "FILE.yaml",
            "tenants: [{ id: a, number: 1 }]".into(),
            "tenants: [{ id: a, number: 2 }]".into(),
            "the tenant `a`",
        ),
        (
            "FILE.yaml",
            "tenants: [{ id: a, number: 1 }]".into(),
            "tenants: [{ id: b, number: 1 }]".into(),
            "the tenant number `1`",
        ),
        ("FILE.yaml", "open_sources: true".into(), "open_sources: false".into(), "the setting `open_sources`"),
        ("FILE.yaml", "http: { listen: '[::]:1' }".into(), "http: { listen: '[::]:2' }".into(), "the setting `http`"),
        ("FILE.yaml", "limits: { connections: 1 }".into(), "limits: { seal_age: 1s }".into(), "the setting `limits`"),
        ("FILE.yaml", "data: a".into(), "data: b".into(), "the setting `data`"),
    ] {
        let (first, second) = (name.replace("FILE", "one"), name.replace("FILE", "two"));
        for (said, at, before) in [
            (render_all(&[(&first, &one), (&second, &two)]), format!("{second}:"), format!("{first}:")),
            // Documents of one file.
            (render(&first, &format!("{one}\n---\n{two}")), format!("{first}:"), format!("{first}:")),
        ] {
            assert!(said.starts_with(&format!("error[CONFIG-013]: {says} is there twice")), "{said}");
            let placed =
                said.contains(&format!("at: DIR/{at}")) && said.contains(&format!("the first is at DIR/{before}"));
            assert!(placed && said.matches("error[").count() == 1, "{said}");
        }
    }
}

#[test]
fn lists_of_several_files_are_put_together() {
    let first = "sources: [{ name: a, kind: http }]\nbuckets: [{ name: x, table: t, retention: 1d }]\n";
    let second = "sources: [{ name: b, kind: http }]\nbuckets: [{ name: default_logs, table: logs, retention: 1d }]\n";
    expect_test::expect!["sources: a b; buckets: x default_logs default_events default_securityevents"]
        .assert_eq(&render_all(&[("1.yaml", first), ("2.yaml", second)]));
}

#[test]
fn a_mistake_in_a_rule_or_a_filter_has_its_line() {
    expect_test::expect![[r#"
        error[CONFIG-014]: there is no tenant `acme`
          at: DIR/rules/r.yaml:6
          hint: known tenants: default"#]]
    .assert_eq(&render("rules/r.yaml", "id: r\nquery: fetch logs\ninterval: 5m\nfor:\n  - default\n  - acme\n"));
    let folder = tempfile::tempdir().unwrap();
    let text = "routes:\n  - name: one\n    table: logs\n    filter: |\n      a == 1\n      and b = 2\n";
    std::fs::write(folder.path().join("weir.yaml"), text).unwrap();
    let config = load(Some(folder.path())).unwrap();
    let fault = crate::server::filter::compile(config.routes[0].filter.as_ref().unwrap()).err().unwrap();
    assert!(fault.place().ends_with("weir.yaml:6, column 13"), "{fault}");
}

#[test]
fn limits_that_let_nothing_through_are_refused() {
    for (limit, least) in [
        ("body_bytes: 0", "at least 1Ki"),
        ("inflated_bytes: 1023", "at least 1Ki"),
        ("queue_bytes: 1000Ki", "at least 1Mi"),
        ("connections: 0", "at least 1"),
        ("seal_age: 0s", "a length of time"),
    ] {
        let said = render("weir.yaml", &format!("limits: {{ {limit} }}\n"));
        assert!(said.contains("CONFIG-004") && said.contains(least), "{limit}: {said}");
    }
    let least = "limits: { body_bytes: 1Ki, inflated_bytes: 1Ki, queue_bytes: 1Mi, connections: 1 }\n";
    assert!(render("weir.yaml", least).starts_with("sources:"));
}

#[test]
fn an_address_is_listened_on_once() {
    let syslog = |name: &str, listen: &str, transport: &str| {
        format!("  - {{ name: {name}, kind: syslog, listen: '{listen}', transport: {transport} }}\n")
    };
    let two = |one: &str, two: &str| format!("http: {{ listen: '127.0.0.1:8514' }}\nsources:\n{one}{two}");
    check(
        &two(&syslog("a", "0.0.0.0:514", "[udp, tcp]"), &syslog("b", "127.0.0.1:514", "udp")),
        expect_test::expect![[r#"
            error[CONFIG-021]: 127.0.0.1:514 is taken already over UDP
              at: DIR/weir.yaml:4
              because: the source `a` listens on 0.0.0.0:514, DIR/weir.yaml:3
              hint: give each listener its own port"#]],
    );
    check(
        &two(&syslog("a", "127.0.0.1:8514", "tcp"), ""),
        expect_test::expect![[r#"
            error[CONFIG-021]: 127.0.0.1:8514 is taken already over TCP
              at: DIR/weir.yaml:3
              because: the API listens on 127.0.0.1:8514 (`http.listen`)
              hint: give each listener its own port"#]],
    );
    for (one, other) in [
        (syslog("a", "127.0.0.1:8514", "udp"), String::new()),
        (syslog("a", "127.0.0.1:0", "tcp"), syslog("b", "127.0.0.1:0", "tcp")),
        (syslog("a", "127.0.0.1:514", "tcp"), syslog("b", "127.0.0.1:514", "udp")),
        (syslog("a", "127.0.0.1:514", "tcp"), syslog("b", "127.0.0.2:514", "tcp")),
    ] {
        assert!(render("weir.yaml", &two(&one, &other)).starts_with("sources:"), "{one}{other}");
    }
}
