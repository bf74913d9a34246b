//! As much of JSON Schema as the schema uses; a word of it that is not known here fails the test.

use weir_event::{Record, Value};

type Json = Value<'static>;

/// What is wrong with a document, the outermost first.
pub fn faults(schema: &Json, document: &Json) -> Vec<String> {
    let mut out = Vec::new();
    Checker { root: schema }.check(schema, document, "", &mut out);
    out
}

struct Checker<'s> {
    root: &'s Json,
}

impl Checker<'_> {
    fn check(&self, schema: &Json, value: &Json, at: &str, out: &mut Vec<String>) {
        let Value::Record(rules) = schema else { panic!("a schema is an object: {schema:?}") };
        for (word, rule) in rules.iter() {
            match word {
                "$ref" => {
                    let name = text(rule).strip_prefix("#/$defs/").unwrap();
                    self.check(get(get(self.root, "$defs"), name), value, at, out);
                }
                "allOf" => list(rule).iter().for_each(|one| self.check(one, value, at, out)),
                "anyOf" => self.one_of(list(rule), value, at, usize::MAX, out),
                "oneOf" => self.one_of(list(rule), value, at, 1, out),
                "not" if self.fits(rule, value) => out.push(format!("{at}: fits what it may not be")),
                "not" => {}
                "properties"
                | "additionalProperties"
                | "required"
                | "propertyNames"
                | "minProperties"
                | "maxProperties" => {
                    if let Value::Record(record) = value {
                        self.members(word, rules, record, at, out);
                    }
                }
                "items" => {
                    let items = if let Value::Array(items) = value { items.as_slice() } else { &[] };
                    items.iter().enumerate().for_each(|(n, item)| self.check(rule, item, &format!("{at}/{n}"), out));
                }
                _ => {
                    if let Some(says) = plain(word, rule, value) {
                        out.push(format!("{at}: {says}"));
                    }
                }
            }
        }
    }

    fn fits(&self, schema: &Json, value: &Json) -> bool {
        let mut out = Vec::new();
        self.check(schema, value, "", &mut out);
        out.is_empty()
    }

    fn one_of(&self, schemas: &[Json], value: &Json, at: &str, most: usize, out: &mut Vec<String>) {
        let fitting = schemas.iter().filter(|schema| self.fits(schema, value)).count();
        if fitting == 0 || fitting > most {
            out.push(format!("{at}: fits {fitting} of what it may be"));
        }
    }

    fn members(&self, word: &str, rules: &Record<'static>, record: &Record<'static>, at: &str, out: &mut Vec<String>) {
        let known = |name: &str| match rules.get("properties") {
            Some(Value::Record(properties)) => properties.get(name).is_some(),
            _ => false,
        };
        let count = record.iter().count() as i64;
        match (word, rules.get(word).unwrap_or(&Value::Null)) {
            ("properties", Value::Record(properties)) => {
                for (name, value) in record.iter() {
                    if let Some(schema) = properties.get(name) {
                        self.check(schema, value, &format!("{at}/{name}"), out);
                    }
                }
            }
            ("additionalProperties", Value::Bool(false)) => {
                let more = record.iter().filter(|(name, _)| !known(name));
                out.extend(more.map(|(name, _)| format!("{at}: unknown key `{name}`")));
            }
            ("additionalProperties", schema) => {
                let more = record.iter().filter(|(name, _)| !known(name));
                more.for_each(|(name, value)| self.check(schema, value, &format!("{at}/{name}"), out));
            }
            ("required", names) => {
                let missing = list(names).iter().filter(|name| record.get(text(name)).is_none());
                out.extend(missing.map(|name| format!("{at}: `{}` is missing", text(name))));
            }
            ("propertyNames", schema) => {
                let names = record.iter().map(|(name, _)| Value::owned(name.to_owned()));
                names.for_each(|name| self.check(schema, &name, at, out));
            }
            ("minProperties", Value::Long(least)) if count < *least => out.push(format!("{at}: too few members")),
            ("maxProperties", Value::Long(most)) if count > *most => out.push(format!("{at}: too many members")),
            _ => {}
        }
    }
}

/// Words that look at the value alone.
fn plain(word: &str, rule: &Json, value: &Json) -> Option<String> {
    let wrong = match (word, rule, value) {
        ("$schema" | "$defs" | "title" | "description", ..) => false,
        ("type", Value::Array(types), _) => !types.iter().any(|kind| is(text(kind), value)),
        ("type", kind, _) => !is(text(kind), value),
        ("const", expected, value) => expected != value,
        ("enum", words, value) => !list(words).contains(value),
        ("minimum", Value::Long(least), Value::Long(number)) => number < least,
        ("maximum", Value::Long(most), Value::Long(number)) => number > most,
        ("maxLength", Value::Long(most), Value::Text(text)) => text.chars().count() as i64 > *most,
        ("pattern", pattern, Value::Text(value)) => {
            !regex_automata::meta::Regex::new(text(pattern)).unwrap().is_match(value.as_bytes())
        }
        ("minimum" | "maximum" | "maxLength" | "pattern", ..) => false,
        _ => panic!("the schema uses `{word}`, which this test does not know"),
    };
    wrong.then(|| match word {
        "type" => format!("expected {}", crate::path::plain(rule)),
        word => format!("`{word}` does not hold"),
    })
}

fn is(kind: &str, value: &Json) -> bool {
    match kind {
        "object" => matches!(value, Value::Record(_)),
        "array" => matches!(value, Value::Array(_)),
        "string" => matches!(value, Value::Text(_)),
        "integer" => matches!(value, Value::Long(_)),
        "boolean" => matches!(value, Value::Bool(_)),
        "null" => value.is_null(),
        _ => panic!("the schema uses the type `{kind}`, which this test does not know"),
    }
}

fn get<'v>(value: &'v Json, name: &str) -> &'v Json {
    let Value::Record(record) = value else { panic!("no object") };
    record.get(name).unwrap_or_else(|| panic!("no `{name}`"))
}

fn list(value: &Json) -> &[Json] {
    let Value::Array(items) = value else { panic!("no list: {value:?}") };
    items
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:?}"))
}
