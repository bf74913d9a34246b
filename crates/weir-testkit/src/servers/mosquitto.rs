//! A broker of MQTT: Mosquitto, as Debian packages it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Guard, folder, free_port, is_root, run, wait_for};

/// The user and password that a closed broker knows.
pub const USER: &str = "weir";
pub const PASSWORD: &str = "cut-2-fit";

/// One broker on a free port.
#[derive(Debug)]
pub struct Mosquitto {
    pub port: u16,
    pub folder: PathBuf,
    _guard: Guard,
}

impl Mosquitto {
    /// Who connects is let in.
    pub fn open(name: &str) -> Mosquitto {
        Mosquitto::with(name, "allow_anonymous true\n")
    }

    /// It knows [`USER`] only.
    pub fn closed(name: &str) -> Mosquitto {
        let folder = folder(name);
        let users = folder.join("users");
        run(Command::new("mosquitto_passwd").args(["-b", "-c"]).arg(&users).args([USER, PASSWORD]));
        let settings = format!("allow_anonymous false\npassword_file {}\n", users.display());
        Mosquitto::start(folder, free_port(), &settings)
    }

    /// It shows `cert.pem` and wants a certificate that `authority.pem` has signed, both in a folder of the caller's.
    pub fn encrypted(name: &str, files: &Path) -> Mosquitto {
        let files = files.display();
        Mosquitto::with(
            name,
            &format!(
                "allow_anonymous true\ncafile {files}/authority.pem\ncertfile {files}/cert.pem\nkeyfile {files}/key.pem\n\
                 require_certificate true\n"
            ),
        )
    }

    fn with(name: &str, settings: &str) -> Mosquitto {
        Mosquitto::start(folder(name), free_port(), settings)
    }

    fn start(folder: PathBuf, port: u16, settings: &str) -> Mosquitto {
        // Queues are as long as they must be.
        let mut text = format!("listener {port} 127.0.0.1\n{settings}max_queued_messages 0\n");
        if is_root() {
            text += "user root\n";
        }
        fs::write(folder.join("settings"), text).expect("writes");
        let mut server = Command::new(program());
        let guard = Guard::start(&folder, server.arg("-c").arg(folder.join("settings")));
        wait_for(&folder, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Mosquitto { port, folder, _guard: guard }
    }

    pub fn broker(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Publishes each line of a text as a message, to anyone's broker.
    pub fn publish(&self, topic: &str, qos: u8, lines: &str) {
        let file = self.folder.join(format!("lines-{}", lines.len()));
        fs::write(&file, lines).expect("writes");
        let mut sender = self.sender(topic, qos);
        sender.arg("-l").stdin(fs::File::open(&file).expect("reads"));
        let output = sender.output().expect("`cargo xtask test` installs mosquitto-clients");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Publishes bytes as one message.
    pub fn publish_bytes(&self, topic: &str, qos: u8, bytes: &[u8]) {
        self.publish_file(&mut self.sender(topic, qos), bytes);
    }

    /// Publishes a message that the broker keeps for whoever subscribes later.
    pub fn retain(&self, topic: &str, bytes: &[u8]) {
        self.publish_file(self.sender(topic, 1).arg("-r"), bytes);
    }

    fn publish_file(&self, sender: &mut Command, bytes: &[u8]) {
        let file = self.folder.join("message");
        fs::write(&file, bytes).expect("writes");
        run(sender.arg("-f").arg(&file));
    }

    fn sender(&self, topic: &str, qos: u8) -> Command {
        let mut command = Command::new("mosquitto_pub");
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-t", topic, "-q", &qos.to_string()]);
        command
    }
}

fn program() -> &'static str {
    const PROGRAM: &str = "/usr/sbin/mosquitto";
    assert!(Path::new(PROGRAM).exists(), "{PROGRAM} is missing: `cargo xtask test` installs it");
    PROGRAM
}
