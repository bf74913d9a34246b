//! Zones by name.

/// Zone names that devices print, with the meaning that North American and European senders give them.
pub fn offset(name: &str) -> Option<i32> {
    let hours = match name {
        "Z" | "z" | "UTC" | "GMT" | "UCT" | "WET" => 0,
        "EST" => -5,
        "EDT" => -4,
        "CST" => -6,
        "CDT" => -5,
        "MST" => -7,
        "MDT" => -6,
        "PST" => -8,
        "PDT" => -7,
        "CET" | "BST" | "WEST" | "MEZ" => 1,
        "CEST" | "EET" | "MESZ" => 2,
        "EEST" | "MSK" => 3,
        "JST" | "KST" => 9,
        "AEST" => 10,
        _ => return None,
    };
    Some(hours * 3600)
}
