//! Errors of MQTT. Ids are for ever.

use std::fmt::Display;
use std::io;

use weir_event::{Fault, FaultKind};

use super::connection::Broken;
use super::settings::Settings;

fn new(settings: &Settings, id: &'static str, kind: FaultKind, says: &str) -> Fault {
    Fault::new(id, kind, says).at(settings.place())
}

pub fn bad_setting(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-001", FaultKind::Config, "the settings make no client")
        .because(why)
        .hint("`ca_file`, `cert_file` and `key_file` are PEM, and the key is neither locked nor another certificate's")
}

pub fn login_refused(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-002", FaultKind::Auth, "the broker refuses the login")
        .because(why)
        .hint("check `user`, `password` and `client_id`, and what the broker allows the certificate in `cert_file`")
}

fn not_trusted(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-003", FaultKind::Auth, "no trusted encrypted connection can be made").because(why).hint(
        "`ca_file` names the authority of the broker; `check_name: false` is for certificates that do not name the host; \
         `cert_file` must be signed by an authority that the broker knows",
    )
}

pub fn not_connected(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-004", FaultKind::Peer, "no broker can be reached")
        .because(why)
        .hint("check `brokers`, and `tls`: a port without encryption wants `tls: off`; it is tried again")
}

pub fn not_allowed(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-005", FaultKind::Auth, "the broker refuses a topic")
        .because(why)
        .hint("let the broker's rules allow this client to subscribe to it, or leave it out of `topics`")
}

pub fn ended(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-006", FaultKind::Peer, "the connection to the broker ended")
        .because(why)
        .hint("it is made anew; when it ends again and again, look whether somebody else uses the same `client_id`")
}

pub fn bad_state(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-007", FaultKind::Storage, "the stored position cannot be read")
        .because(why)
        .hint("`weir pull reset` forgets it; the broker's session goes on")
}

pub fn not_spoken(settings: &Settings, why: impl Display) -> Fault {
    new(settings, "MQTT-008", FaultKind::Peer, "the other side does not speak MQTT 3.1.1 as it should")
        .because(why)
        .hint("check that the port is the broker's for MQTT, not for WebSockets or HTTP")
}

/// What became of a connection: while it was made, or later.
pub fn broken(settings: &Settings, broker: &str, broken: &Broken, otherwise: fn(&Settings, String) -> Fault) -> Fault {
    match broken {
        Broken::Violation(why) => not_spoken(settings, format!("{broker}: {why}")),
        Broken::Closed => otherwise(settings, format!("{broker} closed the connection")),
        Broken::Io(error) if is_tls(error) => not_trusted(settings, format!("{broker}: {error}")),
        Broken::Io(error) => otherwise(settings, format!("{broker}: {error}")),
    }
}

/// The layer of encryption says what is wrong, also where the other side noticed.
fn is_tls(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>())
}
