//! `weir` as a child process on a data directory of its own.

use std::fs;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::client::{Client, Request, Response};
use super::until::until;

/// Data directory, configuration directory and ready file, removed at the end.
pub struct Home(TempDir);

/// A running `weir run`. Killed when dropped.
pub struct Weir {
    child: Child,
    words: PathBuf,
    pub http: SocketAddr,
    pub udp: SocketAddr,
    pub tcp: SocketAddr,
    pub token: String,
    /// A connection for questions and single requests.
    client: Client,
}

impl Home {
    /// On the disk that holds the build, which is a real one.
    pub fn new() -> Home {
        let home = Home(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap());
        fs::create_dir(home.config()).unwrap();
        home
    }

    /// The file `weir.yaml` of the configuration.
    pub fn with_config(text: &str) -> Home {
        let home = Home::new();
        home.write("weir.yaml", text);
        home
    }

    /// A file of the configuration directory.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.config().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn config(&self) -> PathBuf {
        self.path().join("config")
    }

    pub fn ready_file(&self) -> PathBuf {
        self.path().join("ready.json")
    }

    fn words(&self) -> PathBuf {
        self.path().join("stderr.txt")
    }

    /// `weir run`, or `weir demo`, as the tests call it.
    pub fn command(&self, name: &str) -> Command {
        let mut command = weir();
        command.arg(name).arg("--config").arg(self.config()).arg("--data").arg(self.data());
        command.args(["--http", "127.0.0.1:0", "--syslog", "127.0.0.1:0", "--ready-file"]).arg(self.ready_file());
        command
    }

    /// Starts the process of the command without waiting for it. Its words are added to one file.
    pub fn spawn(&self, name: &str) -> Child {
        // The file of the process before would be taken for the new one's.
        let _ = fs::remove_file(self.ready_file());
        let words = fs::OpenOptions::new().create(true).append(true).open(self.words()).unwrap();
        self.command(name).stdin(Stdio::null()).stdout(Stdio::null()).stderr(words).spawn().unwrap()
    }

    /// Starts the process and waits until it listens.
    #[track_caller]
    pub fn start(&self) -> Weir {
        self.start_as("run")
    }

    /// `start` with the command that is named.
    #[track_caller]
    pub fn start_as(&self, name: &str) -> Weir {
        let mut child = self.spawn(name);
        let ready = until("the ready file", || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("weir ended with {status} instead of listening:\n{}", read_text(&self.words()));
            }
            serde_json::from_str::<Value>(&fs::read_to_string(self.ready_file()).ok()?).ok()
        });
        let addr = |name: &str| ready[name].as_str().unwrap().parse().unwrap();
        let http = addr("http");
        Weir {
            child,
            words: self.words(),
            http,
            udp: addr("syslog_udp"),
            tcp: addr("syslog_tcp"),
            token: ready["token"].as_str().unwrap().to_owned(),
            client: Client::new(http),
        }
    }

    /// Runs `weir doctor` on the data directory.
    pub fn doctor(&self) -> Output {
        weir().arg("doctor").arg("--data").arg(self.data()).output().unwrap()
    }

    #[track_caller]
    pub fn assert_well(&self) {
        let output = self.doctor();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "weir doctor says:\n{said}");
    }
}

/// The binary under test.
pub fn weir() -> Command {
    Command::new(env!("CARGO_BIN_EXE_weir"))
}

fn read_text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

impl Weir {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the process has said on stderr so far.
    pub fn words(&self) -> String {
        read_text(&self.words)
    }

    /// A connection of one's own.
    pub fn connect(&self) -> Client {
        Client::new(self.http)
    }

    #[track_caller]
    pub fn send(&mut self, request: &Request<'_>) -> Response {
        match self.client.send(request) {
            Ok(response) => response,
            Err(error) => panic!("{} {}: {error}; weir said:\n{}", request.method, request.path, self.words()),
        }
    }

    #[track_caller]
    pub fn get(&mut self, path: &str) -> Response {
        let bearer = bearer(&self.token);
        self.send(&Request { method: "GET", path, headers: &[("authorization", &bearer)], body: b"" })
    }

    #[track_caller]
    pub fn post(&mut self, path: &str, kind: &str, body: impl AsRef<[u8]>) -> Response {
        let bearer = bearer(&self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
        self.send(&Request { method: "POST", path, headers: &headers, body: body.as_ref() })
    }

    /// Posts JSON records to `/v1/ingest/{source}`; all of them must be taken.
    #[track_caller]
    pub fn ingest(&mut self, source: &str, records: &Value) {
        let response = self.post(&format!("/v1/ingest/{source}"), "application/json", records.to_string());
        assert_eq!(response.status, 202, "{}", response.text());
        assert_eq!(response.json()["rejected"], 0, "{}", response.text());
    }

    /// The rows of a query over all that is stored, without a limit of their number.
    #[track_caller]
    pub fn query(&mut self, query: &str) -> Vec<Value> {
        let response = self.ask(query);
        assert_eq!(response.status, 200, "{query}\n{}", response.text());
        rows(&response)
    }

    /// The raw response to a query.
    #[track_caller]
    pub fn ask(&mut self, query: &str) -> Response {
        self.post("/v1/query", "application/json", json!({"query": query, "limit": 0}).to_string())
    }

    /// Waits until a query has `count` rows; gives them.
    #[track_caller]
    pub fn rows(&mut self, query: &str, count: usize) -> Vec<Value> {
        until(&format!("{count} rows of: {query}"), || {
            let rows = self.query(query);
            assert!(rows.len() <= count, "more rows than wanted ({count}) of {query}: {rows:#?}");
            (rows.len() == count).then_some(rows)
        })
    }

    /// Makes a token with `scopes` for `tenant`: its text and its id.
    #[track_caller]
    pub fn make_token(&mut self, tenant: &str, scopes: &[&str]) -> (String, String) {
        let order = json!({"name": "test", "tenant": tenant, "scopes": scopes});
        let response = self.post("/v1/tokens", "application/json", order.to_string());
        assert_eq!(response.status, 201, "{}", response.text());
        let made = response.json();
        (made["token"].as_str().unwrap().to_owned(), made["id"].as_str().unwrap().to_owned())
    }

    /// The value of a line of `/metrics`.
    #[track_caller]
    pub fn metric(&mut self, name: &str) -> f64 {
        let text = self.get("/metrics").text();
        let values = text.lines().filter(|line| line.starts_with(name)).filter_map(|line| line.rsplit(' ').next());
        values.filter_map(|value| value.parse::<f64>().ok()).sum()
    }

    /// Bytes of memory in use now, and the most ever: `VmRSS` and `VmHWM`.
    pub fn memory(&self) -> (u64, u64) {
        let status = read_text(Path::new(&format!("/proc/{}/status", self.pid())));
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_ascii_whitespace().next()?.parse::<u64>().ok()
        };
        (kib("VmRSS:").unwrap() << 10, kib("VmHWM:").unwrap() << 10)
    }

    /// SIGKILL: no handler, no last words.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; waits for the process to end by itself.
    #[track_caller]
    pub fn stop(mut self) -> ExitStatus {
        let told = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.pid())).status().unwrap();
        assert!(told.success());
        until("the end of weir after SIGTERM", || self.child.try_wait().unwrap())
    }
}

impl Drop for Weir {
    fn drop(&mut self) {
        // Already gone when the test ended well.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("weir said:\n{}", self.words());
        }
    }
}

/// Reads an answer: lines of JSON, of which the last one is `weir.meta` and counts the others.
#[track_caller]
fn rows(response: &Response) -> Vec<Value> {
    assert_eq!(response.header("content-type"), Some("application/x-ndjson"));
    let text = response.text();
    let mut rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let last = rows.pop().expect("an answer has at least one line");
    let meta = &last["weir.meta"];
    assert!(meta.is_object(), "the last line is not weir.meta: {last}");
    assert_eq!((&meta["rows"], &meta["partial"]), (&json!(rows.len()), &json!(false)), "{meta}");
    for name in ["scanned_bytes", "took_ms", "notes"] {
        assert!(!meta[name].is_null(), "{name} is missing: {meta}");
    }
    rows
}

pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// Runs a command to its end and gives its exit code and what it said on stderr.
pub fn run_to_end(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    (child.wait().unwrap().code(), words)
}
