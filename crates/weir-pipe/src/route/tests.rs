use std::sync::Arc;

use expect_test::{Expect, expect};
use weir_event::{Batch, Chunk, FieldId, Row, Timestamp, Value};

use super::route;
use crate::plan::{Origin, Plan, Route, RouteTo};

fn user_is(name: &'static str) -> Option<Box<crate::plan::Filter>> {
    Some(Box::new(move |row: &Row<'_>| row.text(FieldId::known("user.name")) == Some(name)))
}

fn plan() -> Plan {
    let mut plan = Plan::default();
    let fields = vec![(FieldId::known("site"), Value::text("lab"))];
    let defaults = vec![("event.dataset", "edge.user"), ("user.name", "nobody")];
    let defaults = defaults.into_iter().map(|(name, value)| (FieldId::known(name), Value::text(value))).collect();
    plan.origins.insert(("acme".into(), "edge".into()), Origin { fields, defaults, ..Origin::default() });
    plan.buckets.insert("logs".into(), "short".into());
    let table = |table: &str| RouteTo::Table { table: table.into(), bucket: None };
    let edge: Option<Arc<str>> = Some("edge".into());
    plan.routes = vec![
        Route { name: "noise".into(), source: None, filter: user_is("probe"), to: RouteTo::Drop },
        Route { name: "admins".into(), source: edge, filter: user_is("root"), to: table("audit.admins") },
    ];
    plan
}

#[track_caller]
fn check(source: &str, users: &[&str], expect: Expect) {
    let mut batch = Batch::default();
    for user in users {
        batch.set_text(FieldId::known("user.name"), user);
        batch.end_row();
    }
    let chunk = Chunk {
        tenant: "acme".into(),
        source: source.into(),
        table: "logs".into(),
        received_at: Timestamp(0),
        peer: None,
        config: 0,
        cursor: None,
        pull: (source == "edge").then(|| "1.5".into()),
        bytes: Vec::new().into(),
        ends: vec![0; users.len()],
    };
    let output = route(&plan(), &chunk, batch);
    let mut text = String::new();
    for to in &output.routed {
        let rows: Vec<String> = to.batch.rows().map(|row| format!("{:?}", row.to_record())).collect();
        let rows = rows.join("\n  ").replace("Record { members: ", "").replace(" }", "");
        text += &format!("{}/{} {:?}\n  {rows}\n", to.table, to.bucket, to.indexes);
    }
    expect.assert_eq(&format!("{text}{:?}", output.counts));
}

#[test]
fn rows_go_where_the_first_route_says() {
    check(
        "edge",
        &["ana", "root", "probe", "ben"],
        expect![[r#"
            logs/short Some([0, 3])
              [("user.name", Text("ana")), ("site", Text("lab")), ("weir.pull_id", Text("1.5")), ("event.dataset", Text("edge.user"))]
              [("user.name", Text("ben")), ("site", Text("lab")), ("weir.pull_id", Text("1.5")), ("event.dataset", Text("edge.user"))]
            audit.admins/default_audit_admins Some([1])
              [("user.name", Text("root")), ("site", Text("lab")), ("weir.pull_id", Text("1.5")), ("event.dataset", Text("edge.user"))]
            Counts { stored: 3, filtered: [("noise", 1)] }"#]],
    );
}

#[test]
fn one_table_takes_the_batch_as_it_is() {
    check(
        "other",
        &["root"],
        expect![[r#"
            logs/short None
              [("user.name", Text("root"))]
            Counts { stored: 1, filtered: [] }"#]],
    );
}

#[test]
fn nothing_gives_nothing() {
    check("edge", &[], expect!["Counts { stored: 0, filtered: [] }"]);
    check("edge", &["probe"], expect![[r#"Counts { stored: 0, filtered: [("noise", 1)] }"#]]);
}
