//! A detection: a question asked again and again about what has arrived since.

use std::sync::Arc;

use weir_event::{Duration, Fault, FaultKind, Value};
use weir_yaml::{Node, Passage};

use super::load::{fields, name};
use crate::rules::Cron;

/// One rule file.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: Arc<str>,
    pub title: String,
    pub query: Passage,
    pub when: When,
    /// Added to every row, over the row's own members: the finding.
    pub add: Vec<(String, Value<'static>)>,
    /// Tenants it runs for, each with the `file:line` that says so; all when empty.
    pub tenants: Vec<(Arc<str>, String)>,
    pub enabled: bool,
    /// Hash of query and added fields: part of every finding's id.
    pub version: u64,
    /// `file:line`.
    pub at: String,
}

#[derive(Clone, Debug)]
pub enum When {
    Every(Duration),
    /// In UTC.
    Cron(Cron),
}

const KEYS: [&str; 9] = ["id", "title", "description", "query", "interval", "cron", "add", "for", "enabled"];
/// A rule runs at most once in this time.
const INTERVAL_MIN: Duration = Duration(1_000_000_000);

impl Rule {
    pub fn read(node: &Node) -> Result<Rule, Fault> {
        let map = node.map(&KEYS)?;
        let query = map.need("query")?.passage()?;
        let when = match (map.get("interval"), map.get("cron")) {
            (Some(interval), None) => When::Every(read_interval(interval)?),
            (None, Some(cron)) => When::Cron(read_cron(cron)?),
            _ => return Err(one_of_both(node)),
        };
        let id = name(map.need("id")?)?;
        let add = map.get("add").map(fields).transpose()?.unwrap_or_default();
        let tenants = map.get("for").map_or(&[][..], Node::list).iter();
        let tenants = tenants.map(|node| Ok((name(node)?, node.at.to_string()))).collect::<Result<_, Fault>>()?;
        Ok(Rule {
            title: map.text("title")?.unwrap_or_else(|| id.to_string()),
            version: super::load::hash(format!("{}\n{add:?}", query.text).as_bytes()),
            enabled: map.get("enabled").map(Node::boolean).transpose()?.unwrap_or(true),
            at: node.at.to_string(),
            id,
            query,
            when,
            add,
            tenants,
        })
    }

    /// True when the rule runs over the data of `tenant`.
    pub fn is_for(&self, tenant: &str) -> bool {
        self.enabled && (self.tenants.is_empty() || self.tenants.iter().any(|(own, _)| **own == *tenant))
    }
}

fn read_interval(node: &Node) -> Result<Duration, Fault> {
    let interval = node.duration()?;
    if interval < INTERVAL_MIN {
        return Err(node.wrong("an interval of at least 1s"));
    }
    Ok(interval)
}

fn read_cron(node: &Node) -> Result<Cron, Fault> {
    let text = node.text()?;
    Cron::read(&text).map_err(|why| {
        Fault::new("CONFIG-012", FaultKind::Config, format!("`{text}` is not a cron expression"))
            .at(&node.at)
            .because(why)
            .hint("five fields: minute hour day-of-month month day-of-week, for example */5 * * * *")
    })
}

fn one_of_both(node: &Node) -> Fault {
    Fault::new("CONFIG-011", FaultKind::Config, "a rule needs either `interval` or `cron`")
        .at(&node.at)
        .hint("add for example `interval: 5m`")
}

impl When {
    /// Adds `interval` (nanoseconds) or `cron` to a JSON object.
    pub fn describe(&self, view: &mut serde_json::Value) {
        match self {
            When::Every(interval) => view["interval"] = interval.0.into(),
            When::Cron(cron) => view["cron"] = cron.to_string().into(),
        }
    }
}
