//! Paths into an answer, a subset of JSONPath (RFC 9535) with alternatives.
//!
//! `$.a.b`, `$['@odata.nextLink']`, `$.items[*]`, `$.list[0]`, `$.list[-1]`, `$.id|uid` (the first name that is there),
//! `$.parts[?(@.type=='url')]`, `$.rows[?(@.id)]` (those that have it), and `$..name` for members at any depth. A `?` at the end says that nothing may be there.

mod place;

pub(crate) use place::{Place, Wanted};

use weir_event::{Record, Value, limits};

/// A compiled path. It is applied without recursion deeper than the value itself, which its reader has bounded.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    steps: Vec<Step>,
    /// Written with `?` at the end: finding nothing is no mistake.
    pub optional: bool,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    /// The first of these members that is there.
    Member(Vec<String>),
    /// Counted from the end when negative.
    Index(i64),
    /// `[*]`, all elements of a list. Inside a record also all values of an object.
    All,
    /// `.*`, all values of an object, or elements of a list.
    Values,
    /// The value itself and everything below it.
    Below,
    /// Elements whose member equals, or with `false` differs from, the text of a value.
    Where { member: Vec<Step>, equal: bool, text: String },
    /// Elements that have the member.
    Has { member: Vec<Step> },
}

/// Where a path is wrong (byte) and why.
#[derive(Clone, Debug, PartialEq)]
pub struct PathError {
    pub at: usize,
    pub says: String,
}

impl Path {
    pub fn parse(text: &str) -> Result<Path, PathError> {
        let trimmed = text.trim_end();
        let (body, optional) = match trimmed.strip_suffix('?') {
            Some(body) => (body, true),
            None => (trimmed, false),
        };
        let mut reader = Reader { text: body, at: 0 };
        if !reader.take("$") {
            return reader.fail("a path begins with `$`");
        }
        let steps = reader.steps(0)?;
        match reader.rest() {
            "" => Ok(Path { steps, optional, text: text.to_owned() }),
            _ => reader.fail("expected `.name`, `['name']`, `[*]` or `[number]`"),
        }
    }

    /// The value with what the path leads to changed.
    pub fn change<'t>(&self, root: Value<'t>, change: &dyn Fn(Value<'t>) -> Value<'t>) -> Value<'t> {
        changed(&self.steps, root, change)
    }

    /// The names of members on the way, when the path leads through members alone.
    pub fn member_names(&self) -> Option<Vec<String>> {
        let name = |step: &Step| match step {
            Step::Member(names) => names.first().filter(|_| names.len() == 1).cloned(),
            _ => None,
        };
        self.steps.iter().map(name).collect()
    }

    /// The path as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value itself.
    pub fn root() -> Path {
        Path { steps: Vec::new(), optional: false, text: "$".to_owned() }
    }

    /// Everything the path leads to, in order.
    pub fn all<'v, 't>(&self, root: &'v Value<'t>) -> Vec<&'v Value<'t>> {
        walk(&self.steps, root)
    }

    /// The first value that is not null.
    pub fn first<'v, 't>(&self, root: &'v Value<'t>) -> Option<&'v Value<'t>> {
        self.all(root).into_iter().find(|value| !value.is_null())
    }
}

/// Not deeper than the value, which its reader has bounded.
fn changed<'t>(steps: &[Step], value: Value<'t>, change: &dyn Fn(Value<'t>) -> Value<'t>) -> Value<'t> {
    let Some((step, rest)) = steps.split_first() else { return change(value) };
    let each = |value: Value<'t>| changed(rest, value, change);
    match (step, value) {
        (Step::Below, value) => {
            // What lies deeper first: the rest of the path applies to every level.
            let inner = |value: Value<'t>| changed(steps, value, change);
            each(match value {
                Value::Array(items) => Value::Array(items.into_iter().map(inner).collect()),
                Value::Record(record) => {
                    Value::Record(record.into_iter().map(|(name, value)| (name, inner(value))).collect())
                }
                leaf => leaf,
            })
        }
        (Step::Member(names), Value::Record(mut record)) => {
            if let Some(name) = names.iter().find(|name| record.get(name).is_some())
                && let Some(member) = record.get(name).cloned()
            {
                record.set(name.clone(), each(member));
            }
            Value::Record(record)
        }
        (Step::All | Step::Values, Value::Array(items)) => Value::Array(items.into_iter().map(each).collect()),
        (Step::All | Step::Values, Value::Record(record)) => {
            Value::Record(record.into_iter().map(|(name, value)| (name, each(value))).collect())
        }
        (Step::Index(index), Value::Array(mut items)) => {
            let at =
                if *index < 0 { items.len().checked_sub(index.unsigned_abs() as usize) } else { Some(*index as usize) };
            if let Some(item) = at.and_then(|at| items.get_mut(at)) {
                *item = each(std::mem::take(item));
            }
            Value::Array(items)
        }
        (Step::Where { .. } | Step::Has { .. }, Value::Array(items)) => {
            let one = |item: Value<'t>| if step.picks(&item) { each(item) } else { item };
            Value::Array(items.into_iter().map(one).collect())
        }
        (_, other) => other,
    }
}

fn walk<'v, 't>(steps: &[Step], root: &'v Value<'t>) -> Vec<&'v Value<'t>> {
    let mut found = vec![root];
    for step in steps {
        let mut next = Vec::new();
        for value in found {
            step.apply(value, &mut next);
        }
        found = next;
    }
    found
}

impl Step {
    fn apply<'v, 't>(&self, value: &'v Value<'t>, out: &mut Vec<&'v Value<'t>>) {
        match (self, value) {
            (Step::Member(names), Value::Record(record)) => {
                out.extend(names.iter().find_map(|name| record.get(name)));
            }
            (Step::Index(index), Value::Array(items)) => out.extend(element(items, *index)),
            (Step::All | Step::Values, Value::Array(items)) => out.extend(items),
            (Step::All | Step::Values, Value::Record(record)) => out.extend(members(record)),
            (Step::Below, _) => below(value, out),
            (Step::Where { .. } | Step::Has { .. }, Value::Array(items)) => {
                out.extend(items.iter().filter(|item| self.picks(item)));
            }
            _ => {}
        }
    }

    /// True when an element fulfils the condition.
    fn picks(&self, item: &Value<'_>) -> bool {
        match self {
            Step::Where { member, equal, text } => {
                walk(member, item).first().is_some_and(|value| plain(value) == *text) == *equal
            }
            Step::Has { member } => walk(member, item).iter().any(|value| !value.is_null()),
            _ => true,
        }
    }
}

fn element<'v, 't>(items: &'v [Value<'t>], index: i64) -> Option<&'v Value<'t>> {
    let at = if index < 0 { items.len().checked_sub(index.unsigned_abs() as usize)? } else { index as usize };
    items.get(at)
}

fn below<'v, 't>(value: &'v Value<'t>, out: &mut Vec<&'v Value<'t>>) {
    out.push(value);
    let mut at = out.len() - 1;
    while at < out.len() {
        match out[at] {
            Value::Array(items) => out.extend(items),
            Value::Record(record) => out.extend(members(record)),
            _ => {}
        }
        at += 1;
    }
}

fn members<'v, 't>(record: &'v Record<'t>) -> impl Iterator<Item = &'v Value<'t>> {
    record.iter().map(|(_, value)| value)
}

/// A value as a person would write it: text as it is, everything else as JSON.
pub fn plain(value: &Value<'_>) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        other => {
            let mut out = String::new();
            weir_event::write_json(other, &mut out);
            out
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, what: &str) -> bool {
        let there = self.rest().starts_with(what);
        if there {
            self.at += what.len();
        }
        there
    }

    fn fail<T>(&self, says: &str) -> Result<T, PathError> {
        Err(PathError { at: self.at, says: says.to_owned() })
    }

    fn steps(&mut self, depth: usize) -> Result<Vec<Step>, PathError> {
        if depth > limits::NESTING_MAX {
            return self.fail("the path nests too deep");
        }
        let mut steps = Vec::new();
        loop {
            if self.take("..") {
                steps.push(Step::Below);
                steps.push(self.names()?);
            } else if self.take(".") {
                steps.push(if self.take("*") { Step::Values } else { self.names()? });
            } else if self.take("[") {
                steps.push(self.bracket(depth)?);
            } else {
                return Ok(steps);
            }
        }
    }

    /// `name` or `name|other`.
    fn names(&mut self) -> Result<Step, PathError> {
        let mut names = Vec::new();
        loop {
            let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | ':' | '#');
            let len = self.rest().find(|c| !word(c)).unwrap_or(self.rest().len());
            if len == 0 {
                return self.fail("expected a name; quote unusual ones: `['a name']`");
            }
            names.push(self.rest()[..len].to_owned());
            self.at += len;
            if !self.take("|") {
                return Ok(Step::Member(names));
            }
        }
    }

    fn bracket(&mut self, depth: usize) -> Result<Step, PathError> {
        let step = if self.take("*") {
            Step::All
        } else if self.take("?(@") {
            self.condition(depth)?
        } else if let Some(name) = self.quoted()? {
            Step::Member(vec![name])
        } else {
            self.index()?
        };
        if self.take("]") { Ok(step) } else { self.fail("expected `]`") }
    }

    fn index(&mut self) -> Result<Step, PathError> {
        let len = self.rest().find(']').unwrap_or(self.rest().len());
        match self.rest()[..len].parse() {
            Ok(index) => {
                self.at += len;
                Ok(Step::Index(index))
            }
            Err(_) => self.fail("expected a number, `*` or a quoted name"),
        }
    }

    /// What stands between `?(@` and `]`: a path, `==` or `!=`, and a value.
    fn condition(&mut self, depth: usize) -> Result<Step, PathError> {
        let member = self.steps(depth + 1)?;
        if self.take(")") {
            return Ok(Step::Has { member });
        }
        let equal = self.take("==");
        if !equal && !self.take("!=") {
            return self.fail("expected `==`, `!=` or `)`");
        }
        let text = match self.quoted()? {
            Some(text) => text,
            None => {
                let len = self.rest().find(')').unwrap_or(self.rest().len());
                let word = self.rest()[..len].trim().to_owned();
                self.at += len;
                word
            }
        };
        if self.take(")") { Ok(Step::Where { member, equal, text }) } else { self.fail("expected `)`") }
    }

    fn quoted(&mut self) -> Result<Option<String>, PathError> {
        let Some(quote) = self.rest().chars().next().filter(|c| matches!(c, '\'' | '"')) else { return Ok(None) };
        self.at += 1;
        match self.rest().find(quote) {
            Some(end) => {
                let text = self.rest()[..end].to_owned();
                self.at += end + 1;
                Ok(Some(text))
            }
            None => self.fail("the quote is not closed"),
        }
    }
}

#[cfg(test)]
mod tests;
