//! Starts real servers, and sees to it that they end with the tests. `cargo xtask test` installs what they need.

mod kafka;
pub mod mosquitto;

pub use kafka::Kafka;
pub use mosquitto::Mosquitto;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server that runs as long as this process, however this process ends: a shell between the two waits for the end of its input,
/// which comes when the process is gone, stops the server and removes its folder.
#[derive(Debug)]
pub struct Guard {
    _shell: Child,
}

const SHELL: &str = r#"
folder="$1"; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
read -r _
kill -TERM "$server"
wait "$server"
rm -rf "$folder"
"#;

impl Guard {
    pub fn start(folder: &Path, command: &mut Command) -> Guard {
        let mut shell = Command::new("setsid");
        shell.args(["sh", "-c", SHELL, "sh"]).arg(folder).arg(command.get_program()).args(command.get_args());
        let shell = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Guard { _shell: shell.expect("a shell starts") }
    }
}

/// A folder of its own; the guard of the server in it removes it.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("weir-test-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder in the temporary folder");
    folder
}

/// A port that nobody listens on at this moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}

/// Runs a program to its end; what it printed when it went well.
pub fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

pub fn run(command: &mut Command) -> String {
    output(command).unwrap_or_else(|why| panic!("{why}\n`cargo xtask test` installs what tests need"))
}

/// Asks again until the answer is yes; shows the server's log when it never is.
pub fn wait_for(folder: &Path, mut is_there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_there() {
        if start.elapsed() > PATIENCE {
            panic!("not started:\n{}", std::fs::read_to_string(folder.join("log")).unwrap_or_default());
        }
        std::thread::park_timeout(Duration::from_millis(30));
    }
}

pub fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

/// A certificate of 127.0.0.1 that signs itself, and its key: `cert.pem` and `key.pem`.
pub fn certificate(folder: &Path) {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    openssl.args(["-subj", "/CN=weir test", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.arg("-keyout").arg(folder.join("key.pem")).arg("-out").arg(folder.join("cert.pem"));
    run(&mut openssl);
}
