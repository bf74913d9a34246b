//! What the doubles of Microsoft Graph have in common: the log-in at another address, filters by a time, and links to what comes next.

use crate::double::{Answered, Grants, Parameters, Value, json, page, read_time};
use crate::{Answer, Asked};

pub struct Door(Grants);

impl Door {
    pub fn new() -> Door {
        Door(Grants::new(3_599_000))
    }

    /// The answer to a log-in, and to whoever shows no token that holds; none to everyone else.
    pub fn answer(&self, asked: &Asked, now: i64) -> Option<Answered> {
        if asked.path() == "/t-0a/oauth2/v2.0/token" {
            if asked.form().get("scope") != Some(&format!("{}/.default", asked.origin)) {
                return Some(Err(Answer::said(400, &json!({"error": "invalid_scope"}))));
            }
            return Some(self.0.client_credentials(asked, "app1", "s~1", now));
        }
        (!self.0.holds(asked.bearer(), now))
            .then(|| Err(error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")))
    }

    pub fn revoke(&self) {
        self.0.end_all();
    }
}

/// How a list is told in pages.
pub struct Paging {
    /// The parameter that says where a page begins.
    pub place: &'static str,
    /// What stands before the number of the first one on the page.
    pub mark: &'static str,
    pub size: i64,
    pub size_max: i64,
}

/// A page of a list, newest first; the list is made anew for each page, and the link to the next one carries all parameters.
pub fn listed<T>(asked: &Asked, paging: &Paging, found: &[T], told: impl Fn(&T) -> Value) -> Answered {
    let query = asked.query();
    query.only(&["$filter", "$top", paging.place]).map_err(bad)?;
    if query.all("$filter").len() > 1 {
        return Err(bad("Query parameter '$filter' was specified more than once.".to_owned()));
    }
    let size = query.number("$top").map_err(bad)?.unwrap_or(paging.size);
    if !(1..=paging.size_max).contains(&size) {
        let max = paging.size_max;
        return Err(bad(format!("Invalid page size specified: '{size}'. Must be between 1 and {max} inclusive.")));
    }
    let begin = query.get(paging.place).map_or(Some(0), |place| place.strip_prefix(paging.mark)?.parse().ok());
    let begin: usize = begin.ok_or_else(|| bad(format!("Invalid {}", paging.place)))?;
    let newest: Vec<&T> = found.iter().rev().collect();
    let value: Vec<Value> = page(&newest, begin, size as usize).iter().map(|one| told(one)).collect();
    let mut body = json!({"@odata.context": format!("{}/v1.0/$metadata", asked.origin), "value": value});
    let next = begin + size as usize;
    if next < newest.len() {
        let filter = query.get("$filter").unwrap_or_default().replace(' ', "%20");
        let (address, Paging { place, mark, .. }) = (format!("{}{}", asked.origin, asked.path()), paging);
        body["@odata.nextLink"] = format!("{address}?$filter={filter}&$top={size}&{place}={mark}{next}").into();
    }
    Ok(Answer::ok(&body))
}

/// From when until when a filter lets something through.
pub fn range(query: &Parameters, name: &str) -> Result<(i64, i64), Answer> {
    let clauses = query.get("$filter").and_then(|filter| filter.split_once(" and "));
    let time = |clause: &str, compares: &str| read_time(clause.strip_prefix(name)?.strip_prefix(compares)?);
    let ends = clauses.and_then(|(from, until)| Some((time(from, " ge ")?, time(until, " lt ")?)));
    ends.ok_or_else(|| bad("Invalid filter clause".to_owned()))
}

pub fn unknown() -> Answer {
    error(404, "ResourceNotFound", "")
}

pub fn too_often() -> Answer {
    error(429, "TooManyRequests", "Too many requests")
}

fn bad(why: String) -> Answer {
    error(400, "BadRequest", &why)
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    Answer::said(status, &json!({"error": {"code": code, "message": message, "innerError": {"request-id": "r1"}}}))
}
