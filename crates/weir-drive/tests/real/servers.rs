//! Servers that readers are tested against, each started once.

pub mod mariadb;
pub mod postgres;
pub mod sasl;
pub mod sqlserver;
pub mod sshd;
pub mod tls;

pub use weir_testkit::servers::{Guard, certificate, folder, free_port, is_root, output, run, wait_for};
