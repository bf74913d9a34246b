//! Syslog over TCP: framing per connection; a full queue stops the reading, which closes the sender's window.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use weir_event::Records;
use weir_parse::frame::Splitter;

use super::{Feed, Intake};
use crate::server::Stop;

/// The longest time a record waits for others.
const WAIT: Duration = Duration::from_millis(20);
/// Bytes read at once.
const READ_BYTES: usize = 64 << 10;
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
    records: Records,
    deadline: Option<Instant>,
}

impl Connection {
    fn new(peer: SocketAddr, feed: &Feed, intake: Arc<Intake>) -> Self {
        let feed = Feed { peer: Some(peer.ip()), ..feed.clone() };
        Connection { feed, intake, splitter: Splitter::new(), records: Records::default(), deadline: None }
    }

    async fn run(mut self, mut stream: TcpStream, stop: &Stop) {
        let mut buffer = Vec::new();
        loop {
            buffer.resize(READ_BYTES, 0);
            let deadline = self.deadline.unwrap_or_else(|| Instant::now() + IDLE);
            let read = tokio::select! {
                biased;
                () = stop.wait() => break,
                read = timeout_at(deadline, stream.read(&mut buffer)) => read,
            };
            match read {
                Ok(Ok(0)) | Ok(Err(_)) => break,
                Ok(Ok(len)) => self.take(&buffer[..len]).await,
                Err(_) if self.records.is_empty() => break,
                Err(_) => self.flush().await,
            }
            if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                self.flush().await;
            }
            if self.records.is_empty() && self.splitter.is_empty() {
                // An idle connection keeps no buffer.
                buffer = Vec::new();
            }
        }
        self.end().await;
    }
}

impl Connection {
    /// Cuts what was read into frames.
    async fn take(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = self.cut(rest);
            if self.records.is_full() {
                self.flush().await;
            }
        }
        if !self.records.is_empty() {
            self.deadline.get_or_insert_with(|| Instant::now() + WAIT);
        }
    }
}
