//! Answers that break, over real sockets: what the driver makes of them.

use std::io::Write;
use std::time::Duration;

use weir_collect::{Broken, Request, Wire};
use weir_drive::Http;
use weir_testkit::{Answer, Ends, HttpDouble};

/// Nanoseconds that an answer may take, and those after which one that hangs is given up.
const PATIENT: i64 = 10_000_000_000;
const HASTY: i64 = 50_000_000;

/// Asks once, for at most 1,000 bytes.
fn ask(url: &str, timeout: i64) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let wire = Wire { timeout, answer_bytes_max: 1_000, ..Wire::default() };
    let request = Request { method: "GET".to_owned(), url: url.to_owned(), ..Request::default() };
    match runtime.block_on(Http::default().send(request, &wire)) {
        Ok(reply) => format!("{} {}", reply.status, reply.text()),
        Err(Broken::TooLarge(bytes)) => format!("larger than {bytes}"),
        Err(broken) => format!("{broken:?}").split('(').next().unwrap_or_default().to_owned(),
    }
}

#[track_caller]
fn check(answer: Answer, expect: &str) {
    check_within(PATIENT, answer, expect);
}

#[track_caller]
fn check_within(timeout: i64, answer: Answer, expect: &str) {
    let double = HttpDouble::start(move |_| answer.clone()).unwrap();
    assert_eq!(ask(&format!("{}/", double.url()), timeout), expect);
}

#[test]
fn answers_come_whole_or_not_at_all() {
    let body = Answer::json("[1,2,3]");
    check(body.clone(), "200 [1,2,3]");
    check(body.clone().ends(Ends::Closed), "Unreachable");
    check(body.clone().ends(Ends::Cut), "CutShort");
    check(Answer { after: Duration::from_millis(20), ..body }, "200 [1,2,3]");
}

#[test]
fn time_outs_end_what_hangs() {
    check_within(HASTY, Answer::json("[1,2,3]").ends(Ends::Silent), "Slow");
    check_within(HASTY, Answer::json("[1,2,3]").ends(Ends::Stalled), "Slow");
}

#[test]
fn limits_hold_while_an_answer_is_unpacked() {
    check(Answer::json("x".repeat(1_001)), "larger than 1000");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&[b' '; 1 << 20]).unwrap();
    check(Answer::new(200, &[("content-encoding", "gzip")], packer.finish().unwrap()), "larger than 1000");
}

#[test]
fn redirects_are_answers() {
    check(Answer::new(302, &[("location", "http://127.0.0.1:1/")], "moved"), "302 moved");
}

#[test]
fn some_addresses_are_never_called() {
    assert_eq!(ask("http://169.254.169.254/latest/meta-data/", PATIENT), "Forbidden");
    assert_eq!(ask("http://[::ffff:169.254.169.254]/", PATIENT), "Forbidden");
    assert_eq!(ask("nonsense", PATIENT), "Forbidden");
    assert_eq!(ask("http://127.0.0.1:1/", PATIENT), "Unreachable");
}
