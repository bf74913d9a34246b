//! What happens before the first statement.

use super::tokens::{complaint, done, short};
use super::wire::{Fields, text};
use super::{DATABASE, PASSWORD, USER};

const VERSION: u8 = 0;
const ENCRYPTION: u8 = 1;
const END: u8 = 0xff;
const NOT_SUPPORTED: u8 = 2;
const ON: u8 = 1;

/// What the client's greeting says of encryption.
pub fn wants_tls(hello: &[u8]) -> bool {
    for option in hello.chunks(5) {
        let &[name, high, low, ..] = option else { break };
        if name == ENCRYPTION {
            let at = usize::from(u16::from_be_bytes([high, low]));
            return hello.get(at) != Some(&NOT_SUPPORTED);
        }
        if name == END {
            break;
        }
    }
    false
}

/// The server's greeting.
pub fn hello(encrypted: bool) -> Vec<u8> {
    let encryption = if encrypted { ON } else { NOT_SUPPORTED };
    let mut hello = vec![VERSION, 0, 11, 0, 6, ENCRYPTION, 0, 17, 0, 1, END];
    hello.extend([16, 0, 0, 0, 0, 0, encryption]);
    hello
}

/// The complaint about a login that is refused.
pub fn check(login: &[u8]) -> Result<(), Vec<u8>> {
    let (user, password, database) = (field(login, 40), field(login, 44), field(login, 68));
    // Hidden from those who only glance at it.
    let shown: Vec<u8> = password.iter().map(|&byte| (byte ^ 0xa5).rotate_left(4)).collect();
    if text(user) != USER || text(&shown) != PASSWORD {
        return Err(complaint(18_456, 14, &format!("Login failed for user '{}'.", text(user))));
    }
    if text(database) != DATABASE {
        let why = format!("Cannot open database \"{}\" requested by the login.", text(database));
        return Err(complaint(4_060, 11, &why));
    }
    Ok(())
}

/// The text that the head of a login points to.
fn field(login: &[u8], at: usize) -> &[u8] {
    let mut head = Fields(login.get(at..).unwrap_or_default());
    let (start, len) = (head.number(2) as usize, head.number(2) as usize * 2);
    login.get(start..start + len).unwrap_or_default()
}

pub fn welcome() -> Vec<u8> {
    let mut body = vec![1, 0x74, 0, 0, 4];
    body.extend(short("SQL Server of the tests"));
    body.extend([16, 0, 0, 0]);
    let mut welcome = vec![0xad];
    welcome.extend((body.len() as u16).to_le_bytes());
    welcome.extend(body);
    welcome.extend(done(0));
    welcome
}
