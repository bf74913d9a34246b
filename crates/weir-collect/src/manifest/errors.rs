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
    pub status: Vec<u16>,
    /// The body contains this.
    pub body: Option<String>,
    pub json: Vec<(Path, Test)>,
    pub action: Action,
    /// What to tell: the body, or a member of it.
    pub show: Option<Path>,
    pub hint: String,
}

#[derive(Clone, Debug)]
pub enum Test {
    Is(String),
    Above(f64),
    Present,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// No record, and no mistake.
    OkEmpty,
    /// This request is left out, the pull goes on.
    Skip,
    Retry,
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
    FailConfig,
    FailAuth,
    Fail,
}

const ACTIONS: &[(&str, Action)] = &[
    ("ok_empty", Action::OkEmpty),
    ("skip", Action::Skip),
    ("retry", Action::Retry),
    ("wait", Action::Wait),
    ("renew_auth", Action::RenewAuth),
    ("reopen", Action::Reopen),
    ("shrink_page", Action::ShrinkPage),
    ("split_window", Action::SplitWindow),
    ("clamp_start", Action::ClampStart),
    ("partial", Action::Partial),
    ("reset_cursor", Action::ResetCursor),
    ("fail_config", Action::FailConfig),
    ("fail_auth", Action::FailAuth),
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

    /// The body, when it is JSON.
    pub fn json(&self) -> Option<Value<'_>> {
        weir_parse::json::to_value(self.text()).ok()
    }
}

impl ErrorRule {
    pub fn read(node: &Node) -> Result<ErrorRule, Fault> {
        let map = node.map(&["when", "do", "code", "hint", "show"])?;
        let when = map.need("when")?.map(&["status", "body", "json"])?;
        let status = |node: &Node| u16::try_from(read::whole(node)?).map_err(|_| node.wrong("a status such as 404"));
        Ok(ErrorRule {
            status: read::list(when.get("status"), status)?,
            body: when.text("body")?,
            json: read::named(when.get("json"), test)?,
            action: *read::word(map.need("do")?, "`do`", ACTIONS)?,
            show: match map.text("show")?.as_deref() {
                None | Some("body") => None,
                Some(_) => map.path("show")?,
            },
            hint: map.text("hint")?.unwrap_or_default(),
        })
    }

    pub fn fits(&self, seen: &Seen<'_>) -> bool {
        (self.status.is_empty() || self.status.contains(&seen.reply.status))
            && self.body.as_ref().is_none_or(|text| seen.text().contains(text.as_str()))
            && (self.json.is_empty()
                || seen.json().is_some_and(|body| self.json.iter().all(|(path, test)| test.holds(path, &body))))
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

fn test(name: &str, node: &Node) -> Result<(Path, Test), Fault> {
    let path = Path::parse(name).map_err(|error| fault::bad_path(&node.at, name, &error))?;
    let test = match &node.data {
        Data::Map(_) => {
            let map = node.map(&["gt", "present"])?;
            match map.number("gt")? {
                Some(number) => Test::Above(number as f64),
                None => Test::Present,
            }
        }
        _ => Test::Is(node.text()?),
    };
    Ok((path, test))
}

impl Test {
    fn holds(&self, path: &Path, body: &Value<'_>) -> bool {
        let found = path.first(body);
        match (self, found) {
            (Test::Is(text), Some(value)) => plain(value) == *text,
            (Test::Above(limit), Some(Value::Long(number))) => *number as f64 > *limit,
            (Test::Above(limit), Some(Value::Double(number))) => number > limit,
            (Test::Present, found) => found.is_some(),
            _ => false,
        }
    }
}
