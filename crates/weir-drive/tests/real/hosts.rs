//! Hosts over SSH.

mod commands;
mod files;
mod logins;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use weir_drive::Pulled;
use weir_drive::ssh::{self, HostKey, Login, Settings, Task};
use weir_event::{Duration, Fault};

use crate::servers::sshd::sshd;
use crate::sink::Memory;

/// A task on the host, logged in by key, the host known by its fingerprint.
pub fn settings(task: Task) -> Settings {
    let host = sshd();
    Settings {
        name: "bastion".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: host.port,
        user: host.user.clone(),
        login: Login { key: Some(host.secret("user_ed25519")), ..Login::default() },
        host_key: HostKey::Fingerprints(vec![host.fingerprint("host_ed25519")]),
        task,
        timeout: Duration(20_000_000_000),
    }
}

pub fn pull(settings: &Settings, sink: &Memory) -> Result<Pulled, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let state = sink.state();
    runtime.block_on(ssh::pull(settings, state.as_deref(), sink))
}

/// A folder of one test.
pub fn place() -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let folder = sshd().folder.join(format!("test-{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
