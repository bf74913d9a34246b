//! Certificates and keys from files.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::pem::{Error, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// All certificates of a file, at least one. Why they cannot be had is said with the file's name.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let say = |error: Error| format!("{}: {error}", file.display());
    let found: Vec<_> = CertificateDer::pem_file_iter(file).map_err(say)?.collect::<Result<_, _>>().map_err(say)?;
    if found.is_empty() { Err(format!("{}: holds no certificate", file.display())) } else { Ok(found) }
}

/// The certificates of a file as authorities; without one, those of the system.
pub fn authorities(file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    match file {
        Some(file) => {
            for certificate in certificates(file)? {
                store.add(certificate).map_err(|error| format!("{}: {error}", file.display()))?;
            }
        }
        None => {
            // Those of a system that cannot be read are like ones it does not have.
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    Ok(store)
}

/// The first private key of a file.
pub fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let say = |error| format!("{}: no private key that is not locked: {error}", file.display());
    PrivateKeyDer::from_pem_file(file).map_err(say)
}
