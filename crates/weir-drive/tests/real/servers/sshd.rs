//! OpenSSH's server, for the user who runs the tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::{Guard, folder, free_port, is_root, run, wait_for};

pub struct Sshd {
    pub port: u16,
    pub folder: PathBuf,
    pub user: String,
    _guard: Guard,
}

/// One server for all tests; each uses files of its own.
pub fn sshd() -> &'static Sshd {
    static SERVER: OnceLock<Sshd> = OnceLock::new();
    SERVER.get_or_init(start)
}

fn key(folder: &Path, name: &str, kind: &str, passphrase: &str) {
    let mut keygen = Command::new("ssh-keygen");
    run(keygen.args(["-q", "-t", kind, "-N", passphrase, "-C", "weir test", "-f"]).arg(folder.join(name)));
}

fn start() -> Sshd {
    let (folder, port) = (folder("sshd"), free_port());
    for (name, kind, passphrase) in [
        ("host_ed25519", "ed25519", ""),
        ("host_ecdsa", "ecdsa", ""),
        ("user_ed25519", "ed25519", ""),
        ("user_rsa", "rsa", ""),
        ("user_locked", "ed25519", "cut-2-fit"),
        ("stranger", "ed25519", ""),
    ] {
        key(&folder, name, kind, passphrase);
    }
    let public = |name: &str| std::fs::read_to_string(folder.join(name).with_extension("pub")).expect("a public key");
    let authorized: String = ["user_ed25519", "user_rsa", "user_locked"].map(public).concat();
    std::fs::write(folder.join("authorized_keys"), authorized).expect("writes");
    let place = folder.display();
    let settings = format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {place}/host_ed25519\nHostKey {place}/host_ecdsa\n\
         AuthorizedKeysFile {place}/authorized_keys\nStrictModes no\nUsePAM no\nPidFile none\n\
         PermitRootLogin yes\nPasswordAuthentication yes\nMaxStartups 100\nSubsystem sftp internal-sftp\n"
    );
    std::fs::write(folder.join("sshd_config"), settings).expect("writes");
    if is_root() {
        // The server changes into it before anybody has logged in.
        std::fs::create_dir_all("/run/sshd").expect("a folder for the server");
    }
    let mut server = Command::new("/usr/sbin/sshd");
    server.args(["-D", "-e", "-f"]).arg(folder.join("sshd_config"));
    let guard = Guard::start(&folder, &mut server);
    wait_for(&folder, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    Sshd { port, user: run(Command::new("id").arg("-un")).trim().to_owned(), folder, _guard: guard }
}

impl Sshd {
    /// What `ssh-keygen -lf` says of a key.
    pub fn fingerprint(&self, name: &str) -> String {
        let said = run(Command::new("ssh-keygen").arg("-lf").arg(self.folder.join(name).with_extension("pub")));
        said.split_whitespace().nth(1).expect("a fingerprint").to_owned()
    }

    pub fn secret(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).expect("a key")
    }

    /// A line of known hosts for a key of the server.
    pub fn known_host(&self, name: &str) -> String {
        let public = std::fs::read_to_string(self.folder.join(name).with_extension("pub")).expect("a public key");
        format!("[127.0.0.1]:{} {public}", self.port)
    }
}
