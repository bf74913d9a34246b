//! `kafka:` of a source.

use weir_drive::kafka::{Login, Mechanism, Metadata, Server, Settings, Start, Tls};
use weir_event::Fault;
use weir_yaml::{Map, Node};

use super::{Trust, brokers, needed, some, trust, unknown_word};

const KEYS: [&str; 7] = ["brokers", "group", "topics", "start", "metadata", "tls", "login"];

pub fn read(name: &str, node: &Node) -> Result<Settings, Fault> {
    let map = node.map(&KEYS)?;
    Ok(Settings {
        name: name.to_owned(),
        server: server(&map)?,
        group: needed(&map, "group")?,
        topics: some(map.need("topics")?, "the names of topics")?,
        start: start(&map)?,
        metadata: match map.get("metadata").map_or(Ok(true), Node::boolean)? {
            true => Metadata::Kept,
            false => Metadata::Left,
        },
    })
}

/// `brokers`, `tls` and `login`.
pub fn server(map: &Map<'_>) -> Result<Server, Fault> {
    Ok(Server {
        brokers: brokers(map.need("brokers")?)?,
        tls: match trust(map.get("tls"))? {
            Trust::Off => Tls::Off,
            Trust::Verified(ca_file) => Tls::Verified { ca_file },
            Trust::Unverified => Tls::Unverified,
        },
        login: map.get("login").map(login).transpose()?,
    })
}

fn start(map: &Map<'_>) -> Result<Start, Fault> {
    let Some(node) = map.get("start") else { return Ok(Start::Earliest) };
    match node.text()?.as_str() {
        "earliest" => Ok(Start::Earliest),
        "latest" => Ok(Start::Latest),
        other => Err(unknown_word(node, "start", other, &["earliest", "latest"])),
    }
}

fn login(node: &Node) -> Result<Login, Fault> {
    let map = node.map(&["mechanism", "user", "password"])?;
    let mechanism = map.need("mechanism")?;
    Ok(Login {
        mechanism: match mechanism.text()?.as_str() {
            "plain" => Mechanism::Plain,
            "scram-sha-256" => Mechanism::ScramSha256,
            "scram-sha-512" => Mechanism::ScramSha512,
            other => {
                let known = ["plain", "scram-sha-256", "scram-sha-512"];
                return Err(unknown_word(mechanism, "mechanism", other, &known));
            }
        },
        user: needed(&map, "user")?,
        password: needed(&map, "password")?,
    })
}

pub fn secrets(server: &mut Server) -> Vec<&mut String> {
    server.login.iter_mut().map(|login| &mut login.password).collect()
}
