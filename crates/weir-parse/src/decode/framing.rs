//! The octets of a connection or datagram as a record.

use weir_event::{Record, Value};

use super::warnings;
use crate::frame::{Frame, Splitter, datagram};
use crate::note::Notes;

/// How octets travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP or TLS: a stream that is cut into frames.
    Stream,
    /// UDP: one message.
    Datagram,
}

/// `frames`, `warnings`, and `error` (`frame_too_large`) where there is one. Octets that are not UTF-8 become U+FFFD.
pub fn frames(octets: &[u8], transport: Transport, frame_octets_max: usize) -> Record<'static> {
    let mut frames = Vec::new();
    let mut notes = Notes::default();
    let mut sink = |frame: Frame| {
        notes = notes.and(frame.notes);
        frames.push(Value::owned(String::from_utf8_lossy(frame.bytes).into_owned()));
    };
    let mut fits = true;
    match transport {
        Transport::Datagram => {
            datagram(octets).into_iter().for_each(|bytes| sink(Frame { bytes, notes: Notes::default() }))
        }
        Transport::Stream => {
            let mut splitter = Splitter::new(frame_octets_max);
            fits = splitter.push(octets, &mut sink).is_ok();
            if fits {
                splitter.finish(&mut sink);
            }
        }
    }
    let mut record = Record::new();
    record.push_new("frames", Value::Array(frames));
    record.push_new("warnings", warnings(notes));
    if !fits {
        record.push_new("error", Value::text("frame_too_large"));
    }
    record
}
