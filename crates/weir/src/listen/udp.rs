//! Syslog over UDP: one datagram, one record. A thread of its own, because nothing else may keep it from the socket.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};
use weir_event::{Fault, Records};

use super::{Feed, Intake};
use crate::server::Stop;

/// Bytes the kernel keeps for us while the thread is busy.
const SOCKET_BYTES: usize = 8 << 20;
/// The longest time a datagram waits for others.
const WAIT: Duration = Duration::from_millis(20);
/// Senders that are collected apart at a time.
const PEERS_MAX: usize = 256;
/// The largest datagram there is.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// A bound socket.
pub struct Udp {
    socket: UdpSocket,
    pub addr: SocketAddr,
}

impl Udp {
    pub fn bind(addr: SocketAddr) -> std::io::Result<Udp> {
        let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, None)?;
        // The kernel caps this at net.core.rmem_max: `weir doctor` says so.
        let _ = socket.set_recv_buffer_size(SOCKET_BYTES);
        socket.bind(&addr.into())?;
        let socket: UdpSocket = socket.into();
        socket.set_read_timeout(Some(WAIT))?;
        let addr = socket.local_addr()?;
        Ok(Udp { socket, addr })
    }

    /// Datagrams the kernel threw away because its buffer was full. Zero where the kernel does not say.
    pub fn kernel_drops(addr: SocketAddr) -> u64 {
        let path = if addr.is_ipv4() { "/proc/net/udp" } else { "/proc/net/udp6" };
        drops_in(&fs::read_to_string(path).unwrap_or_default(), addr.port())
    }
}

/// Sums the last column of the sockets of `port`.
fn drops_in(table: &str, port: u16) -> u64 {
    let wanted = format!(":{port:04X}");
    let own = table
        .lines()
        .skip(1)
        .filter(|line| line.split_ascii_whitespace().nth(1).is_some_and(|local| local.ends_with(&wanted)));
    own.filter_map(|line| line.split_ascii_whitespace().next_back()?.parse::<u64>().ok()).sum()
}

/// Reads datagrams until told to stop.
pub fn listen(udp: Udp, feed: Feed, intake: Arc<Intake>, stop: Stop) -> Result<std::thread::JoinHandle<()>, Fault> {
    let work = move || Receiver { udp, feed, intake, waiting: HashMap::new(), records: 0 }.run(&stop);
    std::thread::Builder::new().name("syslog-udp".to_owned()).spawn(work).map_err(|error| {
        Fault::new("CLI-004", weir_event::FaultKind::Storage, "cannot start the thread of the UDP listener")
            .because(error)
    })
}

struct Receiver {
    udp: Udp,
    feed: Feed,
    intake: Arc<Intake>,
    waiting: HashMap<IpAddr, Records>,
    records: usize,
}

impl Receiver {
    fn run(mut self, stop: &Stop) {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
        let mut oldest = Instant::now();
        while !stop.is_set() {
            match self.udp.socket.recv_from(&mut buffer) {
                Ok((len, peer)) => {
                    if self.records == 0 {
                        oldest = Instant::now();
                    }
                    self.push(&buffer[..len], peer.ip());
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => {
                    crate::say::log("warn", format_args!("udp receive failed error={error}"));
                    std::thread::sleep(WAIT);
                }
            }
            if self.records > 0 && oldest.elapsed() >= WAIT {
                self.flush_all();
            }
        }
        self.flush_all();
    }

    fn push(&mut self, datagram: &[u8], peer: IpAddr) {
        let Some(record) = weir_parse::frame::datagram(datagram) else { return };
        if self.waiting.len() >= PEERS_MAX && !self.waiting.contains_key(&peer) {
            self.flush_all();
        }
        let records = self.waiting.entry(peer).or_default();
        records.push(record);
        self.records += 1;
        if records.is_full() {
            let full = std::mem::take(records);
            self.records -= full.len();
            self.flush(peer, full);
        }
    }

    fn flush_all(&mut self) {
        self.records = 0;
        for (peer, records) in std::mem::take(&mut self.waiting) {
            if !records.is_empty() {
                self.flush(peer, records);
            }
        }
    }

    /// A full queue drops: the sender cannot be held back, and waiting here would only move the loss into the kernel uncounted.
    fn flush(&self, peer: IpAddr, records: Records) {
        let count = records.len() as u64;
        match self.intake.reserve_blocking(records.bytes.len(), WAIT) {
            Ok(permit) => {
                let feed = Feed { peer: Some(peer), ..self.feed.clone() };
                let chunk = self.intake.chunk(&feed, &records);
                self.intake.submit_blocking(&feed, chunk, Some(permit));
            }
            Err(_) => {
                self.feed.stats.dropped_queue.fetch_add(count, Relaxed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn kernel_drops_are_read_by_port() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n\
            1: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 5 2 0000 17\n\
            2: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 6 2 0000 4\n";
        assert_eq!(super::drops_in(table, 5514), 17);
        assert_eq!(super::drops_in("", 5514), 0);
    }
}
