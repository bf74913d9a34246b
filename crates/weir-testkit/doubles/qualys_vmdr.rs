//! Qualys VM: lists in XML, the link to more of them in a warning, findings in JSON, the activity log in CSV with a trailer.

use crate::double::{Answered, Double, Event, HOUR, MINUTE, Parameters, Service, Setting, Shape, Source, Truth, csv};
use crate::double::{element, iso_seconds, json, leaf, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "qualys/vmdr",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "s", "hosts": 10, "start_time": "{start}"}"#,
    services: &[
        Service::new("detections", &["/DETECTION_LIST/UNIQUE_VULN_ID", "/DETECTION_LIST/STATUS"])
            .page("id_min")
            .hours(7),
        Service::new("knowledge_base", &["/QID"]),
        Service::new("scans", &["/REF", "/STATUS/STATE"]),
        Service::new("scan_results", &["/scan_ref", "/ip", "/qid"]),
        Service::new("activity", &["/Details"]).page("id_max"),
    ],
    new: |setting| Box::new(Platform::new(setting)),
};

struct Platform {
    /// Two of each host. They are merged into the host hours after they were processed.
    detections: Truth,
    entries: Truth,
    scans: Truth,
    activity: Truth,
}

impl Platform {
    fn new(setting: &Setting) -> Platform {
        let truth =
            |count, over_ms, late_ms_max| setting.truth(Shape { count, over_ms, late_ms_max, ..Shape::default() });
        Platform {
            detections: truth(60, 2 * HOUR, 3 * HOUR),
            entries: truth(60, 3 * HOUR, 0),
            scans: truth(30, 3 * HOUR, 0),
            activity: truth(1_400, 9 * MINUTE, MINUTE),
        }
    }
}

impl Double for Platform {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "detections" => {
                self.detections.versions().map(|(event, version)| format!("{} {}", event.id, status(version))).collect()
            }
            "knowledge_base" => self.entries.ids(""),
            "scans" => self
                .scans
                .versions()
                .map(|(event, version)| format!("{} {}", reference(event), state(event, version)))
                .collect(),
            "scan_results" => self
                .scans
                .all()
                .iter()
                .flat_map(|event| [1, 2].map(|qid| format!("{} 192.0.2.41 {qid}", reference(event))))
                .collect(),
            _ => self.activity.ids("activity "),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-requested-with").is_none_or(str::is_empty) {
            return Err(refused(400, 1904, "Missing required header: X-Requested-With"));
        }
        if !asked.is_basic("weir", "s") {
            return Err(refused(401, 2000, "Bad Login/Password"));
        }
        let query = asked.query();
        match (asked.path(), query.get("action")) {
            ("/api/2.0/fo/asset/host/vm/detection/", Some("list")) => self.detections(asked, &query, now),
            ("/api/2.0/fo/knowledge_base/vuln/", Some("list")) => self.knowledge(&query, now),
            ("/api/2.0/fo/scan/", Some("list")) => self.scans(&query, now),
            ("/api/2.0/fo/scan/", Some("fetch")) => self.fetch(&query, now),
            ("/api/2.0/fo/activity_log/", Some("list")) => self.activity(asked, &query, now),
            _ => Err(refused(400, 1901, "Unrecognized action or path")),
        }
    }

    fn too_often(&self) -> Answer {
        refused(409, 1965, "This API cannot be run again for another 1 minutes.")
    }
}

impl Platform {
    /// By the number of the host; a time that is asked for belongs to what is found.
    fn detections(&self, asked: &Asked, query: &Parameters, now: i64) -> Answered {
        let known = [
            "action",
            "truncation_limit",
            "detection_updated_since",
            "status",
            "severities",
            "show_results",
            "show_qds",
            "id_min",
        ];
        query.only(&known).map_err(unknown)?;
        let since = time(query, "detection_updated_since")?;
        let size = query.within("truncation_limit", 0..=1_000_000, 1_000).map_err(unknown)? as usize;
        let from = query.number("id_min").map_err(unknown)?.unwrap_or(0);
        let is_found = |event: &&Event| updated(event, now) / 1_000 * 1_000 >= since && host(event) >= from;
        let found: Vec<&Event> = self.detections.seen(now).iter().filter(is_found).collect();
        let mut hosts: Vec<i64> = found.iter().map(|event| host(event)).collect();
        hosts.sort_unstable();
        hosts.dedup();
        let (shown, next) = (page(&hosts, 0, size), hosts.get(size));
        let of = |id: &i64| {
            let list: String =
                found.iter().filter(|event| host(event) == *id).map(|event| detection(event, now)).collect();
            element("HOST", leaf("ID", id) + &leaf("IP", "192.0.2.41") + &element("DETECTION_LIST", list))
        };
        let list = if shown.is_empty() {
            String::new()
        } else {
            element("HOST_LIST", shown.iter().map(of).collect::<String>())
        };
        let more = next.map_or(String::new(), |id| more(&more_url(asked, query, "id_min", *id)));
        let answer = element("RESPONSE", leaf("DATETIME", iso_seconds(now)) + &list + &more);
        Ok(Answer::xml(
            200,
            &format!(
                "<!DOCTYPE HOST_LIST_VM_DETECTION_OUTPUT SYSTEM \"https://qualysapi.example.com/dtd.dtd\">\n{}",
                element("HOST_LIST_VM_DETECTION_OUTPUT", answer)
            ),
        ))
    }

    fn knowledge(&self, query: &Parameters, now: i64) -> Answered {
        query.only(&["action", "details", "last_modified_after", "last_modified_before"]).map_err(unknown)?;
        let found =
            self.entries.between(now, time(query, "last_modified_after")?..=time(query, "last_modified_before")?);
        let entry = |event: &Event| {
            element(
                "VULN",
                leaf("QID", event.id)
                    + &leaf("SEVERITY_LEVEL", 5)
                    + &leaf("TITLE", "Update <missing>")
                    + &leaf("LAST_SERVICE_MODIFICATION_DATETIME", iso_seconds(event.time)),
            )
        };
        let list: String = found.into_iter().map(entry).collect();
        let list = if list.is_empty() { list } else { element("VULN_LIST", list) };
        Ok(Answer::xml(200, &element("KNOWLEDGE_BASE_VULN_LIST_OUTPUT", element("RESPONSE", list))))
    }

    fn scans(&self, query: &Parameters, now: i64) -> Answered {
        query.only(&["action", "launched_after_datetime", "show_status", "state", "processed"]).map_err(unknown)?;
        let mut found = self.scans.between(now, time(query, "launched_after_datetime")?..);
        found.retain(|event| query.get("state").is_none_or(|wanted| wanted == state(event, event.version(now))));
        let scan = |event: &Event| {
            let is_done = state(event, event.version(now)) == "Finished";
            element(
                "SCAN",
                leaf("REF", reference(event))
                    + &leaf("PROCESSED", i64::from(is_done))
                    + &element("STATUS", leaf("STATE", state(event, event.version(now)))),
            )
        };
        let list: String = found.into_iter().rev().map(scan).collect();
        let list = if list.is_empty() { list } else { element("SCAN_LIST", list) };
        Ok(Answer::xml(200, &element("SCAN_LIST_OUTPUT", element("RESPONSE", list))))
    }

    fn fetch(&self, query: &Parameters, now: i64) -> Answered {
        let wanted = query.get("scan_ref").unwrap_or_default();
        let scan = self.scans.seen(now).iter().find(|event| reference(event) == wanted);
        if scan.is_none_or(|event| state(event, event.version(now)) != "Finished") {
            return Err(refused(400, 1905, "Invalid value for scan_ref"));
        }
        let finding = |qid: i64| json!({"ip": "192.0.2.41", "dns": "hr-app-02.corp.example.com", "qid": qid, "severity": "5", "port": 445, "protocol": "tcp"});
        Ok(Answer::ok(&json!([1, 2].map(finding))))
    }

    /// Newest first.
    fn activity(&self, asked: &Asked, query: &Parameters, now: i64) -> Answered {
        query.only(&["action", "since_datetime", "until_datetime", "truncation_limit", "id_max"]).map_err(unknown)?;
        let size = query.within("truncation_limit", 0..=1_000_000, 1_000).map_err(unknown)? as usize;
        let below = query.number("id_max").map_err(unknown)?.unwrap_or(i64::MAX);
        let mut found = self.activity.between(now, time(query, "since_datetime")?..=time(query, "until_datetime")?);
        found.retain(|event| event.id <= below);
        found.sort_by_key(|event| std::cmp::Reverse(event.id));
        let row = |event: &&Event| {
            [
                iso_seconds(event.time),
                "login".to_owned(),
                "auth".to_owned(),
                format!("activity {}", event.id),
                "weir_ab1".to_owned(),
                "Manager".to_owned(),
                "198.51.100.23".to_owned(),
            ]
            .to_vec()
        };
        let names =
            ["\"Date\"", "\"Action\"", "\"Module\"", "\"Details\"", "\"User Name\"", "\"User Role\"", "\"User IP\""];
        let table = csv(&names, &page(&found, 0, size).iter().map(row).collect::<Vec<_>>());
        let more = found.get(size).map_or(String::new(), |next| {
            let url = more_url(asked, query, "id_max", next.id);
            format!("----BEGIN_RESPONSE_FOOTER_CSV\nWARNING\n\"CODE\",\"TEXT\",\"URL\"\n\"1980\",\"{size} record limit exceeded. Use URL to get next batch of results.\",\"{url}\"\n----END_RESPONSE_FOOTER_CSV\n")
        });
        let text = format!("----BEGIN_RESPONSE_BODY_CSV\n{table}----END_RESPONSE_BODY_CSV\n{more}");
        Ok(Answer::new(200, &[("content-type", "text/csv")], text))
    }
}

fn time(query: &Parameters, name: &str) -> Result<i64, Answer> {
    query.get(name).and_then(read_time).ok_or_else(|| refused(400, 1905, &format!("{name}: no time")))
}

/// The same request from another place on.
fn more_url(asked: &Asked, query: &Parameters, name: &str, place: i64) -> String {
    let others: String =
        query.iter().filter(|(have, _)| *have != name).map(|(name, value)| format!("{name}={value}&")).collect();
    format!("{}{}?{others}{name}={place}", asked.origin, asked.path())
}

fn more(url: &str) -> String {
    element(
        "WARNING",
        leaf("CODE", 1980) + &leaf("TEXT", "record limit exceeded") + &element("URL", format!("<![CDATA[{url}]]>")),
    )
}

fn host(event: &Event) -> i64 {
    90_814_000 + event.id / 2
}

/// When it was processed.
fn updated(event: &Event, now: i64) -> i64 {
    if event.version(now) == 0 { event.time } else { event.changed_at(now) }
}

fn status(version: i64) -> &'static str {
    if version == 0 { "Active" } else { "Fixed" }
}

fn detection(event: &Event, now: i64) -> String {
    let told = [
        leaf("UNIQUE_VULN_ID", event.id),
        leaf("QID", 92_167),
        leaf("SEVERITY", 5),
        leaf("PORT", 445),
        leaf("STATUS", status(event.version(now))),
    ];
    let results = element("RESULTS", "<![CDATA[KB5044281 is <not> installed]]>");
    element("DETECTION", told.concat() + &results + &leaf("LAST_UPDATE_DATETIME", iso_seconds(updated(event, now))))
}

fn reference(event: &Event) -> String {
    format!("scan/1533110666.{:05}", event.id)
}

/// Those that do not change are done when they are first seen.
fn state(event: &Event, version: i64) -> &'static str {
    if version == 0 && event.changes_at().is_some() { "Running" } else { "Finished" }
}

fn refused(status: u16, code: i64, text: &str) -> Answer {
    let response = element("RESPONSE", leaf("CODE", code) + &leaf("TEXT", text));
    Answer::xml(status, &element("SIMPLE_RETURN", response)).with("x-ratelimit-limit", "300")
}

fn unknown(why: String) -> Answer {
    refused(400, 1905, &why)
}
