//! A weir of our own: started on free ports, with a data folder that is removed afterwards or kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::http::Client;
use crate::sh;

const LOOK_EVERY: Duration = Duration::from_millis(20);
const READY_SECONDS_MAX: u64 = 60;
/// A run ends with an error when nothing more is stored for this long.
const STALL_SECONDS_MAX: u64 = 30;

pub struct Weir {
    child: Child,
    /// Removed at the end.
    scratch: Option<PathBuf>,
    pub http: String,
    pub syslog_tcp: String,
    pub token: String,
}

impl Weir {
    /// With an empty data folder, which goes with it.
    pub fn start(binary: &Path) -> Result<Weir> {
        let folder = std::env::temp_dir().join(format!("weir-bench-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let mut weir = Weir::on(binary, &folder)?;
        weir.scratch = Some(folder);
        Ok(weir)
    }

    /// Over what a data folder below `folder` holds, which stays.
    pub fn on(binary: &Path, folder: &Path) -> Result<Weir> {
        fs::create_dir_all(folder)?;
        let ready = folder.join("ready.json");
        let _ = fs::remove_file(&ready);
        let mut command = Command::new(binary);
        command.args(["run", "--http", "127.0.0.1:0", "--syslog", "127.0.0.1:0", "--data"]).arg(folder.join("data"));
        command.arg("--ready-file").arg(&ready).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().with_context(|| format!("cannot start {}", binary.display()))?;
        let mut weir =
            Weir { child, scratch: None, http: String::new(), syslog_tcp: String::new(), token: String::new() };
        weir.wait_ready(&ready)?;
        Ok(weir)
    }

    /// Asks it to end, and waits until it has: what it holds in memory is stored then.
    pub fn stop(mut self) -> Result<()> {
        sh::run(Command::new("kill").arg(self.child.id().to_string()))?;
        self.child.wait()?;
        Ok(())
    }

    fn wait_ready(&mut self, ready: &Path) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(READY_SECONDS_MAX);
        while Instant::now() < end {
            if let Some(told) = fs::read(ready).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok()) {
                let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
                (self.http, self.syslog_tcp, self.token) = (text("http"), text("syslog_tcp"), text("token"));
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("weir ended before it was ready ({status})");
            }
            sleep(LOOK_EVERY);
        }
        bail!("weir was not ready after {READY_SECONDS_MAX} s")
    }

    pub fn client(&self) -> Result<Client> {
        Client::connect(&self.http, &self.token)
    }

    /// Waits until `count` events are durable and queryable; gives the moment this was first seen.
    pub fn wait_stored(&self, count: usize) -> Result<Instant> {
        let mut client = self.client()?;
        let (mut most, mut changed) = (0, Instant::now());
        loop {
            let stored = stored(&mut client)?;
            if stored >= count {
                return Ok(Instant::now());
            }
            if stored > most {
                (most, changed) = (stored, Instant::now());
            }
            if changed.elapsed().as_secs() > STALL_SECONDS_MAX {
                bail!("{stored} of {count} events stored, and no more for {STALL_SECONDS_MAX} s");
            }
            sleep(LOOK_EVERY);
        }
    }

    /// A memory figure of the process in MiB: `VmRSS` now, `VmHWM` at most.
    pub fn memory_mib(&self, name: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).context("no such figure")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }
}

impl Drop for Weir {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = self.scratch.take().map(fs::remove_dir_all);
    }
}

/// The sum of the counter over all sources.
fn stored(client: &mut Client) -> Result<usize> {
    let answer = client.get("/metrics")?;
    if answer.status != 200 {
        bail!("/metrics answered {}", answer.status);
    }
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let lines = text.lines().filter(|line| line.starts_with("weir_events_stored_total"));
    Ok(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum::<f64>() as usize)
}
