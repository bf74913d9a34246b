//! Filters of slots: a closed list, each a function from a value to a value.

mod quote;
mod time;

use base64::Engine as _;
use jiff::tz::TimeZone;
use weir_event::{Value, nearest, write_json};

use super::{Scope, written};
use crate::digest;
use crate::path::Path;

/// A filter with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    entry: &'static Entry,
    args: Vec<Arg>,
}

/// What stands between the parentheses of a filter.
#[derive(Clone, Debug, PartialEq)]
enum Arg {
    Fixed(Value<'static>),
    /// Filled like a slot: `config.time_zone`.
    Slot {
        scope: String,
        path: Path,
    },
}

struct Entry {
    name: &'static str,
    /// Fewest and most arguments.
    takes: (usize, usize),
    run: fn(Value<'static>, &[Value<'static>], &mut TimeZone) -> Result<Value<'static>, String>,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Empty values stay empty, except through `default`.
const FILTERS: &[Entry] = &[
    Entry { name: "adf_text", takes: (0, 0), run: |v, _, _| Ok(quote::adf_text(&written(&v))) },
    Entry { name: "base64", takes: (0, 0), run: |v, _, _| text(base64::prelude::BASE64_STANDARD.encode(bytes(&v))) },
    Entry { name: "default", takes: (1, 1), run: |v, args, _| Ok(if is_empty(&v) { args[0].clone() } else { v }) },
    Entry { name: "epoch_ms", takes: (0, 0), run: |v, _, _| time::epoch(&v, 1_000_000) },
    Entry { name: "epoch_s", takes: (0, 0), run: |v, _, _| time::epoch(&v, 1_000_000_000) },
    Entry { name: "first", takes: (0, 0), run: |v, _, _| Ok(element(v, |items| items.first())) },
    Entry { name: "floor", takes: (1, 1), run: |v, args, _| time::floor(&v, &args[0]) },
    Entry {
        name: "from",
        takes: (1, 1),
        run: |v, args, _| {
            let found = written(&v).find(&*written(&args[0])).unwrap_or(0);
            text(written(&v)[found..].to_owned())
        },
    },
    Entry { name: "hex", takes: (0, 0), run: |v, _, _| text(digest::hex(&bytes(&v))) },
    Entry { name: "in_zone", takes: (1, 1), run: |v, args, zone| time::in_zone(v, &args[0], zone) },
    Entry { name: "iso8601", takes: (0, 0), run: |v, _, zone| time::format(&v, "%Y-%m-%dT%H:%M:%S%.3f%:z", zone) },
    Entry {
        name: "iso8601_nanos",
        takes: (0, 0),
        run: |v, _, zone| time::format(&v, "%Y-%m-%dT%H:%M:%S%.9f%:z", zone),
    },
    Entry { name: "iso8601_s", takes: (0, 0), run: |v, _, zone| time::format(&v, "%Y-%m-%dT%H:%M:%S%:z", zone) },
    Entry { name: "join", takes: (1, 1), run: |v, args, _| text(join(&v, &written(&args[0]))) },
    Entry { name: "jql_string", takes: (0, 0), run: |v, _, _| text(quote::escaped(&written(&v), '"')) },
    Entry {
        name: "json",
        takes: (0, 0),
        run: |v, _, _| {
            let mut out = String::new();
            write_json(&v, &mut out);
            text(out)
        },
    },
    Entry { name: "kql_string", takes: (0, 0), run: |v, _, _| text(quote::escaped(&written(&v), '\'')) },
    Entry { name: "last", takes: (0, 0), run: |v, _, _| Ok(element(v, |items| items.last())) },
    Entry { name: "lower", takes: (0, 0), run: |v, _, _| text(written(&v).to_lowercase()) },
    Entry { name: "lucene_string", takes: (0, 0), run: |v, _, _| text(quote::escaped(&written(&v), '"')) },
    Entry { name: "minus", takes: (1, 1), run: |v, args, _| time::shift(&v, &args[0], -1) },
    Entry { name: "number", takes: (0, 0), run: |v, _, _| Ok(number(v)) },
    Entry { name: "path", takes: (0, 0), run: |v, _, _| text(crate::url::encode_segment(&written(&v))) },
    Entry { name: "plus", takes: (1, 1), run: |v, args, _| time::shift(&v, &args[0], 1) },
    Entry { name: "query", takes: (0, 0), run: |v, _, _| text(crate::url::encode_query(&written(&v))) },
    Entry {
        name: "replace",
        takes: (2, 2),
        run: |v, args, _| text(written(&v).replace(&*written(&args[0]), &written(&args[1]))),
    },
    Entry { name: "s_expr_string", takes: (0, 0), run: |v, _, _| text(quote::escaped(&written(&v), '"')) },
    Entry { name: "scim_string", takes: (0, 0), run: |v, _, _| text(quote::escaped(&written(&v), '"')) },
    Entry { name: "sha256", takes: (0, 0), run: |v, _, _| text(digest::hex(&digest::sha256(&bytes(&v)))) },
    Entry { name: "strftime", takes: (1, 1), run: |v, args, zone| time::format(&v, &written(&args[0]), zone) },
    Entry { name: "substr", takes: (1, 2), run: |v, args, _| substring(&written(&v), args) },
    Entry { name: "text", takes: (0, 0), run: |v, _, _| text(written(&v).into_owned()) },
    Entry {
        name: "time",
        takes: (0, 0),
        run: |v, _, _| Ok(crate::when::read(&v, crate::when::Unit::Guess).map(Value::Timestamp).unwrap_or_default()),
    },
    Entry { name: "trim", takes: (0, 0), run: |v, _, _| text(written(&v).trim().to_owned()) },
    Entry {
        name: "trim_end",
        takes: (1, 1),
        run: |v, args, _| text(written(&v).trim_end_matches(&*written(&args[0])).to_owned()),
    },
    Entry {
        name: "until",
        takes: (1, 1),
        run: |v, args, _| {
            let found = written(&v).find(&*written(&args[0])).unwrap_or(0);
            text(written(&v)[..found].to_owned())
        },
    },
    Entry { name: "upper", takes: (0, 0), run: |v, _, _| text(written(&v).to_uppercase()) },
    Entry { name: "xml_text", takes: (0, 0), run: |v, _, _| text(quote::xml(&written(&v))) },
    Entry {
        name: "key_by_time",
        takes: (1, 1),
        run: |v, args, _| {
            let millis = match &args[0] {
                Value::Timestamp(_) => time::epoch(&args[0], 1_000_000)?,
                other => other.clone(),
            };
            digest::key_by_time(&written(&v), &written(&millis)).map(Value::owned)
        },
    },
];

impl Filter {
    /// Reads `name` or `name(argument, ...)`.
    pub fn parse(source: &str) -> Result<Filter, String> {
        let (name, args) = match source.split_once('(') {
            Some((name, rest)) => {
                let inside = rest.trim_end().strip_suffix(')').ok_or_else(|| format!("`{source}` lacks its `)`"))?;
                (name.trim(), arguments(inside)?)
            }
            None => (source, Vec::new()),
        };
        let entry = FILTERS.iter().find(|entry| entry.name == name).ok_or_else(|| unknown(name))?;
        if !(entry.takes.0..=entry.takes.1).contains(&args.len()) {
            return Err(format!("`{name}` takes {} arguments, {} are given", entry.takes.0, args.len()));
        }
        Ok(Filter { entry, args })
    }

    pub fn apply(
        &self,
        value: Value<'static>,
        scope: &Scope<'_>,
        zone: &mut TimeZone,
    ) -> Result<Value<'static>, String> {
        if value.is_null() && self.entry.name != "default" {
            return Ok(value);
        }
        let args = self.args.iter().map(|arg| match arg {
            Arg::Fixed(value) => value.clone(),
            Arg::Slot { scope: name, path } => scope.find(name, path).unwrap_or_default(),
        });
        (self.entry.run)(value, &args.collect::<Vec<_>>(), zone)
    }
}

fn unknown(name: &str) -> String {
    match nearest(name, FILTERS.iter().map(|entry| entry.name)) {
        Some(near) => format!("unknown filter `{name}`; did you mean `{near}`?"),
        None => format!("unknown filter `{name}`"),
    }
}

/// Quoted texts, numbers, true and false, and names of slots, between commas.
fn arguments(source: &str) -> Result<Vec<Arg>, String> {
    let mut out = Vec::new();
    let mut rest = source.trim();
    while !rest.is_empty() {
        let (value, after) = match rest.chars().next().filter(|c| matches!(c, '\'' | '"')) {
            Some(quote) => {
                let end = rest[1..].find(quote).ok_or_else(|| format!("the quote in `{source}` is not closed"))?;
                (Arg::Fixed(Value::owned(rest[1..=end].to_owned())), &rest[end + 2..])
            }
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (bare(rest[..end].trim())?, &rest[end..])
            }
        };
        out.push(value);
        rest = after.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Ok(out)
}

fn bare(word: &str) -> Result<Arg, String> {
    if let Some((scope, _)) = word.split_once('.').filter(|(scope, _)| Scope::NAMES.contains(scope)) {
        let path = Path::parse(&format!("${}", &word[scope.len()..]));
        let path = path.map_err(|error| format!("{} in `{word}`", error.says))?;
        return Ok(Arg::Slot { scope: scope.to_owned(), path });
    }
    Ok(Arg::Fixed(match word {
        "now" | "parent" | "record" | "part" => return Ok(Arg::Slot { scope: word.to_owned(), path: Path::root() }),
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        word => word.parse().map_or_else(|_| Value::owned(word.to_owned()), Value::Long),
    }))
}

fn text(text: String) -> Result<Value<'static>, String> {
    Ok(Value::owned(text))
}

fn is_empty(value: &Value<'_>) -> bool {
    value.is_null() || value.as_str().is_some_and(str::is_empty)
}

fn bytes(value: &Value<'_>) -> Vec<u8> {
    match value {
        Value::Binary(bytes) => bytes.to_vec(),
        other => written(other).into_owned().into_bytes(),
    }
}

fn element(
    value: Value<'static>,
    pick: for<'a> fn(&'a [Value<'static>]) -> Option<&'a Value<'static>>,
) -> Value<'static> {
    match value {
        Value::Array(items) => pick(&items).cloned().unwrap_or_default(),
        other => other,
    }
}

fn join(value: &Value<'_>, separator: &str) -> String {
    match value {
        Value::Array(items) => items.iter().map(|item| written(item).into_owned()).collect::<Vec<_>>().join(separator),
        other => written(other).into_owned(),
    }
}

/// A number, also one that was written as text; nothing for anything else.
fn number(value: Value<'static>) -> Value<'static> {
    match value {
        Value::Long(_) | Value::Double(_) => value,
        Value::Text(text) => {
            let text = text.trim();
            let real = || text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Double);
            text.parse().map(Value::Long).ok().or_else(real).unwrap_or_default()
        }
        _ => Value::Null,
    }
}

/// Characters from a place, counted from 0, and how many.
fn substring(source: &str, args: &[Value<'_>]) -> Result<Value<'static>, String> {
    let number = |value: &Value<'_>| match value {
        Value::Long(number) if *number >= 0 => Ok(*number as usize),
        _ => Err("`substr` takes whole numbers from 0".to_owned()),
    };
    let count = args.get(1).map(number).transpose()?.unwrap_or(usize::MAX);
    text(source.chars().skip(number(&args[0])?).take(count).collect())
}
