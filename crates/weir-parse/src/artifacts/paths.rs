//! Paths of files, and registry keys.

use weir_event::ArtifactKind;

use super::classes::{CLASSES, WORD};
use super::{Sink, names};

/// Folders that a path of a Unix file begins with; other absolute paths are rather parts of URLs.
const ROOTS: [&str; 24] = [
    "Applications",
    "Library",
    "System",
    "Users",
    "Volumes",
    "bin",
    "boot",
    "data",
    "dev",
    "etc",
    "home",
    "lib",
    "lib64",
    "media",
    "mnt",
    "opt",
    "private",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "tmp",
    "usr",
];

const HIVES: [&str; 14] = [
    "HKLM",
    "HKCU",
    "HKCR",
    "HKU",
    "HKCC",
    "HKEY_LOCAL_MACHINE",
    "HKEY_CURRENT_USER",
    "HKEY_CLASSES_ROOT",
    "HKEY_USERS",
    "HKEY_CURRENT_CONFIG",
    "\\REGISTRY\\MACHINE",
    "\\REGISTRY\\USER",
    "HKEY_PERFORMANCE_DATA",
    "\\REGISTRY\\A",
];

/// A word with a backslash: `C:\folder\file`, `\\host\share\file` or a registry key. Returns its end, blanks inside included.
pub fn windows<'t>(text: &'t str, start: usize, end: usize, sink: &mut impl Sink<'t>) -> Option<usize> {
    let word = &text[start..end];
    let may_be_key = matches!(word.as_bytes().first(), Some(b'H' | b'h' | b'\\'));
    if may_be_key
        && let Some(hive) = HIVES.iter().find(|hive| starts(word, hive) && word[hive.len()..].starts_with('\\'))
    {
        let to = extend(text, end);
        let key = text[start..to].trim_end_matches(['.', ',', ':', '\\', ' ']);
        (key.len() > hive.len()).then(|| sink.part(ArtifactKind::Registry, key));
        return Some(to);
    }
    let bytes = word.as_bytes();
    let drive = bytes.windows(3).position(|at| at[0].is_ascii_alphabetic() && at[1] == b':' && at[2] == b'\\');
    let from = match drive {
        Some(at) if at == 0 || !bytes[at - 1].is_ascii_alphanumeric() => start + at,
        _ if word.starts_with("\\\\") && word[2..].contains('\\') && bytes.get(2) != Some(&b'\\') => start,
        _ if word.starts_with("\\Device\\") || starts(word, "%SystemRoot%\\") => start,
        _ => return None,
    };
    let to = quoted(text, from).unwrap_or_else(|| {
        let to = extend(text, end);
        last_name(text, from, to)
    });
    let path = text[from..to].trim_end_matches(['.', ',', ':', ' ', '*']);
    if path.len() > 3 {
        sink.part(ArtifactKind::Files, path);
    }
    Some(to)
}

/// The closing quote of a path that stands in quotes.
fn quoted(text: &str, from: usize) -> Option<usize> {
    const PATH_BYTES_MAX: usize = 512;
    let bytes = text.as_bytes();
    let quote = bytes[from.checked_sub(1)?];
    let ahead = &bytes[from..bytes.len().min(from + PATH_BYTES_MAX)];
    let length = memchr::memchr2(quote, b'\n', ahead).filter(|_| quote == b'"' || quote == b'\'')?;
    (ahead[length] == quote).then_some(from + length)
}

fn starts(word: &str, head: &str) -> bool {
    word.get(..head.len()).is_some_and(|have| have.eq_ignore_ascii_case(head))
}

/// The longest run behind a path that can still belong to it: a blank (or `(x86)`) does when another backslash follows before
/// anything that ends a path.
fn extend(text: &str, end: usize) -> usize {
    const AHEAD_BYTES_MAX: usize = 64;
    let bytes = text.as_bytes();
    let mut to = end;
    while matches!(bytes.get(to), Some(b' ' | b'(' | b')' | b'{' | b'}' | b'&')) {
        let inside = |byte: u8| {
            CLASSES[usize::from(byte)] & WORD != 0 || matches!(byte, b' ' | b'(' | b')' | b'{' | b'}' | b'&')
        };
        let ahead = bytes[to..].iter().take(AHEAD_BYTES_MAX).take_while(|&&byte| inside(byte) && byte != b':').count();
        let Some(mark) = memchr::memchr(b'\\', &bytes[to..to + ahead]) else { break };
        to += mark + 1;
        to += bytes[to..].iter().take_while(|&&byte| CLASSES[usize::from(byte)] & WORD != 0).count();
    }
    to
}

/// The end of a name of several words that a path ends with: `C:\Program Files\A B\My Program.exe`. Only a name without extension
/// goes on, and only up to a word that has one.
fn last_name(text: &str, from: usize, end: usize) -> usize {
    const WORDS_MAX: usize = 4;
    let name = text[from..end].rsplit('\\').next().unwrap_or_default();
    if name.is_empty() || name.contains('.') {
        return end;
    }
    let mut to = end;
    for _ in 0..WORDS_MAX {
        let Some(rest) = text[to..].strip_prefix(' ') else { return end };
        let inside = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'(' | b')') || *byte >= 0x80
        };
        let length = rest.bytes().take_while(inside).count();
        to += 1 + length;
        if let Some((stem, ending)) = rest[..length].rsplit_once('.')
            && !stem.is_empty()
            && names::is_extension(ending)
        {
            return to;
        }
        if length == 0 {
            return end;
        }
    }
    end
}

/// A word that begins with a slash and a folder that every Unix has.
pub fn unix<'t>(text: &'t str, start: usize, end: usize, sink: &mut impl Sink<'t>) -> bool {
    let word = &text[start..end];
    let Some(rest) = word.strip_prefix('/') else { return false };
    let Some((root, rest)) = rest.split_once('/') else { return false };
    if rest.is_empty() || rest.starts_with('/') || !(ROOTS.contains(&root) || root == "var") {
        return false;
    }
    sink.part(ArtifactKind::Files, word.trim_end_matches(['.', ':', '*']));
    true
}
