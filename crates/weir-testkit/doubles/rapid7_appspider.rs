//! AppSpider Enterprise: a token behind the word Basic, success told in the body, a report of XML for each scan some time after its end.

use crate::double::strftime;
use crate::double::{
    Answered, Double, Event, Grants, MINUTE, Service, Setting, Shape, Source, Truth, Value, element, json, leaf,
};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "rapid7/appspider",
    config: r#"{"base_url": "{origin}/AppSpiderEnterprise/rest/v1", "username": "weir", "password": "p1", "client_id": "c-1"}"#,
    services: &[Service::new("scans", &["/Id", "/Status"]), Service::new("findings", &["/ScanId", "/Vuln/DbId"])],
    new: |setting| Box::new(Enterprise::new(setting)),
};

/// Until the results of a completed scan are loaded.
const LOADS: i64 = 12 * MINUTE;
const LIFE: i64 = 20 * MINUTE;

struct Enterprise {
    scans: Truth,
    grants: Grants,
}

impl Enterprise {
    fn new(setting: &Setting) -> Enterprise {
        Enterprise { scans: setting.truth(Shape { count: 40, ..Shape::default() }), grants: Grants::new(LIFE) }
    }
}

impl Double for Enterprise {
    fn truth(&self, stream: &str) -> Vec<String> {
        if stream == "scans" {
            return self
                .scans
                .versions()
                .map(|(event, version)| format!("s-{} {}", event.id, status(event, version)))
                .collect();
        }
        self.scans
            .all()
            .iter()
            .flat_map(|event| [1, 2].map(|number| format!("s-{} {}-{number}", event.id, event.id)))
            .collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        let path = asked.path().strip_prefix("/AppSpiderEnterprise/rest/v1/").unwrap_or_default();
        if (asked.method.as_str(), path) == ("POST", "Authentication/Login") {
            return self.login(&asked.json(), now);
        }
        let token = asked.header("authorization").and_then(|text| text.strip_prefix("Basic "));
        if !self.grants.holds(token, now) {
            return Err(Answer::said(401, &json!({"Message": "Authorization has been denied for this request."})));
        }
        match (asked.method.as_str(), path) {
            ("GET", "Scan/GetScans") => {
                let scans: Vec<Value> = self.scans.seen(now).iter().map(|event| scan(event, now)).collect();
                Ok(Answer::ok(&json!({"IsSuccess": true, "Scans": scans})))
            }
            ("GET", "Report/GetVulnerabilitiesSummaryXml") => {
                self.report(asked.query().get("scanId").unwrap_or_default(), now)
            }
            _ => {
                Err(Answer::said(404, &json!({"Message": "No HTTP resource was found that matches the request URI."})))
            }
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }
}

impl Enterprise {
    fn login(&self, body: &Value, now: i64) -> Answered {
        if body["name"] != "weir" || body["password"] != "p1" {
            return Err(Answer::ok(&json!({"IsSuccess": false, "Reason": "Invalid user name or password"})));
        }
        if body["clientId"] != "c-1" {
            return Err(Answer::ok(
                &json!({"IsSuccess": false, "Reason": "Invalid clientId", "Clients": [{"ClientId": "c-1"}, {"ClientId": "c-2"}]}),
            ));
        }
        Ok(Answer::ok(&json!({"IsSuccess": true, "Token": self.grants.grant(now)})))
    }

    fn report(&self, id: &str, now: i64) -> Answered {
        let scan = self.scans.seen(now).iter().find(|event| format!("s-{}", event.id) == id);
        let loaded =
            scan.filter(|event| status(event, event.version(now)) == 32 && now - event.changed_at(now) >= LOADS);
        // That a report is not there yet is no mistake of who asks.
        let Some(event) = loaded else {
            return Ok(Answer::ok(&json!({"IsSuccess": false, "ErrorMessage": "Report is not available"})));
        };
        let vulns: String = [1, 2].iter().map(|number| vuln(&format!("{}-{number}", event.id))).collect();
        let ended = leaf("ScanEnded", strftime(event.changed_at(now), "%Y-%m-%d %H:%M:%S"));
        let head = leaf("ScanName", "shop-nightly") + &ended + &leaf("UTCOffset", 0);
        Ok(Answer::xml(200, &element("VulnSummary", head + &element("VulnList", vulns))))
    }
}

/// 32 is completed, 82 runs. Those that change run before.
fn status(event: &Event, version: i64) -> i64 {
    if version == 0 && event.changes_at().is_some() { 82 } else { 32 }
}

fn scan(event: &Event, now: i64) -> Value {
    json!({"Id": format!("s-{}", event.id), "Status": status(event, event.version(now)), "ConfigName": "shop-nightly"})
}

fn vuln(id: &str) -> String {
    let attack = element("Attack", leaf("AttackId", "BSQL_04"));
    let fields = [
        ("DbId", id),
        ("WebSite", "https://shop.example.com:443"),
        ("VulnType", "SQL Injection"),
        ("AttackValue", "1' and 2<3 -- &"),
    ];
    let fields: String = fields.iter().map(|(name, text)| leaf(name, text)).collect();
    element("Vuln", fields + &element("AttackList", attack))
}
