//! Values of one expression as dense numbers that all workers share.
//!
//! The code of null is 0. Each worker keeps what it has learnt, so that the shared table is locked once a batch, and only when
//! something new occurs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BinaryArray, BooleanArray, Float64Array, PrimitiveArray, StringArray,
};
use arrow::datatypes::{DurationNanosecondType, Float64Type, Int32Type, Int64Type, TimestampNanosecondType};
use datafusion_common::{DataFusionError, Result};
use foldhash::fast::RandomState;

use super::interner::Interner;
use crate::{Form, dynamic};

/// The values that have a code.
#[derive(Debug)]
pub(super) struct Codes {
    form: Form,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Texts, or values in the ordered encoding of a key.
    bytes: Interner,
    /// The least of the equal values that occurred, where its encoding is not that of the key.
    shown: HashMap<u32, Box<[u8]>, RandomState>,
    numbers: HashMap<i64, u32, RandomState>,
    list: Vec<i64>,
}

impl Known {
    fn number(&mut self, number: i64) -> u32 {
        *self.numbers.entry(number).or_insert_with(|| {
            self.list.push(number);
            self.list.len() as u32
        })
    }

    /// The code of a value in the ordered encoding. 1 and 1.0 have one; whichever a worker meets first, the same one is shown.
    fn value(&mut self, encoded: &[u8]) -> u32 {
        let mut key = Vec::with_capacity(encoded.len());
        dynamic::encode_key(&dynamic::decode(encoded), &mut key);
        let before = self.bytes.len();
        let number = self.bytes.number(&key);
        let shown = self.shown.get(&number).map_or(&key[..], |shown| shown);
        if self.bytes.len() > before || encoded < shown {
            match encoded == key {
                true => self.shown.remove(&number),
                false => self.shown.insert(number, encoded.into()),
            };
        }
        1 + number
    }

    fn shown(&self, number: u32) -> &[u8] {
        match self.shown.get(&number) {
            Some(shown) => shown,
            None => self.bytes.get(number),
        }
    }
}

/// What one worker knows of the codes.
pub(super) struct Worker {
    shared: Arc<Codes>,
    numbers: HashMap<i64, u32, RandomState>,
    last: Option<(i64, u32)>,
    texts: Interner,
    /// The code of each of `texts`.
    codes: Vec<u32>,
    /// The dictionary seen last, and the codes of its entries as far as they were needed.
    dictionary: Option<(ArrayRef, Vec<u32>)>,
}

/// An entry of a dictionary that nobody has asked for yet.
const UNKNOWN: u32 = u32::MAX;

impl Codes {
    /// Codes of values of `form`, which is that of a key.
    pub fn of(form: Form) -> Arc<Codes> {
        Arc::new(Codes { form: form.plain(), known: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes held.
    pub fn size(&self) -> usize {
        let known = self.lock();
        let shown: usize = known.shown.values().map(|shown| shown.len() + 48).sum();
        known.bytes.size() + known.list.capacity() * 24 + shown
    }

    /// The values of codes, as a column.
    pub fn values(&self, codes: impl Iterator<Item = u32>) -> Result<ArrayRef> {
        let known = self.lock();
        let number = |code: u32| (code > 0).then(|| known.list[code as usize - 1]);
        let bytes = |code: u32| (code > 0).then(|| known.bytes.get(code - 1));
        let texts = |code: u32| bytes(code).and_then(|bytes| std::str::from_utf8(bytes).ok());
        Ok(match self.form {
            Form::Bool => Arc::new(codes.map(|code| (code > 0).then_some(code == 2)).collect::<BooleanArray>()),
            Form::Long => primitive::<Int64Type>(codes.map(number)),
            Form::Duration => primitive::<DurationNanosecondType>(codes.map(number)),
            Form::Double => {
                let doubles = codes.map(|code| number(code).map(|bits| f64::from_bits(bits as u64)));
                Arc::new(doubles.collect::<Float64Array>())
            }
            Form::Timestamp => {
                let times: PrimitiveArray<TimestampNanosecondType> = codes.map(number).collect();
                Arc::new(times.with_timezone("UTC"))
            }
            Form::Text | Form::Ip => Arc::new(codes.map(texts).collect::<StringArray>()),
            _ => {
                let shown = |code: u32| (code > 0).then(|| known.shown(code - 1));
                Arc::new(codes.map(shown).collect::<BinaryArray>())
            }
        })
    }
}

fn primitive<T: ArrowPrimitiveType<Native = i64>>(values: impl Iterator<Item = Option<i64>>) -> ArrayRef
where
    PrimitiveArray<T>: FromIterator<Option<i64>>,
{
    Arc::new(values.collect::<PrimitiveArray<T>>())
}

impl Worker {
    pub fn new(shared: Arc<Codes>) -> Worker {
        Worker {
            shared,
            numbers: HashMap::default(),
            last: None,
            texts: Interner::default(),
            codes: Vec::new(),
            dictionary: None,
        }
    }

    /// The code of each row of a column.
    pub fn codes(&mut self, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<()> {
        codes.clear();
        match self.shared.form {
            Form::Bool => {
                let truths = array.as_boolean_opt().ok_or_else(|| other(array))?;
                codes.extend(truths.iter().map(|truth| truth.map_or(0, |truth| 1 + u32::from(truth))));
            }
            Form::Long => self.numbers::<Int64Type>(array, codes)?,
            Form::Duration => self.numbers::<DurationNanosecondType>(array, codes)?,
            Form::Timestamp => self.numbers::<TimestampNanosecondType>(array, codes)?,
            Form::Double => {
                let doubles = array.as_primitive_opt::<Float64Type>().ok_or_else(|| other(array))?;
                codes.extend(doubles.iter().map(|double| double.map_or(0, |double| self.number(bits(double)))));
            }
            Form::Text | Form::Ip => match array.as_any_dictionary_opt() {
                Some(_) => self.words(array, codes)?,
                None => {
                    let texts = array.as_string_opt::<i32>().ok_or_else(|| other(array))?;
                    self.texts(texts.iter().map(|text| text.map(str::as_bytes)), codes);
                }
            },
            _ => {
                let bytes = array.as_binary_opt::<i32>().ok_or_else(|| other(array))?;
                self.texts(bytes.iter(), codes);
            }
        }
        Ok(())
    }

    fn numbers<T: ArrowPrimitiveType<Native = i64>>(&mut self, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<()> {
        let numbers = array.as_primitive_opt::<T>().ok_or_else(|| other(array))?;
        for number in numbers {
            let code = match (number, self.last) {
                (None, _) => 0,
                (Some(number), Some((last, code))) if last == number => code,
                (Some(number), _) => {
                    let code = self.number(number);
                    self.last = Some((number, code));
                    code
                }
            };
            codes.push(code);
        }
        Ok(())
    }

    fn number(&mut self, number: i64) -> u32 {
        if let Some(&code) = self.numbers.get(&number) {
            return code;
        }
        let code = self.shared.lock().number(number);
        self.numbers.insert(number, code);
        code
    }

    fn texts<'b>(&mut self, texts: impl Iterator<Item = Option<&'b [u8]>>, codes: &mut Vec<u32>) {
        let from = codes.len();
        codes.extend(texts.map(|text| text.map_or(0, |text| 1 + self.texts.number(text))));
        if self.codes.len() < self.texts.len() {
            let mut known = self.shared.lock();
            let new = self.codes.len() as u32..self.texts.len() as u32;
            let is_text = matches!(self.shared.form, Form::Text | Form::Ip);
            self.codes.extend(new.map(|number| match self.texts.get(number) {
                text if is_text => 1 + known.bytes.number(text),
                encoded => known.value(encoded),
            }));
        }
        for code in &mut codes[from..] {
            *code = if *code == 0 { 0 } else { self.codes[*code as usize - 1] };
        }
    }

    /// Codes through a dictionary: each entry that occurs is looked up once.
    fn words(&mut self, array: &ArrayRef, codes: &mut Vec<u32>) -> Result<()> {
        let words = array.as_dictionary_opt::<Int32Type>().ok_or_else(|| other(array))?;
        let values = words.values();
        let mut of_entry = match self.dictionary.take() {
            Some((have, of_entry)) if Arc::ptr_eq(&have, values) => of_entry,
            _ => vec![UNKNOWN; values.len()],
        };
        let keys = words.keys();
        let entries = values.as_string_opt::<i32>().ok_or_else(|| other(array))?;
        let mut guard = None;
        let mut code_of = |key: i32| {
            let code = &mut of_entry[key as usize];
            if *code == UNKNOWN {
                let known: &mut MutexGuard<'_, Known> = guard.get_or_insert_with(|| self.shared.lock());
                let valid = entries.is_valid(key as usize);
                *code = if valid { 1 + known.bytes.number(entries.value(key as usize).as_bytes()) } else { 0 };
            }
            *code
        };
        match keys.null_count() {
            0 => codes.extend(keys.values().iter().map(|&key| code_of(key))),
            _ => codes.extend(keys.iter().map(|key| key.map_or(0, &mut code_of))),
        }
        drop(guard);
        self.dictionary = Some((values.clone(), of_entry));
        Ok(())
    }

    /// Bytes held beside what is shared.
    pub fn size(&self) -> usize {
        let dictionary = self
            .dictionary
            .as_ref()
            .map_or(0, |(values, of_entry)| values.get_array_memory_size() + of_entry.capacity() * size_of::<u32>());
        self.numbers.capacity() * 16 + self.texts.size() + self.codes.capacity() * 4 + dictionary
    }
}

/// Equal doubles have equal bits: both zeros are one, and so is everything that is no number.
fn bits(double: f64) -> i64 {
    let one = if double.is_nan() { f64::NAN } else { double + 0.0 };
    one.to_bits() as i64
}

/// A column of another type than its form says: a fault of ours.
fn other(array: &ArrayRef) -> DataFusionError {
    DataFusionError::Internal(format!("a column of type {} has another form", array.data_type()))
}
