//! TLS for servers that have none of their own.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

/// With `cert.pem` and `key.pem` of a folder. Of version 1.2, as old servers speak it.
pub fn config(folder: &Path) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[&rustls::version::TLS12]);
    let certificate = CertificateDer::from_pem_file(folder.join("cert.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder.join("key.pem")).expect("its key");
    let config = config.expect("a version").with_no_client_auth().with_single_cert(vec![certificate], key);
    Arc::new(config.expect("a certificate and its key"))
}

/// Hands on what comes encrypted to the port `server`, as long as the tests run.
pub fn front(listener: TcpListener, config: Arc<ServerConfig>, server: u16) {
    let serve = async move {
        listener.set_nonblocking(true).expect("a socket");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
        let acceptor = TlsAcceptor::from(config);
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // Whoever does not trust the certificate hangs up.
                let Ok(mut secret) = acceptor.accept(socket).await else { return };
                let Ok(mut open) = TcpStream::connect(("127.0.0.1", server)).await else { return };
                let _ = copy_bidirectional(&mut secret, &mut open).await;
            });
        }
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(serve);
    });
}
