//! Settings that say where their value is: `env:NAME` and `file:PATH`, so that a configuration holds no secret.

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

/// Without the line end that editors leave.
fn file(path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let text = text.trim_end_matches(['\n', '\r']);
    match text.len() {
        0 => Err("the file is empty".to_owned()),
        length if length > FILE_BYTES_MAX => Err(format!("the file is larger than {FILE_BYTES_MAX} bytes")),
        _ => Ok(text.to_owned()),
    }
}

fn missing(place: &str) -> Fault {
    Fault::new("COLLECT-011", FaultKind::Config, "the value of a setting is not where it should be").at(place)
}
