//! How settings that are missing are called in an older configuration: where they should stand, and what else belongs there.

use weir_yaml::{Data, Node};

use super::map::{Import, Rule};
use crate::config::puller::{Word, Words};
use crate::config::spot::{Spot, is_missing};

/// The places of all settings of an input, for those that nobody has written.
pub fn words(import: &Import, input: &Node, spot: &Spot) -> Words {
    let mut words = Vec::new();
    for service in &import.services {
        let below = format!("services.{}.", service.name);
        let mut add = |rules: &[Rule], usual: &str, other: &str| {
            for rule in rules.iter().filter(|rule| !rule.to.is_empty()) {
                let [usually, otherwise] =
                    [usual, other].map(|before| Way::to(input, spot, &format!("{before}{}", rule.path)));
                // It belongs where its neighbours are, else where such settings usually stand.
                let way = if otherwise.left < usually.left { otherwise } else { usually };
                words.push(way.word(&service.stream, rule, rules));
            }
        };
        add(&service.settings, &below, "");
        add(&import.settings, "", &below);
    }
    Words::Older(words)
}

/// How far a file leads to a place.
struct Way {
    /// The first key that is not there.
    next: Spot,
    /// Keys behind it.
    left: usize,
}

impl Way {
    fn to(input: &Node, spot: &Spot, path: &str) -> Way {
        let (mut node, mut spot) = (input, spot.clone());
        let keys: Vec<&str> = path.split('.').collect();
        for (at, key) in keys.iter().enumerate() {
            let left = keys.len() - at - 1;
            let found = match &node.data {
                Data::Map(members) => members.iter().find(|(have, _)| have == key).map(|(_, node)| node),
                _ => None,
            };
            spot = found.map_or_else(|| spot.lacking(key), |node| spot.below(key, node));
            match found.filter(|node| left > 0 && !is_missing(node)) {
                Some(below) => node = below,
                None => return Way { next: spot, left },
            }
        }
        Way { next: spot, left: 0 }
    }

    fn word(self, service: &str, rule: &Rule, rules: &[Rule]) -> Word {
        let mut help = String::new();
        if self.left > 0 {
            let keys: Vec<&str> = rule.path.split('.').collect();
            let before = format!("{}.", keys[..keys.len().saturating_sub(self.left)].join("."));
            let names: Vec<&str> = rules.iter().filter_map(|rule| rule.path.strip_prefix(&before)).collect();
            help = format!("a map with {}", names.join(", "));
        }
        Word { service: service.to_owned(), setting: rule.to.clone(), at: self.next, help }
    }
}
