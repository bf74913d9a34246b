//! ServiceNow's Table API: encoded queries, offsets, links to the next page, and rows that the user may not see.

use crate::double::{
    Answered, Double, Event, MINUTE, Parameters, Service, Setting, Shape, Source, Truth, Value, json, page,
};
use crate::double::{strftime, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "servicenow/table",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "p:1", "tables": ["incident", "sn_si_incident"], "query": "active=true",
        "page_size": 20, "start_time": "{start}"}"#,
    services: &[
        Service::new("records", &["/table", "/sys_id", "/sys_mod_count"]).page("sysparm_offset"),
        Service::new("journal", &["/sys_id"]).page("sysparm_offset"),
    ],
    new: |setting| Box::new(Instance::new(setting)),
};

const TABLES: [&str; 2] = ["incident", "sn_si_incident"];
const FORM: &str = "%Y-%m-%d %H:%M:%S";

struct Instance {
    /// A record can be seen when the rules that follow its change are through.
    records: Truth,
}

impl Instance {
    fn new(setting: &Setting) -> Instance {
        Instance { records: setting.truth(Shape { count: 160, late_ms_max: 2 * MINUTE, ..Shape::default() }) }
    }
}

impl Double for Instance {
    fn truth(&self, stream: &str) -> Vec<String> {
        let seen = |event: &&Event| !is_hidden(event);
        if stream == "journal" {
            return self.records.all().iter().filter(seen).map(sys_id).collect();
        }
        let versions = self.records.versions().filter(|(event, _)| !is_hidden(event));
        versions.map(|(event, version)| format!("{} {} {version}", table(event), sys_id(event))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("weir", "p:1") {
            return Err(error(401, "User Not Authenticated"));
        }
        let (path, query) = (asked.segments(), asked.query());
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let wanted = query.get("sysparm_query").unwrap_or_default();
        let plain = [("sysparm_display_value", "false"), ("sysparm_exclude_reference_link", "true")];
        if plain.iter().any(|(name, value)| query.get(name) != Some(*value)) {
            return Err(error(400, "only plain values are known here"));
        }
        match path[..] {
            ["api", "now", "table", "sys_journal_field"] => {
                let (since, names) = journal_query(wanted).ok_or_else(|| error(400, wanted))?;
                let mut found = self.records.between(now, since..);
                found.retain(|event| names.contains(&table(event)));
                listed(asked, &query, found, note)
            }
            ["api", "now", "table", name] if TABLES.contains(&name) => {
                let since = record_query(wanted).ok_or_else(|| error(400, wanted))?;
                let mut found = self.records.touched(now, since..);
                found.retain(|event| table(event) == name);
                listed(asked, &query, found, |event| record(event, now))
            }
            ["api", "now", "table", name] => Err(error(400, &format!("Invalid table {name}"))),
            _ => Err(error(400, "Requested URI does not represent any resource")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Rate limit exceeded")
    }
}

/// Offsets count rows that the user may not see: pages are short where they stand.
fn listed(asked: &Asked, query: &Parameters, mut found: Vec<&Event>, told: impl Fn(&Event) -> Value) -> Answered {
    let bad = |why: String| error(400, &why);
    let limit = query.within("sysparm_limit", 1..=10_000, 10_000).map_err(bad)? as usize;
    let offset = query.within("sysparm_offset", 0..=i64::MAX, 0).map_err(bad)? as usize;
    found.reverse();
    let rows: Vec<Value> =
        page(&found, offset, limit).iter().filter(|event| !is_hidden(event)).map(|event| told(event)).collect();
    let url = asked.target.split('&').filter(|part| !part.starts_with("sysparm_offset=")).collect::<Vec<_>>().join("&");
    let link = |offset: usize, rel: &str| format!("<{}{url}&sysparm_offset={offset}>;rel=\"{rel}\"", asked.origin);
    let mut links = vec![link(0, "first")];
    if offset + limit < found.len() {
        links.push(link(offset + limit, "next"));
    }
    links.push(link(found.len().saturating_sub(1) / limit * limit, "last"));
    Ok(Answer::ok(&json!({"result": rows}))
        .with("link", links.join(","))
        .with("x-total-count", found.len().to_string()))
}

fn record_query(wanted: &str) -> Option<i64> {
    let time = wanted.strip_prefix("active=true^sys_updated_on>=")?;
    strptime(time.strip_suffix("^ORDERBYDESCsys_updated_on^ORDERBYsys_id")?, FORM)
}

fn journal_query(wanted: &str) -> Option<(i64, Vec<&str>)> {
    let wanted = wanted.strip_prefix("sys_created_on>=")?.strip_suffix("^ORDERBYDESCsys_created_on^ORDERBYsys_id")?;
    let (time, names) = wanted.split_once("^nameIN")?;
    Some((strptime(time, FORM)?, names.split(',').collect()))
}

fn is_hidden(event: &Event) -> bool {
    event.random.is_multiple_of(7)
}

fn table(event: &Event) -> &'static str {
    TABLES[(event.random % 2) as usize]
}

fn sys_id(event: &Event) -> String {
    event.uuid().replace('-', "")
}

fn record(event: &Event, now: i64) -> Value {
    json!({"sys_id": sys_id(event), "number": format!("INC{:07}", event.id), "short_description": "Beaconing", "state": "2",
        "sys_updated_on": strftime(event.touched_at(now), FORM), "sys_mod_count": event.version(now).to_string()})
}

fn note(event: &Event) -> Value {
    json!({"sys_id": sys_id(event), "element_id": "b1", "element": "work_notes", "name": table(event), "value": "contained",
        "sys_created_on": strftime(event.time, FORM), "sys_created_by": "ana"})
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"error": {"message": message, "detail": null}, "status": "failure"}))
}
