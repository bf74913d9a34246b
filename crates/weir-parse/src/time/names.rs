//! Zones and months by name.

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

/// Beginnings of the names of months in the languages of western Europe, in lower case.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fev", "fév"],
    &["mar", "mär", "mrz", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aoû", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "dic", "déc"],
];

/// The number of the month whose name, or a beginning of three letters, `text` begins with.
pub fn month(text: &[u8]) -> Option<i64> {
    let begins = |name: &&&str| text.get(..name.len()).is_some_and(|have| have.eq_ignore_ascii_case(name.as_bytes()));
    MONTHS.iter().position(|names| names.iter().any(|name| begins(&name))).map(|at| at as i64 + 1)
}
