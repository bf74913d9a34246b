//! What of the log has to stay although it is sealed, because somebody brings it elsewhere.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use weir_event::Fault;
use weir_store::{Log, Store};

/// Begins the names of the marks that say which position comes next.
pub const PREFIX: &str = "output/";
/// Bytes of log that wait at most for somebody who does not say.
pub const BYTES_MAX: u64 = 4 << 30;

/// Holds the log from a position on.
pub struct Hold {
    tenant: Arc<str>,
    mark: String,
    /// The first position that has to stay.
    next: AtomicU64,
    /// Bytes of log that it may cost; the oldest go when there are more.
    bytes_max: AtomicU64,
}

/// All holds of a log, by tenant and name. They are kept as marks of the store, so that whoever opens a data directory leaves them what
/// they want.
#[derive(Default)]
pub struct Holds(Mutex<BTreeMap<Key, Arc<Hold>>>);

/// Tenant and mark.
type Key = (Arc<str>, String);

impl Hold {
    fn new(tenant: &str, mark: &str, next: u64) -> Arc<Hold> {
        let (next, bytes_max) = (AtomicU64::new(next), AtomicU64::new(BYTES_MAX));
        Arc::new(Hold { tenant: tenant.into(), mark: mark.to_owned(), next, bytes_max })
    }

    pub fn next(&self) -> u64 {
        self.next.load(Relaxed)
    }

    /// Everything before `next` is not wanted any more. Durable when it returns.
    pub fn move_to(&self, next: u64, store: &Store) -> Result<(), Fault> {
        store.set_mark(&self.tenant, &self.mark, i64::try_from(next).unwrap_or(i64::MAX))?;
        self.next.store(next, Relaxed);
        Ok(())
    }

    /// The first position that stays for it when the log is sealed.
    fn first(&self, log: &Log) -> u64 {
        self.next().max(log.first_within(self.bytes_max.load(Relaxed)))
    }
}

impl Holds {
    /// Those of an opened store.
    pub fn open(store: &Store) -> Result<Holds, Fault> {
        let marks = store.marks()?.into_iter().filter(|(_, mark, _)| mark.starts_with(PREFIX));
        let holds = marks.map(|(tenant, mark, next)| {
            let hold = Hold::new(&tenant, &mark, u64::try_from(next).unwrap_or(0));
            ((tenant.into(), mark), hold)
        });
        Ok(Holds(Mutex::new(holds.collect())))
    }

    /// The hold of `name`. One that was never taken begins at `next`.
    pub fn take(
        &self,
        tenant: &Arc<str>,
        name: &str,
        bytes_max: u64,
        next: u64,
        store: &Store,
    ) -> Result<Arc<Hold>, Fault> {
        let mark = format!("{PREFIX}{name}");
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hold = match holds.get(&(tenant.clone(), mark.clone())) {
            Some(hold) => hold.clone(),
            None => {
                let hold = Hold::new(tenant, &mark, next);
                hold.move_to(next, store)?;
                holds.insert((tenant.clone(), mark), hold.clone());
                hold
            }
        };
        hold.bytes_max.store(bytes_max, Relaxed);
        Ok(hold)
    }

    /// Forgets all but `kept`.
    pub fn keep_only(&self, kept: &[Arc<Hold>], store: &Store) -> Result<(), Fault> {
        let mut holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = |hold: &Arc<Hold>| kept.iter().any(|kept| Arc::ptr_eq(kept, hold));
        for hold in holds.values().filter(|hold| !is_kept(hold)) {
            store.remove_mark(&hold.tenant, &hold.mark)?;
        }
        holds.retain(|_, hold| is_kept(hold));
        Ok(())
    }

    /// How far a log may be trimmed that is sealed through a position.
    pub fn through(&self, sealed: u64, log: &Log) -> u64 {
        let holds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = holds.values().map(|hold| hold.first(log)).min();
        first.map_or(sealed, |first| sealed.min(first.saturating_sub(1)))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use weir_event::{Chunk, Timestamp};
    use weir_store::{LogOptions, OsDisk, StoreOptions, SystemClock};
    use weir_testkit::SimDisk;

    use super::*;

    #[test]
    fn a_log_stays_as_far_as_it_is_wanted_and_may_cost() {
        // Each chunk is a file of some hundred bytes.
        let options = LogOptions { file_bytes: 1, reserve_bytes: 0, ..LogOptions::default() };
        let (log, _) = Log::open(Arc::new(SimDisk::new()), Path::new("/log"), options).unwrap();
        for number in 1..=8 {
            let chunk = Chunk {
                tenant: "t".into(),
                source: "s".into(),
                table: "logs".into(),
                received_at: Timestamp(0),
                peer: None,
                config: 0,
                cursor: None,
                pull: None,
                bytes: Arc::from(&b"x"[..]),
                ends: vec![1],
            };
            log.submit(chunk, Box::new(|_| {})).unwrap();
            assert_eq!(log.take(|_| {}).map(|logged| logged.position), Some(number));
        }
        let folder = tempfile::tempdir().unwrap();
        let open = || Store::open(folder.path(), Arc::new(OsDisk), Arc::new(SystemClock), StoreOptions::default());
        let store = open().unwrap();
        let holds = Holds::open(&store).unwrap();
        assert_eq!(holds.through(6, &log), 6, "nobody wants it");
        let take = |name, next, bytes| holds.take(&"t".into(), name, bytes, next, &store).unwrap();
        let (far, near) = (take("far", 5, 1 << 20), take("near", 9, 0));
        assert_eq!(holds.through(6, &log), 4);
        assert_eq!(holds.through(3, &log), 3, "what is not sealed stays anyway");
        let _ = take("far", 7, 1 << 20);
        assert_eq!(far.next(), 5, "it stands where it stood");
        far.move_to(9, &store).unwrap();
        near.move_to(2, &store).unwrap();
        assert_eq!(holds.through(8, &log), 7, "one that may cost nothing keeps the file that is written");
        holds.keep_only(&[far], &store).unwrap();
        assert_eq!(holds.through(8, &log), 8);
        drop(store);
        let holds = Holds::open(&open().unwrap()).unwrap();
        assert_eq!(holds.through(20, &log), 8, "one is remembered, the other forgotten");
    }
}
