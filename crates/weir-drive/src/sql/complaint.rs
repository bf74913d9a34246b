//! Errors of the two drivers that share a library.

use std::io::ErrorKind;

use sqlx_core::error::{DatabaseError, Error};
use weir_event::Fault;

use super::{Settings, fault};

/// What a complaint of one database means.
pub type Meaning<D> = fn(&Settings, &D) -> Fault;

/// An error before there is a connection.
pub fn connecting<D: DatabaseError>(settings: &Settings, error: Error, meaning: Meaning<D>) -> Fault {
    match error {
        // How a certificate is refused.
        Error::Io(error) if error.kind() == ErrorKind::InvalidData => fault::not_trusted(settings, error),
        Error::Io(error) => fault::not_connected(settings, error),
        error => running(settings, error, meaning),
    }
}

/// An error over a connection.
pub fn running<D: DatabaseError>(settings: &Settings, error: Error, meaning: Meaning<D>) -> Fault {
    match error {
        Error::Database(complaint) => match complaint.try_downcast_ref::<D>() {
            Some(complaint) => meaning(settings, complaint),
            None => fault::unexpected(settings, complaint),
        },
        Error::Io(error) => fault::lost(settings, error),
        Error::Tls(error) => fault::not_trusted(settings, error),
        Error::Configuration(error) => fault::not_trusted(settings, error),
        other => fault::unexpected(settings, other),
    }
}
