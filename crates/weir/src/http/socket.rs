//! The listening socket of the API, encrypted or not: so many connections at a time, and none that says nothing for ever.

mod patience;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_rustls::Accept;

use crate::listen::{Slots, Tls};
use patience::{Patience, Times};

/// Pause after a failure to accept, which is want of file handles as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listener with a limited number of connections; further ones wait in the kernel.
pub struct Limited {
    listener: TcpListener,
    tls: Option<Tls>,
    slots: Slots,
    times: Times,
}

impl Limited {
    pub fn new(listener: TcpListener, tls: Option<Tls>, connections_max: usize) -> Self {
        Limited { listener, tls, slots: Slots::new("http", connections_max), times: Times::default() }
    }

    /// Keys are agreed on when the connection is read first, so nobody waits for a slow one.
    fn open(&self, stream: TcpStream, slot: Option<OwnedSemaphorePermit>) -> Connection {
        let now = Instant::now();
        let (stream, patience) = match &self.tls {
            None => (Stream::Open(Box::new(stream)), Patience::open(self.times, now)),
            Some(tls) => (Stream::Opening(Box::new(tls.acceptor().accept(stream))), Patience::opening(self.times, now)),
        };
        let timer = Box::pin(sleep_until(patience.until()));
        Connection { stream, patience, timer, requests: Requests::default(), _slot: slot }
    }
}

impl Listener for Limited {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            let slot = self.slots.take().await;
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Without it answers are slower, nothing else.
                    let _ = stream.set_nodelay(true);
                    return (self.open(stream, slot), peer);
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Requests of one connection that are being answered.
#[derive(Clone, Debug, Default)]
struct Requests(Arc<AtomicUsize>);

impl Requests {
    fn are_any(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

/// Who sent a request.
#[derive(Clone, Debug)]
pub struct Peer {
    pub addr: SocketAddr,
    requests: Requests,
}

/// Held while a request is being answered: what its sender says meanwhile begins no other.
pub struct Answering(Requests);

impl Peer {
    pub fn answering(&self) -> Answering {
        self.requests.0.fetch_add(1, Ordering::Relaxed);
        Answering(self.requests.clone())
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Limited>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Limited>) -> Self {
        Peer { addr: *stream.remote_addr(), requests: stream.io().requests.clone() }
    }
}

/// A connection that ends by itself when nothing moves, or when a request takes too long to be said.
pub struct Connection {
    stream: Stream,
    patience: Patience,
    timer: Pin<Box<Sleep>>,
    requests: Requests,
    _slot: Option<OwnedSemaphorePermit>,
}

enum Stream {
    Open(Box<dyn Both>),
    Opening(Box<Accept<TcpStream>>),
    /// Keys could not be agreed on.
    Failed,
}

/// What bytes come from and go to.
trait Both: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Both for S {}

impl Connection {
    /// Fails when the other side has had its time.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let until = self.patience.until();
        if self.timer.deadline() != until {
            self.timer.as_mut().reset(until);
        }
        self.timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }

    /// The stream, once keys are agreed on.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Pin<&mut dyn Both>>> {
        if let Stream::Opening(accept) = &mut self.stream {
            match Pin::new(accept.as_mut()).poll(cx) {
                Poll::Ready(Ok(stream)) => {
                    self.stream = Stream::Open(Box::new(stream));
                    self.patience = Patience::open(self.patience.times, Instant::now());
                }
                Poll::Ready(Err(error)) => {
                    self.stream = Stream::Failed;
                    return Poll::Ready(Err(error));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
        match &mut self.stream {
            Stream::Open(stream) => Poll::Ready(Ok(Pin::new(stream.as_mut()))),
            _ => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = match self.poll_open(cx) {
            Poll::Ready(Ok(stream)) => stream.poll_read(cx, buffer),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        };
        if self.requests.are_any() {
            self.patience.answering();
        } else if buffer.filled().len() > before {
            self.patience.asked(Instant::now());
        }
        if read.is_ready() {
            self.patience.moved(Instant::now());
            return read;
        }
        self.poll_patience(cx)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let stream = ready!(self.poll_open(cx))?;
        let written = stream.poll_write(cx, bytes);
        self.patience.answered(Instant::now());
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_open(cx))?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Open(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
            Stream::Opening(_) | Stream::Failed => Poll::Ready(Ok(())),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let stream = ready!(self.poll_open(cx))?;
        let written = stream.poll_write_vectored(cx, parts);
        self.patience.answered(Instant::now());
        written
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
