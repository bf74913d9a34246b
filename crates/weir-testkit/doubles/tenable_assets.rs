//! Tenable Vulnerability Management: exports that are ordered, asked about and fetched in parts; scans, plugins, and an audit log.

use crate::double::{
    Answered, Double, Event, MINUTE, Marks, Parameters, SECOND, Service, Setting, Shape, Source, Truth,
};
use crate::double::{Value, iso, json, page, read_time, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "tenable/assets",
    config: r#"{"base_url": "{origin}", "access_key": "ak", "secret_key": "sk", "assets_per_part": 50, "start_time": "{start}"}"#,
    services: &[
        Service::new("findings", &["/finding_id", "/state"]),
        Service::new("assets", &["/id", "/updated_at"]),
        Service::new("scans", &["/id", "/status"]),
        Service::new("plugins", &["/id", "/attributes/vpr/updated"]),
        Service::new("audit", &["/id"]).page("next"),
        Service::new("compliance", &["/check_id", "/state"]),
        Service::new("web_findings", &["/finding_id", "/state"]),
        Service::new("scan_results", &["/scan_id", "/host_id"]),
    ],
    new: |setting| Box::new(Cloud::new(setting)),
};

struct Cloud {
    /// Findings, assets, scans and plugins alike, by when they could be searched for.
    things: Truth,
    exports: Marks<Export>,
    exports_take: (i64, i64),
    /// What a token of the audit log belongs to.
    tokens: Marks<(String, usize)>,
}

#[derive(Clone)]
struct Export {
    order: String,
    at: i64,
    /// How long it waits for its turn, and how long one of its parts takes.
    takes: (i64, i64),
    parts: Vec<Vec<Value>>,
}

impl Cloud {
    fn new(setting: &Setting) -> Cloud {
        let things = setting.truth(Shape { count: 160, ..Shape::default() });
        let exports_take = (setting.takes(2 * MINUTE), setting.takes(40 * SECOND));
        Cloud { things, exports: Marks::new("e-"), exports_take, tokens: Marks::new("n") }
    }
}

impl Double for Cloud {
    fn truth(&self, stream: &str) -> Vec<String> {
        let changed = |event: &Event, version: i64| event.changes_at().filter(|_| version == 1).unwrap_or(event.seen);
        let versions = self.things.versions();
        match stream {
            "audit" => self.things.ids("v"),
            "scan_results" => self
                .things
                .all()
                .iter()
                .filter(|event| is_scan(event))
                .flat_map(|event| [1, 2].map(|host| format!("{} {host}", event.id)))
                .collect(),
            "scans" => {
                let scans = versions.filter(|(event, _)| is_scan(event));
                scans.map(|(event, version)| format!("{} {}", event.id, scan_status(event, version))).collect()
            }
            "assets" => {
                versions.map(|(event, version)| format!("a{} {}", event.id, iso(changed(event, version)))).collect()
            }
            "plugins" => {
                versions.map(|(event, version)| format!("{} {}", event.id, iso(changed(event, version)))).collect()
            }
            _ => versions.map(|(event, version)| format!("f{} {}", event.id, state(version))).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-apikeys") != Some("accessKey=ak;secretKey=sk") {
            return Err(error(401, "Invalid Credentials"));
        }
        let (path, query) = (asked.segments(), asked.query());
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), &path[..]) {
            ("POST", [.., "export"] | ["was", "v1", "export", "vulns"]) => self.export(asked, now),
            ("GET", [.., id, "status"]) => self.export_status(id, now),
            ("GET", [.., id, "chunks", number]) => self.chunk(id, number, now),
            ("GET", ["scans"]) => self.scans(&query, now),
            ("GET", ["scans", id]) => self.scan(id, now),
            ("GET", ["plugins", "plugin"]) => self.plugins(&query, now),
            ("GET", ["audit-log", "v1", "events"]) => self.audit(&query, now),
            _ => Err(error(404, "Not Found")),
        }
    }

    fn too_often(&self) -> Answer {
        error(429, "Too many requests")
    }
}

impl Cloud {
    /// What is in it is settled when it is ordered. The same one a second time is refused while it is being made.
    fn export(&self, asked: &Asked, now: i64) -> Answered {
        let (body, path) = (asked.json(), asked.path());
        let (filter, size, sizes) = match path {
            "/assets/export" => ("updated_at", "chunk_size", 100..=10_000),
            "/compliance/export" => ("indexed_at", "num_findings", 50..=10_000),
            _ => ("indexed_at", "num_assets", 50..=5_000),
        };
        let size = body[size].as_u64().filter(|size| sizes.contains(size)).ok_or_else(|| error(400, size))?;
        let since = body["filters"][filter].as_i64().ok_or_else(|| error(400, filter))?;
        let order = format!("{path} {body}");
        let runs = |id: &String| {
            self.exports.find(id).is_some_and(|have| have.order == order && have.ready(now).1 != "FINISHED")
        };
        if let Some(id) = self.exports.names().into_iter().find(runs) {
            let why = "The maximum number of identical exports";
            return Ok(Answer::said(409, &json!({"active_job_id": id, "failure_reason": why})));
        }
        let found = self.things.changed(now, since * 1_000..);
        let record = |event: &&Event| exported(path, event, now);
        let parts = found.chunks(size as usize).map(|part| part.iter().map(record).collect()).collect();
        Ok(Answer::ok(
            &json!({"export_uuid": self.exports.give(Export { order, at: now, takes: self.exports_take, parts })}),
        ))
    }

    fn find(&self, id: &str) -> Result<Export, Answer> {
        self.exports.find(id).ok_or_else(|| error(404, "The export was not found"))
    }

    fn export_status(&self, id: &str, now: i64) -> Answered {
        let (ready, status) = self.find(id)?.ready(now);
        Ok(Answer::ok(&json!({"uuid": id, "status": status, "chunks_available": (1..=ready).collect::<Vec<_>>()})))
    }

    fn chunk(&self, id: &str, number: &str, now: i64) -> Answered {
        let export = self.find(id)?;
        let number = number.parse::<usize>().ok().filter(|number| (1..=export.ready(now).0).contains(number));
        let number = number.ok_or_else(|| error(404, "The chunk was not found"))?;
        Ok(Answer::ok(&json!(export.parts[number - 1])))
    }

    /// No list at all where it would be empty.
    fn scans(&self, query: &Parameters, now: i64) -> Answered {
        let since = query.needed("last_modification_date").map_err(|why| error(400, &why))?;
        let scan = |event: &Event| {
            json!({"id": event.id, "uuid": event.uuid(), "name": "weekly", "status": scan_status(event, event.version(now)),
                "last_modification_date": event.changed_at(now) / 1_000})
        };
        let scans: Vec<Value> =
            self.things.changed(now, since * 1_000..).into_iter().filter(|event| is_scan(event)).map(scan).collect();
        let scans = if scans.is_empty() { Value::Null } else { scans.into() };
        Ok(Answer::ok(&json!({"folders": [], "scans": scans, "timestamp": now / 1_000})))
    }

    /// Hosts are numbered within their scan.
    fn scan(&self, id: &str, now: i64) -> Answered {
        let known = self.things.seen(now).iter().any(|event| event.id.to_string() == id);
        if !known {
            return Err(error(404, "The requested file was not found."));
        }
        let hosts = [1, 2]
            .map(|host| json!({"host_id": host, "hostname": format!("192.0.2.{host}"), "critical": 0, "high": 2}));
        Ok(Answer::ok(&json!({"info": {"status": "completed"}, "hosts": hosts, "vulnerabilities": []})))
    }

    fn plugins(&self, query: &Parameters, now: i64) -> Answered {
        let bad = |why: String| error(400, &why);
        let size = query.within("size", 1..=10_000, 1_000).map_err(bad)? as usize;
        let number = query.within("page", 1..=i64::MAX, 1).map_err(bad)? as usize;
        let since = query.get("last_updated").and_then(|day| strptime(day, "%Y-%m-%d"));
        let found = self.things.changed(now, since.ok_or_else(|| bad("last_updated".to_owned()))?..);
        let plugin = |event: &&Event| {
            json!({"id": event.id, "name": "SSL Self-Signed Certificate", "attributes": {"plugin_modification_date": "2026-01-01T00:00:00Z",
                "vpr": {"score": 5.9, "updated": iso(event.changed_at(now))}}})
        };
        let list: Vec<Value> = page(&found, (number - 1).saturating_mul(size), size).iter().map(plugin).collect();
        let body = json!({"data": {"plugin_details": list}, "size": list.len(), "total_count": found.len(), "params": {"page": number}});
        Ok(Answer::ok(&body))
    }

    /// A token comes with every page that is not empty.
    fn audit(&self, query: &Parameters, now: i64) -> Answered {
        let bad = |why: &str| error(400, why);
        let filter = query.get("f").unwrap_or_default();
        let since = filter.strip_prefix("date.gte:").and_then(read_time).ok_or_else(|| bad("f"))?;
        let limit = query.within("limit", 1..=5_000, 50).map_err(|why| bad(&why))?;
        if query.get("sort") != Some("received:asc") {
            return Err(bad("sort"));
        }
        let from = match query.get("next").map(|token| self.tokens.find(token)) {
            None => 0,
            Some(Some((of, from))) if of == filter => from,
            Some(_) => return Err(bad("next")),
        };
        let found = self.things.between(now, since..);
        // Fewer than asked for where they are large.
        let list = page(&found, from, limit.min(30) as usize);
        let mut paging = json!({"total": found.len(), "limit": limit});
        if !list.is_empty() {
            paging["next"] = self.tokens.give((filter.to_owned(), from + list.len())).into();
        }
        let event = |event: &&Event| json!({"id": format!("v{}", event.id), "action": "user.login", "received": iso(event.time), "is_failure": false});
        Ok(Answer::ok(&json!({"events": list.iter().map(event).collect::<Vec<_>>(), "pagination": paging})))
    }
}

impl Export {
    /// How many parts can be fetched, and how it stands.
    fn ready(&self, now: i64) -> (usize, &'static str) {
        let (queued, part_takes) = self.takes;
        let worked = now - self.at - queued;
        let ready = ((worked / part_takes).max(0) as usize).min(self.parts.len());
        let status = if worked < 0 {
            "QUEUED"
        } else if ready < self.parts.len() {
            "PROCESSING"
        } else {
            "FINISHED"
        };
        (ready, status)
    }
}

fn exported(path: &str, event: &Event, now: i64) -> Value {
    let (id, state, at) = (format!("f{}", event.id), state(event.version(now)), iso(event.changed_at(now)));
    match path {
        "/assets/export" => {
            json!({"id": format!("a{}", event.id), "has_agent": false, "updated_at": at, "ipv4s": ["192.0.2.21"]})
        }
        "/compliance/export" => {
            json!({"asset_uuid": "u1", "audit_file": "cis.audit", "check_id": id, "check_name": "1.1", "plugin_id": 21156, "status": "FAILED", "state": state, "last_seen": at})
        }
        "/was/v1/export/vulns" => {
            json!({"finding_id": id, "asset": {"uuid": "u1"}, "plugin": {"id": 98104}, "url": "https://shop.example.com/", "state": state, "last_found": at, "severity": "HIGH"})
        }
        _ => {
            json!({"finding_id": id, "asset": {"uuid": "u1", "hostname": "hr-app-02"}, "plugin": {"id": 207_411}, "port": {"port": 445, "protocol": "TCP"},
                "state": state, "severity": "high", "last_found": iso(event.time), "indexed": at})
        }
    }
}

fn state(version: i64) -> &'static str {
    ["OPEN", "FIXED"][version as usize % 2]
}

/// Those that change run before.
/// There are fewer scans than findings.
fn is_scan(event: &Event) -> bool {
    event.id % 8 == 0
}

fn scan_status(event: &Event, version: i64) -> &'static str {
    if version == 0 && event.changes_at().is_some() { "running" } else { "completed" }
}

fn error(status: u16, text: &str) -> Answer {
    Answer::said(status, &json!({"statusCode": status, "error": text}))
}
