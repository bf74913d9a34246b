//! Texts that are kept encrypted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// Bytes of a key.
const KEY_LEN: usize = 32;

/// A key that seals and opens.
pub struct Seal(LessSafeKey);

impl Seal {
    /// The key of a file, which is made with random bytes when it is missing. Nobody but its owner may read it.
    ///
    /// # Errors
    /// Those of the file system, and `InvalidData` for a file of another length or one that others may read.
    pub fn of(path: &Path) -> io::Result<Seal> {
        let bytes = match made(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => read(path)?,
            made => made?,
        };
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong("the key cannot be used"))?;
        Ok(Seal(LessSafeKey::new(key)))
    }

    /// `about` has to be the same when it is opened.
    pub fn seal(&self, about: &str, text: &str) -> io::Result<Vec<u8>> {
        let nonce = random::<NONCE_LEN>()?;
        let mut sealed = text.as_bytes().to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(about), &mut sealed)
            .map_err(|_| wrong("the text cannot be sealed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The text; none when it was sealed with another key, about something else, or was changed.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self.0.open_in_place(nonce, Aad::from(about), &mut rest).ok()?;
        String::from_utf8(text.to_vec()).ok()
    }
}

fn made(path: &Path) -> io::Result<[u8; KEY_LEN]> {
    let bytes = random()?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(bytes)
}

fn read(path: &Path) -> io::Result<[u8; KEY_LEN]> {
    let mut bytes = Vec::new();
    File::open(path)?.take(KEY_LEN as u64 + 1).read_to_end(&mut bytes)?;
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        return Err(wrong("others may read the key; `chmod 600` it"));
    }
    bytes.try_into().map_err(|_| wrong("a key has 32 bytes"))
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

fn wrong(says: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, says)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_and_for_what_it_is_about_alone() {
        let folder = tempfile::tempdir().unwrap();
        let key = |name: &str| Seal::of(&folder.path().join(name)).unwrap();
        let (seal, again, other) = (key("a"), key("a"), key("b"));
        for text in ["", "token", &"x".repeat(100_000)] {
            let sealed = seal.seal("hq", text).unwrap();
            assert_eq!(again.open("hq", &sealed).as_deref(), Some(text));
            assert_eq!(other.open("hq", &sealed), None);
            assert_eq!(again.open("hq2", &sealed), None);
            for at in [0, sealed.len() - 1] {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert_eq!(again.open("hq", &changed), None);
                assert_eq!(again.open("hq", &sealed[..at]), None);
            }
        }
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for (bytes, mode) in [(vec![0; 31], 0o600), (vec![0; 33], 0o600), (vec![0; 32], 0o644)] {
            fs::write(&path, &bytes).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(Seal::of(&path).err().map(|error| error.kind()), Some(ErrorKind::InvalidData));
        }
        assert_eq!(Seal::of(&folder.path().join("no/key")).err().map(|error| error.kind()), Some(ErrorKind::NotFound));
    }
}
