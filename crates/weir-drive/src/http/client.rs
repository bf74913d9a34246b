//! One client for one set of certificates.

use std::sync::{Arc, Once};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

use super::Trust;
use super::guard::Guarded;

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(10);
/// A connection that nobody uses is closed.
const IDLE: Duration = Duration::from_secs(60);
const IDLE_PER_HOST_MAX: usize = 16;

/// Why there is no client otherwise: the file of certificates is missing or holds none.
pub fn build(trust: &Trust) -> Result<Client, String> {
    use_ring();
    let mut builder = Client::builder()
        .http1_only()
        .redirect(Policy::none())
        // Tries are the engine's: it counts them, and signs anew.
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .dns_resolver(Arc::new(Guarded))
        .user_agent(concat!("weir/", env!("CARGO_PKG_VERSION")));
    if let Some(file) = &trust.ca_file {
        let pem = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| format!("{file}: {error}"))?;
        if certificates.is_empty() {
            return Err(format!("{file}: holds no certificate"));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    if trust.direct {
        builder = builder.no_proxy();
    }
    if trust.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    builder.build().map_err(|error| super::broken::causes(&error))
}

/// rustls asks for one set of algorithms for the process.
fn use_ring() {
    static ONCE: Once = Once::new();
    // Another part of the process may have chosen already, which is as good.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}
