//! Real sockets and a clock that jumps: requests go to the double whatever host they name.

use std::sync::{Mutex, PoisonError};

use weir_collect::{Broken, Commit, Reply, Request, Told, Wire, World};
use weir_drive::Http;
use weir_event::{Fault, Timestamp};

use super::Records;
use super::book::Book;

pub struct Sockets<'h> {
    book: Book,
    http: &'h Http,
    now: Mutex<Timestamp>,
    records: Mutex<Records>,
}

/// Nanoseconds for an answer that comes, however busy the machine is: one that is given up has been taken from the book.
const TIMEOUT: i64 = 30_000_000_000;
/// For one that does not come.
const TIMEOUT_HANGING: i64 = 100_000_000;

impl<'h> Sockets<'h> {
    pub fn new(http: &'h Http, now: Timestamp, book: Book) -> Sockets<'h> {
        Sockets { book, http, now: Mutex::new(now), records: Mutex::default() }
    }

    pub fn into_records(self) -> Records {
        self.records.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl World for Sockets<'_> {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = at.max(*now);
    }

    async fn send(&self, mut request: Request, wire: &Wire) -> Result<Reply, Broken> {
        request.url = format!("{}{}", self.book.double.url(), request.target());
        let timeout = if self.book.hangs() { TIMEOUT_HANGING } else { TIMEOUT };
        let wire = Wire { timeout, ca_file: None, insecure: false, ..wire.clone() };
        self.http.send(request, &wire).await
    }

    async fn commit(&self, commit: Commit) -> Result<(), Fault> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        for record in commit.records {
            *records.entry(record).or_default() += 1;
        }
        Ok(())
    }

    fn tell(&self, _: Told) {}
}
