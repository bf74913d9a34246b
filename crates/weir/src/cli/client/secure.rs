//! Encrypted connections to a weir that runs elsewhere.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use weir_drive::pem::authorities;

/// What requests are written to and answers read from.
pub trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

/// Agrees on keys with a server whose certificate names `host` and is signed by an authority of the file, or of the system. Why not is said.
pub fn encrypt(mut stream: TcpStream, host: &str, ca_file: Option<&Path>) -> Result<Box<dyn Stream>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    let config = builder.with_root_certificates(authorities(ca_file)?).with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let mut client = ClientConnection::new(config.into(), name).map_err(|error| error.to_string())?;
    while client.is_handshaking() {
        client.complete_io(&mut stream).map_err(|error| error.to_string())?;
    }
    Ok(Box::new(StreamOwned::new(client, stream)))
}
