use std::path::Path;
use std::sync::Arc;

use weir_event::{Cursor, CursorChange};
use weir_testkit::Random;

use crate::store::Done;
use crate::{OsDisk, Store, StoreOptions, SystemClock};

const NAMES: [&str; 2] = ["alerts", "audit"];

fn open(folder: &Path) -> Store {
    let options = StoreOptions { compact: false, ..StoreOptions::default() };
    Store::open(folder, Arc::new(OsDisk), Arc::new(SystemClock), options).unwrap()
}

/// What the chunk at each position says, from position 1 on.
fn changes(random: &mut Random, count: u64) -> Vec<Option<Cursor>> {
    let change = |position: u64, random: &mut Random| {
        let part = Arc::from(position.to_be_bytes());
        let change = match random.below(8) {
            0 => CursorChange::Whole(part),
            1 => CursorChange::Reset,
            2 => return None,
            _ => CursorChange::Adds(part),
        };
        Some(Cursor { name: NAMES[random.below(2)].into(), change })
    };
    (1..=count).map(|position| change(position, random)).collect()
}

/// What the first changes give, told as simply as possible.
fn model(changes: &[Option<Cursor>], name: &str) -> Vec<u64> {
    let mut parts = Vec::new();
    for (position, cursor) in (1..).zip(changes) {
        match cursor.as_ref().filter(|cursor| &*cursor.name == name).map(|cursor| &cursor.change) {
            Some(CursorChange::Whole(_)) => parts = vec![position],
            Some(CursorChange::Adds(_)) => parts.push(position),
            Some(CursorChange::Reset) => parts.clear(),
            None => {}
        }
    }
    parts
}

#[track_caller]
fn check(store: &Store, changes: &[Option<Cursor>], what: &str) {
    let visible = store.visible_through() as usize;
    let cursors = store.cursors("acme", "puller").unwrap();
    for name in NAMES {
        let parts = cursors.get(name).into_iter().flatten();
        let found: Vec<u64> = parts.map(|part| u64::from_be_bytes((**part).try_into().unwrap())).collect();
        assert_eq!(found, model(&changes[..visible], name), "{what}, {name} through {visible}");
    }
}

/// Chunks end in any order, generations are sealed, and the process dies, at random: what is seen is always what the chunks up to
/// the visible position say.
#[test]
fn a_cursor_is_what_the_visible_chunks_say() {
    for seed in 0..30 {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random::new(seed);
        let changes = changes(&mut random, 60);
        let mut store = open(folder.path());
        let (mut begun, mut pending) = (0, Vec::new());
        while begun < 60 || !pending.is_empty() {
            match random.below(10) {
                0 if pending.is_empty() => store.seal().unwrap(),
                1 => {
                    drop(store);
                    store = open(folder.path());
                    (begun, pending) = (store.sealed_through(), Vec::new());
                }
                2..=5 if begun < 60 => {
                    begun += 1;
                    store.begin(begun);
                    pending.push(begun);
                }
                _ if !pending.is_empty() => {
                    let position = pending.swap_remove(random.below(pending.len()));
                    let cursor = changes[position as usize - 1].clone();
                    let cursor = cursor.map(|cursor| ("acme".into(), "puller".into(), cursor));
                    store.done(position, Done { cursor, ledger: Vec::new() });
                }
                _ => {}
            }
            check(&store, &changes, &format!("seed {seed}"));
        }
        store.seal().unwrap();
        check(&store, &changes, &format!("seed {seed}, sealed"));
        assert_eq!(store.cursors("acme", "other").unwrap().len(), 0);
    }
}
