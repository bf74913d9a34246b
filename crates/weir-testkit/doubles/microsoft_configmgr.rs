//! Configuration Manager's administration service: OData over WMI classes, behind a gateway with a token of a user.

use crate::double::{Answered, Double, Event, Grants, Parameters, Service, Setting, Shape, Source, Truth, Value};
use crate::double::{MINUTE, iso_seconds, json, page};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "microsoft/configmgr",
    config: r#"{"base_url": "{origin}/CCM_Proxy_ServerAuth/72/AdminService", "login_url": "{origin}", "tenant": "t-0a", "client_id": "app1",
        "resource": "https://ConfigMgrService", "entra_user": "weir@example.com", "entra_password": "p+w", "page_size": 20}"#,
    services: &[
        Service::new("devices", &["/ResourceId", "/LastLogonUserName"]).page("$skip"),
        Service::new("infections", &["/ResourceID", "/EP_LastThreatName"]).page("$skip"),
        Service::new("status_messages", &["/RecordID"]).page("$skip"),
        Service::new("collections", &["/CollectionID", "/MemberCount"]).page("$skip"),
    ],
    new: |setting| Box::new(Site::new(setting)),
};

struct Site {
    resources: Truth,
    messages: Truth,
    grants: Grants,
}

impl Site {
    fn new(setting: &Setting) -> Site {
        let messages = setting.truth(Shape { count: 200, late_ms_max: MINUTE, ..Shape::default() });
        let resources = setting.truth(Shape { count: 50, ..Shape::default() });
        Site { resources, messages, grants: Grants::new(3_899_000) }
    }
}

impl Double for Site {
    fn truth(&self, stream: &str) -> Vec<String> {
        let told = |(event, version): (&Event, i64)| match stream {
            "devices" => format!("{} {}", event.id, user(version)),
            "collections" => format!("P{:07} {version}", event.id),
            _ => format!("{} {}", event.id, threat(version)),
        };
        match stream {
            "status_messages" => self.messages.ids(""),
            _ => self.resources.versions().map(told).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if asked.path() == "/t-0a/oauth2/v2.0/token" {
            return self.log_in(asked, now);
        }
        if !self.grants.holds(asked.bearer(), now) {
            return Err(error(401, "Unauthorized"));
        }
        let class = asked.path().strip_prefix("/CCM_Proxy_ServerAuth/72/AdminService/wmi/").unwrap_or_default();
        let resources = |key: &str, told: &dyn Fn(&Event) -> Value| {
            listed(asked, key, self.resources.seen(now).iter().map(told).collect())
        };
        match class {
            "SMS_R_System" => resources(
                "ResourceId",
                &|event| json!({"ResourceId": event.id, "Name": "FIN-LT-0931", "LastLogonUserName": user(event.version(now))}),
            ),
            "SMS_CombinedDeviceResources" if asked.query().get("$filter") == Some("EP_LastThreatName ne ''") => {
                resources(
                    "ResourceID",
                    &|event| json!({"ResourceID": event.id, "Name": "FIN-LT-0931", "EP_LastThreatName": threat(event.version(now))}),
                )
            }
            "SMS_Collection" => resources(
                "CollectionID",
                &|event| json!({"CollectionID": format!("P{:07}", event.id), "Name": "EP servers", "MemberCount": event.version(now)}),
            ),
            "SMS_StatMsg" => listed(asked, "RecordID", self.messages(&asked.query(), now)?),
            _ => Err(error(404, "No HTTP resource was found")),
        }
    }

    fn revoke(&self) {
        self.grants.end_all();
    }
}

impl Site {
    /// A user's name and password, at an application without a secret.
    fn log_in(&self, asked: &Asked, now: i64) -> Answered {
        let form = asked.form();
        let wanted = [
            ("grant_type", "password"),
            ("client_id", "app1"),
            ("scope", "https://ConfigMgrService/.default"),
            ("username", "weir@example.com"),
            ("password", "p+w"),
        ];
        let is_right = asked.method == "POST" && wanted.iter().all(|(name, value)| form.get(name) == Some(value));
        if is_right { Ok(self.grants.bearer(now)) } else { Err(Answer::said(400, &json!({"error": "invalid_grant"}))) }
    }

    fn messages(&self, query: &Parameters, now: i64) -> Result<Vec<Value>, Answer> {
        let after = query.get("$filter").and_then(|filter| filter.strip_prefix("RecordID gt "));
        let after: i64 = after.and_then(|id| id.parse().ok()).ok_or_else(|| error(400, "$filter"))?;
        let told = |event: &Event| json!({"RecordID": event.id, "SiteCode": "XYZ", "MessageID": 30_152, "Time": iso_seconds(event.time)});
        Ok(self.messages.seen(now).iter().filter(|event| event.id > after).map(told).collect())
    }
}

/// A part of a list that is made anew for each of them.
fn listed(asked: &Asked, key: &str, list: Vec<Value>) -> Answered {
    let (query, bad) = (asked.query(), |why: String| error(400, &why));
    query.only(&["$select", "$filter", "$orderby", "$top", "$skip"]).map_err(bad)?;
    if query.get("$orderby") != Some(key)
        || query.get("$select").is_some_and(|names| !names.split(',').any(|name| name == key))
    {
        return Err(error(400, "$orderby and $select name the key here"));
    }
    let top = query.within("$top", 1..=i64::from(u32::MAX), 1_000).map_err(bad)?;
    let skip = query.within("$skip", 0..=i64::from(u32::MAX), 0).map_err(bad)?;
    let shown = page(&list, skip as usize, top as usize);
    Ok(Answer::ok(&json!({"@odata.context": format!("{}/AdminService/wmi/$metadata", asked.origin), "value": shown})))
}

fn user(version: i64) -> &'static str {
    if version == 0 { "r.haddad" } else { "m.okafor" }
}

fn threat(version: i64) -> &'static str {
    if version == 0 { "Trojan:JS/Nemucod" } else { "Virus:Win32/Sality" }
}

fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"error": {"code": "", "message": message}}))
}
