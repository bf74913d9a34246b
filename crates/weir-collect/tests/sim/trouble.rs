//! The ways in which a source misbehaves.

use weir_collect::{Broken, Reply, Request};
use weir_event::{Timestamp, Value, write_json};

/// One way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Revoked401,
    Denied403,
    Missing404,
    Late408,
    Busy409,
    LostContext409,
    WaitSeconds429,
    WaitUnsaid429,
    WaitDate429,
    WaitPast429,
    Failed500,
    Gateway502,
    Unavailable503,
    GatewayLate504,
    Hangs,
    Closes,
    ClosesMidBody,
    PageForPeople,
    Truncated,
    /// Right JSON that is no answer to what was asked.
    OtherForm,
    OtherCharset,
    /// The next page is the last one again.
    SameForEver,
    /// Every record of an answer stands in it twice.
    Repeated,
    /// The records of an answer are upside down.
    Reversed,
}

impl Kind {
    pub const ALL: [Kind; 24] = [
        Kind::Revoked401,
        Kind::Denied403,
        Kind::Missing404,
        Kind::Late408,
        Kind::Busy409,
        Kind::LostContext409,
        Kind::WaitSeconds429,
        Kind::WaitUnsaid429,
        Kind::WaitDate429,
        Kind::WaitPast429,
        Kind::Failed500,
        Kind::Gateway502,
        Kind::Unavailable503,
        Kind::GatewayLate504,
        Kind::Hangs,
        Kind::Closes,
        Kind::ClosesMidBody,
        Kind::PageForPeople,
        Kind::Truncated,
        Kind::OtherForm,
        Kind::OtherCharset,
        Kind::SameForEver,
        Kind::Repeated,
        Kind::Reversed,
    ];
}

/// How often, of 1,000 requests, the source misbehaves, and how.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    pub per_mille: u64,
    kind: Option<Kind>,
}

impl Trouble {
    pub fn none() -> Trouble {
        Trouble { per_mille: 0, kind: None }
    }

    /// In all ways.
    pub fn often() -> Trouble {
        Trouble { per_mille: 200, kind: None }
    }

    /// In one way. Few requests are for later pages.
    pub fn of(kind: Kind) -> Trouble {
        let per_mille = if kind == Kind::SameForEver { 500 } else { 200 };
        Trouble { per_mille, kind: Some(kind) }
    }

    pub fn pick(&self, random: u64) -> Kind {
        self.kind.unwrap_or(Kind::ALL[random as usize % Kind::ALL.len()])
    }
}

type Answer = Result<Reply, Broken>;
const QUICK: i64 = 10_000_000;

/// What misbehaves: how it answers when it does well, and what of that it can forget.
pub trait Misbehaves {
    /// The right answer.
    fn right(&self, request: &Request, now: Timestamp) -> Reply;

    /// The same before it gets a form in which its list of records cannot be changed.
    fn plain(&self, request: &Request, now: Timestamp) -> Reply {
        self.right(request, now)
    }

    /// The answer after all log-ins were forgotten.
    fn revoked(&self, request: &Request, now: Timestamp) -> Reply;

    /// What was open for this request is open no more; none when nothing was.
    fn context_lost(&self, request: &Request) -> Option<Reply>;

    /// Where a later page is asked for: the page before it, once more.
    fn page_again(&self, request: &Request) -> Option<Reply>;

    /// In the words of the source.
    fn too_often(&self) -> Reply {
        status(429, &[], "")
    }

    fn below(&self, limit: usize) -> usize;
}

/// The wrong answer, and how long it took; none where a request cannot be answered wrong in this way.
pub fn misbehave(
    source: &impl Misbehaves,
    kind: Kind,
    request: &Request,
    now: Timestamp,
    timeout: i64,
) -> Option<(Answer, i64)> {
    let broken = |why: &str| Err(Broken::CutShort(why.to_owned()));
    let wait = |name: &str, value: &str| {
        let mut reply = source.too_often();
        reply.headers.push((name.to_owned(), value.to_owned()));
        reply
    };
    let reply = match kind {
        Kind::Revoked401 => source.revoked(request, now),
        Kind::Denied403 => status(403, &[], "not now"),
        Kind::Missing404 => status(404, &[], "nothing here"),
        Kind::Late408 => status(408, &[], ""),
        Kind::Busy409 => status(409, &[], "busy"),
        Kind::LostContext409 => source.context_lost(request)?,
        Kind::WaitSeconds429 => wait("retry-after", "2"),
        Kind::WaitUnsaid429 => source.too_often(),
        Kind::WaitDate429 => wait("retry-after", &http_date(now, 5)),
        Kind::WaitPast429 => wait("x-ratelimit-reset", "-5"),
        Kind::Failed500 => status(500, &[("retry-after", "30")], "oops"),
        Kind::Gateway502 => status(502, &[], ""),
        Kind::Unavailable503 => status(503, &[("retry-after", "90")], ""),
        Kind::GatewayLate504 => status(504, &[("retry-after", &http_date(now, 20))], ""),
        Kind::Hangs => return Some((Err(Broken::Unreachable("no answer in time".to_owned())), timeout)),
        Kind::Closes => return Some((broken("connection closed"), QUICK)),
        Kind::ClosesMidBody => {
            // What was given out once may be gone, also when it did not arrive.
            source.right(request, now);
            return Some((broken("connection closed in the body"), QUICK));
        }
        Kind::PageForPeople => status(200, &[("content-type", "text/html")], "<html><title>Sign in</title></html>"),
        Kind::Truncated => return Some((truncated(source.right(request, now)), QUICK)),
        Kind::OtherForm => {
            let forms = ["null", "\"maintenance\"", "{\"error\":\"busy\"}", "{\"items\":{\"error\":\"busy\"}}"];
            status(200, &[("content-type", "application/json")], forms[source.below(4)])
        }
        Kind::OtherCharset => in_utf16(source.right(request, now))?,
        Kind::SameForEver => source.page_again(request)?,
        Kind::Repeated => with_records(source.plain(request, now), |records| records.extend(records.clone()))?,
        Kind::Reversed => with_records(source.plain(request, now), |records| records.reverse())?,
    };
    Some((Ok(reply), QUICK))
}

/// Half of an answer. Lines of text look whole wherever they are cut: only the length that was announced tells, and who receives them sees
/// to it.
fn truncated(mut whole: Reply) -> Answer {
    let text = String::from_utf8_lossy(&whole.body);
    let is_json = weir_parse::json::to_value(&text).is_ok();
    if !is_json && !text.starts_with('<') && !text.starts_with("PK") && !whole.body.starts_with(&[0x1f, 0x8b]) {
        return Err(Broken::CutShort("half of the lines".to_owned()));
    }
    whole.body.truncate(whole.body.len() / 2);
    Ok(if whole.status == 200 && !whole.body.is_empty() { whole } else { status(500, &[], "") })
}

/// Until when an answer that arrives at a time asks to be left alone.
pub fn wait_until(answer: &Answer, arrives: i64) -> Option<i64> {
    let text = answer.as_ref().ok()?.header("retry-after")?;
    match text.parse::<i64>() {
        Ok(seconds) => Some(arrives + seconds * 1_000_000_000),
        Err(_) => Timestamp::from_jiff(jiff::fmt::rfc2822::parse(text).ok()?.timestamp()).map(|time| time.0),
    }
}

fn http_date(now: Timestamp, seconds: i64) -> String {
    Timestamp(now.0 + seconds * 1_000_000_000).to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

pub fn status(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: body.as_bytes().to_vec() }
}

/// The source does well every second hour: what does not come to an end before must do so then.
pub fn is_bad_hour(now: Timestamp) -> bool {
    (now.0 - super::START.0) / 3_600_000_000_000 % 2 == 0
}

/// None where the answer is no text.
fn in_utf16(mut whole: Reply) -> Option<Reply> {
    let text = String::from_utf8(whole.body).ok()?;
    whole.body = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let kind = whole.header("content-type").and_then(|kind| kind.split(';').next()).unwrap_or("application/json");
    let kind = format!("{kind}; charset=utf-16le");
    whole.headers.retain(|(name, _)| name != "content-type");
    whole.headers.push(("content-type".to_owned(), kind));
    Some(whole)
}

/// An answer whose list of records is another; none when it has no list of two and more.
fn with_records(whole: Reply, change: impl FnOnce(&mut Vec<Value<'static>>)) -> Option<Reply> {
    let text = String::from_utf8_lossy(&whole.body).into_owned();
    let mut body = weir_parse::json::to_value(&text).ok()?.into_owned();
    body = with_list(body, &mut Some(change));
    let mut changed = String::new();
    write_json(&body, &mut changed);
    (changed != text).then(|| Reply { body: changed.into_bytes(), ..whole })
}

/// The first list of records, of whatever depth, changed.
fn with_list(value: Value<'static>, change: &mut Option<impl FnOnce(&mut Vec<Value<'static>>)>) -> Value<'static> {
    match value {
        Value::Array(mut records) if records.len() >= 2 && matches!(records[0], Value::Record(_)) => {
            if let Some(change) = change.take() {
                change(&mut records);
            }
            Value::Array(records)
        }
        Value::Record(members) => {
            let members = members.iter().map(|(name, inner)| (name.to_owned(), with_list(inner.clone(), change)));
            Value::Record(members.collect())
        }
        other => other,
    }
}
