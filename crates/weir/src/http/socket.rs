//! The listening socket of the API, encrypted or not: so many connections at a time, and none that says nothing for ever.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::Accept;

use crate::listen::{HANDSHAKE, Tls};

/// A connection on which nothing moves for this long is closed. Longer than any query may take.
const QUIET: Duration = Duration::from_secs(180);
/// Pause after a failure to accept, which is want of file handles as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listener with a limited number of connections; further ones wait in the kernel.
pub struct Limited {
    listener: TcpListener,
    tls: Option<Tls>,
    slots: Arc<Semaphore>,
}

impl Limited {
    pub fn new(listener: TcpListener, tls: Option<Tls>, connections_max: usize) -> Self {
        Limited { listener, tls, slots: Arc::new(Semaphore::new(connections_max.clamp(1, Semaphore::MAX_PERMITS))) }
    }

    /// Keys are agreed on when the connection is read first, so nobody waits for a slow one.
    fn open(&self, stream: TcpStream) -> (Stream, Duration) {
        match &self.tls {
            None => (Stream::Open(Box::new(stream)), QUIET),
            Some(tls) => (Stream::Opening(Box::new(tls.acceptor().accept(stream))), HANDSHAKE),
        }
    }
}

impl Listener for Limited {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            // The semaphore is never closed.
            let slot = self.slots.clone().acquire_owned().await.ok();
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Without it answers are slower, nothing else.
                    let _ = stream.set_nodelay(true);
                    let (stream, quiet) = self.open(stream);
                    return (Connection { stream, quiet: Box::pin(sleep(quiet)), _slot: slot }, peer);
                }
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Who sent a request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Limited>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Limited>) -> Self {
        Peer(*stream.remote_addr())
    }
}

/// A connection that ends by itself when nothing moves.
pub struct Connection {
    stream: Stream,
    quiet: Pin<Box<Sleep>>,
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
    fn moved(&mut self) {
        self.quiet.as_mut().reset(Instant::now() + QUIET);
    }

    /// The stream, once keys are agreed on.
    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Pin<&mut dyn Both>>> {
        if let Stream::Opening(accept) = &mut self.stream {
            match Pin::new(accept.as_mut()).poll(cx) {
                Poll::Ready(Ok(stream)) => {
                    self.stream = Stream::Open(Box::new(stream));
                    self.moved();
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
        let read = match self.poll_open(cx) {
            Poll::Ready(Ok(stream)) => stream.poll_read(cx, buffer),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        };
        if read.is_ready() {
            self.moved();
            return read;
        }
        self.quiet.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let stream = ready!(self.poll_open(cx))?;
        let written = stream.poll_write(cx, bytes);
        self.moved();
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
        self.moved();
        written
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
