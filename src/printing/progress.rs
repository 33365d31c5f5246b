//! Enters: the number of items, and each item as it is done. Leaves: a progress bar on a terminal.
//! Never: shows a bar for work of less than a second, or without a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// The bar is shown for work that takes longer than this.
const BAR_AFTER: Duration = Duration::from_secs(1);

/// A progress bar that is drawn only once the work has taken `BAR_AFTER`, and on a terminal.
pub struct BatchProgress {
    bar: ProgressBar,
    since: Option<Instant>,
}

impl BatchProgress {
    /// Creates a bar that counts `what` ("cases"); it is never shown for work that has no end (`ends`).
    pub fn new(what: &str, ends: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        let template = format!("{{bar:30}} {{pos}} of {{len}} {what}, {{per_sec}}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar, since: ends.then(Instant::now) }
    }

    /// Adds items to the total.
    pub fn more(&self, ready: usize) {
        self.bar.inc_length(ready as u64);
    }

    /// Counts one item as done, and prints its report above the bar.
    pub fn around(&self, tell: impl FnOnce()) {
        if self.bar.is_hidden() && self.since.is_some_and(|since| since.elapsed() >= BAR_AFTER) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.suspend(tell);
        self.bar.inc(1);
    }

    /// Counts one item as done, of a total; without a terminal nothing is shown.
    pub fn step(&self, done: usize, of: usize) {
        self.bar.set_length(of as u64);
        self.around(|| {});
        self.bar.set_position(done as u64);
    }

    /// Prints above the bar without counting an item.
    pub fn above<T>(&self, tell: impl FnOnce() -> T) -> T {
        self.bar.suspend(tell)
    }

    /// Ends the bar, of which nothing stays: what is printed next would stand beside it.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
