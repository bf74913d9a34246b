//! Variance, standard deviation, correlation; of the population.

use weir_event::{Fault, Value};

use super::{Tally, number, parts};

/// Pairs of numbers: count, means and central second moments (Welford, merged as Chan does).
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: f64,
    mean_x: f64,
    mean_y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Moments {
    fn merge(&mut self, other: Moments) {
        let count = self.count + other.count;
        if other.count == 0.0 {
            return;
        }
        let (dx, dy) = (other.mean_x - self.mean_x, other.mean_y - self.mean_y);
        let weight = self.count * other.count / count;
        self.xx += other.xx + dx * dx * weight;
        self.yy += other.yy + dy * dy * weight;
        self.xy += other.xy + dx * dy * weight;
        self.mean_x += dx * other.count / count;
        self.mean_y += dy * other.count / count;
        self.count = count;
    }

    fn state(&self) -> Value<'static> {
        let numbers = [self.count, self.mean_x, self.mean_y, self.xx, self.yy, self.xy];
        Value::Array(numbers.into_iter().map(Value::Double).collect())
    }

    fn of_state(state: Value<'_>) -> Moments {
        match parts(state)[..] {
            [
                Value::Double(count),
                Value::Double(mean_x),
                Value::Double(mean_y),
                Value::Double(xx),
                Value::Double(yy),
                Value::Double(xy),
            ] => Moments { count, mean_x, mean_y, xx, yy, xy },
            _ => Moments::default(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Variance {
    deviation: bool,
    moments: Moments,
}

impl Variance {
    pub fn squared() -> Self {
        Variance { deviation: false, moments: Moments::default() }
    }

    pub fn deviation() -> Self {
        Variance { deviation: true, moments: Moments::default() }
    }
}

impl Tally for Variance {
    fn add(&mut self, arguments: &[Value<'_>]) {
        if let Some(x) = arguments.first().and_then(number) {
            self.moments.merge(Moments { count: 1.0, mean_x: x, ..Moments::default() });
        }
    }

    fn state(&mut self) -> Value<'static> {
        self.moments.state()
    }

    fn merge(&mut self, state: Value<'_>) {
        self.moments.merge(Moments::of_state(state));
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        if self.moments.count == 0.0 {
            return Ok(Value::Null);
        }
        let variance = self.moments.xx / self.moments.count;
        Ok(Value::Double(if self.deviation { variance.sqrt() } else { variance }))
    }
}

/// Pearson's; null when one side does not vary.
#[derive(Debug, Default)]
pub(super) struct Correlation {
    moments: Moments,
}

impl Tally for Correlation {
    fn add(&mut self, arguments: &[Value<'_>]) {
        if let [x, y, ..] = arguments
            && let (Some(mean_x), Some(mean_y)) = (number(x), number(y))
        {
            self.moments.merge(Moments { count: 1.0, mean_x, mean_y, ..Moments::default() });
        }
    }

    fn state(&mut self) -> Value<'static> {
        self.moments.state()
    }

    fn merge(&mut self, state: Value<'_>) {
        self.moments.merge(Moments::of_state(state));
    }

    fn result(&mut self) -> Result<Value<'static>, Fault> {
        let varied = (self.moments.xx * self.moments.yy).sqrt();
        Ok(if varied > 0.0 { Value::Double(self.moments.xy / varied) } else { Value::Null })
    }
}
