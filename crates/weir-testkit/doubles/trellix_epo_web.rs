//! ePO's web API: a word before the JSON, queries in brackets, numbers that are given out before their rows can be seen.

use crate::double::{
    Answered, Double, Event, MINUTE, Parameters, Service, Setting, Shape, Source, Truth, Value, json, page, strftime,
};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "trellix/epo-web",
    config: r#"{"base_url": "{origin}", "username": "weir", "password": "p:w", "page_size": 20}"#,
    services: &[Service::new("threat_events", &["/EPOEvents.AutoID"])],
    new: |setting| Box::new(Server::new(setting)),
};

struct Server {
    events: Truth,
    /// Events in the order of their insertion: the number is the place. A transaction may end a minute later.
    inserted: Vec<Event>,
}

impl Server {
    fn new(setting: &Setting) -> Server {
        let events = setting.truth(Shape { count: 300, late_ms_max: MINUTE, ..Shape::default() });
        let inserted = events.between(i64::MAX, ..).into_iter().copied().collect();
        Server { events, inserted }
    }
}

impl Double for Server {
    fn truth(&self, _: &str) -> Vec<String> {
        (1..=self.events.all().len()).map(|number| number.to_string()).collect()
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("weir", "p:w") {
            return Err(Answer::new(401, &[("www-authenticate", "Basic realm=\"ePO\"")], "Unauthorized"));
        }
        if asked.path() != "/remote/core.executeQuery" {
            return Err(failure("No such command"));
        }
        let (top, least) = wanted(&asked.query()).ok_or_else(|| failure("Invalid query"))?;
        let numbered = (1..).zip(&self.inserted).filter(|(number, event)| *number >= least && event.seen <= now);
        let rows: Vec<Value> = numbered.map(|(number, event)| row(number, event)).collect();
        let text = format!("OK:\n{}", json!(page(&rows, 0, top)));
        Ok(Answer::new(200, &[("content-type", "text/plain;charset=UTF-8")], text))
    }
}

/// How many rows, and from which number on.
fn wanted(query: &Parameters) -> Option<(usize, i64)> {
    let is_right = query.get("target") == Some("EPOEvents")
        && query.get("order") == Some("(order (asc EPOEvents.AutoID))")
        && query.get(":output") == Some("json");
    let (top, fields) = query.get("select")?.strip_prefix("(select (top ")?.split_once(") ")?;
    let least = query.get("where")?.strip_prefix("(where (ge EPOEvents.AutoID ")?.strip_suffix("))")?;
    let is_right = is_right && fields.ends_with(')') && fields.starts_with("EPOEvents.AutoID ");
    Some((top.parse().ok()?, least.parse().ok()?)).filter(|_| is_right)
}

fn row(number: i64, event: &Event) -> Value {
    json!({"EPOEvents.AutoID": number, "EPOEvents.AutoGUID": event.uuid(), "EPOEvents.ReceivedUTC": strftime(event.time, "%Y-%m-%dT%H:%M:%S+00:00"),
        "EPOEvents.ThreatName": event.pick(&["Demo-Loader", "ExP:Illegal API Use"]), "EPOEvents.ThreatSeverity": 2, "EPOEvents.SourceIPV4": -1_979_711_239})
}

/// Failures look well but for a word.
fn failure(why: &str) -> Answer {
    Answer::new(200, &[("content-type", "text/plain;charset=UTF-8")], format!("Error 1 :\n{why}"))
}
