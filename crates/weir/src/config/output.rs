//! Where events are sent besides being stored.

use std::sync::Arc;

use weir_drive::kafka::{Compression, Delivery, Target};
use weir_event::Fault;
use weir_yaml::{Map, Node, Passage};

use super::load::name;
use super::reader::{kafka, resolve};
use super::source::unknown_word;

/// Events of a tenant on their way to a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    pub name: Arc<str>,
    /// Whose events; an output that names nobody sends the first tenant's.
    pub tenant: Arc<str>,
    /// Only events of these tables; of all when there are none.
    pub tables: Vec<Arc<str>>,
    /// Only events of these buckets; of all when there are none.
    pub buckets: Vec<Arc<str>>,
    /// DQL expression over the event; all when missing.
    pub filter: Option<Passage>,
    /// Bytes of log that wait for it at most.
    pub backlog_bytes_max: u64,
    /// The field whose text is the key of messages.
    pub key: Option<String>,
    /// Its password is as it is written; see [`Output::with_secrets`].
    pub target: Target,
    /// `file:line`.
    pub at: String,
}

const KEYS: [&str; 8] = ["name", "kind", "tenant", "tables", "buckets", "filter", "backlog", "kafka"];
const KAFKA_KEYS: [&str; 9] =
    ["brokers", "topic", "key", "delivery", "compression", "message_bytes", "headers", "tls", "login"];
/// What brokers take unless they are told otherwise, nearly.
const MESSAGE_BYTES_DEFAULT: usize = 1_000_000;
/// What the library can send.
const MESSAGE_BYTES: std::ops::RangeInclusive<usize> = 1_000..=1_000_000_000;

impl Output {
    pub fn read(node: &Node) -> Result<Output, Fault> {
        let map = node.map(&KEYS)?;
        let own = name(map.need("name")?)?;
        let kind = map.need("kind")?;
        match kind.text()?.as_str() {
            "kafka" => {}
            other => return Err(unknown_word(kind, "kind of output", other, &["kafka"])),
        }
        let names = |key| map.get(key).map_or(Ok(Vec::new()), |node| node.list().iter().map(name).collect());
        let kafka = map.need("kafka")?.map(&KAFKA_KEYS)?;
        Ok(Output {
            tenant: map.get("tenant").map_or(Ok("".into()), name)?,
            tables: names("tables")?,
            buckets: names("buckets")?,
            filter: map.get("filter").map(Node::passage).transpose()?,
            backlog_bytes_max: map.get("backlog").map_or(Ok(crate::server::HOLD_BYTES_MAX), Node::size)?,
            key: kafka.text("key")?,
            target: target(&own, &kafka)?,
            name: own,
            at: node.at.to_string(),
        })
    }

    /// The same with the password where its place was. Read when the output starts, so that a configuration can be checked by somebody
    /// who does not have it.
    pub fn with_secrets(&self) -> Result<Output, Fault> {
        let mut output = self.clone();
        resolve(kafka::secrets(&mut output.target.server), &self.at)?;
        Ok(output)
    }
}

fn target(name: &str, map: &Map<'_>) -> Result<Target, Fault> {
    Ok(Target {
        name: name.to_owned(),
        server: kafka::server(map)?,
        topic: topic(map.need("topic")?)?,
        delivery: delivery(map.get("delivery"))?,
        compression: compression(map.get("compression"))?,
        message_bytes_max: message_bytes(map.get("message_bytes"))?,
        headers: map.get("headers").map_or(Ok(Vec::new()), headers)?,
    })
}

/// As brokers want their names.
fn topic(node: &Node) -> Result<String, Fault> {
    let text = node.text()?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let is_right = (1..=249).contains(&text.len()) && text.chars().all(allowed) && text != "." && text != "..";
    if is_right { Ok(text) } else { Err(node.wrong("the name of a topic: letters, digits and `._-`, at most 249")) }
}

fn delivery(node: Option<&Node>) -> Result<Delivery, Fault> {
    let Some(node) = node else { return Ok(Delivery::ExactlyOnce) };
    match node.text()?.as_str() {
        "exactly-once" => Ok(Delivery::ExactlyOnce),
        "at-least-once" => Ok(Delivery::AtLeastOnce),
        other => Err(unknown_word(node, "delivery", other, &["exactly-once", "at-least-once"])),
    }
}

fn compression(node: Option<&Node>) -> Result<Compression, Fault> {
    use Compression::{Gzip, Lz4, Off, Snappy, Zstd};
    let Some(node) = node else { return Ok(Zstd) };
    let all = [Off, Gzip, Lz4, Snappy, Zstd];
    let word = node.text()?;
    let found = all.into_iter().find(|compression| compression.name() == word);
    found.ok_or_else(|| unknown_word(node, "compression", &word, &all.map(Compression::name)))
}

fn message_bytes(node: Option<&Node>) -> Result<usize, Fault> {
    let Some(node) = node else { return Ok(MESSAGE_BYTES_DEFAULT) };
    let bytes = usize::try_from(node.size()?).ok().filter(|bytes| MESSAGE_BYTES.contains(bytes));
    bytes.ok_or_else(|| node.wrong("a number of bytes, 1000 to 1000000000"))
}

fn headers(node: &Node) -> Result<Vec<(String, String)>, Fault> {
    node.any_map()?.iter().map(|(name, node)| Ok((name.clone(), node.text()?))).collect()
}
