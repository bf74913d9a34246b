//! The thread that writes.

use std::io;
use std::sync::{Arc, PoisonError};

use weir_event::{DiskFile, Fault};

use super::file::{FileName, HEAD, PAYLOAD_MAX, PREAMBLE, Salt, preamble, put_record};
use super::queue::Submitted;
use super::{Logged, Shared, chunk};
use crate::fault;

/// The file being written.
struct Open {
    file: Box<dyn DiskFile>,
    salt: Salt,
    bytes: u64,
}

struct Writer<'s> {
    shared: &'s Shared,
    open: Option<Open>,
    next: u64,
    buffer: Vec<u8>,
}

/// Writes group after group until the log is closed: what gathers while one group is made durable is the next.
pub(super) fn run(shared: &Shared, next: u64) {
    let mut writer = Writer { shared, open: None, next, buffer: Vec::new() };
    loop {
        let group = shared.submitters.drain(shared.options.group_bytes);
        if group.is_empty() {
            return;
        }
        let (group, large): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|submitted| chunk::encoded_bytes(&submitted.chunk) <= PAYLOAD_MAX);
        for submitted in large {
            let bytes = chunk::encoded_bytes(&submitted.chunk);
            (submitted.ack)(Err(fault::chunk_too_large(bytes, PAYLOAD_MAX)));
        }
        writer.group(group);
    }
}

impl Writer<'_> {
    fn group(&mut self, group: Vec<Submitted>) {
        if group.is_empty() {
            return;
        }
        let written = self.write(&group);
        *self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner) = written.clone().err();
        match written {
            Ok(first) => self.deliver(first, group),
            Err(failure) => group.into_iter().for_each(|submitted| (submitted.ack)(Err(failure.clone()))),
        }
    }

    /// Acknowledges the whole group first, then hands it on: handing on may wait for the workers.
    fn deliver(&mut self, first: u64, group: Vec<Submitted>) {
        let mut logged = Vec::with_capacity(group.len());
        for (position, submitted) in (first..).zip(group) {
            (submitted.ack)(Ok(position));
            logged.push(Logged { position, chunk: Arc::new(submitted.chunk) });
        }
        logged.into_iter().for_each(|logged| self.shared.consumers.push(logged));
    }

    /// Makes a group durable; the position of its first chunk.
    ///
    /// After a failure nobody knows what of the file is on the medium, and a repeated sync may lie: the file is left as it is
    /// and the positions of the group are given again, in a new file that replaces them.
    fn write(&mut self, group: &[Submitted]) -> Result<u64, Fault> {
        self.check_room(group)?;
        let first = self.next;
        match self.try_write(group) {
            Ok(()) => {
                self.next += group.len() as u64;
                self.shared.durable.set(self.next - 1);
                Ok(first)
            }
            Err(error) => {
                self.open = None;
                Err(self.refusal(&error))
            }
        }
    }

    fn refusal(&self, error: &io::Error) -> Fault {
        let (disk, folder) = (&self.shared.disk, &self.shared.folder);
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                fault::log_disk_full(folder, disk.free_bytes(folder), self.shared.options.reserve_bytes)
            }
            _ => fault::log_write_failed(folder, error),
        }
    }

    fn check_room(&self, group: &[Submitted]) -> Result<(), Fault> {
        let bytes: usize = group.iter().map(|submitted| HEAD + chunk::encoded_bytes(&submitted.chunk)).sum();
        let (disk, folder, reserve) = (&self.shared.disk, &self.shared.folder, self.shared.options.reserve_bytes);
        let free = disk.free_bytes(folder);
        if free < reserve.saturating_add(bytes as u64) {
            return Err(fault::log_disk_full(folder, free, reserve));
        }
        Ok(())
    }

    fn try_write(&mut self, group: &[Submitted]) -> io::Result<()> {
        if self.open.as_ref().is_none_or(|open| open.bytes >= self.shared.options.file_bytes) {
            self.open = None;
            self.open = Some(self.create()?);
        }
        let Some(open) = &mut self.open else { return Err(io::Error::other("no file is open")) };
        self.buffer.clear();
        for (position, submitted) in (self.next..).zip(group) {
            put_record(&mut self.buffer, open.salt, position, |out| chunk::encode(&submitted.chunk, out));
        }
        open.file.append(&self.buffer)?;
        open.file.sync()?;
        open.bytes += self.buffer.len() as u64;
        Ok(())
    }

    /// A new file for the next position. Its name is durable before anything in it is acknowledged.
    fn create(&self) -> io::Result<Open> {
        let (disk, folder) = (&self.shared.disk, &self.shared.folder);
        let first = self.next;
        let mut files = self.shared.lock_files();
        let serial = files.iter().filter(|name| name.first == first).map(|name| name.serial + 1).max().unwrap_or(0);
        let name = FileName { first, serial };
        let mut file = disk.open(&folder.join(name.to_string()))?;
        // From here on the file may exist, so its name is taken.
        files.push(name);
        drop(files);
        file.truncate(0)?;
        let salt = Salt::random();
        file.append(&preamble(first, salt))?;
        disk.sync_folder(folder)?;
        Ok(Open { file, salt, bytes: PREAMBLE as u64 })
    }
}
