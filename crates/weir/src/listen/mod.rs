//! Where bytes come in: syslog over UDP, TCP and TLS here, HTTP in [`crate::http`]. All of it goes through [`Intake`].

mod intake;
mod slots;
mod stream;
mod tcp;
mod tls;
mod udp;

pub use intake::{Feed, Intake};
pub use slots::Slots;
pub use tcp::listen as listen_tcp;
pub use tls::{HANDSHAKE, Tls, TlsFiles};
pub use udp::{Udp, listen as listen_udp};
