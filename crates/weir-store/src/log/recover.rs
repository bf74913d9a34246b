//! What the log finds when it is opened.

use std::path::{Path, PathBuf};

use weir_event::{Disk, Fault};

use super::LogOptions;
use super::file::{FileName, Found, scan};
use crate::fault;

/// What was found and mended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovery {
    /// The position that the next chunk gets.
    pub next_position: u64,
    pub files: usize,
    /// Bytes cut off the end: a write that was never acknowledged.
    pub torn_bytes: u64,
    /// Damaged pieces in the newest file; they are kept aside. Older files are looked at by replay.
    pub damaged: usize,
    pub damaged_bytes: u64,
}

pub(super) const QUARANTINE: &str = "quarantine";

/// Cuts the torn end off the newest file and finds the next position. New chunks always go to a new file.
pub(super) fn recover(
    disk: &dyn Disk,
    folder: &Path,
    options: &LogOptions,
) -> Result<(Recovery, Vec<FileName>), Fault> {
    let failed = |error: std::io::Error| fault::log_unusable(folder, error);
    disk.create_folder(folder).map_err(failed)?;
    let mut files = names(disk, folder).map_err(failed)?;
    let mut recovery = Recovery { next_position: options.next_at_least.max(1), ..Recovery::default() };
    while let Some(newest) = files.last().copied() {
        let path = folder.join(newest.to_string());
        let bytes = disk.read(&path).map_err(failed)?;
        let found = scan(&bytes).map_err(|version| fault::log_foreign_version(&path, version))?;
        recovery.next_position = recovery.next_position.max(newest.first);
        let records = found.iter().filter_map(|found| match found {
            Found::Record { position, .. } => Some(*position),
            _ => None,
        });
        let last = records.max();
        recovery.next_position = recovery.next_position.max(last.map_or(0, |last| last + 1));
        // A disk without room for copies must not keep the log from opening.
        let aside = |range: std::ops::Range<usize>| {
            let _ = keep_aside(disk, folder, newest, range.start, &bytes[range]);
        };
        for piece in &found {
            match piece {
                Found::Record { .. } => {}
                Found::Damage(range) => {
                    recovery.damaged += 1;
                    recovery.damaged_bytes += range.len() as u64;
                    aside(range.clone());
                }
                Found::Torn(range) => {
                    recovery.torn_bytes += range.len() as u64;
                    aside(range.clone());
                    let cut = disk.open(&path).and_then(|mut file| {
                        file.truncate(range.start as u64)?;
                        file.sync()
                    });
                    cut.map_err(failed)?;
                }
            }
        }
        let damaged = found.iter().any(|piece| matches!(piece, Found::Damage(_)));
        if last.is_some() || damaged {
            break;
        }
        // Nothing in it was ever acknowledged.
        disk.remove(&path).and_then(|()| disk.sync_folder(folder)).map_err(failed)?;
        files.pop();
    }
    recovery.files = files.len();
    Ok((recovery, files))
}

/// The files of a log in order; files of other names are not ours.
pub(super) fn names(disk: &dyn Disk, folder: &Path) -> std::io::Result<Vec<FileName>> {
    let mut names: Vec<FileName> =
        disk.list(folder)?.iter().filter_map(|name| FileName::parse(name.file_name()?.to_str()?)).collect();
    names.sort();
    Ok(names)
}

/// Copies damaged bytes to the quarantine; once per place, however often they are found.
pub(super) fn keep_aside(
    disk: &dyn Disk,
    folder: &Path,
    file: FileName,
    at: usize,
    bytes: &[u8],
) -> std::io::Result<()> {
    let quarantine: PathBuf = folder.join(QUARANTINE);
    disk.create_folder(&quarantine)?;
    let path = quarantine.join(format!("{file}.{at:08x}"));
    let mut copy = disk.open(&path)?;
    if copy.size()? == 0 {
        copy.append(bytes)?;
        copy.sync()?;
        disk.sync_folder(&quarantine)?;
    }
    Ok(())
}
