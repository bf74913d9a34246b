//! Qualys's list of hosts: criteria in XML, pages by the number of the host, refusals in answers that look well.

use crate::double::{Answered, Double, Event, MINUTE, Service, Setting, Shape, Source, Truth, element, iso_seconds};
use crate::double::{leaf, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "qualys/host-assets",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "s", "page_size": 20, "start_time": "{start}"}"#,
    services: &[Service::new("assets", &["/id", "/os"])],
    new: |setting| Box::new(Assets::new(setting)),
};

struct Assets {
    hosts: Truth,
}

impl Assets {
    fn new(setting: &Setting) -> Assets {
        Assets { hosts: setting.truth(Shape { count: 90, over_ms: 40 * MINUTE, ..Shape::default() }) }
    }
}

impl Double for Assets {
    fn truth(&self, _: &str) -> Vec<String> {
        self.hosts.versions().map(|(event, version)| format!("{} {}", event.id, system(version))).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("weir", "s") {
            return Err(said(401, &leaf("responseCode", "INVALID_CREDENTIALS")));
        }
        if (asked.method.as_str(), asked.path()) != ("POST", "/qps/rest/2.0/search/am/hostasset") {
            return Err(said(404, &leaf("responseCode", "INVALID_REQUEST")));
        }
        let text = String::from_utf8_lossy(&asked.body);
        let updated = greater(&text, "updated").and_then(read_time).ok_or_else(|| invalid("updated"))?;
        let after = greater(&text, "id").map_or(Ok(0), str::parse::<i64>).map_err(|_| invalid("id"))?;
        let limit = between(&text, "<limitResults>", "<").and_then(|limit| limit.parse().ok()).unwrap_or(100_usize);
        if !(1..=1_000).contains(&limit) {
            return Err(invalid("limitResults"));
        }
        // Times have whole seconds, and the one that is asked for does not belong to what is found.
        let is_found = |event: &&Event| event.changed_at(now) / 1_000 * 1_000 > updated && event.id > after;
        let found: Vec<&Event> = self.hosts.seen(now).iter().filter(is_found).collect();
        let shown = page(&found, 0, limit);
        let more = leaf("hasMoreRecords", shown.len() < found.len());
        let last = shown.last().map_or(String::new(), |event| leaf("lastId", event.id));
        let hosts: String = shown.iter().map(|event| told(event, now)).collect();
        let data = if shown.is_empty() { String::new() } else { element("data", hosts) };
        Ok(said(200, &format!("{}{}{more}{last}{data}", leaf("responseCode", "SUCCESS"), leaf("count", shown.len()))))
    }

    fn too_often(&self) -> Answer {
        said(409, &leaf("responseCode", "RATE_LIMIT_EXCEEDED"))
    }
}

/// What a criterion asks for.
fn greater<'t>(text: &'t str, field: &str) -> Option<&'t str> {
    between(text, &format!("<Criteria field=\"{field}\" operator=\"GREATER\">"), "</Criteria>")
}

fn between<'t>(text: &'t str, begin: &str, end: &str) -> Option<&'t str> {
    text.split_once(begin)?.1.split_once(end).map(|(inner, _)| inner)
}

fn system(version: i64) -> &'static str {
    if version == 0 { "Windows Server 2019" } else { "Windows Server 2022" }
}

fn told(event: &Event, now: i64) -> String {
    let modified = leaf("modified", iso_seconds(event.changed_at(now)));
    let host =
        [leaf("id", event.id), leaf("name", format!("hr-app-{}", event.id)), leaf("os", system(event.version(now)))];
    let tags = element("tags", element("list", element("TagSimple", leaf("id", 7) + &leaf("name", "Servers & more"))));
    element("HostAsset", host.concat() + &modified + &leaf("address", "192.0.2.41") + &tags)
}

fn said(status: u16, inner: &str) -> Answer {
    Answer::xml(status, &element("ServiceResponse", inner))
}

fn invalid(what: &str) -> Answer {
    let details = element("responseErrorDetails", leaf("errorMessage", format!("Invalid {what}")));
    said(200, &(leaf("responseCode", "INVALID_REQUEST") + &details))
}
