//! Keys whose meaning stands in a second pair: `cs1=x cs1Label=Rule Name`.

/// What a key's name says about labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyRole {
    #[default]
    Usual,
    /// It has a meaning only together with a label.
    Custom,
    /// It ends like the label of another key.
    Label,
    /// It is the label of such a key.
    CustomLabel,
}

impl KeyRole {
    pub fn of(key: &str) -> Self {
        match key.strip_suffix("Label") {
            Some(owner) if is_custom(owner) => KeyRole::CustomLabel,
            Some(_) => KeyRole::Label,
            None if is_custom(key) => KeyRole::Custom,
            None => KeyRole::Usual,
        }
    }

    /// It may be the label of another key.
    pub fn is_label(self) -> bool {
        matches!(self, KeyRole::Label | KeyRole::CustomLabel)
    }
}

fn is_custom(key: &str) -> bool {
    const STEMS: [&str; 8] = ["cs", "cn", "cfp", "c6a", "flexString", "flexNumber", "flexDate", "deviceCustomDate"];
    let stem = key.trim_end_matches(|letter: char| letter.is_ascii_digit());
    stem.len() < key.len() && STEMS.contains(&stem)
}
