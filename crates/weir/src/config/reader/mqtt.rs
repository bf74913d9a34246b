//! `mqtt:` of a source.

use std::time::Duration;

use weir_drive::mqtt::{Check, Envelope, Identity, Login, Metadata, Qos, Session, Settings, Tls, Trust};
use weir_event::Fault;
use weir_event::limits::BODY_BYTES_MAX;
use weir_yaml::{Data, Map, Node};

use super::{brokers, needed, path, senseless, some, unknown_word};

const KEYS: [&str; 13] = [
    "brokers",
    "topics",
    "client_id",
    "user",
    "password",
    "tls",
    "clean_session",
    "qos",
    "keep_alive",
    "envelope",
    "metadata",
    "message_bytes",
    "unacknowledged",
];
const KEEP_ALIVE_DEFAULT: Duration = Duration::from_secs(30);
const MESSAGE_BYTES_DEFAULT: u64 = 1 << 20;
const MESSAGE_BYTES_MIN: u64 = 1 << 10;
const UNACKNOWLEDGED_DEFAULT: u64 = 1_000;
/// Nothing longer can be said in a packet.
const TEXT_BYTES_MAX: usize = u16::MAX as usize;

pub fn read(name: &str, node: &Node) -> Result<Settings, Fault> {
    let map = node.map(&KEYS)?;
    Ok(Settings {
        name: name.to_owned(),
        brokers: brokers(map.need("brokers")?)?,
        topics: topics(map.need("topics")?)?,
        client_id: client_id(map.need("client_id")?)?,
        login: login(&map)?,
        tls: tls(map.get("tls"))?,
        session: match map.get("clean_session").map_or(Ok(false), Node::boolean)? {
            true => Session::Clean,
            false => Session::Kept,
        },
        qos: qos(&map)?,
        keep_alive: keep_alive(&map)?,
        envelope: envelope(&map)?,
        metadata: match map.get("metadata").map_or(Ok(true), Node::boolean)? {
            true => Metadata::Kept,
            false => Metadata::Left,
        },
        message_bytes_max: within(
            &map,
            "message_bytes",
            MESSAGE_BYTES_DEFAULT,
            MESSAGE_BYTES_MIN..=BODY_BYTES_MAX as u64,
        )?,
        unacknowledged_max: within(&map, "unacknowledged", UNACKNOWLEDGED_DEFAULT, 1..=u64::from(u16::MAX))?,
    })
}

fn within(map: &Map<'_>, key: &str, standard: u64, range: std::ops::RangeInclusive<u64>) -> Result<usize, Fault> {
    let Some(node) = map.get(key) else { return Ok(standard as usize) };
    let size = node.size()?;
    if range.contains(&size) {
        return Ok(size as usize);
    }
    Err(node.wrong(&format!("a number from {} to {}", range.start(), range.end())))
}

/// Filters as the protocol knows them.
fn topics(node: &Node) -> Result<Vec<String>, Fault> {
    const WHAT: &str = "topics, in which `+` stands for one level and `#`, at the end, for all below";
    let topics = some(node, WHAT)?;
    if topics.iter().all(|topic| is_filter(topic)) { Ok(topics) } else { Err(node.wrong(WHAT)) }
}

fn is_filter(topic: &str) -> bool {
    let levels: Vec<&str> = topic.split('/').collect();
    let last = levels.len() - 1;
    let fits = |(index, level): (usize, &&str)| {
        !level.contains(['+', '#', '\0']) || *level == "+" || (*level == "#" && index == last)
    };
    topic.len() <= TEXT_BYTES_MAX && levels.iter().enumerate().all(fits)
}

fn client_id(node: &Node) -> Result<String, Fault> {
    let id = node.text()?;
    let fits = !id.is_empty() && id.len() <= TEXT_BYTES_MAX && !id.contains('\0');
    if fits { Ok(id) } else { Err(node.wrong("the name that brokers know this client by")) }
}

fn login(map: &Map<'_>) -> Result<Option<Login>, Fault> {
    match (map.text("user")?, map.get("password")) {
        (None, None) => Ok(None),
        (None, Some(node)) => Err(senseless(node, "password", "there is no `user`")),
        (Some(user), _) => Ok(Some(Login { user, password: needed(map, "password")? })),
    }
}

/// `verified`, `unverified`, `off`, or a map of files.
fn tls(node: Option<&Node>) -> Result<Tls, Fault> {
    let on = |check| Tls::On(Trust { check, ca_file: None, identity: None });
    let Some(node) = node else { return Ok(on(Check::AuthorityAndName)) };
    if let Data::Map(_) = node.data {
        return files(&node.map(&["ca_file", "cert_file", "key_file", "check_name"])?).map(Tls::On);
    }
    match node.text()?.as_str() {
        "verified" | "true" => Ok(on(Check::AuthorityAndName)),
        "unverified" => Ok(on(Check::Nothing)),
        "off" | "false" => Ok(Tls::Off),
        other => Err(unknown_word(node, "kind of TLS", other, &["verified", "unverified", "off", "ca_file"])),
    }
}

fn files(map: &Map<'_>) -> Result<Trust, Fault> {
    let ca_file = path(map, "ca_file")?;
    let check = match map.get("check_name") {
        Some(node) if !node.boolean()? => match ca_file {
            // Whoever has any certificate of the world would do.
            None => {
                return Err(senseless(
                    node,
                    "check_name",
                    "without names, `ca_file` must say whose certificates count",
                ));
            }
            Some(_) => Check::Authority,
        },
        _ => Check::AuthorityAndName,
    };
    let identity = match (path(map, "cert_file")?, map.get("key_file")) {
        (None, None) => None,
        (None, Some(node)) => return Err(senseless(node, "key_file", "there is no `cert_file`")),
        (Some(cert_file), _) => Some(Identity { cert_file, key_file: needed(map, "key_file")?.into() }),
    };
    Ok(Trust { check, ca_file, identity })
}

fn qos(map: &Map<'_>) -> Result<Qos, Fault> {
    let Some(node) = map.get("qos") else { return Ok(Qos::AtLeastOnce) };
    match node.size()? {
        0 => Ok(Qos::AtMostOnce),
        1 => Ok(Qos::AtLeastOnce),
        2 => Ok(Qos::ExactlyOnce),
        _ => Err(node.wrong("0, 1 or 2")),
    }
}

fn keep_alive(map: &Map<'_>) -> Result<Duration, Fault> {
    let Some(node) = map.get("keep_alive") else { return Ok(KEEP_ALIVE_DEFAULT) };
    let seconds = node.duration()?.0 / 1_000_000_000;
    let seconds = u16::try_from(seconds).ok().filter(|seconds| *seconds > 0);
    seconds.map(|seconds| Duration::from_secs(seconds.into())).ok_or_else(|| node.wrong("a time from 1s to 18h"))
}

fn envelope(map: &Map<'_>) -> Result<Envelope, Fault> {
    let Some(node) = map.get("envelope") else { return Ok(Envelope::None) };
    match node.text()?.as_str() {
        "none" => Ok(Envelope::None),
        "dxl" => Ok(Envelope::Dxl),
        other => Err(unknown_word(node, "envelope", other, &["none", "dxl"])),
    }
}

pub fn secrets(settings: &mut Settings) -> Vec<&mut String> {
    settings.login.iter_mut().map(|login| &mut login.password).collect()
}
