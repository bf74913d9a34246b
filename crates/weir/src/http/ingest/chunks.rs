//! Records on their way into chunks.

use weir_event::{Fault, FaultKind, Records};

use crate::http::records::check_count;

/// The chunks of one request under construction; a chunk that is full makes room for the next.
pub struct Chunks {
    full: Vec<Records>,
    open: Records,
    records: usize,
    bytes: usize,
    /// Bytes of all records. They may be more than came: what a request says of all its records is in each of them.
    bytes_max: usize,
}

impl Chunks {
    pub fn new(bytes_max: usize) -> Chunks {
        Chunks { full: Vec::new(), open: Records::default(), records: 0, bytes: 0, bytes_max }
    }

    /// Fails when the request holds more than one may.
    pub fn push(&mut self, record: &[u8]) -> Result<(), Fault> {
        (self.records, self.bytes) = (self.records + 1, self.bytes + record.len());
        check_count(self.records)?;
        self.check_bytes(self.bytes)?;
        if self.open.is_full() {
            self.full.push(std::mem::take(&mut self.open));
        }
        self.open.push(record);
        Ok(())
    }

    /// Fails when so many bytes are more than the records of a request may be.
    pub fn check_bytes(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > self.bytes_max { Err(too_much(self.bytes_max)) } else { Ok(()) }
    }

    /// Records in all of them.
    pub fn len(&self) -> usize {
        self.records
    }

    /// None of the chunks is empty.
    pub fn done(mut self) -> Vec<Records> {
        if !self.open.is_empty() {
            self.full.push(self.open);
        }
        self.full
    }
}

fn too_much(limit: usize) -> Fault {
    Fault::new("HTTP-022", FaultKind::Limit, format!("the records of the body are more than {limit} bytes"))
        .because("what the request says of all of them is stored with each; the limit is `inflated_bytes`")
        .hint("send smaller batches")
}
