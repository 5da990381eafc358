//! Owns the token bucket of one socket's frames. Refuses to know what happens when it is empty.

/// How many frames a socket may send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowance {
    tokens: f64,
    burst: f64,
    per_second: f64,
    at_ms: i64,
}

impl Allowance {
    /// Begins full.
    pub(crate) fn new(burst: u32, per_second: u32, now_ms: i64) -> Self {
        Self {
            tokens: burst.into(),
            burst: burst.into(),
            per_second: per_second.into(),
            at_ms: now_ms,
        }
    }

    /// Takes one; tells whether there was one.
    pub(crate) fn take(&mut self, now_ms: i64) -> bool {
        let passed = u32::try_from((now_ms - self.at_ms).max(0)).unwrap_or(u32::MAX);
        self.at_ms = self.at_ms.max(now_ms);
        self.tokens = (self.tokens + f64::from(passed) * self.per_second / 1000.0).min(self.burst);
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_goes_through_then_the_rate_holds() {
        let mut allowance = Allowance::new(10, 5, 0);
        assert_eq!((0..100).filter(|_| allowance.take(0)).count(), 10);
        assert_eq!((0..100).filter(|_| allowance.take(1000)).count(), 5);
        assert_eq!(
            (0..100).filter(|_| allowance.take(500)).count(),
            0,
            "a clock that goes back gives nothing"
        );
        assert_eq!((0..100).filter(|_| allowance.take(1_000_000)).count(), 10);
    }
}
