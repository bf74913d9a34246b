//! What senders write where there is nothing.

/// Texts that say nothing, whatever their case.
#[derive(Clone, Debug, Default)]
pub struct Nulls {
    texts: Vec<String>,
    /// Bits by the first byte: those with which one of the texts begins.
    begins: [u64; 4],
}

impl Nulls {
    pub const NONE: &Nulls = &Nulls { texts: Vec::new(), begins: [0; 4] };

    pub fn new(texts: Vec<String>) -> Self {
        let mut begins = [0; 4];
        for first in texts.iter().filter_map(|text| text.bytes().next()) {
            for byte in [first.to_ascii_lowercase(), first.to_ascii_uppercase()] {
                begins[usize::from(byte / 64)] |= 1 << (byte % 64);
            }
        }
        Nulls { texts, begins }
    }

    #[inline]
    pub fn has(&self, text: &str) -> bool {
        let Some(first) = text.bytes().next() else { return self.is_one(text) };
        self.begins[usize::from(first / 64)] >> (first % 64) & 1 != 0 && self.is_one(text)
    }

    fn is_one(&self, text: &str) -> bool {
        self.texts.iter().any(|null| null.eq_ignore_ascii_case(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_are_known_whatever_their_case() {
        let nulls = Nulls::new(["N/A", "-", "none", "Ñ"].map(str::to_owned).to_vec());
        assert!(["n/a", "N/a", "-", "NONE", "Ñ"].into_iter().all(|text| nulls.has(text)));
        assert!(["", "n", "--", "nones", "ñ"].into_iter().all(|text| !nulls.has(text)));
        assert!(Nulls::new(vec![String::new()]).has("") && !Nulls::default().has(""));
    }
}
