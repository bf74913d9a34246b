//! Reading the log from a position on.

use std::collections::VecDeque;
use std::sync::Arc;

use super::file::{FileName, Found, scan};
use super::recover::keep_aside;
use super::{Logged, Shared, chunk};

/// Chunks in order of their positions. Damaged pieces are kept aside, counted and passed over.
pub struct Replay {
    shared: Arc<Shared>,
    /// Files to come, oldest first, each with the first position of the file after it.
    files: VecDeque<(FileName, u64)>,
    chunks: VecDeque<Logged>,
    next: u64,
    /// Damaged pieces found so far.
    pub damaged: usize,
    pub damaged_bytes: u64,
    /// Positions that no whole record had, as far as it can be told.
    pub positions_missing: u64,
}

impl Replay {
    pub(super) fn new(shared: Arc<Shared>, from: u64) -> Self {
        let names: Vec<FileName> = shared.lock_files().clone();
        let ends = names.iter().skip(1).map(|next| next.first).chain([u64::MAX]);
        let files = names.iter().copied().zip(ends).filter(|&(_, end)| end > from).collect();
        Replay {
            shared,
            files,
            chunks: VecDeque::new(),
            next: from,
            damaged: 0,
            damaged_bytes: 0,
            positions_missing: 0,
        }
    }

    /// Reads one file.
    fn load(&mut self, name: FileName, end: u64) {
        let path = self.shared.folder.join(name.to_string());
        let Ok(bytes) = self.shared.disk.read(&path) else {
            self.damaged += 1;
            return;
        };
        for found in scan(&bytes).unwrap_or_else(|_| vec![Found::Damage(0..bytes.len())]) {
            match found {
                Found::Record { position, payload } => match chunk::decode(&bytes[payload.clone()]) {
                    // A later file has the last word on its positions.
                    Some(chunk) if position >= self.next && position < end => {
                        self.positions_missing += position - self.next;
                        self.next = position + 1;
                        self.chunks.push_back(Logged { position, chunk: Arc::new(chunk) });
                    }
                    Some(_) => {}
                    None => self.damage(name, payload.start, &bytes[payload]),
                },
                Found::Damage(range) => self.damage(name, range.start, &bytes[range]),
                Found::Torn(range) => self.damage(name, range.start, &bytes[range]),
            }
        }
    }

    fn damage(&mut self, name: FileName, at: usize, bytes: &[u8]) {
        self.damaged += 1;
        self.damaged_bytes += bytes.len() as u64;
        // Failing to copy must not keep the good chunks from being replayed; the piece is still in its file.
        let _ = keep_aside(&*self.shared.disk, &self.shared.folder, name, at, bytes);
    }
}

impl Iterator for Replay {
    type Item = Logged;

    fn next(&mut self) -> Option<Logged> {
        while self.chunks.is_empty() {
            let (name, end) = self.files.pop_front()?;
            self.load(name, end);
        }
        self.chunks.pop_front()
    }
}
