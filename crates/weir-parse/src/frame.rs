//! Octets of a connection or a datagram to syslog frames.

#[cfg(test)]
mod tests;

use weir_event::limits;

use crate::note::Notes;

/// Octets kept of a frame that is too large.
pub const SAMPLE_BYTES_MAX: usize = 64 << 10;

/// Cuts the octets of one connection into frames. How a frame ends is decided frame by frame: a count of octets before it, or
/// a line feed or NUL after it.
///
/// Holds at most one unfinished frame of `frame_octets_max` octets and what came with the last read.
#[derive(Debug)]
pub struct Splitter {
    held: Vec<u8>,
    /// Octets of `held` that are known to hold no end of a line.
    searched: usize,
    /// The frame before was a counted one, directly before what is held.
    after_count: bool,
    frame_octets_max: usize,
}

/// One frame. `notes` holds `frame_truncated` or `frame_resync` where that happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame<'a> {
    pub bytes: &'a [u8],
    pub notes: Notes,
}

/// A frame is larger than allowed: the connection cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// The first octets of the frame, at most [`SAMPLE_BYTES_MAX`].
    pub sample: Vec<u8>,
}

impl Default for Splitter {
    fn default() -> Self {
        Splitter::new(limits::FRAME_BYTES_MAX)
    }
}

/// What stands at the start of the octets at hand.
enum Next {
    /// More octets are needed to tell, or to end the frame.
    Wait,
    /// A frame from the first number to the second; the next begins at the third.
    Frame(usize, usize, usize),
    TooLarge,
}

impl Splitter {
    /// A splitter for a new connection.
    pub fn new(frame_octets_max: usize) -> Self {
        Splitter { held: Vec::new(), searched: 0, after_count: false, frame_octets_max }
    }

    /// Octets of a frame that has not ended yet. The caller that sees them stay the same for too long calls
    /// [`Splitter::cut`].
    pub fn waiting(&self) -> usize {
        self.held.len()
    }

    /// Takes the next octets and hands every frame that ends in them to `sink`. After an error the connection must be closed.
    pub fn push(&mut self, octets: &[u8], sink: &mut dyn FnMut(Frame)) -> Result<(), TooLarge> {
        if self.held.is_empty() {
            let used = self.drain(octets, sink)?;
            self.held.extend_from_slice(&octets[used..]);
            return Ok(());
        }
        let mut held = std::mem::take(&mut self.held);
        held.extend_from_slice(octets);
        let used = self.drain(&held, sink)?;
        held.drain(..used);
        if held.capacity() > SAMPLE_BYTES_MAX && held.len() < SAMPLE_BYTES_MAX / 2 {
            held.shrink_to(SAMPLE_BYTES_MAX);
        }
        self.held = held;
        Ok(())
    }

    /// The connection has ended: a last line without an end is a frame, a counted frame that is not whole is noted.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Frame)) {
        let held = std::mem::take(&mut self.held);
        self.rest(&held, Notes::default(), sink);
    }

    /// The connection is idle: hands out the unfinished frame with the note `frame_truncated`.
    pub fn cut(&mut self, sink: &mut dyn FnMut(Frame)) {
        let held = std::mem::take(&mut self.held);
        let mut notes = Notes::default();
        notes.add(Notes::FRAME_TRUNCATED);
        self.rest(&held, notes, sink);
    }

    fn rest(&mut self, held: &[u8], mut notes: Notes, sink: &mut dyn FnMut(Frame)) {
        self.searched = 0;
        let bytes = match count(held) {
            Count::Of { start, .. } => {
                notes.add(Notes::FRAME_TRUNCATED);
                &held[start..]
            }
            _ => {
                self.note_resync(held, &mut notes);
                held.strip_suffix(b"\r").unwrap_or(held)
            }
        };
        self.after_count = false;
        if !bytes.is_empty() {
            sink(Frame { bytes, notes });
        }
    }

    /// Hands out the whole frames of `octets`; gives the number of octets used up.
    fn drain(&mut self, octets: &[u8], sink: &mut dyn FnMut(Frame)) -> Result<usize, TooLarge> {
        let mut at = 0;
        loop {
            let gap = octets[at..].iter().take_while(|octet| matches!(octet, b'\n' | b'\r' | 0)).count();
            if gap > 0 {
                (at, self.searched, self.after_count) = (at + gap, 0, false);
            }
            let rest = &octets[at..];
            let counted = count(rest);
            match self.next(rest, &counted) {
                Next::Wait => return Ok(at),
                Next::TooLarge => {
                    let sample = rest[..rest.len().min(SAMPLE_BYTES_MAX)].to_vec();
                    return Err(TooLarge { sample });
                }
                Next::Frame(start, end, next) => {
                    let mut notes = Notes::default();
                    let was_counted = matches!(counted, Count::Of { .. });
                    if !was_counted {
                        self.note_resync(rest, &mut notes);
                    }
                    if start < end {
                        sink(Frame { bytes: &rest[start..end], notes });
                    }
                    (at, self.searched, self.after_count) = (at + next, 0, was_counted);
                }
            }
        }
    }

    fn next(&mut self, rest: &[u8], counted: &Count) -> Next {
        match *counted {
            Count::Undecided => Next::Wait,
            Count::Of { octets, .. } if octets > self.frame_octets_max as u64 => Next::TooLarge,
            Count::Of { start, octets } => {
                let end = start + octets as usize;
                if rest.len() < end { Next::Wait } else { Next::Frame(start, end, end) }
            }
            Count::None => self.line(rest),
        }
    }

    fn line(&mut self, rest: &[u8]) -> Next {
        let Some(found) = memchr::memchr2(b'\n', 0, rest.get(self.searched..).unwrap_or_default()) else {
            self.searched = rest.len();
            return if rest.len() > self.frame_octets_max + 1 { Next::TooLarge } else { Next::Wait };
        };
        let end = self.searched + found;
        let line = &rest[..end];
        let length = line.strip_suffix(b"\r").unwrap_or(line).len();
        if length > self.frame_octets_max { Next::TooLarge } else { Next::Frame(0, length, end + 1) }
    }

    /// Notes text that stands directly behind a counted frame and begins none.
    fn note_resync(&self, rest: &[u8], notes: &mut Notes) {
        if self.after_count && !rest.is_empty() && !begins_message(rest) {
            notes.add(Notes::FRAME_RESYNC);
        }
    }
}

/// The message of a datagram: all of it but trailing CR, LF and NUL. `None` when nothing is left.
pub fn datagram(octets: &[u8]) -> Option<&[u8]> {
    let end = octets.iter().rposition(|octet| !matches!(octet, b'\r' | b'\n' | 0))?;
    Some(&octets[..=end])
}

enum Count {
    None,
    /// A message of so many octets begins at `start`.
    Of {
        start: usize,
        octets: u64,
    },
    /// It may become a count when more octets come.
    Undecided,
}

/// Reads `[1-9][0-9]{0,9}` and a blank directly before `<`, `CEF:` or `LEEF:`.
fn count(octets: &[u8]) -> Count {
    let digits = octets.iter().take(11).take_while(|octet| octet.is_ascii_digit()).count();
    match octets.first() {
        None => return Count::Undecided,
        Some(b'1'..=b'9') if digits <= 10 => {}
        _ => return Count::None,
    }
    match octets.get(digits) {
        None => return Count::Undecided,
        Some(b' ') => {}
        Some(_) => return Count::None,
    }
    let start = digits + 1;
    let message = &octets[start..];
    if begins_message(message) {
        let octets = octets[..digits].iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        return Count::Of { start, octets };
    }
    let may_begin = [&b"<"[..], b"CEF:", b"LEEF:"].iter().any(|start| start.starts_with(message));
    if may_begin { Count::Undecided } else { Count::None }
}

fn begins_message(octets: &[u8]) -> bool {
    octets.starts_with(b"<") || octets.starts_with(b"CEF:") || octets.starts_with(b"LEEF:")
}
