//! `ssh:` of a source.

use weir_drive::ssh::{Command, HostKey, Login, Settings, Task};
use weir_event::{Fault, FaultKind};
use weir_yaml::{Map, Node};

use super::{needed, path, port, senseless, texts, timeout};

const KEYS: [&str; 13] = [
    "host",
    "port",
    "user",
    "password",
    "key",
    "passphrase",
    "host_key",
    "known_hosts",
    "files",
    "command",
    "first",
    "cursor",
    "timeout",
];

pub fn read(name: &str, node: &Node) -> Result<Settings, Fault> {
    let map = node.map(&KEYS)?;
    Ok(Settings {
        name: name.to_owned(),
        host: needed(&map, "host")?,
        port: port(&map, 22)?,
        user: needed(&map, "user")?,
        login: Login { password: map.text("password")?, key: map.text("key")?, passphrase: map.text("passphrase")? },
        host_key: host_key(&map)?,
        task: task(node, &map)?,
        timeout: timeout(&map)?,
    })
}

/// Without either of the two no host is believed, and the first look shows the host's key.
fn host_key(map: &Map<'_>) -> Result<HostKey, Fault> {
    match (map.get("host_key"), path(map, "known_hosts")?) {
        (Some(node), Some(_)) => Err(senseless(node, "host_key", "`known_hosts` says which keys are known")),
        (None, Some(file)) => Ok(HostKey::KnownHosts(file)),
        (Some(node), None) => {
            let known = texts(node)?;
            if known.iter().any(|text| !text.starts_with("SHA256:")) {
                return Err(node.wrong("fingerprints that begin with SHA256:"));
            }
            Ok(HostKey::Fingerprints(known))
        }
        (None, None) => Ok(HostKey::Fingerprints(Vec::new())),
    }
}

/// `files` or `command`.
fn task(node: &Node, map: &Map<'_>) -> Result<Task, Fault> {
    match (map.get("files"), map.text("command")?) {
        (Some(files), None) => {
            for key in ["first", "cursor"] {
                if let Some(node) = map.get(key) {
                    return Err(senseless(node, key, "only commands have it"));
                }
            }
            let paths = texts(files)?;
            if paths.is_empty() || paths.iter().any(|path| !path.starts_with('/')) {
                return Err(files.wrong("absolute paths"));
            }
            Ok(Task::Files(paths))
        }
        (None, Some(text)) => {
            let (first, cursor) = (map.text("first")?, map.text("cursor")?);
            if let (Some(node), None) = (map.get("first"), &cursor) {
                return Err(senseless(node, "first", "there is no `cursor`"));
            }
            Ok(Task::Command(Command { text, first, cursor }))
        }
        _ => Err(Fault::new("CONFIG-019", FaultKind::Config, "exactly one of `files` and `command` is needed")
            .at(&node.at)
            .hint("name the files that grow, or a command that prints")),
    }
}

pub fn secrets(settings: &mut Settings) -> Vec<&mut String> {
    let Login { password, key, passphrase } = &mut settings.login;
    [password, key, passphrase].into_iter().flatten().collect()
}
