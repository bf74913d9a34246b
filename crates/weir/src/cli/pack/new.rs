//! `weir pack new`: a folder to begin with.

use std::fs;
use std::path::{Path, PathBuf};

use weir_event::Fault;

use super::super::{Exit, io_fault, usage_fault};
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// The pack's name
    #[arg(value_name = "VENDOR/PRODUCT")]
    name: String,
    /// The folder that holds packs
    #[arg(long, value_name = "DIR", default_value = "packs")]
    dir: PathBuf,
    /// What the product sends
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Kv,
    Csv,
    Cef,
    Json,
}

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let word = |part: &str| {
        let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !part.is_empty() && part.bytes().all(inside)
    };
    let Some((vendor, product)) = args.name.split_once('/').filter(|(vendor, product)| word(vendor) && word(product))
    else {
        return Err(usage_fault(
            format!("`{}` is no name of a pack", args.name),
            "write vendor/product, in lower case with digits and hyphens",
        ));
    };
    let folder = args.dir.join(vendor).join(product);
    if folder.join("pack.yaml").exists() {
        return Err(usage_fault(
            format!("`{}` is there already", folder.display()),
            "choose another name, or edit that pack",
        ));
    }
    let (read, sample) = args.format.beginning();
    let pack = format!(
        "pack: {name}\ntitle: {vendor} {product}\n{read}time: {{ field: time }}\nfields:\n  src: source.ip\n  user: user.name\n\
         set: {{ event.kind: event, observer.vendor: {vendor}, observer.product: {product} }}\n",
        name = args.name,
    );
    write(&folder.join("pack.yaml"), &pack)?;
    write(&folder.join("README.md"), &format!("# {vendor} {product}\n\nHow to have the product send its events.\n"))?;
    write(&folder.join("samples/first.log"), &format!("{sample}\n"))?;
    write(&folder.join("samples/not-mine.log"), "a line of another product\n")?;
    say::words(format_args!(
        "made {}; next: edit it, then `weir pack test {} --update`",
        folder.display(),
        folder.display()
    ));
    Ok(Exit::Ok)
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(|error| io_fault(path.display(), &error))
}

impl Format {
    /// The beginning of the pack, and a line that it reads.
    fn beginning(self) -> (&'static str, &'static str) {
        match self {
            Format::Text => (
                "recognise: { format: syslog, contains: [\"EXAMPLE-\"] }\nread:\n  format: text\n  patterns:\n    \
                 - \"'EXAMPLE-' INT:event.code ': login of ' LD:user ' from ' IPADDR:src EOS\"\n    - \"LD:message EOS\"\n",
                "<134>Jun 15 10:00:00 gw-1 EXAMPLE-101: login of ana from 192.0.2.1",
            ),
            Format::Kv => (
                "recognise: { format: kv, contains: [\"devtype=example\"] }\nread: { format: kv }\n",
                "time=2026-06-15T10:00:00Z devtype=example user=ana src=192.0.2.1",
            ),
            Format::Csv => (
                "recognise: { format: csv, starts: [\"example,\"] }\nread: { format: csv, columns: [~, time, user, src] }\n",
                "example,2026-06-15T10:00:00Z,ana,192.0.2.1",
            ),
            Format::Cef => (
                "extends: generic/cef\nrecognise: { format: cef, vendor: Example, product: Gateway }\n",
                "CEF:0|Example|Gateway|1.0|101|login|3|src=192.0.2.1 suser=ana",
            ),
            Format::Json => (
                "recognise: { format: json, keys: [exampleEvent] }\nread: { format: json }\n",
                r#"{"exampleEvent":"login","time":"2026-06-15T10:00:00Z","user":"ana","src":"192.0.2.1"}"#,
            ),
        }
    }
}
