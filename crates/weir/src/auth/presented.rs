//! The token in a header.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The token that an `Authorization` header holds: alone, or behind a scheme, whichever it is. `Basic` and `ApiKey` encode a name, a colon
/// and the token; the name means nothing here.
pub fn presented(header: &str) -> Cow<'_, str> {
    let header = header.trim();
    let Some((scheme, rest)) = header.split_once(' ') else { return header.into() };
    let rest = rest.trim();
    let is_coded = ["basic", "apikey"].iter().any(|coded| scheme.eq_ignore_ascii_case(coded));
    let pair = is_coded.then(|| decoded(rest)).flatten();
    pair.map_or(rest.into(), Into::into)
}

fn decoded(text: &str) -> Option<String> {
    let pair = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
    pair.split_once(':').map(|(_, token)| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_behind_every_scheme() {
        let pair = STANDARD.encode("anyone:weir_abc:d");
        for (header, token) in [
            ("weir_abc", "weir_abc"),
            ("Bearer weir_abc", "weir_abc"),
            (" api-token  weir_abc ", "weir_abc"),
            ("Whatever weir_abc", "weir_abc"),
            (&format!("Basic {pair}"), "weir_abc:d"),
            (&format!("ApiKey {pair}"), "weir_abc:d"),
            ("Basic weir_abc", "weir_abc"),
            (&format!("Bearer {pair}"), &pair),
            ("", ""),
        ] {
            assert_eq!(presented(header), token, "{header}");
        }
    }
}
