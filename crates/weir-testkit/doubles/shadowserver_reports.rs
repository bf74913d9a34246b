//! Shadowserver: signed requests for a list of files, and files on another host that need no proof.

use crate::double::{
    Answered, Double, Event, HOUR, Hash, MINUTE, Service, Setting, Shape, Source, Truth, Value, csv, hex, hmac,
};
use crate::double::{json, strftime, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "shadowserver/reports",
    config: r#"{"api_key": "K", "secret": "s3cr3t", "reports": ["acme-asn"], "days": "2d"}"#,
    services: &[Service::new("events", &["/report_file", "/tag"])],
    new: |setting| Box::new(Reports::new(setting)),
};

/// How long a file is listed before there is something in it.
const FILLS: i64 = 20 * MINUTE;
const DAY: i64 = 24 * HOUR;
const ROWS: std::ops::RangeInclusive<i64> = 1..=3;

struct Reports {
    /// Files of the day before, which come in the course of the day.
    files: Truth,
}

impl Reports {
    fn new(setting: &Setting) -> Reports {
        Reports { files: setting.truth(Shape { count: 30, ..Shape::default() }) }
    }
}

impl Double for Reports {
    fn truth(&self, _: &str) -> Vec<String> {
        self.files.all().iter().flat_map(|file| ROWS.map(|row| format!("{} {}", name(file), tag(row)))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        match (asked.method.as_str(), asked.origin.as_str(), asked.path()) {
            ("POST", "https://transform.shadowserver.org", "/api2/reports/list") => self.list(asked, now),
            ("GET", "https://dl.shadowserver.org", path) => self.file(path.trim_start_matches('/'), now),
            _ => Err(error(404, "unknown method")),
        }
    }
}

impl Reports {
    fn list(&self, asked: &Asked, now: i64) -> Answered {
        let body = asked.json();
        let right = hex(&hmac(Hash::Sha256, b"s3cr3t", &asked.body));
        if asked.header("hmac2") != Some(&right) || body["apikey"] != "K" {
            return Err(error(401, "HMAC mismatch"));
        }
        let dates = body["date"].as_str().unwrap_or_default();
        let (from, to) = dates.split_once(':').unwrap_or((dates, dates));
        let date = |text: &str| strptime(text, "%Y-%m-%d").ok_or_else(|| error(400, "date"));
        let range = date(from)?..date(to)? + DAY;
        if body["reports"].as_array().is_none_or(|reports| reports[..] != ["acme-asn"]) {
            return Err(error(400, "reports"));
        }
        let files = self.files.seen(now).iter().filter(|file| range.contains(&(file.time - DAY)));
        let told = |file: &Event| json!({"id": format!("f-{}", file.uuid()), "file": name(file), "type": kind(file), "timestamp": day(file), "report": "acme-asn"});
        Ok(Answer::ok(&files.map(told).collect::<Value>()))
    }

    fn file(&self, id: &str, now: i64) -> Answered {
        let mut files = self.files.seen(now).iter();
        let file = files.find(|file| format!("f-{}", file.uuid()) == id).ok_or_else(|| error(404, "not found"))?;
        let time = strftime(file.time - DAY, "%Y-%m-%d %H:%M:%S");
        let row = |number: i64| {
            [&time, "critical", "203.0.113.20", "tcp", "443", "vpn.example.com", &tag(number)]
                .map(str::to_owned)
                .to_vec()
        };
        let names = ["\"timestamp\"", "\"severity\"", "\"ip\"", "\"protocol\"", "\"port\"", "\"hostname\"", "\"tag\""];
        let is_filled = now - file.seen >= FILLS;
        let text = if is_filled { csv(&names, &ROWS.map(row).collect::<Vec<_>>()) } else { String::new() };
        Ok(Answer::new(200, &[("content-type", "text/csv")], text))
    }
}

fn day(file: &Event) -> String {
    strftime(file.time - DAY, "%Y-%m-%d")
}

fn kind(file: &Event) -> &'static str {
    file.pick(&["scan_ssl", "scan_rdp", "event4_sinkhole"])
}

fn name(file: &Event) -> String {
    format!("{}-{}-acme-asn-{}.csv", day(file), kind(file), file.id)
}

fn tag(row: i64) -> String {
    format!("ssl-vpn;row-{row}")
}

fn error(status: u16, why: &str) -> Answer {
    Answer::said(status, &json!({"error": why}))
}
