use weir_event::{CursorChange, Timestamp};

use super::{CursorRow, LedgerRow, Seal, State, TokenRow};

#[test]
fn state_survives_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let token = TokenRow {
        id: "t1".into(),
        hash: [7; 32],
        name: "first".into(),
        tenant: "acme".into(),
        scopes: "ingest query".into(),
        created: Timestamp(5),
        expires: None,
        last_used: None,
        revoked: None,
    };
    let row = LedgerRow {
        tenant: "acme".into(),
        source: "s".into(),
        minute: 9,
        received: 3,
        stored: 2,
        filtered: 1,
        ..LedgerRow::default()
    };
    let cursor = |position, change| CursorRow {
        tenant: "acme".into(),
        source: "s".into(),
        name: "alerts".into(),
        position,
        change,
    };
    let first = [cursor(1, CursorChange::Adds(b"lost"[..].into())), cursor(2, CursorChange::Reset)];
    let second =
        [cursor(5, CursorChange::Adds(b"page 2"[..].into())), cursor(6, CursorChange::Adds(b"page 3"[..].into()))];
    {
        let state = State::open(folder.path()).unwrap();
        state.put_token(&token).unwrap();
        state.set_mark("acme", "rule/1", 42).unwrap();
        state.put_tenant("acme", Timestamp(1)).unwrap();
        for (through, cursors) in [(4, &first), (8, &second)] {
            let seal = Seal { cursors: cursors.to_vec(), ledger: vec![row.clone()], through, ..Seal::default() };
            state.seal(&seal).unwrap();
        }
    }
    let state = State::open(folder.path()).unwrap();
    assert_eq!(state.tokens().unwrap(), [token]);
    assert!(state.revoke_token("t1", Timestamp(6)).unwrap());
    assert!(!state.revoke_token("t1", Timestamp(7)).unwrap());
    state.token_used("t1", Timestamp(8)).unwrap();
    assert_eq!(state.tokens().unwrap()[0].revoked, Some(Timestamp(6)));
    assert_eq!(state.mark("acme", "rule/1").unwrap(), Some(42));
    assert_eq!(state.mark("acme", "rule/2").unwrap(), None);
    assert_eq!(state.tenants().unwrap(), ["acme"]);
    assert_eq!(state.sealed_through().unwrap(), 8);
    assert_eq!(state.cursors("acme", "s").unwrap(), [&first[1..], &second].concat());
    assert_eq!(state.cursors("other", "s").unwrap(), []);
    let twice = LedgerRow { received: 6, stored: 4, filtered: 2, ..row };
    assert_eq!(state.ledger(9).unwrap(), [twice]);
    assert_eq!(state.ledger(10).unwrap(), []);
    assert_eq!(state.sources("acme").unwrap(), [("s".to_owned(), 9, 9)]);
    assert_eq!(state.integrity().unwrap(), Vec::<String>::new());
}

#[test]
fn cursors_of_the_first_version_are_kept_as_whole_ones() {
    let folder = tempfile::tempdir().unwrap();
    let old = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    old.execute_batch(super::STEPS[0]).unwrap();
    old.execute_batch("INSERT INTO cursors VALUES ('acme', 's', x'2a'); PRAGMA user_version = 1").unwrap();
    drop(old);
    let rows = State::open(folder.path()).unwrap().cursors("acme", "s").unwrap();
    let kept: Vec<_> = rows.iter().map(|row| (&*row.name, row.position, row.change.clone())).collect();
    assert_eq!(kept, [("", 0, CursorChange::Whole([42][..].into()))]);
}

#[test]
fn a_newer_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    State::open(folder.path()).unwrap().lock().pragma_update(None, "user_version", 99).unwrap();
    let refused = State::open(folder.path()).err().map(|fault| fault.id());
    assert_eq!(refused, Some("STORE-003"));
}
