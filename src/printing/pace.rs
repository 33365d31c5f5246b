//! Enters: how much of a long work is done. Leaves: a line about it now and then: how far, how fast, how long still.
//! Never: says anything of work that takes no time.

use super::Print;
use despatch_core::words::count;
use std::time::{Duration, Instant};

/// How often it is told.
const EVERY: Duration = Duration::from_secs(3);

/// Tells how far a long work is. It works as well through a service, whose client has no bar.
pub struct Pace {
    what: &'static str,
    of: usize,
    begun: Instant,
    told: Instant,
}

impl Pace {
    /// Work on so many of `what` ("rows").
    pub fn new(what: &'static str, of: usize) -> Self {
        let now = Instant::now();
        Self { what, of, begun: now, told: now }
    }

    /// Tells how far it is, if that was not told just now.
    pub fn tell(&mut self, done: usize, print: Print) {
        if self.told.elapsed() < EVERY {
            return;
        }
        self.told = Instant::now();
        print.log(&self.words(done, self.begun.elapsed()));
    }

    fn words(&self, done: usize, since: Duration) -> String {
        let Self { what, of, .. } = self;
        let seconds = since.as_secs_f64();
        let rate = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
        let left = match of.saturating_sub(done) {
            _ if rate <= 0.0 => String::new(),
            left => format!(", {} left", span(left as f64 / rate)),
        };
        format!("{done} of {of} {what}, {rate:.0} a second{left}")
    }
}

/// How long something lasts, in words.
fn span(seconds: f64) -> String {
    let seconds = seconds.ceil() as usize;
    if seconds < 120 { count(seconds, "second") } else { count(seconds.div_ceil(60), "minute") }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::Duration;

    #[test]
    fn it_says_how_far_how_fast_and_how_long_still() {
        let pace = Pace::new("rows", 1_000);
        assert_eq!(
            pace.words(250, Duration::from_secs(10)),
            "250 of 1000 rows, 25 a second, 30 seconds left"
        );
        assert_eq!(pace.words(10, Duration::from_secs(10)), "10 of 1000 rows, 1 a second, 17 minutes left");
        assert_eq!(pace.words(0, Duration::from_secs(10)), "0 of 1000 rows, 0 a second");
    }
}
