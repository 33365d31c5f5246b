//! Enters: a text that a test means to change. Leaves: the changed text.
//! Never: the same text: what a test looks for may have been reworded since, and then it would check nothing.

/// Like `str::replace` and `str::replacen`, which say nothing where there is nothing to replace.
pub trait Swap {
    /// The text with each of `from` made `to`.
    ///
    /// # Panics
    /// If the text has no `from`, or if nothing would change.
    #[track_caller]
    fn swapped(&self, from: &str, to: &str) -> String;

    /// The text with the first of `from` made `to`.
    ///
    /// # Panics
    /// As `swapped` does.
    #[track_caller]
    fn swapped_once(&self, from: &str, to: &str) -> String;
}

impl Swap for str {
    #[track_caller]
    fn swapped(&self, from: &str, to: &str) -> String {
        changes(self, from, to);
        self.replace(from, to)
    }

    #[track_caller]
    fn swapped_once(&self, from: &str, to: &str) -> String {
        changes(self, from, to);
        self.replacen(from, to, 1)
    }
}

#[track_caller]
fn changes(text: &str, from: &str, to: &str) {
    assert!(text.contains(from), "nothing is changed: there is no {from:?} in:\n{text}");
    assert_ne!(from, to, "nothing is changed");
}
