//! `weir pack lint`: what a pack that loads may still lack.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use weir_event::{Fault, dictionary_names, kind_of, nearest};
use weir_parse::Packs;

use super::super::{Exit, io_fault};
use super::{folders, load_folders, pack_name};
use crate::say;

#[derive(clap::Args)]
pub struct Args {
    /// Folders of packs
    #[arg(value_name = "DIR", default_value = "packs")]
    dirs: Vec<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Fault> {
    let folders = folders(&args.dirs)?;
    let packs = load_folders(&folders)?;
    let mut said = 0;
    for folder in &folders {
        let Some(name) = pack_name(folder)? else { continue };
        let mut remarks = files(folder)?;
        remarks.extend(fields(&packs, &name));
        said += remarks.len();
        remarks.iter().for_each(|remark| say::data(format_args!("{name}: {remark}")));
    }
    say::words(format_args!("{} packs, {said} remarks", folders.len()));
    Ok(if said == 0 { Exit::Ok } else { Exit::Findings })
}

/// Files that are missing, and samples that look like real traffic.
fn files(folder: &Path) -> Result<Vec<String>, Fault> {
    let mut remarks = Vec::new();
    for (file, why) in
        [("README.md", "says how to switch the product on"), ("samples/not-mine.log", "holds lines of other products")]
    {
        if !folder.join(file).is_file() {
            remarks.push(format!("`{file}` is missing: it {why}"));
        }
    }
    let samples = folder.join("samples");
    let logs = fs::read_dir(&samples).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut logs: Vec<PathBuf> = logs.filter(|path| path.extension().is_some_and(|end| end == "log")).collect();
    logs.sort();
    if !logs.iter().any(|path| !path.ends_with("not-mine.log")) {
        remarks.push("there is no sample".to_owned());
    }
    for path in logs {
        let text = fs::read_to_string(&path).map_err(|error| io_fault(path.display(), &error))?;
        for (index, line) in text.lines().enumerate() {
            let public =
                line.split(|letter: char| !(letter.is_ascii_digit() || letter == '.')).find(|word| is_public(word));
            if let Some(address) = public {
                remarks.push(format!(
                    "{}:{}: {address} is somebody's address; use 192.0.2.0/24",
                    path.display(),
                    index + 1
                ));
            }
        }
    }
    Ok(remarks)
}

/// An IPv4 address that belongs to somebody: not private, not reserved, not for documentation.
fn is_public(word: &str) -> bool {
    let Ok(IpAddr::V4(address)) = word.parse() else { return false };
    let octets = address.octets();
    let reserved = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || address.is_broadcast()
        || octets[0] == 0
        || octets[0] >= 240
        || octets[3] == 0
        || octets[0] == 100 && (64..128).contains(&octets[1]);
    !reserved
}

/// Fields that are nearly, but not quite, those of the dictionary.
fn fields(packs: &Packs, name: &str) -> Vec<String> {
    let Some(pack) = packs.find(name) else { return Vec::new() };
    let unknown = pack.field_names().into_iter().filter(|field| kind_of(field).is_none());
    let near = |field| nearest(field, dictionary_names());
    unknown
        .filter_map(|field| Some(format!("the field `{field}` is not in the dictionary; is it `{}`?", near(field)?)))
        .collect()
}
