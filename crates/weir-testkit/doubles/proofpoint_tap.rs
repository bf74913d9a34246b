//! Proofpoint TAP: ranges of half a minute to an hour, 204 where there is nothing, and an end that is rounded down to the minute.

use crate::double::{
    Answered, Double, Event, HOUR, MINUTE, Parameters, SECOND, Service, Setting, Shape, Source, Truth,
};
use crate::double::{Value, iso, iso_seconds, json, page, read_time};
use crate::{Answer, Asked};

pub const SOURCE: Source = Source {
    pack: "proofpoint/tap",
    config: r#"{"base_url": "{origin}", "principal": "p", "secret": "s", "start_time": "{start}"}"#,
    services: &[
        Service::new("siem", &["/kind", "/event", "/version"]),
        Service::new("attacked_people", &["/identity/guid"]),
        Service::new("top_clickers", &["/identity/guid"]),
        Service::new("campaigns", &["/id", "/campaign/name"]).hours(30),
    ],
    new: |setting| Box::new(Tap::new(setting)),
};

const DAY: i64 = 24 * HOUR;

struct Tap {
    /// Even ones are messages, and may be cleared later; odd ones are clicks.
    events: Truth,
    campaigns: Truth,
}

impl Tap {
    fn new(setting: &Setting) -> Tap {
        let truth = |count| setting.truth(Shape { count, late_ms_max: 25 * MINUTE, ..Shape::default() });
        Tap { events: truth(120), campaigns: truth(10) }
    }
}

impl Double for Tap {
    fn truth(&self, stream: &str) -> Vec<String> {
        match stream {
            "siem" => {
                let is_told = |(event, version): &(&Event, i64)| *version == 0 || event.id % 2 == 0;
                let told = |(event, version): (&Event, i64)| format!("{} {} {version}", kind(event), event.id);
                let both = self.events.all().iter().flat_map(|event| [(event, 0), (event, 1)]);
                both.filter(|(event, version)| *version == 0 || event.changes_at().is_some())
                    .filter(is_told)
                    .map(told)
                    .collect()
            }
            "campaigns" => {
                self.campaigns.all().iter().map(|event| format!("{} Emotet {}", event.uuid(), event.id)).collect()
            }
            _ => (1..=PEOPLE).map(|id| format!("u{id}")).collect(),
        }
    }

    fn answer(&self, asked: &Asked, now: i64) -> Answered {
        if !asked.is_basic("p", "s") {
            return Err(Answer::new(401, &[], "Unauthorized"));
        }
        let (query, segments) = (asked.query(), asked.segments());
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match path[..] {
            ["v2", "siem", "all"] => self.siem(&query, now),
            ["v2", "people", "vap"] => people(&query, 1_000),
            ["v2", "people", "top-clickers"] => people(&query, 200),
            ["v2", "campaign", "ids"] => self.ids(&query, now),
            ["v2", "campaign", id] => self.campaign(id, now),
            _ => Err(Answer::new(404, &[], "")),
        }
    }

    fn too_often(&self) -> Answer {
        Answer::new(429, &[], "The user has made too many requests over the past 24 hours and has been throttled.")
    }
}

impl Tap {
    fn siem(&self, query: &Parameters, now: i64) -> Answered {
        query.only(&["format", "interval", "threatType", "threatStatus"]).map_err(bad)?;
        let (start, end) = interval(query)?;
        let refused = |why: &str| Err(bad(why.to_owned()));
        if end - start < 30 * SECOND {
            return refused("The requested interval is too short. Requests must be for at least 30.00s of data");
        }
        if end - start > HOUR {
            return refused("The requested interval is too long.");
        }
        if start < now - 7 * DAY {
            return refused("The requested start time is too far into the past.");
        }
        let end = end.min(now) / MINUTE * MINUTE;
        let found: Vec<(&str, Value)> = self.created(now, start, end);
        if found.is_empty() {
            return Ok(Answer::new(204, &[], ""));
        }
        let of = |name: &str| found.iter().filter(|(list, _)| *list == name).map(|(_, told)| told).collect::<Vec<_>>();
        Ok(Answer::ok(&json!({
            "queryEndTime": iso_seconds(end), "messagesDelivered": of("messagesDelivered"), "messagesBlocked": null,
            "clicksPermitted": of("clicksPermitted"), "clicksBlocked": of("clicksBlocked"),
        })))
    }

    /// By the time at which something became known, which may be read half an hour later; in no order.
    fn created(&self, now: i64, start: i64, end: i64) -> Vec<(&'static str, Value)> {
        let first = self.events.between(now, start..end).into_iter().map(|event| told(event, 0));
        let is_cleared = |event: &&Event| event.changes_at().is_some_and(|at| at <= now && (start..end).contains(&at));
        let cleared = self.events.seen(now).iter().filter(|event| event.id % 2 == 0).filter(is_cleared);
        let mut found: Vec<_> = first.chain(cleared.map(|event| told(event, 1))).collect();
        found.reverse();
        found
    }

    /// Campaigns whose last activity is within a range.
    fn ids(&self, query: &Parameters, now: i64) -> Answered {
        query.only(&["interval", "page", "size"]).map_err(bad)?;
        let (start, end) = interval(query)?;
        if end - start > DAY {
            return Err(bad("The requested interval is too long.".to_owned()));
        }
        let found = self.campaigns.between(now, start..end);
        let campaign = |event: &&Event| json!({"id": event.uuid(), "lastUpdatedAt": iso(event.time)});
        let shown: Vec<Value> = paged(query, &found, 200)?.iter().map(campaign).collect();
        Ok(if shown.is_empty() { Answer::new(404, &[], "") } else { Answer::ok(&json!({"campaigns": shown})) })
    }

    fn campaign(&self, id: &str, now: i64) -> Answered {
        let event = self.campaigns.seen(now).iter().find(|event| event.uuid() == id);
        let event = event.ok_or_else(|| Answer::new(404, &[], ""))?;
        Ok(Answer::ok(&json!({"id": id, "name": format!("Emotet {}", event.id), "actors": [], "campaignMembers": []})))
    }
}

const PEOPLE: i64 = 30;

fn people(query: &Parameters, size_max: i64) -> Answered {
    query.only(&["window", "page", "size"]).map_err(bad)?;
    if !matches!(query.get("window"), Some("14" | "30" | "90")) {
        return Err(bad("The window must be 14, 30 or 90 days.".to_owned()));
    }
    let all: Vec<i64> = (1..=PEOPLE).collect();
    let person = |id: &i64| json!({"identity": {"guid": format!("u{id}"), "emails": ["mira.holt@example.com"], "vip": false}, "threatStatistics": {"attackIndex": 1210}});
    let shown: Vec<Value> = paged(query, &all, size_max)?.iter().map(person).collect();
    Ok(Answer::ok(&json!({"users": shown, "totalVapUsers": PEOPLE, "interval": "", "averageAttackIndex": 410.2})))
}

fn paged<'l, T>(query: &Parameters, list: &'l [T], size_max: i64) -> Result<&'l [T], Answer> {
    let size = query.within("size", 1..=size_max, 100).map_err(bad)?;
    let number = query.within("page", 1..=i64::from(u32::MAX), 1).map_err(bad)?;
    Ok(page(list, (size * (number - 1)) as usize, size as usize))
}

fn interval(query: &Parameters) -> Result<(i64, i64), Answer> {
    let ends = query.get("interval").and_then(|text| text.split_once('/'));
    let ends = ends.and_then(|(start, end)| Some((read_time(start)?, read_time(end)?)));
    ends.ok_or_else(|| bad("The interval is malformed.".to_owned()))
}

fn kind(event: &Event) -> &'static str {
    if event.id % 2 == 0 { "message" } else { "click" }
}

/// The list that it is in, and what is told there.
fn told(event: &Event, version: i64) -> (&'static str, Value) {
    let (guid, recipient) = (event.uuid(), "mira.holt@example.com");
    if event.id % 2 == 1 {
        let list = event.pick(&["clicksPermitted", "clicksBlocked"]);
        let list = if list == "clicksBlocked" { "clicksBlocked" } else { "clicksPermitted" };
        return (
            list,
            json!({"id": guid, "event": event.id, "version": 0, "GUID": "g1", "clickTime": iso(event.time - SECOND), "recipient": recipient}),
        );
    }
    let threat = json!({"threatID": "1f0e", "threatType": "url", "threatStatus": if version == 0 { "active" } else { "cleared" }});
    let message = json!({
        "GUID": guid, "event": event.id, "version": version, "recipient": [recipient], "messageTime": iso(event.time - HOUR),
        "threatsInfoMap": [threat],
    });
    ("messagesDelivered", message)
}

fn bad(why: String) -> Answer {
    Answer::new(400, &[], why)
}
