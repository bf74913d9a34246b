//! Who the host is, and who we are.

use weir_drive::ssh::{Command, HostKey, Login, Settings, Task};

use super::{place, pull, settings};
use crate::servers::sshd::sshd;
use crate::sink::Memory;

fn hello() -> Settings {
    settings(Task::Command(Command { text: "echo hello".to_owned(), first: None, cursor: None }))
}

#[track_caller]
fn works(settings: &Settings) {
    let sink = Memory::default();
    pull(settings, &sink).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(sink.take(), ["hello"]);
}

#[track_caller]
fn refused(settings: &Settings, id: &str, says: &str) {
    let sink = Memory::default();
    let fault = pull(settings, &sink).expect_err("is refused");
    assert_eq!(fault.id(), id, "{fault}");
    assert!(fault.to_string().contains(says), "{fault}");
    assert_eq!(sink.commits(), 0);
}

#[test]
fn a_host_that_nobody_knows_is_shown_and_refused() {
    let shown = sshd().fingerprint("host_ed25519");
    refused(&Settings { host_key: HostKey::Fingerprints(Vec::new()), ..hello() }, "SSH-002", &shown);
    let nobody = place().join("known_hosts");
    refused(&Settings { host_key: HostKey::KnownHosts(nobody), ..hello() }, "SSH-002", &shown);
    let other = sshd().fingerprint("stranger");
    refused(&Settings { host_key: HostKey::Fingerprints(vec![other]), ..hello() }, "SSH-003", &shown);
}

#[test]
fn hosts_are_known_by_a_file() {
    let file = place().join("known_hosts");
    let with = || Settings { host_key: HostKey::KnownHosts(file.clone()), ..hello() };
    let write = |text: String| std::fs::write(&file, text).expect("writes");
    write(format!("# hosts\n{}", sshd().known_host("host_ed25519")));
    works(&with());
    // Only the second of the host's keys is known: it is the one that is asked for.
    write(sshd().known_host("host_ecdsa"));
    works(&with());
    write(sshd().known_host("stranger"));
    refused(&with(), "SSH-003", "another key");
    write(sshd().known_host("host_ed25519"));
    crate::servers::run(std::process::Command::new("ssh-keygen").arg("-q").arg("-H").arg("-f").arg(&file));
    works(&with());
}

#[test]
fn keys_open_the_door() {
    for name in ["user_ed25519", "user_rsa"] {
        works(&Settings { login: Login { key: Some(sshd().secret(name)), ..Login::default() }, ..hello() });
    }
    let locked = Login { key: Some(sshd().secret("user_locked")), ..Login::default() };
    works(&Settings { login: Login { passphrase: Some("cut-2-fit".to_owned()), ..locked.clone() }, ..hello() });
    refused(&Settings { login: locked, ..hello() }, "SSH-005", "");
}

#[test]
fn strangers_stay_outside() {
    let stranger = Login { key: Some(sshd().secret("stranger")), ..Login::default() };
    refused(&Settings { login: stranger, ..hello() }, "SSH-004", "the key was not accepted");
    let wrong = Login { password: Some("surely wrong".to_owned()), ..Login::default() };
    refused(&Settings { login: wrong, ..hello() }, "SSH-004", "the password was not accepted");
    refused(&Settings { login: Login::default(), ..hello() }, "SSH-004", "neither");
    refused(
        &Settings { login: Login { key: Some("no key".to_owned()), ..Login::default() }, ..hello() },
        "SSH-005",
        "",
    );
    refused(&Settings { port: 1, ..hello() }, "SSH-001", "");
}
