//! What was counted, per source.
