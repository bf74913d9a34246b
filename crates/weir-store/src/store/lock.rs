//! One process per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use weir_event::Fault;

use crate::fault;

/// Held as long as the value lives; the system frees it when the process ends, however it ends.
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    pub fn take(folder: &Path) -> Result<Self, Fault> {
        let path = folder.join("lock");
        let failed = |error: std::io::Error| fault::unusable(&path, error);
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(fault::held_by(folder, &holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let name = format!("process {} on {}\n", std::process::id(), host());
        let wrote = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(name.as_bytes()));
        wrote.map_err(failed)?;
        Ok(FolderLock { _file: file })
    }
}

fn holder(file: &mut File) -> String {
    let mut name = String::new();
    let read = file.rewind().and_then(|()| file.take(512).read_to_string(&mut name));
    match (read, name.trim()) {
        (Err(_), _) | (_, "") => "an unknown process".to_owned(),
        (Ok(_), name) => name.to_owned(),
    }
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "an unknown host".to_owned() } else { name.trim().to_owned() }
}
