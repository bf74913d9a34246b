//! What the doubles of GitHub's APIs have in common.

use crate::double::{Answered, Event, HOUR, MINUTE, Parameters, Setting, Shape, Truth, Value, json, next_link, page};
use crate::{Answer, Asked};

/// Refuses whoever does not say who asks, or shows no known token.
pub fn admit(asked: &Asked) -> Result<(), Answer> {
    if asked.header("user-agent").is_none() {
        return Err(error(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        ));
    }
    if asked.bearer() == Some("ghp_x") { Ok(()) } else { Err(error(401, "Bad credentials")) }
}

pub fn error(status: u16, message: &str) -> Answer {
    Answer::said(status, &json!({"message": message, "documentation_url": "https://docs.github.com/rest"}))
}

pub fn invalid(why: String) -> Answer {
    error(422, &format!("Validation Failed: {why}"))
}

/// The secondary limit, which does not come with a status of its own.
pub fn too_often() -> Answer {
    error(403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.")
}

/// So many at a time that there is more than one page of a hundred.
pub fn crowd(setting: &Setting) -> Truth {
    setting.truth(Shape { count: 150, over_ms: 7 * MINUTE, ..Shape::default() })
}

/// A numbered page of a list that is made anew for each of them.
pub fn numbered<T>(asked: &Asked, list: &[T], told: impl Fn(&T) -> Value) -> Answered {
    let query = asked.query();
    let size = query.within("per_page", 1..=100, 30).map_err(invalid)?;
    let number = query.within("page", 1..=i64::from(u32::MAX), 1).map_err(invalid)?;
    let shown: Vec<Value> = page(list, (size * (number - 1)) as usize, size as usize).iter().map(told).collect();
    let answer = Answer::ok(&json!(shown));
    let is_last = size * number >= list.len() as i64;
    Ok(if is_last { answer } else { answer.with("link", to(asked, &query, "page", &(number + 1).to_string())) })
}

/// The link to what comes next: the same request with another place.
pub fn to(asked: &Asked, query: &Parameters, name: &str, place: &str) -> String {
    let others: String = query
        .iter()
        .filter(|(have, _)| *have != name)
        .map(|(name, value)| format!("{name}={}&", value.replace(' ', "%20").replace('>', "%3E")))
        .collect();
    next_link(&format!("{}{}?{others}{name}={place}", asked.origin, asked.path()))
}

/// Which of two repositories something is in: most are in one.
pub fn repository(event: &Event) -> &'static str {
    if (event.random / 3).is_multiple_of(5) { "weir-demo/shop" } else { "weir-demo/payroll" }
}

pub fn state(version: i64) -> &'static str {
    if version == 0 { "open" } else { "closed" }
}

/// Feeds in which things appear hours after they happened.
pub fn late(setting: &Setting, hours: i64) -> Truth {
    setting.truth(Shape { count: 140, late_ms_max: hours * HOUR, ..Shape::default() })
}
