//! Syslog over TCP, encrypted or not: framing per connection; a full queue or disk stops the reading, which closes the sender's window.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout_at};
use weir_event::{Chunk, Records, limits};
use weir_parse::frame::{Frame, Splitter};

use super::intake::{Answer, Permit};
use super::stream::Stream;
use super::{Feed, Intake, Slots, Tls};
use crate::server::Stop;

/// The longest time a record waits for others.
const WAIT: Duration = Duration::from_millis(20);
/// An unfinished frame waits this long for its end.
const UNFINISHED: Duration = Duration::from_secs(5);
/// A connection that says nothing for this long is closed.
const IDLE: Duration = Duration::from_secs(3_600);

/// Before a chunk that the log has refused is tried again.
const REFUSED: Duration = Duration::from_millis(500);
/// What has been read gets this long at a stop.
const GRACE: Duration = Duration::from_secs(2);

/// Accepts connections until told to stop; at most `connections` at a time, further ones wait in the kernel.
pub async fn listen(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    feed: Feed,
    intake: Arc<Intake>,
    connections: usize,
    stop: Stop,
) {
    let mut slots = Slots::new(&*feed.source, connections);
    let mut tasks = tokio::task::JoinSet::new();
    loop {
        let Some(slot) = slots.take().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.wait() => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file handles: wait for some to come back.
            tokio::time::sleep(WAIT).await;
            continue;
        };
        let connection = Connection::new(peer, &feed, intake.clone(), stop.clone());
        let tls = tls.clone();
        tasks.spawn(async move {
            connection.serve(stream, tls.as_ref()).await;
            drop(slot);
        });
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
}

struct Connection {
    feed: Feed,
    intake: Arc<Intake>,
    stop: Stop,
    splitter: Splitter,
    gathered: Gathered,
    /// When the open chunk has waited long enough.
    deadline: Option<Instant>,
    /// The chunk that the log has not answered yet.
    sent: Option<(Chunk, Answer)>,
}

impl Connection {
    fn new(peer: SocketAddr, feed: &Feed, intake: Arc<Intake>, stop: Stop) -> Self {
        let feed = Feed { peer: Some(peer.ip()), ..feed.clone() };
        let splitter = Splitter::new(limits::FRAME_BYTES_MAX);
        Connection { feed, intake, stop, splitter, gathered: Gathered::default(), deadline: None, sent: None }
    }

    async fn serve(self, stream: TcpStream, tls: Option<&Arc<Tls>>) {
        let opened = tokio::select! {
            opened = Stream::open(stream, tls) => opened,
            () = self.stop.wait() => return,
        };
        match (opened, tls) {
            (Ok(stream), _) => self.run(stream).await,
            (Err(error), Some(tls)) => {
                tls.complain(format_args!("source={} peer={} why={error}", self.feed.source, self.peer()));
            }
            (Err(_), None) => {}
        }
    }

    fn peer(&self) -> String {
        self.feed.peer.map(|peer| peer.to_string()).unwrap_or_default()
    }

    async fn run(mut self, mut stream: Stream) {
        let mut buffer = Vec::new();
        loop {
            let wait = if self.splitter.waiting() > 0 { UNFINISHED } else { IDLE };
            let deadline = self.deadline.unwrap_or_else(|| Instant::now() + wait);
            let read = tokio::select! {
                biased;
                () = self.stop.wait() => break,
                read = timeout_at(deadline, stream.read(&mut buffer)) => read,
            };
            let goes_on = match read {
                Ok(Ok(0) | Err(_)) => false,
                Ok(Ok(length)) => self.cut(&buffer[..length]),
                Err(_) => self.timed_out(),
            };
            if !goes_on {
                break;
            }
            self.submit_full().await;
            if self.deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                self.flush().await;
            }
            if self.gathered.open.is_empty() {
                // A connection that waits keeps no buffer.
                buffer = Vec::new();
                self.gathered = Gathered::default();
            }
        }
        let (gathered, feed) = (&mut self.gathered, &self.feed);
        self.splitter.finish(&mut |frame| gathered.keep(feed, &frame));
        self.submit_full().await;
        self.flush().await;
        self.settle().await;
    }

    /// Cuts what has arrived into frames. False when the connection is over.
    fn cut(&mut self, bytes: &[u8]) -> bool {
        let (gathered, feed) = (&mut self.gathered, &self.feed);
        let cut = self.splitter.push(bytes, &mut |frame| gathered.keep(feed, &frame));
        if !self.gathered.open.is_empty() {
            self.deadline.get_or_insert_with(|| Instant::now() + WAIT);
        }
        if let Err(large) = cut {
            // What was there of it is kept: nothing disappears.
            self.gathered.open.push(&large.sample);
            self.feed.stats.refused.fetch_add(1, Relaxed);
            let (source, peer) = (&self.feed.source, self.peer());
            crate::say::log("warn", format_args!("frame too large, connection closed source={source} peer={peer}"));
            return false;
        }
        true
    }

    /// Nothing came in time. False when nothing is to be expected any more.
    fn timed_out(&mut self) -> bool {
        if !self.gathered.open.is_empty() {
            return true;
        }
        if self.splitter.waiting() == 0 {
            return false;
        }
        let (gathered, feed) = (&mut self.gathered, &self.feed);
        self.splitter.cut(&mut |frame| gathered.keep(feed, &frame));
        self.deadline = Some(Instant::now());
        true
    }

    async fn submit_full(&mut self) {
        for records in std::mem::take(&mut self.gathered.full) {
            self.submit(records).await;
        }
    }

    async fn flush(&mut self) {
        self.deadline = None;
        let records = std::mem::take(&mut self.gathered.open);
        if !records.is_empty() {
            self.submit(records).await;
        }
    }

    /// Hands records to the log. Waits for room in the queue, and for the chunk before to be durable: nothing is read meanwhile.
    async fn submit(&mut self, mut records: Records) {
        self.settle().await;
        let chunk = self.intake.chunk(&self.feed, &records);
        records.bytes.clear();
        records.ends.clear();
        self.gathered.spare = records;
        self.send(chunk).await;
    }

    async fn send(&mut self, chunk: Chunk) {
        match self.room(chunk.bytes.len()).await {
            Some(permit) => {
                let answer = self.intake.submit(&self.feed, chunk.clone(), Some(permit)).await;
                self.sent = Some((chunk, answer));
            }
            None => self.give_up(&chunk),
        }
    }

    /// Waits until the log has what was sent. TCP has no acknowledgement that the sender could wait for, so a chunk that is refused,
    /// because the disk has just become full, is tried again until it is taken.
    async fn settle(&mut self) {
        while let Some((chunk, answer)) = self.sent.take() {
            // Without an answer the log is gone, and with it everyone who could tell.
            let Ok(Err(_)) = answer.await else { return };
            tokio::select! {
                () = self.stop.wait() => return self.give_up(&chunk),
                () = tokio::time::sleep(REFUSED) => self.send(chunk).await,
            }
        }
    }

    /// Room in the queue; `None` when there is none and weir stops.
    async fn room(&self, bytes: usize) -> Option<Permit> {
        let stopped = async {
            self.stop.wait().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            permit = self.intake.reserve(bytes) => permit,
            () = stopped => None,
        }
    }

    fn give_up(&self, chunk: &Chunk) {
        self.feed.stats.dropped_queue.fetch_add(chunk.len() as u64, Relaxed);
    }
}

/// Records on their way into chunks.
#[derive(Default)]
struct Gathered {
    /// Chunks that are full.
    full: Vec<Records>,
    open: Records,
    /// Empty, but with the memory of a chunk that has been sent: a busy sender fills the same one again and again.
    spare: Records,
}

impl Gathered {
    fn keep(&mut self, feed: &Feed, frame: &Frame<'_>) {
        if frame.bytes.is_empty() {
            return;
        }
        if frame.notes.iter().next().is_some() {
            feed.stats.refused.fetch_add(1, Relaxed);
        }
        self.open.push(frame.bytes);
        if self.open.is_full() {
            self.full.push(std::mem::replace(&mut self.open, std::mem::take(&mut self.spare)));
        }
    }
}
