//! Where bytes come in.
