//! What the log finds when it is opened.

use std::io;
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
    let failed = |error: io::Error| fault::log_unusable(folder, error);
    disk.create_folder(folder).map_err(failed)?;
    let mut files = names(disk, folder).map_err(failed)?;
    let mut recovery = Recovery { next_position: options.next_at_least.max(1), ..Recovery::default() };
    while let Some(newest) = files.last().copied() {
        let path = folder.join(newest.to_string());
        let bytes = disk.read(&path).map_err(failed)?;
        let found = scan(&bytes).map_err(|version| fault::log_foreign_version(&path, version))?;
        recovery.count(newest, &found);
        mend(disk, folder, newest, &bytes, &found).map_err(failed)?;
        if found.iter().any(|piece| !matches!(piece, Found::Torn(_))) {
            break;
        }
        // Nothing in it was ever acknowledged.
        disk.remove(&path).and_then(|()| disk.sync_folder(folder)).map_err(failed)?;
        files.pop();
    }
    recovery.files = files.len();
    Ok((recovery, files))
}

impl Recovery {
    fn count(&mut self, file: FileName, found: &[Found]) {
        self.next_position = self.next_position.max(file.first);
        for piece in found {
            match piece {
                Found::Record { position, .. } => self.next_position = self.next_position.max(position + 1),
                Found::Damage(range) => {
                    self.damaged += 1;
                    self.damaged_bytes += range.len() as u64;
                }
                Found::Torn(range) => self.torn_bytes += range.len() as u64,
            }
        }
    }
}

/// Keeps aside what is no record, and cuts the file where its torn end begins.
fn mend(disk: &dyn Disk, folder: &Path, name: FileName, bytes: &[u8], found: &[Found]) -> io::Result<()> {
    for piece in found {
        if let Found::Damage(range) | Found::Torn(range) = piece {
            // A disk without room for copies must not keep the log from opening.
            let _ = keep_aside(disk, folder, name, range.start, &bytes[range.clone()]);
        }
        if let Found::Torn(range) = piece {
            let mut file = disk.open(&folder.join(name.to_string()))?;
            file.truncate(range.start as u64)?;
            file.sync()?;
        }
    }
    Ok(())
}

/// The files of a log in order; files of other names are not ours.
pub(super) fn names(disk: &dyn Disk, folder: &Path) -> io::Result<Vec<FileName>> {
    let mut names: Vec<FileName> =
        disk.list(folder)?.iter().filter_map(|name| FileName::parse(name.file_name()?.to_str()?)).collect();
    names.sort();
    Ok(names)
}

/// Copies damaged bytes to the quarantine; once per place, however often they are found.
pub(super) fn keep_aside(disk: &dyn Disk, folder: &Path, file: FileName, at: usize, bytes: &[u8]) -> io::Result<()> {
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
