//! Where bytes come in: syslog over UDP and TCP here, HTTP in [`crate::http`]. All of it goes through [`Intake`].

mod intake;
mod tcp;
mod udp;

pub use intake::{Feed, Intake};
pub use tcp::listen as listen_tcp;
pub use udp::{Udp, listen as listen_udp};
