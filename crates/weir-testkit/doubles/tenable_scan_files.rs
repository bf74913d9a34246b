//! Single scans of Tenable Security Center: an archive with one document for each, some time after its end.

use super::tenable_security_center::{envelope, error};
use crate::double::{
    Answered, Double, Event, MINUTE, Service, Setting, Shape, Source, Truth, Value, element, json, leaf,
};
use crate::{Answer, Asked, archive};

pub const SOURCE: Source = Source {
    pack: "tenable/scan-files",
    config: r#"{"base_url": "{origin}/rest", "access_key": "ak", "secret_key": "sk", "days": "2d"}"#,
    services: &[Service::new("findings", &["/scan_id", "/finding/@pluginID"])],
    new: |setting| Box::new(Center::new(setting)),
};

/// From the end of a scan until its file is there.
const PACKS: i64 = 10 * MINUTE;
const PLUGINS: [i64; 3] = [10_114, 57_582, 207_411];

struct Center {
    scans: Truth,
}

impl Center {
    fn new(setting: &Setting) -> Center {
        Center { scans: setting.truth(Shape { count: 40, ..Shape::default() }) }
    }
}

impl Double for Center {
    fn truth(&self, _: &str) -> Vec<String> {
        self.scans.all().iter().flat_map(|scan| PLUGINS.map(|plugin| format!("{} {plugin}", scan.id))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.header("x-apikey") != Some("accesskey=ak; secretkey=sk;") {
            return Err(error(403, 74, "Invalid login credentials", now));
        }
        let path = asked.segments();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (asked.method.as_str(), &path[..]) {
            ("GET", ["rest", "scanResult"]) => {
                let query = asked.query();
                let time = |name: &str| query.needed(name).map_err(|why| error(403, 146, &why, now));
                let range = time("startTime")? * 1_000..=time("endTime")? * 1_000;
                let scans: Vec<Value> = self.scans.between(now, range).iter().map(|scan| told(scan, now)).collect();
                Ok(Answer::ok(&envelope(json!({"usable": scans, "manageable": scans}), 0, "", now)))
            }
            ("POST", ["rest", "scanResult", id, "download"]) if asked.json()["downloadType"] == "v2" => {
                let scan = self.scans.seen(now).iter().find(|scan| scan.id.to_string() == *id);
                let ready = scan.filter(|scan| is_done(scan, now) && now - scan.changed_at(now) >= PACKS);
                // That a file is not there yet is no mistake of who asks.
                let missing = || Answer::ok(&envelope("".into(), 147, "Scan Result file is not available", now));
                Ok(ready.map_or_else(missing, file))
            }
            _ => Err(error(404, 12, "Not found", now)),
        }
    }
}

/// Those that change run before.
fn is_done(scan: &Event, now: i64) -> bool {
    scan.version(now) == 1 || scan.changes_at().is_none()
}

fn told(scan: &Event, now: i64) -> Value {
    let (status, import) = if is_done(scan, now) { ("Completed", "Finished") } else { ("Running", "No Results") };
    json!({"id": scan.id.to_string(), "name": "weekly", "status": status, "importStatus": import, "finishTime": (scan.changed_at(now) / 1_000).to_string()})
}

fn file(scan: &Event) -> Answer {
    let item = |plugin: i64| {
        let name = format!(
            "ReportItem port=\"445\" svc_name=\"cifs\" protocol=\"tcp\" severity=\"4\" pluginID=\"{plugin}\" pluginName=\"KB5044281\""
        );
        element(&name, leaf("cve", "CVE-2026-10012") + &leaf("plugin_output", "The version < 7 & older."))
    };
    let tags = element("HostProperties", leaf("tag name=\"host-ip\"", "192.0.2.41"));
    let host = element("ReportHost name=\"192.0.2.41\"", tags + &PLUGINS.map(item).concat());
    let report = element("NessusClientData_v2", element("Report name=\"weekly\"", host));
    let text = format!("<?xml version=\"1.0\" ?>\n{report}");
    Answer::new(
        200,
        &[("content-type", "application/octet-stream")],
        archive(&[(&format!("{}.nessus", scan.id), &text)]),
    )
}
