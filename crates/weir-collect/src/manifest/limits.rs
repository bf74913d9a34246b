//! How fast a source may be asked, and how often again.

use weir_event::Fault;
use weir_yaml::Node;

use super::read::{self, Members};
use crate::fault;
use crate::path::Path;
use crate::slot::Slotted;

/// Lengths are nanoseconds.
#[derive(Clone, Debug)]
pub struct Limits {
    pub local: Vec<Budget>,
    pub server: Vec<ServerLimit>,
    pub remaining: Option<Remaining>,
    /// Requests of the puller under way at once.
    pub concurrency: Option<usize>,
    pub retry: Retry,
}

/// At most `max` requests in `per`.
#[derive(Clone, Debug)]
pub struct Budget {
    pub name: String,
    pub per: i64,
    pub max: u64,
    /// What was sent is remembered over restarts.
    pub lasts: bool,
    /// Requests in a second, as a setting says it: what `per` and `max` are made of.
    pub rate: Option<Slotted>,
}

/// What the source says is left of its budget: at the reserve nobody asks until the budget is new.
#[derive(Clone, Debug)]
pub struct Remaining {
    pub header: String,
    pub reserve: i64,
    /// Where it says when: seconds, an epoch, or a date.
    pub reset: Option<String>,
    pub otherwise: i64,
}

/// A status with which the source asks to wait.
#[derive(Clone, Debug)]
pub struct ServerLimit {
    pub status: Vec<u16>,
    /// Where it says how long: seconds, an epoch, or a date.
    pub header: Option<String>,
    /// The same in the body; digits are taken out of a sentence.
    pub body: Option<Path>,
    pub min: i64,
    pub max: i64,
    pub otherwise: i64,
}

#[derive(Clone, Debug)]
pub struct Retry {
    pub status: Vec<u16>,
    pub transport: bool,
    pub tries: u64,
    pub backoff: Backoff,
}

#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    pub first: i64,
    pub factor: i64,
    pub max: i64,
}

const SECOND: i64 = 1_000_000_000;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            local: Vec::new(),
            server: vec![ServerLimit::default()],
            remaining: None,
            concurrency: None,
            retry: Retry::default(),
        }
    }
}

impl Default for ServerLimit {
    fn default() -> Self {
        ServerLimit {
            status: vec![429],
            header: Some("retry-after".to_owned()),
            body: None,
            min: SECOND,
            max: 3_600 * SECOND,
            otherwise: 60 * SECOND,
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Retry { status: vec![500, 502, 503, 504, 408, 425], transport: true, tries: 5, backoff: Backoff::default() }
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff { first: SECOND, factor: 2, max: 300 * SECOND }
    }
}

impl Limits {
    pub fn read(node: &Node) -> Result<Limits, Fault> {
        let map = node.map(&["local", "server", "remaining", "concurrency", "retry"])?;
        let defaults = Limits::default();
        Ok(Limits {
            local: read::list(map.get("local"), Budget::read)?,
            server: match map.get("server") {
                Some(node) => read::list(Some(node), ServerLimit::read)?,
                None => defaults.server,
            },
            remaining: map.get("remaining").map(Remaining::read).transpose()?,
            concurrency: map.get("concurrency").map(read::count).transpose()?,
            retry: map.get("retry").map(Retry::read).transpose()?.unwrap_or_default(),
        })
    }
}

impl Budget {
    fn read(node: &Node) -> Result<Budget, Fault> {
        let map = node.map(&["name", "per", "max", "persist", "rate"])?;
        let rate = map.slotted("rate")?;
        if rate.is_some() && (map.get("per").is_some() || map.get("max").is_some()) {
            return Err(fault::inconsistent(
                &node.at,
                "`rate` stands beside `per` and `max`",
                "write either `rate`, requests in a second, or the two others",
            ));
        }
        let (per, max) = match rate {
            Some(_) => (SECOND, 1),
            None => (map.need("per")?.duration()?.0, read::count(map.need("max")?)? as u64),
        };
        let name = map.text("name")?.unwrap_or_else(|| "all".to_owned());
        Ok(Budget { name, per, max, lasts: map.flag("persist")?, rate })
    }

    /// As many requests as begin in a second, or one in as long as one takes.
    pub(super) fn set_rate(&mut self, per_second: f64) {
        let max = per_second.ceil().clamp(1.0, 1e6);
        (self.max, self.per) = (max as u64, (max / per_second.max(1e-6) * SECOND as f64) as i64);
    }
}

impl Remaining {
    fn read(node: &Node) -> Result<Remaining, Fault> {
        let map = node.map(&["header", "reserve", "reset", "default"])?;
        Ok(Remaining {
            header: map.need("header")?.text()?,
            reserve: map.number("reserve")?.unwrap_or(0),
            reset: map.text("reset")?,
            otherwise: map.length("default")?.map_or(60 * SECOND, |length| length.0),
        })
    }
}

impl ServerLimit {
    fn read(node: &Node) -> Result<ServerLimit, Fault> {
        let map = node.map(&["status", "header", "body", "min", "max", "default"])?;
        let length = |key: &str, otherwise: i64| Ok::<_, Fault>(map.length(key)?.map_or(otherwise, |length| length.0));
        Ok(ServerLimit {
            status: read::statuses(Some(map.need("status")?))?,
            header: map.text("header")?,
            body: map.path("body")?,
            min: length("min", SECOND)?,
            max: length("max", 3_600 * SECOND)?,
            otherwise: length("default", 60 * SECOND)?,
        })
    }
}

impl Retry {
    fn read(node: &Node) -> Result<Retry, Fault> {
        let map = node.map(&["status", "transport", "tries", "backoff"])?;
        let defaults = Retry::default();
        Ok(Retry {
            status: if map.get("status").is_some() { read::statuses(map.get("status"))? } else { defaults.status },
            transport: map.get("transport").map_or(Ok(true), Node::boolean)?,
            tries: map.number("tries")?.map_or(defaults.tries, |tries| tries.clamp(1, 100) as u64),
            backoff: map.get("backoff").map(Backoff::read).transpose()?.unwrap_or_default(),
        })
    }
}

impl Backoff {
    pub fn read(node: &Node) -> Result<Backoff, Fault> {
        let map = node.map(&["first", "factor", "max"])?;
        let defaults = Backoff::default();
        Ok(Backoff {
            first: map.length("first")?.map_or(defaults.first, |length| length.0),
            factor: map.number("factor")?.unwrap_or(defaults.factor).clamp(1, 10),
            max: map.length("max")?.map_or(defaults.max, |length| length.0),
        })
    }

    /// The wait before try `number` (from 1), before jitter.
    pub fn wait(&self, number: u64) -> i64 {
        let mut wait = self.first;
        for _ in 1..number {
            wait = wait.saturating_mul(self.factor).min(self.max);
        }
        wait.min(self.max)
    }
}
