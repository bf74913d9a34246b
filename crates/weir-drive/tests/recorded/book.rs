//! A source that answers by the book, with one fault in place of one answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use weir_collect::manifest::Exchange;
use weir_testkit::{Answer, Ends, HttpDouble};

/// What comes instead of the answer to the request of that number, once.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    pub kind: Kind,
    pub at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Status(u16),
    /// 429 with `Retry-After` in seconds, as a date, and without.
    LimitSeconds,
    LimitDate,
    LimitBare,
    Page,
    HalfJson,
    /// Right JSON that is no answer to what was asked.
    Null,
    Text,
    /// Bytes that are no UTF-8.
    Charset,
    Closed,
    Cut,
    Hangs,
}

pub const FAULTS: &[Kind] = &[
    Kind::Status(401),
    Kind::Status(403),
    Kind::Status(404),
    Kind::Status(409),
    Kind::LimitSeconds,
    Kind::LimitDate,
    Kind::LimitBare,
    Kind::Status(500),
    Kind::Status(502),
    Kind::Status(503),
    Kind::Status(504),
    Kind::Page,
    Kind::HalfJson,
    Kind::Null,
    Kind::Text,
    Kind::Charset,
    Kind::Closed,
    Kind::Cut,
    Kind::Hangs,
];

pub struct Book {
    pub double: HttpDouble,
    left: Arc<Mutex<Left>>,
}

/// What is still to come.
struct Left {
    /// With the address that each is for, where the book names one.
    answers: VecDeque<(Option<String>, Answer)>,
    number: usize,
    trouble: Option<Trouble>,
}

impl Book {
    pub fn open(exchanges: &[Exchange], trouble: Option<Trouble>) -> Book {
        let answers = exchanges.iter().map(|exchange| (exchange.target.clone(), answer(exchange))).collect();
        let left = Arc::new(Mutex::new(Left { answers, number: 0, trouble }));
        let asked = left.clone();
        let double = HttpDouble::start(move |request| asked.lock().unwrap().next(&request.target)).unwrap();
        Book { double, left }
    }

    /// The next request gets no answer.
    pub fn hangs(&self) -> bool {
        let left = self.left.lock().unwrap();
        left.trouble.is_some_and(|trouble| trouble.kind == Kind::Hangs && trouble.at == left.number)
    }
}

impl Left {
    /// The next answer for this address, else the next one: after a fault a pull may begin further on in the book.
    fn next(&mut self, target: &str) -> Answer {
        let named = self.answers.iter().position(|(own, _)| own.as_deref() == Some(target));
        let index = named.unwrap_or(0);
        if let Some(trouble) = self.trouble.take_if(|trouble| trouble.at == self.number) {
            // An answer that was given badly is given again when it is asked for again.
            let whole = self.answers.get(index).map(|(_, answer)| answer.clone()).unwrap_or_default();
            return broken(trouble.kind, whole);
        }
        self.number += 1;
        let none = || Answer::new(418, &[], "the test has no further exchange");
        self.answers.remove(index).map_or_else(none, |(_, answer)| answer)
    }
}

fn answer(exchange: &Exchange) -> Answer {
    let reply = &exchange.reply;
    let headers = reply.headers.iter().filter(|(name, _)| name != "content-length").cloned().collect();
    Answer { status: reply.status, headers, body: reply.body.clone(), ..Answer::default() }
}

fn broken(kind: Kind, whole: Answer) -> Answer {
    match kind {
        Kind::Status(status) => Answer::new(status, &[], "{}"),
        Kind::LimitSeconds => Answer::new(429, &[("retry-after", "2")], ""),
        Kind::LimitDate => Answer::new(429, &[("retry-after", "Fri, 14 Mar 2025 09:30:00 GMT")], ""),
        Kind::LimitBare => Answer::new(429, &[], ""),
        Kind::Page => Answer::new(200, &[("content-type", "text/html")], "<html><title>Sign in</title></html>"),
        Kind::HalfJson => Answer { body: whole.body[..whole.body.len() / 2].to_vec(), ..whole },
        Kind::Null => Answer { body: b"null".to_vec(), ..whole },
        Kind::Text => Answer { body: b"\"maintenance\"".to_vec(), ..whole },
        Kind::Charset => Answer { body: vec![0xff, 0xfe, 0xc3, 0x28], ..whole },
        Kind::Closed => whole.ends(Ends::Closed),
        Kind::Cut => whole.ends(Ends::Cut),
        Kind::Hangs => whole.ends(Ends::Silent),
    }
}
