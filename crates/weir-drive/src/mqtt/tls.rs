//! Encrypted connections: who the broker must be, and who we are.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::connection::Stream;
use super::settings::{Check, Identity, Trust};
use crate::pem::{authorities, certificates, private_key};

/// What is needed to open encrypted connections. Why it cannot be had: a file is missing or holds something else.
pub fn connector(trust: &Trust) -> Result<TlsConnector, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    let builder = match trust.check {
        Check::AuthorityAndName => builder.with_root_certificates(authorities(trust.ca_file.as_deref())?),
        Check::Authority => {
            without_name(builder, Unnamed { authorities: Some(authorities(trust.ca_file.as_deref())?), provider })
        }
        Check::Nothing => without_name(builder, Unnamed { authorities: None, provider }),
    };
    let config = match &trust.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let (chain, key) = own(identity)?;
            let file = identity.key_file.display();
            builder.with_client_auth_cert(chain, key).map_err(|error| format!("{file}: {error}"))?
        }
    };
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Encrypts a connection to `host`.
pub async fn encrypt(connector: &TlsConnector, host: &str, stream: TcpStream) -> std::io::Result<Box<dyn Stream>> {
    let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name =
        ServerName::try_from(name).map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error))?;
    Ok(Box::new(connector.connect(name, stream).await?))
}

type Builder<State> = rustls::ConfigBuilder<ClientConfig, State>;

fn without_name(
    builder: Builder<rustls::WantsVerifier>,
    verifier: Unnamed,
) -> Builder<rustls::client::WantsClientCert> {
    builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
}

fn own(identity: &Identity) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), String> {
    let key = private_key(&identity.key_file)?;
    Ok((certificates(&identity.cert_file)?, key))
}

/// Takes certificates whatever they name.
#[derive(Debug)]
struct Unnamed {
    /// Who must have signed them; anybody when missing.
    authorities: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Unnamed {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(authorities) = &self.authorities {
            let certificate = ParsedCertificate::try_from(certificate)?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&certificate, authorities, between, now, algorithms)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
