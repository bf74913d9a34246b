use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use weir_event::{Timestamp, Value};

use super::{Session, Tokens};
use crate::http::{Reply, Request};
use crate::manifest::{Budget, Limits};

const HOUR: i64 = 3_600_000_000_000;

fn limits(max: u64) -> Limits {
    let budget = Budget { name: "day".to_owned(), per: 24 * HOUR, max, lasts: true, rate: None };
    Limits { local: vec![budget], ..Limits::default() }
}

#[test]
fn a_lasting_budget_survives_the_process() {
    let limits = limits(3);
    let before = Session::default();
    for hour in 0..3 {
        before.admit(&limits, "p/s", Timestamp(hour * HOUR)).unwrap();
    }
    let sent = before.take_sent("p/s");
    assert!(before.take_sent("p/s").is_empty());
    let after = Session::default();
    after.recall("p/s", &sent);
    after.recall("p/s", &sent);
    let free_at = after.admit(&limits, "p/s", Timestamp(3 * HOUR)).unwrap_err();
    // Written down by steps of a hundredth of the day.
    assert!((24 * HOUR..=24 * HOUR + HOUR / 4).contains(&free_at.0), "{free_at:?}");
    after.admit(&limits, "p/s", free_at).unwrap();
}

#[test]
fn places_are_given_back() {
    let session = Session::default();
    let poll = |future: std::pin::Pin<&mut dyn Future<Output = super::Place<'_>>>| {
        future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    };
    let mut first = Box::pin(session.place(Some(1)));
    let Poll::Ready(held) = first.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { panic!("it waits") };
    let mut second = pin!(session.place(Some(1)));
    assert!(!poll(second.as_mut()));
    assert!(poll(pin!(session.place(None))));
    drop(held);
    assert!(poll(second.as_mut()));
}

#[test]
fn cookies_go_back_to_where_they_came_from() {
    let session = Session::default();
    let set = |value: &str| Reply { headers: vec![("set-cookie".to_owned(), value.to_owned())], ..Reply::default() };
    session.take_cookies("https://a.example:443", &set("node=1; Path=/"));
    session.take_cookies("https://a.example:443", &set("node=2"));
    session.take_cookies("https://b.example:443", &set("other=1"));
    let mut request = Request::default();
    session.add_cookies("https://a.example:443", &mut request);
    assert_eq!(request.header("cookie"), Some("node=2"));
}

#[test]
fn a_log_in_is_kept_as_text() {
    let tokens = Tokens {
        values: [("token", Value::text("t"))].into_iter().collect(),
        cookies: vec![("c".to_owned(), "1".to_owned())],
        renew_at: Some(Timestamp(5)),
        ..Tokens::default()
    };
    let again = Tokens::from_text(&tokens.to_text()).unwrap();
    assert_eq!((again.values, again.cookies, again.renew_at), (tokens.values, tokens.cookies, tokens.renew_at));
    assert!(Tokens::from_text("oops").is_none());
}
