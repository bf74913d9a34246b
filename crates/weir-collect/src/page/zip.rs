//! What an archive holds, by the directory at its end.

/// One file of an archive.
pub struct Entry {
    pub name: String,
    /// 0 is stored, 8 deflated.
    pub method: u16,
    packed_len: usize,
    /// Where its local head begins.
    head_at: usize,
}

/// The directory, at most 65,535 files; `None` when the bytes are no archive or are cut. Archives of more than 4 GiB are none.
pub fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    const END: &[u8] = b"PK\x05\x06";
    // The end record is at the end, before a comment of at most 64 KiB.
    let from = bytes.len().saturating_sub(22 + 0xffff);
    let end = bytes[from..].windows(END.len()).rposition(|window| window == END)? + from;
    let count = usize::from(u16_at(bytes, end + 10)?);
    let mut at = u32_at(bytes, end + 16)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|offset| u16_at(bytes, at + offset).map(usize::from));
        let name_end = at + 46 + name?;
        entries.push(Entry {
            name: String::from_utf8_lossy(bytes.get(at + 46..name_end)?).into_owned(),
            method: u16_at(bytes, at + 10)?,
            packed_len: u32_at(bytes, at + 20)?,
            head_at: u32_at(bytes, at + 42)?,
        });
        at = name_end + extra? + comment?;
    }
    Some(entries)
}

impl Entry {
    /// Its bytes as they are packed.
    pub fn packed<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let name = usize::from(u16_at(bytes, self.head_at + 26)?);
        let extra = usize::from(u16_at(bytes, self.head_at + 28)?);
        let start = self.head_at + 30 + name + extra;
        bytes.get(start..start.checked_add(self.packed_len)?)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
    usize::try_from(number).ok()
}
