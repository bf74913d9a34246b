//! The constants of packs in the batch being filled.

use weir_event::Cell;

/// What a constant is in the batch, once it was asked for. Beginning anew costs as much as was used, not as much as all packs bring.
#[derive(Debug, Default)]
pub struct Kept {
    cells: Vec<Option<Cell>>,
    used: Vec<u32>,
}

impl Kept {
    /// Forgets the cells of the last batch. `count` is how many constants there are.
    pub fn begin(&mut self, count: usize) {
        for number in self.used.drain(..) {
            self.cells[number as usize] = None;
        }
        self.cells.resize(count, None);
    }

    pub fn get(&self, number: u32) -> Option<Cell> {
        self.cells.get(number as usize).copied().flatten()
    }

    pub fn set(&mut self, number: u32, cell: Cell) {
        if let Some(slot) = self.cells.get_mut(number as usize) {
            *slot = Some(cell);
            self.used.push(number);
        }
    }
}
