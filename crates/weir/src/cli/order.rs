//! What is known beside a line: zone and time, from the command line or from the line's own `context`.

use std::collections::HashMap;

use weir_event::{Clock, Fault, Record, Timestamp, Value, write_json};
use weir_parse::{Zone, json};

use super::usage_fault;
use crate::server::SystemClock;

/// Zone and time of lines that do not bring their own.
#[derive(clap::Args, Clone)]
pub struct ContextArgs {
    /// Zone of times that have none: UTC, an offset such as +02:00, or a name such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: String,
    /// The time to take for now (RFC 3339); it chooses the year of times that have none [default: the clock]
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

/// Zone and time that hold for a line. Zones are looked up once per name.
#[derive(Clone)]
pub struct Context {
    pub zone: Zone,
    pub now: Timestamp,
    zones: HashMap<String, Option<Zone>>,
}

/// Zone names kept at most.
const ZONES_MAX: usize = 1_000;

impl ContextArgs {
    /// Reads the arguments; `otherwise` is now when neither the arguments nor a line say so.
    pub fn read(&self, otherwise: Option<Timestamp>) -> Result<Context, Fault> {
        let now = now_or(self.now.as_deref(), otherwise)?;
        Ok(Context::new(Zone::parse(&self.tz)?, now))
    }
}

/// The time that `--now` names; without it `otherwise`, or else the clock.
pub fn now_or(text: Option<&str>, otherwise: Option<Timestamp>) -> Result<Timestamp, Fault> {
    let Some(text) = text else {
        return Ok(otherwise.unwrap_or_else(|| SystemClock.now()));
    };
    Timestamp::parse_rfc3339(text).ok_or_else(|| {
        usage_fault(format!("`--now {text}` is not a time"), "write RFC 3339, such as 2026-01-31T12:00:00Z")
    })
}

impl Context {
    pub fn new(zone: Zone, now: Timestamp) -> Context {
        Context { zone, now, zones: HashMap::new() }
    }

    /// Zone and time for a line that brings `tz` and `now`; what it does not bring, or writes wrongly, is that of the command line.
    pub fn of(&mut self, order: &Order) -> (Zone, Timestamp) {
        let zone = order.setting("tz").and_then(|name| self.zone_named(name)).unwrap_or_else(|| self.zone.clone());
        let now = order.setting("now").and_then(Timestamp::parse_rfc3339).unwrap_or(self.now);
        (zone, now)
    }

    fn zone_named(&mut self, name: &str) -> Option<Zone> {
        if let Some(known) = self.zones.get(name) {
            return known.clone();
        }
        let zone = Zone::parse(name).ok();
        if self.zones.len() < ZONES_MAX {
            self.zones.insert(name.to_owned(), zone.clone());
        }
        zone
    }
}

/// One line of JSON.
pub struct Order<'l>(Record<'l>);

impl<'l> Order<'l> {
    /// Reads a line; what is wrong with it otherwise.
    pub fn read(line: &'l str) -> Result<Order<'l>, String> {
        match json::to_value(line) {
            Ok(Value::Record(record)) => Ok(Order(record)),
            Ok(_) => Err("the line is not a JSON object".to_owned()),
            Err(error) => Err(format!("the line is not JSON: {} at byte {}", error.what, error.at)),
        }
    }

    /// A member that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A member of `context`, of any type.
    pub fn context(&self, name: &str) -> Option<&Value<'l>> {
        match self.0.get("context")? {
            Value::Record(context) => context.get(name),
            _ => None,
        }
    }

    fn setting(&self, name: &str) -> Option<&str> {
        self.context(name)?.as_str()
    }

    /// Begins an answer: an open object with the line's `id`, null when it has none.
    pub fn begin_answer(&self, out: &mut String) {
        out.push_str("{\"id\":");
        write_json(self.0.get("id").unwrap_or(&Value::Null), out);
    }
}
