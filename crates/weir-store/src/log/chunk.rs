//! A chunk as bytes. Little endian; lengths before contents.

use std::net::IpAddr;
use std::sync::Arc;

use weir_event::{Chunk, Cursor, CursorChange, Timestamp};

/// The layout below. In the first one, which is still read, a cursor had no name and was always whole, and there were no pulls.
const LAYOUT: u8 = 2;

pub(super) fn encode(chunk: &Chunk, out: &mut Vec<u8>) {
    out.push(LAYOUT);
    for text in [&chunk.tenant, &chunk.source, &chunk.table] {
        put_bytes(text.as_bytes(), out);
    }
    out.extend(chunk.received_at.0.to_le_bytes());
    out.extend(chunk.config.to_le_bytes());
    match chunk.peer {
        None => out.push(0),
        Some(IpAddr::V4(ip)) => {
            out.push(4);
            out.extend(ip.octets());
        }
        Some(IpAddr::V6(ip)) => {
            out.push(6);
            out.extend(ip.octets());
        }
    }
    put_cursor(chunk.cursor.as_ref(), out);
    // No pull has an empty id.
    put_bytes(chunk.pull.as_deref().unwrap_or_default().as_bytes(), out);
    out.extend((chunk.ends.len() as u32).to_le_bytes());
    out.extend(chunk.ends.iter().flat_map(|end| end.to_le_bytes()));
    put_bytes(&chunk.bytes, out);
}

fn put_cursor(cursor: Option<&Cursor>, out: &mut Vec<u8>) {
    let Some(Cursor { name, change }) = cursor else { return out.push(0) };
    out.push(match change {
        CursorChange::Whole(_) => 1,
        CursorChange::Adds(_) => 2,
        CursorChange::Reset => 3,
    });
    put_bytes(name.as_bytes(), out);
    if let Some(part) = change.bytes() {
        put_bytes(part, out);
    }
}

fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend((bytes.len() as u32).to_le_bytes());
    out.extend(bytes);
}

/// Bytes that [`encode`] will write at most.
pub(super) fn encoded_bytes(chunk: &Chunk) -> usize {
    let pull = chunk.pull.as_ref().map_or(0, |pull| pull.len());
    let names = chunk.tenant.len() + chunk.source.len() + chunk.table.len() + pull;
    64 + names + cursor_bytes(chunk) + chunk.ends.len() * 4 + chunk.bytes.len()
}

/// Bytes of the cursor's name and part.
pub(super) fn cursor_bytes(chunk: &Chunk) -> usize {
    let bytes = |cursor: &Cursor| cursor.name.len() + cursor.change.bytes().map_or(0, |part| part.len());
    chunk.cursor.as_ref().map_or(0, bytes)
}

/// `None` for bytes that [`encode`] did not write.
pub(super) fn decode(bytes: &[u8]) -> Option<Chunk> {
    let mut reader = Reader(bytes);
    let layout = reader.byte()?;
    (1..=LAYOUT).contains(&layout).then_some(())?;
    let [tenant, source, table] = [reader.text()?, reader.text()?, reader.text()?];
    let received_at = Timestamp(i64::from_le_bytes(reader.array()?));
    let config = u64::from_le_bytes(reader.array()?);
    let peer = match reader.byte()? {
        0 => None,
        4 => Some(IpAddr::from(reader.array::<4>()?)),
        6 => Some(IpAddr::from(reader.array::<16>()?)),
        _ => return None,
    };
    let cursor = reader.cursor(layout)?;
    let pull = if layout == 1 { None } else { Some(reader.text()?).filter(|pull| !pull.is_empty()) };
    let count = u32::from_le_bytes(reader.array()?) as usize;
    let ends = reader.take(count.checked_mul(4)?)?;
    let ends = ends.chunks_exact(4).map(|end| u32::from_le_bytes(end.try_into().unwrap_or_default())).collect();
    let content = Arc::from(reader.bytes()?);
    reader.0.is_empty().then_some(Chunk {
        tenant,
        source,
        table,
        received_at,
        peer,
        config,
        cursor,
        pull,
        bytes: content,
        ends,
    })
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn bytes(&mut self) -> Option<&'b [u8]> {
        let len = u32::from_le_bytes(self.array()?);
        self.take(len as usize)
    }

    /// `Some(None)` where there is no cursor.
    fn cursor(&mut self, layout: u8) -> Option<Option<Cursor>> {
        let kind = self.byte()?;
        if kind == 0 {
            return Some(None);
        }
        let name = if layout == 1 { "".into() } else { self.text()? };
        let change = match kind {
            1 => CursorChange::Whole(self.bytes()?.into()),
            2 => CursorChange::Adds(self.bytes()?.into()),
            3 => CursorChange::Reset,
            _ => return None,
        };
        Some(Some(Cursor { name, change }))
    }

    fn text(&mut self) -> Option<Arc<str>> {
        std::str::from_utf8(self.bytes()?).ok().map(Arc::from)
    }
}
