//! Tenable Security Center: analyses with offsets in the body, numbers as texts, errors in answers that look well.

use crate::double::{Answered, Double, Event, HOUR, Service, Setting, Shape, Source, Truth, Value, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "tenable/security-center",
    config: r#"{"base_url": "{origin}/rest", "access_key": "ak", "secret_key": "sk", "page_size": 20, "start_time": "{start}"}"#,
    services: &[
        Service::new("findings", &["/ip", "/lastSeen"]).hours(8),
        Service::new("mitigated", &["/ip"]).hours(8),
        Service::new("scans", &["/id", "/status"]).hours(8),
        Service::new("hosts", &["/ip", "/severityCritical"]).hours(8),
        Service::new("plugins", &["/id", "/modifiedTime"]).page("startOffset").hours(8),
    ],
    new: |setting| Box::new(Center::new(setting)),
};

struct Center {
    /// Results are imported up to hours after their scan.
    things: Truth,
}

impl Center {
    fn new(setting: &Setting) -> Center {
        Center { things: setting.truth(Shape { late_ms_max: 2 * HOUR, ..Shape::default() }) }
    }
}

impl Double for Center {
    fn truth(&self, stream: &str) -> Vec<String> {
        let told = |(event, version): (&Event, i64)| match stream {
            "findings" => {
                let last = event.changes_at().filter(|_| version == 1).unwrap_or(event.time);
                format!("{} {}", ip(event), last / 1_000)
            }
            "scans" => format!("{} {}", event.id, status(version)),
            _ => format!("{} {version}", ip(event)),
        };
        match stream {
            "mitigated" => self.things.all().iter().map(ip).collect(),
            "plugins" => {
                self.things.all().iter().map(|event| format!("{} {}", event.id, seconds(event.seen))).collect()
            }
            _ => self.things.versions().map(told).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-apikey") != Some("accesskey=ak; secretkey=sk;") {
            return Err(error(403, 74, "Invalid login credentials", now));
        }
        let response = match (asked.method.as_str(), asked.path()) {
            ("POST", "/rest/analysis") => self.analysis(&asked.json(), now),
            ("GET", "/rest/scanResult") => self.scans(asked, now),
            ("GET", "/rest/plugin") => self.plugins(asked, now),
            _ => return Err(error(404, 12, "Not found", now)),
        };
        let response = response.map_err(|why| error(403, 146, &why, now))?;
        Ok(Answer::ok(&envelope(response, 0, "", now)))
    }

    fn too_often(&self) -> Answer {
        Answer::new(503, &[], "Service Unavailable")
    }
}

impl Center {
    /// The end of the offsets is the first one that is not wanted.
    fn analysis(&self, body: &Value, now: i64) -> Result<Value, String> {
        let query = &body["query"];
        let number = |name: &str| query[name].as_u64().ok_or_else(|| format!("Invalid {name}"));
        let (from, end) = (number("startOffset")?, number("endOffset")?);
        let of = (text(&body["sourceType"]), text(&query["tool"]), text(&body["sortField"]), text(&body["sortDir"]));
        let mut found = match of {
            ("cumulative", "vulndetails", "lastSeen", "DESC") => {
                let (from, to) = range(query, "lastSeen")?;
                self.things.touched(now, from..=to)
            }
            ("patched", "vulndetails", "lastSeen", "DESC") => {
                let (from, to) = range(query, "lastMitigated")?;
                self.things.between(now, from..=to)
            }
            ("cumulative", "sumip", "ip", "ASC") => self.things.seen(now).iter().collect(),
            other => return Err(format!("Invalid query {other:?}")),
        };
        if of.1 == "vulndetails" {
            let severities: Vec<&str> = filter(query, "severity")?.split(',').collect();
            found.retain(|event| severities.contains(&severity(event)));
        }
        match of.0 {
            "patched" => found.sort_by_key(|event| (-mitigated_seen(event), event.id)),
            _ if of.1 == "sumip" => found.sort_by_key(|event| ip(event)),
            _ => found.reverse(),
        }
        let record = |event: &&Event| if of.1 == "sumip" { host(event, now) } else { finding(event, of.0, now) };
        let results: Vec<Value> =
            page(&found, from as usize, end.saturating_sub(from) as usize).iter().map(record).collect();
        Ok(
            json!({"totalRecords": found.len().to_string(), "returnedRecords": results.len(), "startOffset": from.to_string(),
            "endOffset": end.to_string(), "matchingDataElementCount": "-1", "results": results}),
        )
    }

    /// By the time of creation. Whoever may manage what he may use finds it twice.
    fn scans(&self, asked: &Asked, now: i64) -> Result<Value, String> {
        let query = asked.query();
        let (from, to) = (query.needed("startTime")? * 1_000, query.needed("endTime")? * 1_000);
        let scan = |event: &Event| {
            let is_done = event.version(now) == 1;
            json!({"id": event.id.to_string(), "name": "weekly", "status": status(event.version(now)),
                "importStatus": if is_done { "Finished" } else { "No Results" }, "createdTime": seconds(event.time),
                "finishTime": if is_done { seconds(event.touched_at(now)) } else { "-1".to_owned() }, "totalIPs": "254"})
        };
        let scans: Vec<Value> = self.things.between(now, from..=to).into_iter().map(scan).collect();
        Ok(json!({"usable": scans, "manageable": scans}))
    }

    /// A plugin arrives with the feed, after its author has changed it.
    fn plugins(&self, asked: &Asked, now: i64) -> Result<Value, String> {
        let query = asked.query();
        let told = ["filterField", "op", "sortField", "sortDirection"].map(|name| query.get(name).unwrap_or_default());
        if told != ["pluginModDate", "gt", "modifiedTime", "DESC"] {
            return Err(format!("Invalid query {told:?}"));
        }
        let (from, end) = (query.needed("startOffset")?.max(0), query.needed("endOffset")?);
        let mut found = self.things.between(now, query.needed("value")? * 1_000 + 1..);
        found.sort_by_key(|event| (-event.seen, event.id));
        let plugin = |event: &&Event| json!({"id": event.id.to_string(), "name": "IIS", "pluginModDate": seconds(event.time), "modifiedTime": seconds(event.seen)});
        Ok(page(&found, from as usize, (end - from).max(0) as usize).iter().map(plugin).collect())
    }
}

fn filter<'q>(query: &'q Value, name: &str) -> Result<&'q str, String> {
    let filters = query["filters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = filters.iter().find(|filter| filter["filterName"] == name && filter["operator"] == "=");
    found.and_then(|filter| filter["value"].as_str()).ok_or_else(|| format!("Invalid {name} filter"))
}

/// `from-to` in seconds, both of them within.
fn range(query: &Value, name: &str) -> Result<(i64, i64), String> {
    let time = |text: &str| Some(text.parse::<i64>().ok()? * 1_000);
    let read = filter(query, name)?.split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
    read.ok_or_else(|| format!("Invalid {name} filter"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn seconds(ms: i64) -> String {
    (ms / 1_000).to_string()
}

fn ip(event: &Event) -> String {
    format!("10.0.{}.{}", event.id % 7, event.id)
}

fn severity(event: &Event) -> &'static str {
    ["1", "2", "3", "4"][(event.random % 4) as usize]
}

fn status(version: i64) -> &'static str {
    ["Running", "Completed"][version as usize % 2]
}

/// When what was mitigated had been seen last.
fn mitigated_seen(event: &Event) -> i64 {
    event.time - (event.random % 90) as i64 * 60_000
}

fn finding(event: &Event, of: &str, now: i64) -> Value {
    let last = if of == "patched" { mitigated_seen(event) } else { event.touched_at(now) };
    json!({"pluginID": "207411", "severity": {"id": severity(event), "name": "x"}, "ip": ip(event), "uuid": "", "port": "445", "protocol": "TCP",
        "dnsName": "hr-app-02.example.com", "lastSeen": seconds(last), "acceptRisk": "0", "recastRisk": "0", "repository": {"id": "3", "name": "DC-East"}})
}

fn host(event: &Event, now: i64) -> Value {
    json!({"ip": ip(event), "uuid": "", "dnsName": "", "severityCritical": event.version(now).to_string(), "repository": {"id": "3"}})
}

pub(super) fn envelope(response: Value, code: u16, message: &str, now: i64) -> Value {
    json!({"type": "regular", "response": response, "error_code": code, "error_msg": message, "warnings": [], "timestamp": now / 1_000})
}

pub(super) fn error(status: u16, code: u16, message: &str, now: i64) -> Answer {
    Answer::said(status, &envelope("".into(), code, message, now))
}
