//! Endings of names: top-level domains and file name extensions.

use std::sync::LazyLock;

/// Generic top-level domains in use, and names that private networks use. Sorted. Country codes are told by [`COUNTRIES`].
static GENERIC: LazyLock<Vec<&str>> =
    LazyLock::new(|| include_str!("../../data/top-level-domains.txt").lines().collect());

/// The second letters that make a country code with each first letter, `a` to `z`.
static COUNTRIES: [&str; 26] = [
    "cdefgilmoqrstuwxz",
    "abdefghijmnorstvwyz",
    "acdfghiklmnoruvwxyz",
    "ejkmoz",
    "ceghrstu",
    "ijkmor",
    "abdefghilmnpqrstuwy",
    "kmnrtu",
    "delmnoqrst",
    "emop",
    "eghimnprwyz",
    "abcikrstuvy",
    "acdeghklmnopqrstuvwxyz",
    "acefgilopruz",
    "m",
    "aefghklmnrstwy",
    "a",
    "eosuw",
    "abcdeghijklmnorstuvxyz",
    "cdfghjklmnortvwz",
    "agksyz",
    "aceginu",
    "fs",
    "k",
    "et",
    "amw",
];

/// Extensions of files that people speak of by name. Sorted.
static EXTENSIONS: &[&str] = &[
    "7z", "apk", "bat", "bin", "bmp", "cab", "cmd", "cpl", "csv", "dat", "deb", "dll", "dmg", "doc", "docm", "docx",
    "dotm", "elf", "eml", "exe", "gif", "gz", "hta", "htm", "html", "ico", "img", "inf", "ini", "iso", "jar", "jpeg",
    "jpg", "js", "jse", "json", "jsp", "lnk", "log", "msg", "msi", "ocx", "one", "pdf", "php", "pif", "pl", "png",
    "ppt", "pptm", "pptx", "ps1", "psm1", "pst", "py", "rar", "reg", "rpm", "rtf", "scr", "sct", "sh", "sql", "sys",
    "tar", "tgz", "tmp", "txt", "vbe", "vbs", "vhd", "wsf", "xls", "xlsb", "xlsm", "xlsx", "xml", "yaml", "yml", "zip",
];

/// Endings that are both: read as a file unless the name looks like a host (three labels or more).
static BOTH: &[&str] =
    &["md", "pl", "ps", "py", "rs", "sh", "so", "cc", "one", "cab", "app", "name", "bar", "zip", "mov"];

/// True for the last label of a domain, in any case but a capitalised one (`System.Net` is no domain).
pub fn is_top_level(label: &str) -> bool {
    let bytes = label.as_bytes();
    let mut lower = [0u8; 24];
    let Some(lower) = lower.get_mut(..bytes.len()) else { return false };
    lower.copy_from_slice(bytes);
    lower.make_ascii_lowercase();
    let capitals = bytes.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    if capitals != 0 && capitals != bytes.len() || bytes.len() < 2 {
        return false;
    }
    if bytes.len() == 2 {
        let row = usize::from(lower[0].wrapping_sub(b'a'));
        return COUNTRIES.get(row).is_some_and(|seconds| seconds.as_bytes().contains(&lower[1]));
    }
    if matches!(&*lower, b"com" | b"net" | b"org") {
        return true;
    }
    if lower.starts_with(b"xn--") {
        return lower.len() > 5;
    }
    std::str::from_utf8(lower).is_ok_and(|lower| GENERIC.binary_search(&lower).is_ok())
}

/// True for the extension of a file that is known by name.
pub fn is_extension(ending: &str) -> bool {
    known(ending, EXTENSIONS)
}

/// True when a name of two labels with this ending is rather a file than a domain.
pub fn is_rather_file(ending: &str) -> bool {
    known(ending, BOTH)
}

fn known(ending: &str, list: &[&str]) -> bool {
    ending.len() <= 5 && list.iter().any(|have| have.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_are_sorted() {
        assert!(super::EXTENSIONS.is_sorted());
        let mut sorted = super::GENERIC.to_vec();
        sorted.sort_unstable();
        assert_eq!(*super::GENERIC, sorted);
    }
}
