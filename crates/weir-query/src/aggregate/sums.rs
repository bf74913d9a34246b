//! Counts, sums and means.

use weir_event::{Duration, Fault, Value};

use super::{Tally, number, parts};

/// How many records, or how many whose condition is true.
#[derive(Debug)]
pub(super) struct Count {
    only_true: bool,
    count: i64,
}

impl Count {
    pub fn all() -> Self {
        Count { only_true: false, count: 0 }
    }

    pub fn of_true() -> Self {
        Count { only_true: true, count: 0 }
    }
}

impl Tally for Count {
    fn add(&mut self, arguments: &[Value<'_>]) {
        self.count += i64::from(!self.only_true || arguments.first() == Some(&Value::Bool(true)));
    }

    fn state(&mut self) -> Value<'static> {
        Value::Long(self.count)
    }

    fn merge(&mut self, state: Value<'_>) {
        if let Value::Long(count) = state {
            self.count += count;
        }
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        Ok(Value::Long(self.count))
    }
}

/// The sum or mean of numbers or of durations; of both, or of anything else, it is null.
#[derive(Debug)]
pub(super) struct Sum {
    mean: bool,
    kind: SumKind,
    sum: f64,
    /// What rounding took from `sum` (Neumaier), so that the order of adding hardly matters.
    lost: f64,
    nanos: i128,
    count: i64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum SumKind {
    Nothing,
    Numbers,
    Durations,
    Mixed,
}

impl Sum {
    pub fn total() -> Self {
        Sum { mean: false, kind: SumKind::Nothing, sum: 0.0, lost: 0.0, nanos: 0, count: 0 }
    }

    pub fn mean() -> Self {
        Sum { mean: true, ..Sum::total() }
    }

    fn is(&mut self, kind: SumKind) {
        if self.kind == SumKind::Nothing {
            self.kind = kind;
        } else if self.kind != kind {
            self.kind = SumKind::Mixed;
        }
    }

    fn plus(&mut self, value: f64) {
        let sum = self.sum + value;
        let lost = if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
        if lost.is_finite() {
            self.lost += lost;
        }
    }
}

impl Tally for Sum {
    fn add(&mut self, arguments: &[Value<'_>]) {
        match arguments.first() {
            None | Some(Value::Null) => return,
            Some(Value::Duration(length)) => {
                self.is(SumKind::Durations);
                self.nanos += i128::from(length.0);
            }
            Some(value) => match number(value) {
                Some(value) => {
                    self.is(SumKind::Numbers);
                    self.plus(value);
                }
                None => self.is(SumKind::Mixed),
            },
        }
        self.count += 1;
    }

    fn state(&mut self) -> Value<'static> {
        let kind = match self.kind {
            SumKind::Nothing => return Value::Null,
            SumKind::Numbers => 1,
            SumKind::Durations => 2,
            SumKind::Mixed => 3,
        };
        let (high, low) = ((self.nanos >> 62) as i64, (self.nanos & ((1 << 62) - 1)) as i64);
        let numbers = [Value::Double(self.sum), Value::Double(self.lost), Value::Long(high), Value::Long(low)];
        Value::Array([Value::Long(kind), Value::Long(self.count)].into_iter().chain(numbers).collect())
    }

    fn merge(&mut self, state: Value<'_>) {
        let parts = parts(state);
        if let [
            Value::Long(kind),
            Value::Long(count),
            Value::Double(sum),
            Value::Double(lost),
            Value::Long(high),
            Value::Long(low),
        ] = parts[..]
        {
            self.is(match kind {
                1 => SumKind::Numbers,
                2 => SumKind::Durations,
                _ => SumKind::Mixed,
            });
            self.plus(sum);
            self.lost += lost;
            self.nanos += (i128::from(high) << 62) + i128::from(low);
            self.count += count;
        }
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        let divisor = if self.mean { self.count } else { 1 };
        Ok(match self.kind {
            SumKind::Nothing | SumKind::Mixed => Value::Null,
            SumKind::Numbers => Value::Double((self.sum + self.lost) / divisor as f64),
            SumKind::Durations => i64::try_from(self.nanos / i128::from(divisor))
                .map_or(Value::Null, |nanos| Value::Duration(Duration(nanos))),
        })
    }
}
