//! Lines out of bytes that come in pieces.

use weir_event::limits;

/// Cuts lines. What is behind the last line end waits for its rest.
#[derive(Debug, Default)]
pub struct Lines {
    waiting: Vec<u8>,
}

/// A line as it came, with its end.
pub struct Line {
    pub raw: Vec<u8>,
}

impl Line {
    /// Without its end.
    pub fn bytes(&self) -> &[u8] {
        let bytes = self.raw.strip_suffix(b"\n").unwrap_or(&self.raw);
        bytes.strip_suffix(b"\r").unwrap_or(bytes)
    }
}

impl Lines {
    /// The lines that end in `bytes`. One longer than an event may be is cut, so that no line is held for ever.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            let mut piece = piece;
            while self.waiting.len() + piece.len() > limits::EVENT_BYTES_MAX {
                let (head, rest) = piece.split_at(limits::EVENT_BYTES_MAX - self.waiting.len());
                self.waiting.extend_from_slice(head);
                lines.push(self.cut());
                piece = rest;
            }
            self.waiting.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                lines.push(self.cut());
            }
        }
        lines
    }

    /// The last line, when it has no end.
    pub fn finish(&mut self) -> Option<Line> {
        Some(self.cut()).filter(|line| !line.raw.is_empty())
    }

    fn cut(&mut self) -> Line {
        Line { raw: std::mem::take(&mut self.waiting) }
    }
}

#[cfg(test)]
mod tests;
