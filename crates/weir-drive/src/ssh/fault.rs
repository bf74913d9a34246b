//! Errors of hosts. Ids are for ever.

use std::fmt::Display;

use weir_event::{Fault, FaultKind};

use super::Settings;

fn new(settings: &Settings, id: &'static str, kind: FaultKind, says: impl Into<String>) -> Fault {
    let Settings { name, user, host, port, .. } = settings;
    Fault::new(id, kind, says).at(format!("{name}, {user}@{host}:{port}"))
}

pub fn not_connected(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SSH-001", FaultKind::Peer, "the host cannot be reached")
        .because(why)
        .hint("check host, port, and what lies between; it is tried again")
}

pub fn unknown_key(settings: &Settings, fingerprint: &str) -> Fault {
    new(settings, "SSH-002", FaultKind::Auth, "the host has a key that nobody has confirmed")
        .because(format!("it shows {fingerprint}"))
        .hint(format!("compare it on the host (`ssh-keygen -lf`); if it is right, set `host_key: {fingerprint}`"))
}

pub fn changed_key(settings: &Settings, fingerprint: &str) -> Fault {
    new(settings, "SSH-003", FaultKind::Auth, "the host has another key than the one that is known")
        .because(format!("it shows {fingerprint}: it was installed anew, or somebody stands between"))
        .hint("ask who runs the host before you change `host_key` or the file of known hosts")
}

pub fn login_refused(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SSH-004", FaultKind::Auth, "the host refuses the login")
        .because(why)
        .hint("check `user`, `password` or `key`; it is not tried again soon, so that the user is not locked out")
}

pub fn bad_key(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SSH-005", FaultKind::Config, "the private key cannot be used")
        .because(why)
        .hint("give a key as ssh-keygen writes it, with its `passphrase` if it has one")
}

pub fn no_common_algorithm(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SSH-006", FaultKind::Peer, "the host and weir know no algorithm in common")
        .because(why)
        .hint("update the host's SSH server")
}

pub fn lost(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SSH-007", FaultKind::Peer, "the connection to the host broke")
        .because(why)
        .hint("it is tried again, from the last line that was stored")
}

pub fn silent(settings: &Settings) -> Fault {
    new(settings, "SSH-008", FaultKind::Limit, "the host says nothing for longer than `timeout`")
        .hint("raise `timeout`, or let the command end sooner")
}

pub fn no_sftp(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SSH-009", FaultKind::Config, "the host gives no files over SSH")
        .because(why)
        .hint("switch on the subsystem `sftp` of the host's SSH server, and see that the user's shell prints nothing at login")
}

pub fn no_file(settings: &Settings, path: &str) -> Fault {
    new(settings, "SSH-010", FaultKind::NotFound, format!("there is no `{path}` on the host"))
        .hint("check the path; a file that comes and goes is better named with a `*`")
}

pub fn file_refused(settings: &Settings, path: &str) -> Fault {
    new(settings, "SSH-011", FaultKind::Auth, format!("the user may not read `{path}`"))
        .hint("add the user to the group of the file, such as `adm`")
}

pub fn file_failed(settings: &Settings, path: &str, why: impl Display) -> Fault {
    new(settings, "SSH-012", FaultKind::Peer, format!("`{path}` cannot be read")).because(why)
}

pub fn command_failed(settings: &Settings, how: impl Display, stderr: &str) -> Fault {
    let said = if stderr.is_empty() { "it said nothing about it" } else { stderr };
    new(settings, "SSH-013", FaultKind::Peer, format!("the command ended with {how}"))
        .because(said)
        .hint("run it by hand as the same user")
}

pub fn no_cursor(settings: &Settings, member: &str, line: &str) -> Fault {
    new(settings, "SSH-014", FaultKind::Config, format!("a line of the output has no `{member}`"))
        .because(line)
        .hint("let the command print one JSON object a line, or leave `cursor` out")
}

pub fn output_too_large(settings: &Settings, max: usize) -> Fault {
    new(settings, "SSH-015", FaultKind::Limit, format!("the command prints more than {max} lines"))
        .because("each line is remembered, to tell which ones are new")
        .hint("let the command print less, or give it a `cursor`")
}

pub fn bad_state(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "SSH-016", FaultKind::Storage, "the stored position cannot be read")
        .because(why)
        .hint("under another `name` the source begins anew; lines stored before come again then")
}
