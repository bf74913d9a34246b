//! What an element asks of a text, in words: for people who look for the place where their pattern stops.

use super::names::Extension;
use super::program::{ContId, Following, Node, Op, Program, Stop};

/// Longest literal that is shown whole, in characters.
const LITERAL_CHARS_MAX: usize = 40;

/// Elements that are described through one another: a lazy matcher names what follows it, a group what it begins with.
const DEPTH_MAX: usize = 4;

/// `a whole number from 200 to 299`.
pub(super) fn expected(program: &Program, node: &Node) -> String {
    within(program, node, DEPTH_MAX)
}

fn within(program: &Program, node: &Node, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "what follows".to_owned() };
    match &node.op {
        Op::Literal { text, min, max, .. } => times(&quoted(text), *min, *max),
        Op::Class { min, max, .. } => times("a character of the set", *min, *max),
        Op::Lazy { lines, min, stop, .. } => lazy(program, *lines, *min, stop, depth),
        Op::Quoted { quote, .. } => format!("text in {} quotes", if *quote == b'"' { "double" } else { "single" }),
        Op::Text { .. } => "quoted text, or characters up to a blank".to_owned(),
        Op::Int { hex, least, most } => {
            number(if *hex { "a hexadecimal number" } else { "a whole number" }, least, most)
        }
        Op::Double { least, most, .. } if least.is_infinite() && most.is_infinite() => "a decimal number".to_owned(),
        Op::Double { least, most, .. } => format!("a decimal number from {least} to {most}"),
        Op::Bool => "true or false".to_owned(),
        Op::Time(_) => "a time in its format".to_owned(),
        Op::Ip { v4: true, v6: false } => "an IPv4 address".to_owned(),
        Op::Ip { v4: false, .. } => "an IPv6 address".to_owned(),
        Op::Ip { .. } => "an IP address".to_owned(),
        Op::Uuid => "a UUID".to_owned(),
        Op::Card => "a valid card number".to_owned(),
        Op::Smartscape => "a name, a dash and 16 hexadecimal digits".to_owned(),
        Op::Bos => "the start of the text".to_owned(),
        Op::Eos => "the end of the text".to_owned(),
        Op::Mos => "a place between start and end".to_owned(),
        Op::Enum { keys, .. } => {
            let keys: Vec<String> = keys.iter().take(4).map(|(key, _)| quoted(key)).collect();
            format!("one of the keys {}", keys.join(", "))
        }
        Op::Look { behind, negative, inner } => {
            let place = if behind.is_some() { "before" } else { "behind" };
            let not = if *negative { "not " } else { "" };
            format!("{not}{} {place} the cursor", within(program, program.node(*inner), depth))
        }
        Op::Group { items } | Op::Fields { items, .. } => match items.first() {
            Some(&first) => within(program, program.node(first), depth),
            None => "a group".to_owned(),
        },
        Op::Choice { branches } => format!("one of {} alternatives", branches.len()),
        Op::Json(_) => "a JSON object with the members that must be there".to_owned(),
        Op::JsonArray(_) => "a JSON array whose elements convert".to_owned(),
        Op::JsonValue(_) => "a JSON value that converts".to_owned(),
        Op::Pairs(repeat) => format!("at least {} pairs", repeat.min),
        Op::Array(repeat) => format!("at least {} elements", repeat.min),
        Op::Structure(_) => "a structure".to_owned(),
        Op::Xml(_) => "a whole XML document".to_owned(),
        Op::Regex(_) => "text the regular expression matches here".to_owned(),
        Op::Extension(extension) => of_extension(*extension).to_owned(),
    }
}

fn times(what: &str, min: usize, max: usize) -> String {
    match (min, max) {
        (1, 1) => what.to_owned(),
        (1, _) => format!("{what}, at least once"),
        _ => format!("{what}, at least {min} times"),
    }
}

fn number(what: &str, least: &i64, most: &i64) -> String {
    format!("{what} from {least} to {most}")
}

/// A literal as it is written, cut when it is long.
fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(LITERAL_CHARS_MAX).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(LITERAL_CHARS_MAX).is_some() { "..." } else { "" };
    format!("'{shown}{more}'")
}

fn lazy(program: &Program, lines: bool, min: usize, stop: &Stop, depth: usize) -> String {
    let place = if lines { "" } else { " in the line" };
    let end = match stop {
        Stop::Nothing => "the end".to_owned(),
        Stop::End => "the end of the text".to_owned(),
        Stop::Byte(byte) => quoted(&char::from(*byte).to_string()),
        Stop::Short { bytes, .. } => quoted(&String::from_utf8_lossy(bytes)),
        Stop::Literal(finder) => quoted(&String::from_utf8_lossy(finder.needle())),
        Stop::Probe { cont, .. } => required(program, *cont, depth),
    };
    let least = if min == 1 { "a character".to_owned() } else { format!("{min} characters") };
    format!("at least {least}, then {end}{place}")
}

/// The first element of a continuation that must take something.
fn required(program: &Program, cont: ContId, depth: usize) -> String {
    let mut link = Some(cont);
    while let Some(id) = link {
        let cont = program.cont(id);
        if let Following::Element(id) = cont.what
            && !program.node(id).skippable
        {
            let node = program.node(id);
            return match node.op {
                Op::Lazy { .. } => "more".to_owned(),
                _ => within(program, node, depth),
            };
        }
        link = cont.next;
    }
    "what follows".to_owned()
}

fn of_extension(extension: Extension) -> &'static str {
    match extension {
        Extension::Cef => "an event in CEF",
        Extension::Cidr => "a network in CIDR notation",
        Extension::Domain => "a domain",
        Extension::Email => "a mail address",
        Extension::Hash => "a hash of 32, 40, 56, 64, 96 or 128 hexadecimal digits",
        Extension::Leef => "an event in LEEF",
        Extension::Mac => "a MAC address",
        Extension::Path => "a path",
        Extension::Syslog => "a syslog header",
        Extension::Url => "a URL",
        Extension::Uuid => "a UUID",
    }
}
