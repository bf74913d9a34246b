//! Texts of a manifest with slots: `{{scope.name | filter}}`.
//!
//! A slot that is the whole text keeps its type; inside text it is written as text. A name that ends with `?` may be empty: the member,
//! parameter or header that holds it is then left out. An empty slot without `?` is a fault before anything is sent.

mod filter;
mod scope;
mod shape;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use weir_event::Value;

use crate::path::{Path, plain};
use filter::Filter;

pub use scope::{Page, Scope, Window};
pub use shape::Shape;

/// A text with slots, compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Slotted {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Text(String),
    Slot(Slot),
}

#[derive(Clone, Debug, PartialEq)]
struct Slot {
    scope: String,
    /// Below the scope; `$` alone when the scope itself is meant.
    path: Path,
    filters: Vec<Filter>,
}

/// What a text with slots gives.
pub type Filled<'v> = Result<Option<Value<'v>>, Unfilled>;

/// A slot that had to be filled and was not.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfilled {
    pub slot: String,
    pub says: String,
}

impl Slotted {
    /// Reads a text; what is wrong with it otherwise.
    pub fn parse(text: &str) -> Result<Slotted, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let end = rest[start..].find("}}").ok_or_else(|| format!("`{{{{` is not closed in `{text}`"))?;
            if start > 0 {
                parts.push(Part::Text(rest[..start].to_owned()));
            }
            parts.push(Part::Slot(Slot::parse(rest[start + 2..start + end].trim())?));
            rest = &rest[start + end + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Slotted { parts })
    }

    /// A text that is taken as it is.
    pub fn fixed_text(text: &str) -> Slotted {
        Slotted { parts: vec![Part::Text(text.to_owned())] }
    }

    /// The value, its type kept when one slot is the whole text. `None` when an optional slot is empty.
    pub fn value(&self, scope: &Scope<'_>) -> Filled<'static> {
        match self.parts.as_slice() {
            [Part::Slot(slot)] => slot.value(scope),
            _ => Ok(self.text(scope)?.map(Value::owned)),
        }
    }

    /// The text. `None` when an optional slot is empty.
    pub fn text(&self, scope: &Scope<'_>) -> Result<Option<String>, Unfilled> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Slot(slot) => match slot.value(scope)? {
                    Some(value) => out.push_str(&written(&value)),
                    None => return Ok(None),
                },
            }
        }
        Ok(Some(out))
    }

    /// The text of a slotted text that holds no slot.
    pub fn fixed(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The names of the slots, as `scope.first`: for checks of a manifest.
    pub fn names(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Slot(slot) => Some((slot.scope.as_str(), &slot.path)),
            Part::Text(_) => None,
        })
    }
}

impl Slot {
    fn parse(text: &str) -> Result<Slot, String> {
        let mut parts = split_pipes(text).into_iter();
        let name = parts.next().unwrap_or_default().trim();
        let end = name.find(['.', '[', '?']).unwrap_or(name.len());
        let scope = name[..end].to_owned();
        if !Scope::NAMES.contains(&scope.as_str()) {
            return Err(format!("unknown scope `{scope}` in `{{{{{text}}}}}`; known: {}", Scope::NAMES.join(", ")));
        }
        let path = Path::parse(&format!("${}", &name[end..])).map_err(|error| format!("{} in `{name}`", error.says))?;
        let filters = parts.map(|filter| Filter::parse(filter.trim())).collect::<Result<_, _>>()?;
        Ok(Slot { scope, path, filters })
    }

    fn name(&self) -> String {
        format!("{}{}", self.scope, &self.path.text()[1..])
    }

    fn value(&self, scope: &Scope<'_>) -> Filled<'static> {
        let mut value = scope.find(&self.scope, &self.path).unwrap_or_default();
        let mut zone = jiff::tz::TimeZone::UTC;
        for filter in &self.filters {
            value = filter.apply(value, scope, &mut zone).map_err(|says| Unfilled { slot: self.name(), says })?;
        }
        match value {
            Value::Null if self.path.optional => Ok(None),
            Value::Null => Err(Unfilled { slot: self.name(), says: "it is empty".to_owned() }),
            value => Ok(Some(value)),
        }
    }
}

/// Splits at `|` outside quotes and parentheses: a path's alternatives need parentheses-free names without blanks around the bar.
fn split_pipes(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quote) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '|') if text[..at].ends_with(' ') => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A value inside a text: true and false, shortest numbers, times as ISO 8601 in UTC.
fn written<'v>(value: &'v Value<'_>) -> Cow<'v, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::Timestamp(time) => {
            let mut out = String::new();
            time.write_rfc3339(&mut out);
            Cow::Owned(out)
        }
        other => Cow::Owned(plain(other)),
    }
}
