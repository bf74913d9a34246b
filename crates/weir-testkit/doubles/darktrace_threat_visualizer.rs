//! Darktrace's Threat Visualizer: signed requests, ranges of time without pages, states without a range.

use crate::double::{Answered, Double, Event, HOUR, Hash, Kept, MINUTE, Marks, Parameters, Service, Setting, Shape};
use crate::double::{Source, Truth, Value, hex, hmac, json, strftime, strptime};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "darktrace/threat-visualizer",
    config: r#"{"base_url": "{origin}", "public_token": "public-0001", "private_token": "private-0001",
        "start_time": "{start}", "window": "1h", "requests_per_second": 1000}"#,
    services: &[
        Service::new("modelbreaches", &["/pbid"]),
        Service::new("aianalyst_incidentevents", &["/id", "/aiaScore"]),
        Service::new("antigena", &["/codeid", "/cleared"]),
        Service::new("summarystatistics", &["/sample"]).kept(Kept::Samples),
        Service::new("status", &["/sample", "/instance_key"]).kept(Kept::Samples),
    ],
    new: |setting| Box::new(Appliance::new(setting)),
};

struct Appliance {
    /// A breach is created minutes after the time that it is selected by.
    breaches: Truth,
    /// An incident appears up to hours after its activity, and grows.
    incidents: Truth,
    actions: Truth,
    summaries: Marks<()>,
    statuses: Marks<()>,
}

impl Appliance {
    fn new(setting: &Setting) -> Appliance {
        let truth = |count, late_ms_max| setting.truth(Shape { count, late_ms_max, ..Shape::default() });
        Appliance {
            breaches: truth(120, 10 * MINUTE),
            incidents: truth(40, HOUR),
            actions: truth(30, 0),
            summaries: Marks::new("s"),
            statuses: Marks::new("t"),
        }
    }
}

impl Double for Appliance {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "modelbreaches" => self.breaches.ids(""),
            "aianalyst_incidentevents" => {
                self.incidents.versions().map(|(event, version)| format!("incident-{} {version}", event.id)).collect()
            }
            "antigena" => {
                self.actions.versions().map(|(event, version)| format!("{} {}", event.id, version == 1)).collect()
            }
            "status" => {
                self.statuses.names().iter().flat_map(|name| [format!("{name} 1"), format!("{name} 2")]).collect()
            }
            _ => self.summaries.names(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        signed(asked, now)?;
        let query = asked.query();
        let known: &[&str] = match asked.path() {
            "/modelbreaches" => {
                &["starttime", "endtime", "expandenums", "historicmodelonly", "includeacknowledged", "minscore"]
            }
            "/aianalyst/incidentevents" => &["starttime", "endtime", "includeacknowledged", "includeincidenteventurl"],
            "/antigena" => &["fulldevicedetails", "includecleared"],
            _ => &[],
        };
        query.only(known).map_err(|why| error(400, &why))?;
        let list: Value = match asked.path() {
            "/modelbreaches" => ranged(&self.breaches, &query, now)?.into_iter().map(breach).collect(),
            "/aianalyst/incidentevents" => {
                ranged(&self.incidents, &query, now)?.into_iter().map(|event| incident(event, now)).collect()
            }
            "/antigena" => self.antigena(&query, now),
            "/summarystatistics" => json!({"sample": self.summaries.give(()), "devices": 532, "bandwidth": 1_000}),
            "/status" => status(&self.statuses.give(()), now),
            _ => return Err(Answer::new(302, &[("location", "/login")], "Found. Redirecting to /login")),
        };
        Ok(Answer::ok(&list))
    }
}

impl Appliance {
    /// What runs, and what ended within the last fourteen days.
    fn antigena(&self, query: &Parameters, now: i64) -> Value {
        let actions: Value = self.actions.seen(now).iter().map(|event| action(event, now)).collect();
        if query.get("fulldevicedetails") != Some("true") {
            return actions;
        }
        json!({"actions": actions, "devices": [{"did": 1, "hostname": "ws-1.example.com"}, {"did": 2, "hostname": "ws-2.example.com"}]})
    }
}

/// Selected by the time of the activity, both ends included; a range needs both of them.
fn ranged<'t>(truth: &'t Truth, query: &Parameters, now: i64) -> Result<Vec<&'t Event>, Answer> {
    let time = |name: &str| query.needed(name).map_err(|why| error(400, &why));
    Ok(truth.between(now, time("starttime")?..=time("endtime")?))
}

fn breach(event: &Event) -> Value {
    json!({
        "pbid": event.id, "time": event.time, "creationTime": event.seen, "score": 0.61, "acknowledged": null, "commentCount": 0,
        "model": {"then": {"name": "Compromise::Beaconing", "pid": 81}}, "triggeredComponents": [],
        "device": {"did": event.random % 9, "ip": "192.0.2.15", "hostname": "ws-15.example.com"},
    })
}

fn incident(event: &Event, now: i64) -> Value {
    json!({
        "id": format!("incident-{}", event.id), "createdAt": event.seen, "title": "Possible HTTP Command and Control",
        "aiaScore": event.version(now), "periods": [{"start": event.time, "end": event.time + 1_000}],
    })
}

fn action(event: &Event, now: i64) -> Value {
    json!({
        "codeid": event.id, "did": 1 + event.random % 2, "action": "connection", "start": event.time,
        "expires": event.time + 6 * HOUR, "cleared": event.version(now) == 1,
    })
}

fn status(sample: &str, now: i64) -> Value {
    let instance = |id: i64| json!({"id": id, "downCount": 1, "downTimeMs": 1_685_514_150_000_000_i64, "version": "6.0.32 (a1c388)"});
    json!({"sample": sample, "time": strftime(now, "%Y-%m-%d %H:%M"), "version": "6.0.32 (a1c388)", "instances": {"1": instance(1), "2": instance(2)}})
}

/// The target of the request, the public token and the date, signed with the private one. How far clocks may differ is not
/// documented: half an hour here.
fn signed(asked: &Asked, now: i64) -> Result<(), Answer> {
    let header = |name: &str| asked.header(name).unwrap_or_default();
    let date = header("dtapi-date");
    let forms = ["%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M:%S"];
    let at = forms.iter().find_map(|form| strptime(date, form)).ok_or_else(|| error(400, "API DATE ERROR"))?;
    if (now - at).abs() > 30 * MINUTE {
        return Err(error(400, "API DATE ERROR"));
    }
    let message = format!("{}\npublic-0001\n{date}", asked.target);
    let right = hex(&hmac(Hash::Sha1, b"private-0001", message.as_bytes()));
    let is_right = header("dtapi-token") == "public-0001" && header("dtapi-signature") == right;
    if is_right { Ok(()) } else { Err(error(400, "API SIGNATURE ERROR")) }
}

fn error(status: u16, says: &str) -> Answer {
    Answer::said(status, &json!({"error": says}))
}
