//! Bytes on their way to a file.

use std::io;

use weir_event::DiskFile;

/// Bytes gathered before they are handed to the disk.
const GATHERED: usize = 1 << 20;

pub(super) struct Sink {
    file: Box<dyn DiskFile>,
    pending: Vec<u8>,
}

impl Sink {
    pub fn new(file: Box<dyn DiskFile>) -> Self {
        Sink { file, pending: Vec::with_capacity(GATHERED) }
    }

    /// Makes everything durable; the size of the file.
    pub fn finish(mut self) -> io::Result<u64> {
        self.drain()?;
        self.file.sync()?;
        self.file.size()
    }

    fn drain(&mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            self.file.append(&self.pending)?;
            self.pending.clear();
        }
        Ok(())
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= GATHERED {
            self.drain()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
