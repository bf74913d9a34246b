//! PostgreSQL.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use super::{Guard, certificate, folder, free_port, is_root, output, run, wait_for};

pub const PASSWORD: &str = "cut-2-fit";

pub struct Postgres {
    pub port: u16,
    pub folder: PathBuf,
    _guard: Guard,
}

/// One server for all tests; each uses tables of its own.
pub fn postgres() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(start)
}

/// Debian keeps the server's programs out of the path, under their version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.pop().expect("PostgreSQL is installed: `cargo xtask test` does that")
}

/// The server refuses to run as root.
fn as_user(program: PathBuf) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(program);
    command
}

fn start() -> Postgres {
    let (folder, port) = (folder("postgres"), free_port());
    certificate(&folder);
    std::fs::write(folder.join("password"), PASSWORD).expect("writes");
    if is_root() {
        run(Command::new("chown").args(["-R", "postgres"]).arg(&folder));
    }
    run(Command::new("chmod").args(["600"]).arg(folder.join("key.pem")));
    let data = folder.join("data");
    let mut initdb = as_user(programs().join("initdb"));
    initdb.current_dir(&folder);
    initdb.args(["-U", "weir", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
    initdb.arg("--pwfile").arg(folder.join("password")).arg("-D").arg(&data);
    run(&mut initdb);
    let mut server = as_user(programs().join("postgres"));
    server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]);
    let files = [("ssl_cert_file", "cert.pem"), ("ssl_key_file", "key.pem")];
    for (setting, file) in files {
        server.arg("-c").arg(format!("{setting}={}", folder.join(file).display()));
    }
    server.args(["-c", "ssl=on", "-c"]).arg(format!("unix_socket_directories={}", folder.display()));
    let guard = Guard::start(&folder, &mut server);
    let started = Postgres { port, folder, _guard: guard };
    wait_for(&started.folder, || started.try_sql("SELECT 1").is_ok());
    started
}

impl Postgres {
    pub fn sql(&self, text: &str) -> String {
        self.try_sql(text).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    fn try_sql(&self, text: &str) -> Result<String, String> {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", "weir", "-d", "postgres"]);
        output(psql.env("PGPASSWORD", PASSWORD).args(["-p", &self.port.to_string(), "-c", text]))
    }
}
