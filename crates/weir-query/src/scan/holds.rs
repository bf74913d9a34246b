//! Which texts hold given pieces, found in the bytes of many texts at once.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, StringArray, StringViewArray};
use arrow::datatypes::Int32Type;
use memchr::memmem::Finder;

/// Pieces that a text must all hold.
#[derive(Clone, Debug)]
pub struct Pieces {
    pieces: Vec<Finder<'static>>,
    /// A text with a backslash passes as well: an escape could hide a piece.
    unless_escaped: bool,
}

impl Pieces {
    /// At least one piece, none of them empty.
    pub fn of(mut pieces: Vec<String>, unless_escaped: bool) -> Pieces {
        // The longest is the rarest, and the one that is searched fastest.
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        let pieces = pieces.iter().map(|piece| Finder::new(piece).into_owned()).collect();
        Pieces { pieces, unless_escaped }
    }

    /// The pieces, for plans and indexes.
    pub fn texts(&self) -> Vec<&str> {
        self.pieces.iter().filter_map(|piece| std::str::from_utf8(piece.needle()).ok()).collect()
    }

    pub fn may_be_escaped(&self) -> bool {
        self.unless_escaped
    }

    /// True for the rows whose text holds all pieces.
    pub fn mask(&self, array: &ArrayRef) -> BooleanArray {
        if let Some(words) = array.as_dictionary_opt::<Int32Type>() {
            let of_entry = self.mask(words.values());
            let keys = words.keys();
            let holds = |row: usize| keys.is_valid(row) && of_entry.value(keys.value(row) as usize);
            return (0..keys.len()).map(|row| Some(holds(row))).collect();
        }
        let mut mask = vec![false; array.len()];
        if let Some(texts) = array.as_string_opt::<i32>() {
            self.in_texts(texts, &mut mask);
        } else if let Some(views) = array.as_string_view_opt() {
            self.in_views(views, &mut mask);
        }
        BooleanArray::from(mask)
    }

    fn holds(&self, text: &str) -> bool {
        self.pieces.iter().all(|piece| piece.find(text.as_bytes()).is_some())
            || (self.unless_escaped && memchr::memchr(b'\\', text.as_bytes()).is_some())
    }

    fn in_texts(&self, texts: &StringArray, mask: &mut [bool]) {
        let ends = texts.value_offsets();
        let place = |row: usize| ends[row] as usize..ends[row + 1] as usize;
        self.in_run(texts.value_data(), 0..texts.len(), &place, &mut |row| {
            mask[row] = texts.is_valid(row) && self.holds(texts.value(row));
        });
    }

    /// Views of a page lie in its bytes one behind the other, so that the page is searched like one text.
    fn in_views(&self, texts: &StringViewArray, mask: &mut [bool]) {
        let views = texts.views();
        let mut row = 0;
        while row < views.len() {
            let first = View::of(views[row]);
            let mut last = row + 1;
            if first.is_inline() {
                mask[row] = texts.is_valid(row) && self.holds(texts.value(row));
            } else {
                let mut end = first.end();
                while last < views.len() {
                    let next = View::of(views[last]);
                    if next.is_inline() || next.buffer != first.buffer || next.offset < end {
                        break;
                    }
                    end = next.end();
                    last += 1;
                }
                let place = |row: usize| View::of(views[row]).offset..View::of(views[row]).end();
                self.in_run(&texts.data_buffers()[first.buffer], row..last, &place, &mut |row| {
                    mask[row] = texts.is_valid(row) && self.holds(texts.value(row));
                });
            }
            row = last;
        }
    }

    /// Calls `candidate` with the rows of a run, in order, whose bytes hold the first piece or could hide it.
    fn in_run(
        &self,
        bytes: &[u8],
        rows: std::ops::Range<usize>,
        place: &dyn Fn(usize) -> std::ops::Range<usize>,
        candidate: &mut dyn FnMut(usize),
    ) {
        let Some(first) = self.pieces.first().filter(|_| !rows.is_empty()) else { return };
        let (start, end) = (place(rows.start).start, place(rows.end - 1).end);
        if self.unless_escaped && memchr::memchr(b'\\', &bytes[start..end]).is_some() {
            return rows.for_each(candidate);
        }
        let (mut row, mut from) = (rows.start, start);
        while let Some(at) = first.find(&bytes[from..end]).map(|at| at + from) {
            row += partition(row..rows.end, |row| place(row).end <= at);
            if row >= rows.end {
                return;
            }
            candidate(row);
            row += 1;
            if row >= rows.end {
                return;
            }
            from = place(row).start.max(from);
        }
    }
}

/// How many of the first of `rows` `test` holds for, when it holds for none behind them.
fn partition(rows: std::ops::Range<usize>, test: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (rows.start, rows.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) { low = middle + 1 } else { high = middle }
    }
    low - rows.start
}

/// Where the bytes of one text are.
struct View {
    length: usize,
    buffer: usize,
    offset: usize,
}

impl View {
    fn of(view: u128) -> View {
        View { length: view as u32 as usize, buffer: (view >> 64) as u32 as usize, offset: (view >> 96) as usize }
    }

    /// Twelve bytes and fewer lie in the view itself.
    fn is_inline(&self) -> bool {
        self.length <= 12
    }

    fn end(&self) -> usize {
        self.offset + self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_layout_finds_the_same_rows() {
        let texts: Vec<Option<String>> = (0..500)
            .map(|row| match row % 7 {
                0 => None,
                1 => Some(format!("{row} needle in a haystack of some length")),
                2 => Some("needle".into()),
                3 => Some(format!("nothing {row} to be found in here, need")),
                4 => Some("le starts with the end of the piece before it".into()),
                5 => Some(format!("hay {row} and one more needle, hay")),
                _ => Some(String::new()),
            })
            .collect();
        let pieces = Pieces::of(vec!["hay".into(), "needle".into()], false);
        let expected: Vec<bool> = texts
            .iter()
            .map(|text| text.as_ref().is_some_and(|text| text.contains("needle") && text.contains("hay")))
            .collect();
        let plain: ArrayRef = Arc::new(texts.iter().map(|text| text.as_deref()).collect::<StringArray>());
        for kind in [plain.data_type().clone(), arrow::datatypes::DataType::Utf8View, crate::Form::Word.data_type()] {
            let array = arrow::compute::cast(&plain, &kind).expect("the kinds are texts");
            for from in [0, 3] {
                let mask = pieces.mask(&array.slice(from, 400));
                let found: Vec<bool> = mask.iter().map(|truth| truth == Some(true)).collect();
                assert_eq!(found, expected[from..from + 400], "{kind} from {from}");
            }
        }
    }

    #[test]
    fn a_backslash_may_hide_a_piece() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["plain", "with \\u006eeedle", "needle"]));
        let found = |unless_escaped| Pieces::of(vec!["needle".into()], unless_escaped).mask(&texts);
        assert_eq!(found(false), BooleanArray::from(vec![false, false, true]));
        assert_eq!(found(true), BooleanArray::from(vec![false, true, true]));
    }
}
