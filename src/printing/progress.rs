//! Enters: how much is to be done, and each thing as it is done. Leaves: a progress bar on a terminal.
//! Never: shows on work of less than a second, or where nobody watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// Work that takes longer shows a bar.
const BAR_AFTER: Duration = Duration::from_secs(1);

/// A bar that is drawn once the work is long enough, on a terminal.
pub struct BatchProgress {
    bar: ProgressBar,
    since: Option<Instant>,
}

impl BatchProgress {
    /// A bar that counts `what` ("cases"); none for work that has no end (`ends`).
    pub fn new(what: &str, ends: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        let template = format!("{{bar:30}} {{pos}}/{{len}} {what}, {{per_sec}}, {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Self { bar, since: ends.then(Instant::now) }
    }

    /// So many more are to be done.
    pub fn more(&self, ready: usize) {
        self.bar.inc_length(ready as u64);
    }

    /// One is done: what is told of it stands above the bar.
    pub fn around(&self, tell: impl FnOnce()) {
        if self.bar.is_hidden() && self.since.is_some_and(|since| since.elapsed() >= BAR_AFTER) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.suspend(tell);
        self.bar.inc(1);
    }

    /// What is told stands above the bar, and counts for nothing.
    pub fn above<T>(&self, tell: impl FnOnce() -> T) -> T {
        self.bar.suspend(tell)
    }

    /// Nothing more is to be done.
    pub fn end(&self) {
        self.bar.finish();
    }
}
