//! Numbered files of one folder, and how they are written so that other machines see them whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::files::{make_below, replace, show};

/// What a numbered file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who holds the lease of that number.
    Lease,
    /// What the service remembers, as its holder of that number wrote it.
    State,
}

impl Kind {
    fn end(self) -> &'static str {
        match self {
            Kind::Lease => "lease",
            Kind::State => "state",
        }
    }
}

/// The files of one service.
#[derive(Debug)]
pub struct Files {
    /// What all servers share. It is there or it is not mounted; it is never made.
    root: PathBuf,
    folder: PathBuf,
}

impl Files {
    pub fn new(root: &Path, folder: &Path) -> Files {
        Files { root: root.to_owned(), folder: root.join(folder) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, number: u64, kind: Kind) -> PathBuf {
        self.folder.join(format!("{number:020}.{}", kind.end()))
    }

    /// The highest number of that kind.
    pub fn last(&self, kind: Kind) -> io::Result<Option<u64>> {
        Ok(self.numbers()?.into_iter().filter(|(_, have)| *have == kind).map(|(number, _)| number).max())
    }

    fn numbers(&self) -> io::Result<Vec<(u64, Kind)>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound && self.root.is_dir() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let parts = name.to_str().and_then(|name| name.split_once('.'));
            let Some((number, end)) = parts else { continue };
            let kind = [Kind::Lease, Kind::State].into_iter().find(|kind| kind.end() == end);
            found.extend(number.parse().ok().zip(kind));
        }
        Ok(found)
    }

    /// The text of a file; "" when it is gone.
    pub fn read(&self, number: u64, kind: Kind) -> io::Result<String> {
        match fs::read_to_string(self.path(number, kind)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            read => read,
        }
    }

    /// Makes a file that is not there yet, or returns false: of all who try, one succeeds, also on a network file system.
    pub fn claim(&self, number: u64, text: &str) -> io::Result<bool> {
        make_below(&self.root, &self.folder)?;
        match OpenOptions::new().write(true).create_new(true).open(self.path(number, Kind::Lease)) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
                self.sync()?;
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Puts a text in the place of a file, whole; it is safe when this returns.
    pub fn write(&self, number: u64, kind: Kind, text: &str) -> io::Result<()> {
        make_below(&self.root, &self.folder)?;
        replace(&self.path(number, kind), text.as_bytes())
    }

    /// The same for what need not survive a crash.
    pub fn show(&self, number: u64, kind: Kind, text: &str) -> io::Result<()> {
        show(&self.path(number, kind), text.as_bytes())
    }

    /// Adds a line to a file; it is safe when this returns.
    pub fn append(&self, number: u64, kind: Kind, line: &str) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(self.path(number, kind))?;
        file.write_all(format!("{line}\n").as_bytes())?;
        file.sync_data()
    }

    /// Removes what has a lower number.
    pub fn forget_before(&self, number: u64) -> io::Result<()> {
        for (have, kind) in self.numbers()?.into_iter().filter(|(have, _)| *have < number) {
            match fs::remove_file(self.path(have, kind)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }
}
