//! What answers mean that are no data: the first rule that fits decides.

use weir_event::{Fault, Value};
use weir_yaml::{Data, Node};

use super::read::{self, Members};
use crate::fault;
use crate::http::Reply;
use crate::path::{Path, plain};

/// When a rule fits, and what is done then.
#[derive(Clone, Debug)]
pub struct ErrorRule {
    pub when: When,
    pub action: Action,
    /// What to tell: the body, or a member of it.
    pub show: Option<Path>,
    pub hint: String,
}

/// Conditions on an answer; all of those that are given hold.
#[derive(Clone, Debug, Default)]
pub struct When {
    pub status: Vec<u16>,
    pub status_not: Vec<u16>,
    /// The body contains this.
    pub body: Option<String>,
    pub regex: Option<Box<regex_automata::meta::Regex>>,
    pub json: Vec<(Path, Test)>,
    /// Headers and their values; `*` for any.
    pub header: Vec<(String, String)>,
}

/// A condition on what a path leads to.
#[derive(Clone, Debug)]
pub enum Test {
    Is(String),
    /// One of these.
    In(Vec<String>),
    Above(f64),
    Below(f64),
    Present(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// No record, and no mistake.
    OkEmpty,
    /// This request is left out, the pull goes on.
    Skip,
    Retry,
    /// Asked again after the wait that the source names.
    SlowDown,
    /// Nothing new yet: the pull ends, the cursor stays.
    Wait,
    RenewAuth,
    /// The steps `before` run again, and the range from its start.
    Reopen,
    ShrinkPage,
    SplitWindow,
    /// The range begins before what the source keeps: go on where it begins to.
    ClampStart,
    /// The answer lacks something: ask for the whole range again.
    Partial,
    ResetCursor,
    /// The source says that the time of the request is wrong.
    Clock,
    FailConfig,
    FailAuth,
    /// The credentials are right and lack a right.
    FailRights,
    Fail,
}

pub(super) const ACTIONS: &[(&str, Action)] = &[
    ("ok_empty", Action::OkEmpty),
    ("skip", Action::Skip),
    ("retry", Action::Retry),
    ("slow_down", Action::SlowDown),
    ("wait", Action::Wait),
    ("renew_auth", Action::RenewAuth),
    ("reopen", Action::Reopen),
    ("shrink_page", Action::ShrinkPage),
    ("split_window", Action::SplitWindow),
    ("clamp_start", Action::ClampStart),
    ("partial", Action::Partial),
    ("reset_cursor", Action::ResetCursor),
    ("clock", Action::Clock),
    ("fail_config", Action::FailConfig),
    ("fail_auth", Action::FailAuth),
    ("fail_rights", Action::FailRights),
    ("fail", Action::Fail),
];

/// An answer as rules look at it: its body is read as JSON at most once.
pub struct Seen<'r> {
    pub reply: &'r Reply,
    text: std::cell::OnceCell<std::borrow::Cow<'r, str>>,
}

impl<'r> Seen<'r> {
    pub fn new(reply: &'r Reply) -> Self {
        Seen { reply, text: std::cell::OnceCell::new() }
    }

    pub fn text(&self) -> &str {
        self.text.get_or_init(|| self.reply.text())
    }

    /// The body, when it is JSON or XML.
    pub fn json(&self) -> Option<Value<'_>> {
        crate::page::guessed(self.text())
    }
}

impl ErrorRule {
    pub fn read(node: &Node) -> Result<ErrorRule, Fault> {
        let map = node.map(&["when", "do", "hint", "show"])?;
        Ok(ErrorRule {
            when: When::read(map.need("when")?)?,
            action: *read::word(map.need("do")?, "`do`", ACTIONS)?,
            show: match map.text("show")?.as_deref() {
                None | Some("body") => None,
                Some(_) => map.path("show")?,
            },
            hint: map.text("hint")?.unwrap_or_default(),
        })
    }

    pub fn fits(&self, seen: &Seen<'_>) -> bool {
        self.when.holds(seen)
    }

    /// What the source said, in at most 300 characters.
    pub fn says(&self, seen: &Seen<'_>) -> String {
        let shown = self.show.as_ref().and_then(|path| seen.json().and_then(|body| path.first(&body).map(plain)));
        let text = shown.unwrap_or_else(|| seen.text().to_owned());
        short(&text)
    }
}

/// The first 300 characters of a text, on one line.
pub fn short(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

impl When {
    pub fn read(node: &Node) -> Result<When, Fault> {
        let map = node.map(&["status", "status_not", "body", "regex", "json", "header"])?;
        Ok(When {
            status: read::statuses(map.get("status"))?,
            status_not: read::statuses(map.get("status_not"))?,
            body: map.text("body")?,
            regex: map.get("regex").map(read::regex).transpose()?.map(Box::new),
            json: tests(map.get("json"))?,
            header: read::named(map.get("header"), |name, node| Ok((name.to_owned(), node.text()?)))?,
        })
    }

    pub fn holds(&self, seen: &Seen<'_>) -> bool {
        let status = seen.reply.status;
        let header = |(name, wanted): &(String, String)| {
            seen.reply.header(name).is_some_and(|have| wanted == "*" || have.trim() == wanted)
        };
        (self.status.is_empty() || self.status.contains(&status))
            && !self.status_not.contains(&status)
            && self.header.iter().all(header)
            && self.body.as_ref().is_none_or(|text| seen.text().contains(text.as_str()))
            && self.regex.as_ref().is_none_or(|regex| regex.is_match(seen.text()))
            && (self.json.is_empty()
                || seen.json().is_some_and(|body| self.json.iter().all(|(path, test)| test.holds(path, &body))))
    }
}

/// Paths and what must hold of what they lead to.
pub fn tests(node: Option<&Node>) -> Result<Vec<(Path, Test)>, Fault> {
    read::named(node, test)
}

fn test(name: &str, node: &Node) -> Result<(Path, Test), Fault> {
    let path = Path::parse(name).map_err(|error| fault::bad_path(&node.at, name, &error))?;
    let test = match &node.data {
        Data::List(words) => Test::In(words.iter().map(Node::text).collect::<Result<_, _>>()?),
        Data::Map(_) => {
            let map = node.map(&["gt", "lt", "present"])?;
            match (map.number("gt")?, map.number("lt")?) {
                (Some(number), _) => Test::Above(number as f64),
                (None, Some(number)) => Test::Below(number as f64),
                (None, None) => Test::Present(map.need("present")?.boolean()?),
            }
        }
        _ => Test::Is(node.text()?),
    };
    Ok((path, test))
}

impl Test {
    pub fn holds(&self, path: &Path, body: &Value<'_>) -> bool {
        let found = path.first(body);
        let number = |value: &Value<'_>| match value {
            Value::Long(number) => Some(*number as f64),
            Value::Double(number) => Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match (self, found) {
            (Test::Present(wanted), found) => found.is_some() == *wanted,
            (_, None) => false,
            (Test::Is(text), Some(value)) => plain(value) == *text,
            (Test::In(words), Some(value)) => words.contains(&plain(value)),
            (Test::Above(limit), Some(value)) => number(value).is_some_and(|number| number > *limit),
            (Test::Below(limit), Some(value)) => number(value).is_some_and(|number| number < *limit),
        }
    }
}
