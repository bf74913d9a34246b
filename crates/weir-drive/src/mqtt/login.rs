//! Which broker it is: they are tried in turn, the one that knows us first.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use weir_event::{Fault, FaultKind};

use super::connection::{Broken, Connection};
use super::packet::Packet;
use super::settings::{Settings, Tls};
use super::{fault, tls, words};

/// Until a broker has let us in.
const CONNECT: Duration = Duration::from_secs(10);

/// A broker that has let us in.
pub struct Connected {
    pub connection: Connection,
    /// As the settings name it.
    pub broker: String,
    /// It has a session of this client.
    pub is_session_kept: bool,
}

/// Tries every broker once, `first` before the others. When none lets us in, what is said by one that refuses is worth more than that
/// another is away.
pub async fn connect(settings: &Settings, first: Option<&str>) -> Result<Connected, Fault> {
    let connector = match &settings.tls {
        Tls::Off => None,
        Tls::On(trust) => Some(tls::connector(trust).map_err(|why| fault::bad_setting(settings, why))?),
    };
    let mut brokers: Vec<&String> = settings.brokers.iter().collect();
    brokers.sort_by_key(|broker| first != Some(broker.as_str()));
    let mut worst: Option<Fault> = None;
    for broker in brokers {
        let opened = timeout(CONNECT, open(settings, broker, connector.as_ref())).await;
        match opened.unwrap_or_else(|_| Err(fault::not_connected(settings, format!("{broker} does not answer")))) {
            Ok(connected) => return Ok(connected),
            Err(fault) => worst = worst.filter(|worst| worst.kind() == FaultKind::Auth).or(Some(fault)),
        }
    }
    Err(worst.unwrap_or_else(|| fault::not_connected(settings, "`brokers` is empty")))
}

async fn open(settings: &Settings, broker: &str, connector: Option<&TlsConnector>) -> Result<Connected, Fault> {
    let broken = |broken| fault::broken(settings, broker, &broken, fault::not_connected);
    let stream = TcpStream::connect(broker).await.map_err(|error| broken(Broken::Io(error)))?;
    stream.set_nodelay(true).map_err(|error| broken(Broken::Io(error)))?;
    let host = broker.rsplit_once(':').map_or(broker, |(host, _)| host);
    let stream = match connector {
        None => Box::new(stream),
        Some(connector) => tls::encrypt(connector, host, stream).await.map_err(|error| broken(Broken::Io(error)))?,
    };
    let mut connection = Connection::new(stream, settings.message_bytes_max);
    connection.send(&words::connect(settings)).await.map_err(broken)?;
    let is_session_kept = match connection.packet().await.map_err(broken)? {
        Packet::Connack { code: 0, is_session_kept } => is_session_kept,
        Packet::Connack { code, .. } => return Err(refused(settings, broker, code)),
        _ => return Err(broken(Broken::Violation("something came before the answer to the login"))),
    };
    Ok(Connected { connection, broker: broker.to_owned(), is_session_kept })
}

/// What the number in the answer to the login means.
fn refused(settings: &Settings, broker: &str, code: u8) -> Fault {
    match code {
        1 => fault::not_spoken(settings, format!("{broker} does not speak version 3.1.1")),
        2 => fault::login_refused(settings, format!("{broker} does not take `{}` as client", settings.client_id)),
        3 => fault::not_connected(settings, format!("{broker} is not ready")),
        4 => fault::login_refused(settings, format!("{broker}: wrong user or password")),
        5 => fault::login_refused(settings, format!("{broker}: the client may not connect")),
        _ => fault::not_spoken(settings, format!("{broker} answers the login with the number {code}")),
    }
}
