//! Syslog over TCP: framing per connection; a full queue stops the reading, which closes the sender's window.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use weir_event::{Records, limits};
use weir_parse::frame::{Frame, Splitter};

use super::{Feed, Intake};
use crate::server::Stop;

/// The longest time a record waits for others.
const WAIT: Duration = Duration::from_millis(20);
/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;
/// An unfinished frame waits this long for its end.
const UNFINISHED: Duration = Duration::from_secs(5);
/// A connection that says nothing for this long is closed.
const IDLE: Duration = Duration::from_secs(3_600);

/// Accepts connections until told to stop; at most `connections` at a time, further ones wait in the kernel.
pub async fn listen(listener: TcpListener, feed: Feed, intake: Arc<Intake>, connections: usize, stop: Stop) {
    let slots = Arc::new(Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS)));
    let mut tasks = tokio::task::JoinSet::new();
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.wait() => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file handles: wait for some to come back.
            tokio::time::sleep(WAIT).await;
            continue;
        };
        let connection = Connection::new(peer, &feed, intake.clone());
        let stop = stop.clone();
        tasks.spawn(async move {
            connection.run(stream, &stop).await;
            drop(slot);
        });
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
}

struct Connection {
    feed: Feed,
    intake: Arc<Intake>,
    splitter: Splitter,
    /// Chunks that are full.
    full: Vec<Records>,
    open: Records,
    /// When `open` has waited long enough.
    deadline: Option<Instant>,
}

impl Connection {
    fn new(peer: SocketAddr, feed: &Feed, intake: Arc<Intake>) -> Self {
        let feed = Feed { peer: Some(peer.ip()), ..feed.clone() };
        let splitter = Splitter::new(limits::FRAME_BYTES_MAX);
        Connection { feed, intake, splitter, full: Vec::new(), open: Records::default(), deadline: None }
    }

    async fn run(mut self, stream: TcpStream, stop: &Stop) {
        let mut buffer = Vec::new();
        loop {
            let wait = if self.splitter.waiting() > 0 { UNFINISHED } else { IDLE };
            let deadline = self.deadline.unwrap_or_else(|| Instant::now() + wait);
            let ready = tokio::select! {
                biased;
                () = stop.wait() => break,
                ready = timeout_at(deadline, stream.readable()) => ready,
            };
            let goes_on = match ready {
                Ok(Ok(())) => self.read(&stream, &mut buffer),
                Ok(Err(_)) => false,
                Err(_) => self.timed_out(),
            };
            if !goes_on {
                break;
            }
            self.submit_full().await;
            if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                self.flush().await;
            }
            if self.open.is_empty() {
                // A connection that waits keeps no buffer.
                buffer = Vec::new();
            }
        }
        let (full, open, feed) = (&mut self.full, &mut self.open, &self.feed);
        self.splitter.finish(&mut |frame| keep(full, open, feed, &frame));
        self.submit_full().await;
        self.flush().await;
    }

    /// Cuts what has arrived into frames. False when the connection is over.
    fn read(&mut self, stream: &TcpStream, buffer: &mut Vec<u8>) -> bool {
        buffer.resize(READ_BYTES, 0);
        let len = match stream.try_read(buffer) {
            Ok(0) => return false,
            Ok(len) => len,
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        };
        let (full, open, feed) = (&mut self.full, &mut self.open, &self.feed);
        let cut = self.splitter.push(&buffer[..len], &mut |frame| keep(full, open, feed, &frame));
        if !self.open.is_empty() {
            self.deadline.get_or_insert_with(|| Instant::now() + WAIT);
        }
        if let Err(large) = cut {
            // What was there of it is kept: nothing disappears.
            self.open.push(&large.sample);
            self.feed.stats.refused.fetch_add(1, Relaxed);
            let peer = self.feed.peer.map(|peer| peer.to_string()).unwrap_or_default();
            crate::say::log(
                "warn",
                format_args!("frame too large, connection closed source={} peer={peer}", self.feed.source),
            );
            return false;
        }
        true
    }

    /// Nothing came in time. False when nothing is to be expected any more.
    fn timed_out(&mut self) -> bool {
        if !self.open.is_empty() {
            return true;
        }
        if self.splitter.waiting() == 0 {
            return false;
        }
        let (full, open, feed) = (&mut self.full, &mut self.open, &self.feed);
        self.splitter.cut(&mut |frame| keep(full, open, feed, &frame));
        self.deadline = Some(Instant::now());
        true
    }

    async fn submit_full(&mut self) {
        for records in std::mem::take(&mut self.full) {
            self.submit(records).await;
        }
    }

    async fn flush(&mut self) {
        self.deadline = None;
        let records = std::mem::take(&mut self.open);
        if !records.is_empty() {
            self.submit(records).await;
        }
    }

    /// Waits for room in the queue: nothing is read meanwhile.
    async fn submit(&self, records: Records) {
        let Some(permit) = self.intake.reserve(records.bytes.len()).await else { return };
        let chunk = self.intake.chunk(&self.feed, records);
        // TCP has no acknowledgement that anyone could wait for.
        drop(self.intake.submit(&self.feed, chunk, Some(permit)).await);
    }
}

fn keep(full: &mut Vec<Records>, open: &mut Records, feed: &Feed, frame: &Frame<'_>) {
    if frame.bytes.is_empty() {
        return;
    }
    if frame.notes.iter().next().is_some() {
        feed.stats.refused.fetch_add(1, Relaxed);
    }
    open.push(frame.bytes);
    if open.is_full() {
        full.push(std::mem::take(open));
    }
}
