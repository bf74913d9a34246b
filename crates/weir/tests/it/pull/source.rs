//! A source that breaks and twists its answers, and knows what it has.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use weir_testkit::{Answer, Asked, Ends};

/// Ids behind `/stream` and `/numbers`.
pub const IDS: u64 = 4_000;
const PAGE: u64 = 100;
/// Hours behind `/hours`, a record for each minute; every seventh is given out an hour late.
pub const HOURS: u64 = 60;
const LATE_MINUTES: u64 = 60;

/// What the source has, and how often it was asked.
pub struct Source {
    asked: AtomicU64,
    /// Minute since the epoch of the first record behind `/hours`.
    start: u64,
    /// The last right answer of each path.
    last: Mutex<HashMap<String, Answer>>,
}

impl Source {
    pub fn new(start: u64) -> Source {
        Source { asked: AtomicU64::new(0), start, last: Mutex::default() }
    }

    pub fn asked(&self) -> u64 {
        self.asked.load(SeqCst)
    }

    pub fn answer(&self, asked: &Asked) -> Answer {
        if asked.header("authorization") != Some("Bearer s3cret") {
            return Answer::new(401, &[], "who are you?");
        }
        let Some(right) = self.right(asked) else { return Answer::new(404, &[], "") };
        let number = self.asked.fetch_add(1, SeqCst);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last.insert(asked.path().to_owned(), right.clone());
        drop(last);
        // What ends a pull comes seldom: a list of forty pages must be read to its end now and then.
        match number % 240 {
            53 => return Answer::new(403, &[], "not now"),
            118 => return Answer::new(409, &[], "busy"),
            // The next page is the last one again.
            number if number % 80 == 45 && is_later_page(asked) => return before.unwrap_or(right),
            _ => {}
        }
        // Of five answers one breaks, and one of ten is right but not as it should be.
        match number % 60 {
            3 => Answer::new(500, &[], "oops"),
            8 => right.ends(Ends::Closed),
            13 => right.ends(Ends::Cut),
            18 => Answer::new(429, &[("retry-after", "0")], ""),
            23 => Answer::new(503, &[], ""),
            28 => Answer::new(200, &[("content-type", "text/html")], "<html><title>Sign in</title></html>"),
            33 => Answer { body: right.body[..right.body.len() / 2].to_vec(), ..right },
            38 => Answer::new(429, &[], ""),
            43 => Answer::new(502, &[], ""),
            48 => Answer::new(504, &[], ""),
            10 | 30 => with_records(right, |records| records.extend(records.clone())),
            15 | 35 => with_records(right, |records| records.reverse()),
            20 | 40 => in_another_charset(right),
            _ => right,
        }
    }

    fn right(&self, asked: &Asked) -> Option<Answer> {
        let number = |name: &str| asked.param(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Some(match asked.path() {
            "/stream" => self.stream(number("after").max(number("page"))),
            "/numbers" => Answer::json(records((number("above") + 1 + number("skip")..=IDS).take(PAGE as usize))),
            "/hours" => self.hours(number("from") / 60_000, number("to").div_ceil(60_000)),
            _ => return None,
        })
    }

    fn stream(&self, after: u64) -> Answer {
        let to = (after + PAGE).min(IDS);
        let next = if to < IDS { json!(to) } else { Value::Null };
        Answer::json(format!("{{\"items\":{},\"next\":{next},\"at\":{to}}}", records(after + 1..=to)))
    }

    /// What was there when a range came to its end.
    fn hours(&self, from: u64, to: u64) -> Answer {
        let is_there = |minute: &u64| !minute.is_multiple_of(7) || minute + LATE_MINUTES <= to;
        Answer::json(records((from.max(self.start)..to.min(self.start + HOURS * 60)).filter(is_there)))
    }
}

fn is_later_page(asked: &Asked) -> bool {
    asked.param("page").is_some() || asked.param("skip").is_some_and(|skip| skip != "0")
}

fn records(ids: impl Iterator<Item = u64>) -> String {
    let texts: Vec<String> = ids.map(|n| format!("{{\"n\":{n},\"what\":\"record {n} of a source\"}}")).collect();
    format!("[{}]", texts.join(","))
}

fn with_records(whole: Answer, change: impl FnOnce(&mut Vec<Value>)) -> Answer {
    let mut body: Value = serde_json::from_slice(&whole.body).unwrap();
    let list = if body.is_array() { &mut body } else { &mut body["items"] };
    change(list.as_array_mut().unwrap());
    Answer { body: body.to_string().into_bytes(), ..whole }
}

fn in_another_charset(whole: Answer) -> Answer {
    let text = String::from_utf8(whole.body).unwrap();
    let body: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    Answer::new(200, &[("content-type", "application/json; charset=utf-16le")], body)
}
