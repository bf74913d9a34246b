//! MariaDB.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::{Guard, certificate, folder, free_port, is_root, output, run, wait_for};

pub const PASSWORD: &str = "cut-2-fit";

pub struct MariaDb {
    pub port: u16,
    pub folder: PathBuf,
    _guard: Guard,
}

/// One server for all tests; each uses tables of its own.
pub fn mariadb() -> &'static MariaDb {
    static SERVER: OnceLock<MariaDb> = OnceLock::new();
    SERVER.get_or_init(start)
}

fn start() -> MariaDb {
    let (folder, port) = (folder("mariadb"), free_port());
    certificate(&folder);
    let data = folder.join("data");
    let user: &[&str] = if is_root() { &["--user=root"] } else { &[] };
    let mut install = Command::new("mariadb-install-db");
    install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]).args(user);
    install.arg(format!("--datadir={}", data.display()));
    run(&mut install);
    let mut server = Command::new("/usr/sbin/mariadbd");
    server.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-log-bin"]).args(user);
    server.arg(format!("--port={port}")).arg(format!("--datadir={}", data.display()));
    server.arg(format!("--socket={}", folder.join("socket").display()));
    server.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M"]);
    for (setting, file) in [("ssl-cert", "cert.pem"), ("ssl-key", "key.pem")] {
        server.arg(format!("--{setting}={}", folder.join(file).display()));
    }
    let guard = Guard::start(&folder, &mut server);
    let started = MariaDb { port, folder, _guard: guard };
    wait_for(&started.folder, || started.try_sql("SELECT 1").is_ok());
    started.sql(&format!(
        "CREATE DATABASE weir CHARACTER SET utf8mb4; CREATE USER weir IDENTIFIED BY '{PASSWORD}'; \
         GRANT ALL ON weir.* TO weir; CREATE USER nobody IDENTIFIED BY '{PASSWORD}'; GRANT USAGE ON *.* TO nobody"
    ));
    started
}

impl MariaDb {
    pub fn sql(&self, text: &str) -> String {
        self.try_sql(text).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    fn try_sql(&self, text: &str) -> Result<String, String> {
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "-N", "-B", "-u", "root", "--default-character-set=utf8mb4"]);
        client.arg(format!("--socket={}", self.folder.join("socket").display())).args(["-e", text]);
        output(&mut client)
    }
}
