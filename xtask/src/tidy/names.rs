//! Vendors' names belong into `packs/`, not into code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::source::Source;

/// Folders of `packs/` that name no vendor: fall-backs, and the system that weir itself runs on.
const NEUTRAL: &[&str] = &["generic", "linux"];

/// Words that mean something else where they stand (a file or a folder), or that the dictionary of fields took from a public one. The
/// list may only shrink.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("weir-event/src/dictionary.rs", "aws"),
    // A place in a stream to go on from.
    ("weir-collect/src/", "checkpoint"),
    // A family of character sets.
    ("weir-lang/src/dpl/charset.rs", "ibm"),
    // Top-level domains.
    ("weir-parse/src/artifacts/names.rs", "aws"),
    ("weir-parse/src/artifacts/names.rs", "google"),
    ("weir-parse/src/artifacts/names.rs", "microsoft"),
];

/// Vendors, as `packs/` names them.
pub fn vendors(packs: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(packs).into_iter().flatten().flatten();
    let folders =
        entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().to_string_lossy().to_lowercase());
    folders.filter(|name| !NEUTRAL.contains(&name.as_str())).collect()
}

pub fn check(sources: &[Source], vendors: &BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        for (number, line) in source.shipped() {
            if let Some(vendor) = words(line).find(|word| vendors.contains(word.as_str()) && !excepted(source, word)) {
                wrong.push(format!(
                    "{}:{number}: vendor name `{vendor}`; vendor knowledge lives in packs/",
                    source.path
                ));
            }
        }
    }
    wrong
}

fn excepted(source: &Source, word: &str) -> bool {
    EXCEPTIONS.iter().any(|(path, means)| source.path.starts_with(path) && *means == word)
}

/// Runs of letters, digits and inner hyphens, in lower case. `_` separates: `datto_ap` holds the vendor, `awsome` does not.
fn words(line: &str) -> impl Iterator<Item = String> {
    line.split(|each: char| !(each.is_ascii_alphanumeric() || each == '-'))
        .map(|word| word.trim_matches('-').to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_words_of_shipped_code_count() {
        let vendors = BTreeSet::from(["acme".to_owned(), "acme-labs".to_owned()]);
        let text = "let a = \"ACME\";\nlet b = acmeish;\nlet c = acme_fw();\n// acme-labs\n#[cfg(test)]\nmod tests {\n  acme\n}\n";
        let source = Source { krate: "weir".into(), path: "weir/src/a.rs".into(), text: text.into() };
        let lines: Vec<String> =
            check(&[source], &vendors).iter().map(|each| each.split(": ").next().unwrap_or("").to_owned()).collect();
        assert_eq!(lines, ["weir/src/a.rs:1", "weir/src/a.rs:3", "weir/src/a.rs:4"]);
    }
}
