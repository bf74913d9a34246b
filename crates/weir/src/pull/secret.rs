//! Settings that say where their value is: `env:NAME` and `file:PATH`, so that a configuration holds no secret.

use std::fs::File;
use std::io::Read;

use weir_event::{Fault, FaultKind, Value};

/// Bytes of a file that holds a secret.
const FILE_BYTES_MAX: usize = 64 << 10;

/// The value that a setting means. `plain:` before a text keeps the rest as it is.
pub fn resolve(place: &str, value: &Value<'static>) -> Result<Value<'static>, Fault> {
    // A structure is never taken for a place.
    let Value::Text(text) = value else { return Ok(value.clone()) };
    match text.split_once(':') {
        Some(("env", variable)) => match std::env::var(variable) {
            Ok(value) if !value.is_empty() => Ok(Value::owned(value)),
            _ => Err(missing(place)
                .because(format!("the environment variable `{variable}` is not set"))
                .hint(format!("set it where weir is started: `export {variable}=...`"))),
        },
        Some(("file", path)) => file(path)
            .map(Value::owned)
            .map_err(|why| missing(place).because(format!("{path}: {why}")).hint("put the value into the file, alone")),
        Some(("vault", _)) => {
            Err(missing(place).because("there is no vault in this version").hint("use `env:NAME` or `file:PATH`"))
        }
        Some(("plain", text)) => Ok(Value::owned(text.to_owned())),
        _ => Ok(value.clone()),
    }
}

/// Without the line end that editors leave. What is no secret by its size, such as a device that never ends, is not read to its end.
fn file(path: &str) -> Result<String, String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    let length = file.take(FILE_BYTES_MAX as u64 + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if length > FILE_BYTES_MAX {
        return Err(format!("the file is larger than {FILE_BYTES_MAX} bytes"));
    }
    match text.trim_end_matches(['\n', '\r']) {
        "" => Err("the file is empty".to_owned()),
        text => Ok(text.to_owned()),
    }
}

fn missing(place: &str) -> Fault {
    Fault::new("COLLECT-011", FaultKind::Config, "the value of a setting is not where it should be").at(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: Result<&str, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, bytes).unwrap();
        let found = file(path.to_str().unwrap());
        assert_eq!(found.as_deref().map_err(String::as_str), expect);
    }

    #[test]
    fn files_hold_a_secret_alone() {
        check(b"s3cret\r\n", Ok("s3cret"));
        check(b"two\nlines\n", Ok("two\nlines"));
        check(b"\n", Err("the file is empty"));
        check(&vec![b'x'; FILE_BYTES_MAX], Ok(&"x".repeat(FILE_BYTES_MAX)));
        check(&vec![b'x'; FILE_BYTES_MAX + 1], Err("the file is larger than 65536 bytes"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_never_ends_is_not_read_to_its_end() {
        assert_eq!(file("/dev/zero"), Err("the file is larger than 65536 bytes".to_owned()));
    }
}
