//! Archives of stored files.

/// An archive of stored files, as its format describes it.
pub fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let at = out.len() as u32;
        let lengths = [(text.len() as u32).to_le_bytes(), (text.len() as u32).to_le_bytes()].concat();
        let names = [(name.len() as u16).to_le_bytes(), [0; 2]].concat();
        out.extend([&b"PK\x03\x04"[..], &[20, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0; 4], &lengths, &names].concat());
        out.extend([name.as_bytes(), text.as_bytes()].concat());
        let head = [&b"PK\x01\x02"[..], &[20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0], &[0; 4], &lengths, &names].concat();
        directory.extend([&head, &[0; 10][..], &at.to_le_bytes(), name.as_bytes()].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let (at, length) = ((out.len() as u32).to_le_bytes(), (directory.len() as u32).to_le_bytes());
    out.extend(directory);
    out.extend([&b"PK\x05\x06"[..], &[0; 4], &count, &count, &length, &at, &[0; 2]].concat());
    out
}
