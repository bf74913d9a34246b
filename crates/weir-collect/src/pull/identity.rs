//! What tells a record from all others.

use std::collections::HashMap;

use weir_event::Value;

use crate::digest;
use crate::manifest::Dedup;
use crate::page::Found;
use crate::path::{Path, plain};

/// Identities of the records of one pull. Records without a key are told apart by what they hold and by how many equal ones came before
/// in the same pull, so that a pull that is repeated finds the same identities.
#[derive(Debug, Default)]
pub struct Identities {
    equal: HashMap<u128, u64>,
}

impl Identities {
    pub fn of(&mut self, rule: &Dedup, partition: &str, found: &Found<'_>) -> u128 {
        let key = if found.key.is_empty() { &rule.key } else { &found.key };
        match keyed(key, &found.given) {
            Some(key) => {
                let version = values(&rule.version, &found.given).join("\u{1f}");
                digest::identity(&[partition.as_bytes(), found.tag.as_bytes(), key.as_bytes(), version.as_bytes()])
            }
            None => {
                let text = plain(&found.given);
                let bare = digest::identity(&[partition.as_bytes(), found.tag.as_bytes(), text.as_bytes()]);
                let number = self.equal.entry(bare).and_modify(|count| *count += 1).or_insert(0);
                digest::identity(&[&bare.to_le_bytes(), &number.to_le_bytes()])
            }
        }
    }
}

/// The values of a key; `None` without a key, or when all of it is missing.
pub fn keyed(key: &[Path], value: &Value<'_>) -> Option<String> {
    let parts = values(key, value);
    (!parts.is_empty() && parts.iter().any(|part| !part.is_empty() && part != "null")).then(|| parts.join("\u{1f}"))
}

fn values(paths: &[Path], value: &Value<'_>) -> Vec<String> {
    let one = |path: &Path| path.all(value).into_iter().map(plain).collect::<Vec<_>>().join("\u{1e}");
    paths.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_records_without_a_key_are_told_apart_by_their_count() {
        let found = |text: &str| Found {
            given: Value::owned(text.to_owned()),
            parts: Vec::new(),
            key: Vec::new(),
            tag: String::new(),
        };
        let pull = || {
            let mut identities = Identities::default();
            ["a", "b", "a"].map(|text| identities.of(&Dedup::default(), "", &found(text)))
        };
        let [first, other, second] = pull();
        assert!(first != second && first != other);
        assert_eq!(pull(), [first, other, second]);
    }
}
