use weir_event::{Timestamp, Value};

use super::{Change, State};

fn change(cursor: i64, id: u128) -> Change {
    Change {
        cursor: Some(Value::Timestamp(Timestamp(cursor))),
        seen: vec![(id, Timestamp(cursor + 100))],
        known: vec![(id, Some((id + 1, "key".to_owned()))), (id.wrapping_sub(1), None)],
        ..Change::default()
    }
}

#[test]
fn texts_of_changes_give_the_state_back() {
    let changes = [
        change(1, 10),
        change(2, 11),
        Change {
            partition: "p".to_owned(),
            cursor: Some(Value::Array(vec![Value::Timestamp(Timestamp(7)), Value::Long(1)])),
            based: true,
            job: Some(Value::Record([("vars", Value::Null)].into_iter().collect())),
            trigger: Some(Value::text("t")),
            sent: [("all".to_owned(), [(Timestamp(5), 2)].into_iter().collect())].into_iter().collect(),
            settings: Some(Value::text("s")),
            ..Change::default()
        },
    ];
    let mut state = State::default();
    changes.iter().for_each(|change| state.apply(change));
    let texts: Vec<String> = changes.iter().map(Change::to_text).collect();
    let read = State::from_texts("test", texts.iter().map(String::as_str)).unwrap();
    assert_eq!(State { written: 0, ..state.clone() }, read);
    assert_eq!(State::from_texts("test", [state.to_text().as_str()]).unwrap(), read);
    assert_eq!(state.known_count(), 1);
}

#[test]
fn a_whole_state_forgets_what_was_before() {
    let texts = [change(1, 10).to_text(), State::default().to_text()];
    assert_eq!(State::from_texts("test", texts.iter().map(String::as_str)).unwrap(), State::default());
}

#[test]
fn foreign_texts_are_refused() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"v":2}"#,
        r#"{"v":1,"seen":{"x":1}}"#,
        r#"{"v":1,"seen":{"0a":"b"}}"#,
        r#"{"v":1,"cursors":[]}"#,
    ] {
        assert_eq!(State::from_texts("test", [text]).unwrap_err().id(), "COLLECT-501", "{text}");
    }
}

#[test]
fn identities_are_forgotten_when_their_time_is_over() {
    let mut state = State::default();
    state.apply(&change(1, 10));
    state.apply(&change(50, 11));
    assert_eq!(state.forget(Timestamp(120)), 0);
    assert_eq!(state.seen.keys().copied().collect::<Vec<_>>(), [11]);
}
