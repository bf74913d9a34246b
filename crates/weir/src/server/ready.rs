//! The ready file: written once everything listens, readable by its owner only.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Where weir listens, and a token that may use it.
pub struct Ready<'r> {
    pub http: SocketAddr,
    pub syslog_udp: Option<SocketAddr>,
    pub syslog_tcp: Option<SocketAddr>,
    pub token: &'r str,
    pub tenant: &'r str,
}

impl Ready<'_> {
    /// Written beside and renamed, so that whoever waits for the file never reads half of it.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let text = serde_json::json!({
            "http": self.http.to_string(),
            "syslog_udp": self.syslog_udp.map(|addr| addr.to_string()),
            "syslog_tcp": self.syslog_tcp.map(|addr| addr.to_string()),
            "token": self.token,
            "tenant": self.tenant,
            "pid": std::process::id(),
        });
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", std::process::id()));
        let beside = Path::new(&beside);
        let _ = fs::remove_file(beside);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        fs::rename(beside, path)
    }
}
