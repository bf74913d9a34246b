//! Certificates and keys from files.

use std::path::Path;

use rustls::pki_types::pem::{Error, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// All certificates of a file, at least one. Why they cannot be had is said with the file's name.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let say = |error: Error| format!("{}: {error}", file.display());
    let found: Vec<_> = CertificateDer::pem_file_iter(file).map_err(say)?.collect::<Result<_, _>>().map_err(say)?;
    if found.is_empty() { Err(format!("{}: holds no certificate", file.display())) } else { Ok(found) }
}

/// The first private key of a file.
pub fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let say = |error| format!("{}: no private key that is not locked: {error}", file.display());
    PrivateKeyDer::from_pem_file(file).map_err(say)
}
