//! Sources that are read where they are: databases, hosts over SSH, topics of Kafka and MQTT.

pub mod kafka;
mod mqtt;
mod sql;
mod ssh;

use std::path::PathBuf;

use weir_event::{Duration, Fault, Value};
use weir_yaml::{Data, Map, Node};

use super::source::{senseless, unknown_word};

/// What is read, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Reader {
    /// From the end of one look to the start of the next. Topics are not looked at but followed.
    pub every: Duration,
    pub task: Task,
    /// `file:line`.
    pub at: String,
}

/// Passwords and keys are as they are written, `env:NAME` and `file:PATH` included; see [`Reader::with_secrets`].
#[derive(Clone, Debug, PartialEq)]
pub enum Task {
    Sql(weir_drive::sql::Settings),
    Ssh(weir_drive::ssh::Settings),
    Kafka(weir_drive::kafka::Settings),
    Mqtt(weir_drive::mqtt::Settings),
}

/// Unless somebody says otherwise.
const EVERY_DEFAULT: Duration = Duration(60_000_000_000);
const EVERY_MIN: Duration = Duration(1_000_000_000);
const TIMEOUT_DEFAULT: Duration = Duration(30_000_000_000);

impl Reader {
    /// Reads the map under the key that is the name of the kind.
    pub fn read(name: &str, kind: &str, node: &Node, every: Option<&Node>) -> Result<Reader, Fault> {
        let task = match kind {
            "sql" => Task::Sql(sql::read(name, node)?),
            "kafka" => Task::Kafka(kafka::read(name, node)?),
            "mqtt" => Task::Mqtt(mqtt::read(name, node)?),
            _ => Task::Ssh(ssh::read(name, node)?),
        };
        let at = node.at.to_string();
        let every = every.map_or(Ok(EVERY_DEFAULT), Node::duration)?.max(EVERY_MIN);
        Ok(Reader { every, task, at })
    }

    pub fn kind_name(&self) -> &'static str {
        match self.task {
            Task::Sql(_) => "sql",
            Task::Ssh(_) => "ssh",
            Task::Kafka(_) => "kafka",
            Task::Mqtt(_) => "mqtt",
        }
    }

    /// The same with passwords and keys where their places were. Read when the reader starts, not with the configuration, so that a
    /// configuration can be checked by somebody who does not have them.
    pub fn with_secrets(&self) -> Result<Reader, Fault> {
        let mut reader = self.clone();
        let secrets: Vec<&mut String> = match &mut reader.task {
            Task::Sql(settings) => sql::secrets(settings),
            Task::Ssh(settings) => ssh::secrets(settings),
            Task::Kafka(settings) => kafka::secrets(&mut settings.server),
            Task::Mqtt(settings) => mqtt::secrets(settings),
        };
        resolve(secrets, &self.at)?;
        Ok(reader)
    }
}

/// Puts secrets where their places were.
pub fn resolve(secrets: Vec<&mut String>, at: &str) -> Result<(), Fault> {
    for secret in secrets {
        let written = Value::owned(std::mem::take(secret));
        if let Value::Text(text) = crate::pull::secret::resolve(at, &written)? {
            *secret = text.into_owned();
        }
    }
    Ok(())
}

fn port(map: &Map<'_>, standard: u16) -> Result<u16, Fault> {
    let Some(node) = map.get("port") else { return Ok(standard) };
    u16::try_from(node.size()?).ok().filter(|port| *port > 0).ok_or_else(|| node.wrong("a port, 1 to 65535"))
}

fn timeout(map: &Map<'_>) -> Result<Duration, Fault> {
    map.get("timeout").map_or(Ok(TIMEOUT_DEFAULT), Node::duration)
}

fn needed(map: &Map<'_>, key: &str) -> Result<String, Fault> {
    map.need(key)?.text()
}

fn path(map: &Map<'_>, key: &str) -> Result<Option<PathBuf>, Fault> {
    Ok(map.text(key)?.map(PathBuf::from))
}

fn texts(node: &Node) -> Result<Vec<String>, Fault> {
    node.list().iter().map(Node::text).collect()
}

/// One text at least, and none of them empty.
fn some(node: &Node, what: &str) -> Result<Vec<String>, Fault> {
    let found = texts(node)?;
    if found.is_empty() || found.iter().any(String::is_empty) { Err(node.wrong(what)) } else { Ok(found) }
}

/// `host:port` each.
fn brokers(node: &Node) -> Result<Vec<String>, Fault> {
    const WHAT: &str = "a list of HOST:PORT";
    let brokers = some(node, WHAT)?;
    let is_place = |broker: &String| {
        let parts = broker.rsplit_once(':');
        parts.is_some_and(|(host, port)| !host.is_empty() && !broker.contains(',') && port.parse::<u16>().is_ok())
    };
    if brokers.iter().all(is_place) { Ok(brokers) } else { Err(node.wrong(WHAT)) }
}

/// How far certificates are believed.
enum Trust {
    Off,
    Verified(Option<PathBuf>),
    Unverified,
}

/// `verified`, `unverified`, `off`, or `{ca_file: PATH}`. Verified unless said otherwise.
fn trust(node: Option<&Node>) -> Result<Trust, Fault> {
    let Some(node) = node else { return Ok(Trust::Verified(None)) };
    if let Data::Map(_) = node.data {
        let map = node.map(&["ca_file"])?;
        return Ok(Trust::Verified(Some(needed(&map, "ca_file")?.into())));
    }
    match node.text()?.as_str() {
        "verified" | "true" => Ok(Trust::Verified(None)),
        "unverified" => Ok(Trust::Unverified),
        "off" | "false" => Ok(Trust::Off),
        other => Err(unknown_word(node, "kind of TLS", other, &["verified", "unverified", "off", "ca_file"])),
    }
}
