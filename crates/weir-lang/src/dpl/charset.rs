//! Names of character sets, for the parameter `charset`.
//!
//! A pattern sees text that was decoded when it came in, so no character set changes what matches. The name is checked all the same:
//! a pattern that is moved elsewhere should not fail there for a typo.

/// Families whose members carry a number or a letter behind the name, as `ISO-8859-15`, `windows-1252` or `KOI8-R`.
const FAMILIES: &[&str] =
    &["big5", "cp", "euc", "ibm", "iso2022", "iso8859", "koi8", "latin", "mac", "utf16", "utf32", "windows", "x"];
const NAMES: &[&str] = &[
    "ansix341968",
    "ascii",
    "cesu8",
    "eucjp",
    "euckr",
    "gb18030",
    "gb2312",
    "gbk",
    "hzgb2312",
    "iso88591",
    "iso646us",
    "jisx0201",
    "jisx0212",
    "ms932",
    "shiftjis",
    "sjis",
    "tis620",
    "unicode",
    "usascii",
    "utf7",
    "utf8",
];
/// Longest name that is looked at, in bytes.
const NAME_BYTES_MAX: usize = 40;

/// What a name means to a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Charset {
    /// What text in weir is anyway.
    Unicode,
    Other,
}

/// The character set of a name, in any letter case and with any of the usual dashes; `None` when there is none.
pub(super) fn find(name: &str) -> Option<Charset> {
    if name.len() > NAME_BYTES_MAX
        || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.+ ".contains(&byte))
    {
        return None;
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let in_family = |family: &&str| plain.strip_prefix(*family).is_some_and(|rest| !rest.is_empty());
    match plain.as_str() {
        "utf8" | "usascii" | "ascii" => Some(Charset::Unicode),
        plain if NAMES.contains(&plain) || FAMILIES.iter().any(in_family) => Some(Charset::Other),
        "big5" | "utf16" | "utf32" => Some(Charset::Other),
        _ => None,
    }
}
