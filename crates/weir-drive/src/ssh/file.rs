//! What one file has grown by since a mark, and whether it is still the same file.
//!
//! SFTP does not tell a file's inode, and inodes are given again. What tells files apart here is what they hold: their first bytes, and
//! the last ones that were read.

use weir_event::{Fault, Records};

use super::lines::{Line, Lines};
use super::sftp::{Open, Sftp};
use super::state::{Mark, State};
use crate::hash::hash;
use crate::reader::{Pulled, Sink};

/// Bytes that are read and judged at once.
const READ_BYTES: u64 = 256 << 10;
/// Bytes that tell a file from another.
const HEAD_BYTES: u64 = 1_024;
const TAIL_BYTES: u64 = 1_024;

/// What to do with a last line that has no end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Last {
    /// Its end is still to come.
    Waits,
    /// Nobody writes to the file any more.
    Counts,
}

/// True when the file holds at the mark what it held when the mark was made.
pub async fn is_same(sftp: &mut Sftp<'_>, file: &Open, mark: &Mark) -> Result<bool, Fault> {
    if file.size < mark.offset {
        return Ok(false);
    }
    let head = sftp.read(file, 0, mark.head.0).await?;
    if hash(&head) != mark.head.1 {
        return Ok(false);
    }
    let tail = sftp.read(file, mark.offset - mark.tail.0.min(mark.offset), mark.tail.0).await?;
    Ok(hash(&tail) == mark.tail.1)
}

/// Reads a file from its mark under `name` in the state to the end it has now, and commits what it reads.
pub async fn read<S: Sink>(
    sftp: &mut Sftp<'_>,
    file: &Open,
    last: Last,
    (state, name): (&mut State, &str),
    (sink, pulled): (&S, &mut Pulled),
) -> Result<(), Fault> {
    let mut place = Place::at(sftp, file, state.files.get(name).map_or(0, |mark| mark.offset)).await?;
    let mut lines = Lines::default();
    let mut records = Records::default();
    let mut at = place.offset;
    while at < file.size {
        let bytes = sftp.read(file, at, READ_BYTES.min(file.size - at)).await?;
        if bytes.is_empty() {
            break;
        }
        at += bytes.len() as u64;
        for line in lines.push(&bytes) {
            place.pass(&line, &mut records, pulled);
            if records.is_full() {
                state.files.insert(name.to_owned(), place.mark());
                sink.commit(std::mem::take(&mut records), state.to_text()).await?;
            }
        }
    }
    if last == Last::Counts
        && let Some(line) = lines.finish()
    {
        place.pass(&line, &mut records, pulled);
    }
    let mark = place.mark();
    if state.files.insert(name.to_owned(), mark.clone()).as_ref() != Some(&mark) {
        sink.commit(records, state.to_text()).await?;
    }
    Ok(())
}

/// A place in a file, and the bytes that identify it.
struct Place {
    offset: u64,
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Place {
    async fn at(sftp: &mut Sftp<'_>, file: &Open, offset: u64) -> Result<Place, Fault> {
        let head = sftp.read(file, 0, HEAD_BYTES.min(file.size)).await?;
        let tail = TAIL_BYTES.min(offset);
        let tail = sftp.read(file, offset - tail, tail).await?;
        Ok(Place { offset, head, tail })
    }

    /// Goes behind a line. Empty ones are no records.
    fn pass(&mut self, line: &Line, records: &mut Records, pulled: &mut Pulled) {
        self.offset += line.raw.len() as u64;
        self.tail.extend_from_slice(&line.raw);
        let excess = self.tail.len().saturating_sub(TAIL_BYTES as usize);
        self.tail.drain(..excess);
        if !line.bytes().is_empty() {
            records.push(line.bytes());
            pulled.received += 1;
            pulled.committed += 1;
        }
    }

    fn mark(&self) -> Mark {
        let head = &self.head[..self.head.len().min(self.offset as usize)];
        Mark {
            offset: self.offset,
            head: (head.len() as u64, hash(head)),
            tail: (self.tail.len() as u64, hash(&self.tail)),
        }
    }
}
