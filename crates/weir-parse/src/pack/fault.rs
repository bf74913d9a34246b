//! What can be wrong with a pack file.

use weir_event::{Fault, FaultKind, nearest};

use super::yaml::Place;

pub fn not_yaml(at: &Place, cause: &str) -> Fault {
    Fault::new("PACK-001", FaultKind::Config, "the pack file is not YAML").at(at).because(cause)
}

pub fn empty(at: &Place) -> Fault {
    Fault::new("PACK-002", FaultKind::Config, "the pack file is empty")
        .at(at)
        .hint("a pack begins with `pack: vendor/product`")
}

pub fn unknown_key(at: &Place, key: &str, known: &[&'static str]) -> Fault {
    let hint = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    };
    Fault::new("PACK-003", FaultKind::Config, format!("unknown key `{key}`")).at(at).hint(hint)
}

pub fn wrong_shape(at: &Place, wanted: &str) -> Fault {
    Fault::new("PACK-004", FaultKind::Config, format!("{wanted} is wanted here")).at(at)
}

pub fn missing(at: &Place, key: &str) -> Fault {
    Fault::new("PACK-005", FaultKind::Config, format!("`{key}` is missing"))
        .at(at)
        .hint(format!("add a line `{key}: ...`"))
}

pub fn unknown_word(at: &Place, what: &str, word: &str, known: &[&'static str]) -> Fault {
    let near = nearest(word, known.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    Fault::new("PACK-006", FaultKind::Config, format!("unknown {what} `{word}`")).at(at).hint(format!(
        "{}known: {}",
        near.unwrap_or_default(),
        known.join(", ")
    ))
}

pub fn twice(at: &Place, name: &str) -> Fault {
    Fault::new("PACK-007", FaultKind::Config, format!("there are two packs `{name}`"))
        .at(at)
        .hint("names of packs are unique; rename one or remove the file")
}

pub fn no_parent(at: &Place, name: &str) -> Fault {
    Fault::new("PACK-008", FaultKind::Config, format!("the pack `{name}` that this one extends does not exist"))
        .at(at)
        .because("`extends` names another pack that itself extends nothing")
}

pub fn bad_pattern(at: &Place, cause: &Fault) -> Fault {
    Fault::new("PACK-009", FaultKind::Config, format!("the pattern does not compile: {}", cause.says()))
        .at(at)
        .because(format!("{} ({})", cause.cause(), cause.place()))
        .hint(cause.fix())
}

pub fn matches_all(at: &Place) -> Fault {
    Fault::new("PACK-010", FaultKind::Config, "`recognise` names nothing that tells this product from others")
        .at(at)
        .hint("give vendor and product, literal text (`contains`, `any`), `keys` or `program`; `generic: true` marks a fall-back pack")
}

pub fn no_list(at: &Place, name: &str) -> Fault {
    Fault::new("PACK-011", FaultKind::Config, format!("there is no list `{name}` under `same`"))
        .at(at)
        .hint("lists under `same` may name each other, but not themselves")
}
