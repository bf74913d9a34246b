//! The security console: reports by SQL that are made, generated, fetched and deleted; numbered lists.

use crate::double::{
    Answered, Double, Event, Marks, SECOND, Service, Setting, Shape, Source, Truth, Value, csv, gzip, json,
};
use crate::double::{page, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "rapid7/nexpose",
    config: r#"{"base_url": "{origin}/api/3", "username": "weir", "password": "p1", "start_time": "{start}"}"#,
    services: &[
        Service::new("findings", &["/asset_id", "/scan_id"]),
        Service::new("assets", &["/id", "/riskScore"]).page("page"),
        Service::new("scans", &["/id", "/status"]).page("page"),
        Service::new("sites", &["/id", "/description"]).page("page"),
        Service::new("vulnerabilities", &["/id", "/modified"]).page("page"),
    ],
    new: |setting| Box::new(Console::new(setting)),
};

const FIELDS: [&str; 8] =
    ["asset_id", "ip_address", "vulnerability_id", "port", "protocol", "key", "status", "scan_id"];

struct Console {
    things: Truth,
    reports: Marks<Option<Report>>,
    /// How long it takes to make a report.
    generates: i64,
}

#[derive(Clone)]
struct Report {
    name: String,
    since: i64,
    /// Each generation: when it began, and what it holds.
    generated: Vec<(i64, String)>,
}

impl Console {
    fn new(setting: &Setting) -> Console {
        let generates = setting.takes(90 * SECOND);
        Console { things: setting.truth(Shape::default()), reports: Marks::new(""), generates }
    }
}

impl Double for Console {
    fn truth(&self, stream: &str) -> Vec<String> {
        let told = |(event, version): (&Event, i64)| match stream {
            "findings" => format!("{} {}", event.id, 1_000 + version),
            "scans" => format!("{} {}", event.id, scan_status(version)),
            "vulnerabilities" => format!("vuln-{} {version}", event.id),
            _ => format!("{} {version}", event.id),
        };
        self.things.versions().map(told).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("weir", "p1") {
            return Err(error(401, "Authentication Failed"));
        }
        let path = asked.segments();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), path.get(2..).unwrap_or_default()) {
            ("POST", ["reports"]) => self.report(&asked.json()),
            ("POST", ["reports", id, "generate"]) => self.generate(id, now),
            ("GET", ["reports", id, "history", number]) => {
                let (began, _) = self.generated(id, number)?;
                let status = if now - began < self.generates { "running" } else { "complete" };
                Ok(Answer::ok(&json!({"id": number.parse::<i64>().unwrap_or_default(), "status": status})))
            }
            ("GET", ["reports", id, "history", number, "output"]) => {
                let (began, text) = self.generated(id, number)?;
                if now - began < self.generates {
                    return Err(error(404, "The report is not generated yet."));
                }
                Ok(Answer::new(200, &[("content-type", "application/gzip")], gzip(text.as_bytes())))
            }
            ("DELETE", ["reports", id]) => {
                self.find(id)?;
                self.reports.put(id, None);
                Ok(Answer::ok(&json!({"links": []})))
            }
            ("GET", [list]) if ["assets", "scans", "sites", "vulnerabilities"].contains(list) => {
                self.list(list, asked, now)
            }
            _ => Err(error(404, "Not Found")),
        }
    }

    fn too_often(&self) -> Answer {
        error(503, "The Security Console is starting up.")
    }
}

impl Console {
    /// No two of one name.
    fn report(&self, body: &Value) -> Answered {
        let (name, query) = (body["name"].as_str().unwrap_or_default(), body["query"].as_str().unwrap_or_default());
        let names: Vec<String> = self.reports.names();
        let is_taken = names.iter().filter_map(|id| self.reports.find(id).flatten()).any(|report| report.name == name);
        if name.is_empty() || is_taken || body["format"] != "sql-query" || body["version"] != "2.3.0" {
            return Err(error(400, "A report of this name exists, or the report is not valid."));
        }
        let time =
            query.split_once("da.last_assessed_for_vulnerabilities >= '").and_then(|(_, rest)| rest.strip_suffix('\''));
        let since = time.and_then(|time| strptime(time, "%Y-%m-%d %H:%M:%S"));
        let since = since.ok_or_else(|| error(400, "The query is not valid."))?;
        let id = self.reports.give(Some(Report { name: name.to_owned(), since, generated: Vec::new() }));
        Ok(Answer::said(201, &json!({"id": id.parse::<i64>().unwrap_or_default(), "links": []})))
    }

    fn find(&self, id: &str) -> Result<Report, Answer> {
        self.reports.find(id).flatten().ok_or_else(|| error(404, "The report does not exist."))
    }

    /// What is in it is settled now.
    fn generate(&self, id: &str, now: i64) -> Answered {
        let mut report = self.find(id)?;
        let found = self.things.changed(now, report.since..);
        let rows: Vec<Vec<String>> = found.iter().map(|event| row(event, now)).collect();
        report.generated.push((now, csv(&FIELDS, &rows)));
        let number = report.generated.len();
        self.reports.put(id, Some(report));
        Ok(Answer::ok(&json!({"id": number, "links": []})))
    }

    fn generated(&self, id: &str, number: &str) -> Result<(i64, String), Answer> {
        let number = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let mut report = self.find(id)?;
        let number = number.filter(|number| *number < report.generated.len());
        number
            .map(|number| report.generated.swap_remove(number))
            .ok_or_else(|| error(404, "There is no such instance."))
    }

    fn list(&self, list: &str, asked: &Asked, now: i64) -> Answered {
        let query = asked.query();
        let bad = |why: String| error(400, &why);
        query.only(&["page", "size", "sort"]).map_err(bad)?;
        let number = query.within("page", 0..=i64::MAX, 0).map_err(bad)? as usize;
        // A page is no larger than the console allows, whatever is asked for.
        let size = query.within("size", 1..=500, 10).map_err(bad)?.min(25) as usize;
        let found = self.things.seen(now);
        let pages = found.len().div_ceil(size);
        let told: Vec<Value> =
            page(found, number.saturating_mul(size), size).iter().map(|event| record(list, event, now)).collect();
        let place = json!({"number": number, "size": size, "totalPages": pages, "totalResources": found.len()});
        Ok(Answer::ok(&json!({"page": place, "resources": told, "links": []})))
    }
}

fn scan_status(version: i64) -> &'static str {
    ["running", "finished"][version as usize % 2]
}

fn row(event: &Event, now: i64) -> Vec<String> {
    let scan = (1_000 + event.version(now)).to_string();
    let texts = [
        &event.id.to_string(),
        "192.0.2.41",
        "ssh-openssh-cve-2026-10077",
        "22",
        "TCP",
        "",
        "vulnerable-version",
        &scan,
    ];
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn record(list: &str, event: &Event, now: i64) -> Value {
    let version = event.version(now);
    match list {
        "assets" => json!({"id": event.id, "ip": "192.0.2.41", "riskScore": version, "vulnerabilities": {"total": 4}}),
        "scans" => json!({"id": event.id, "status": scan_status(version), "siteId": 3, "scanType": "Scheduled"}),
        "sites" => json!({"id": event.id, "name": "DC-East", "description": version.to_string(), "lastScanTime": now}),
        _ => json!({"id": format!("vuln-{}", event.id), "severity": "Severe", "modified": version.to_string()}),
    }
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"status": status.to_string(), "message": message, "links": []}))
}
