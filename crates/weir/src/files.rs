//! Folders, and files that are replaced as a whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Puts bytes in the place of a file: whoever reads sees the old file or the new one, also after a crash. The new one is safe when this
/// returns. The folder has to be there.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = hidden(path);
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Makes a folder below another one that has to be there: one that is not mounted must not be made up.
pub fn make_below(root: &Path, folder: &Path) -> io::Result<()> {
    match root.is_dir() {
        true => fs::create_dir_all(folder),
        false => Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no folder {}", root.display()))),
    }
}

/// The same as [`replace`], not safe from a crash.
pub fn show(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = hidden(path);
    fs::write(&new, bytes)?;
    fs::rename(&new, path)
}

/// A name beside the file that nobody asks for.
fn hidden(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}
