//! Bytes of an answer to texts: what is packed, wrapped or prefixed.

use std::io::Read;

use base64::Engine as _;

use super::Why;
use crate::charset;
use crate::http::Reply;
use crate::manifest::{Decode, Response, short};
use crate::path::Path;

/// The texts of the body after the decoders that work on bytes. `bytes_max` bounds what they unpack to, all together.
pub fn texts(response: &Response, reply: &Reply, bytes_max: u64) -> Result<Vec<String>, Why> {
    let mut texts: Option<Vec<String>> = None;
    for step in &response.decode {
        let have = || texts.clone().unwrap_or_else(|| vec![reply.text().into_owned()]);
        texts = Some(match step {
            Decode::Gzip => vec![text_of(&gunzip(&reply.body, bytes_max)?)],
            Decode::Zip(ending) => zip(&reply.body, ending, bytes_max)?,
            Decode::StripPrefix(prefix) => each(have(), |text| {
                let rest = text.trim_start().strip_prefix(prefix.as_str());
                Ok(rest.ok_or_else(|| Why::Form("what was asked for", short(text)))?.to_owned())
            })?,
            Decode::Base64(path) => each(have(), |text| from_base64(text, path))?,
            _ => break,
        });
    }
    Ok(texts.unwrap_or_else(|| vec![reply.text().into_owned()]))
}

fn each(texts: Vec<String>, change: impl Fn(&String) -> Result<String, Why>) -> Result<Vec<String>, Why> {
    texts.iter().map(change).collect()
}

fn text_of(bytes: &[u8]) -> String {
    charset::decode(bytes, None).0.into_owned()
}

fn too_large(bytes_max: u64) -> Why {
    Why::Form("of a size that is read", format!("it unpacks to more than {bytes_max} bytes"))
}

/// All members of a gzip. A body that some library on the way has unpacked already stays as it is.
fn gunzip(body: &[u8], bytes_max: u64) -> Result<Vec<u8>, Why> {
    if !body.starts_with(&[0x1f, 0x8b]) && !body.is_empty() {
        return Ok(body.to_vec());
    }
    let mut out = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(body).take(bytes_max.saturating_add(1));
    reader.read_to_end(&mut out).map_err(|error| Why::Cut(error.to_string()))?;
    if out.len() as u64 > bytes_max { Err(too_large(bytes_max)) } else { Ok(out) }
}

/// The files of an archive, in its order.
fn zip(body: &[u8], ending: &str, bytes_max: u64) -> Result<Vec<String>, Why> {
    let (mut left, mut others) = (bytes_max, Vec::new());
    let mut texts = Vec::new();
    for entry in super::zip::entries(body).ok_or_else(|| Why::Cut("the archive has no end".to_owned()))? {
        if entry.name.ends_with('/') {
            continue;
        }
        if !entry.name.ends_with(ending) {
            others.push(entry.name);
            continue;
        }
        let packed = entry.packed(body).ok_or_else(|| Why::Cut(format!("`{}` is cut", entry.name)))?;
        let mut out = Vec::new();
        match entry.method {
            0 => out.extend_from_slice(packed),
            8 => {
                let mut reader = flate2::read::DeflateDecoder::new(packed).take(left.saturating_add(1));
                reader.read_to_end(&mut out).map_err(|error| Why::Cut(format!("`{}`: {error}", entry.name)))?;
            }
            other => return Err(Why::Form("packed in a way that is read", format!("method {other}"))),
        }
        left = left.checked_sub(out.len() as u64).ok_or_else(|| too_large(bytes_max))?;
        texts.push(text_of(&out));
    }
    if texts.is_empty() && !others.is_empty() {
        return Err(Why::Lacks("file", format!("*{ending}"), short(&others.join(", "))));
    }
    Ok(texts)
}

fn from_base64(text: &str, path: &Path) -> Result<String, Why> {
    let body = super::guessed(text).ok_or_else(|| Why::Form("JSON or XML", short(text)))?;
    let coded = path.first(&body).and_then(|value| value.as_str().map(str::to_owned));
    let coded: String = coded.ok_or_else(|| Why::Form("base64", short(text)))?.split_ascii_whitespace().collect();
    let bytes = base64::prelude::BASE64_STANDARD.decode(coded);
    let bytes = bytes.map_err(|error| Why::Form("base64", error.to_string()))?;
    Ok(text_of(&bytes))
}
