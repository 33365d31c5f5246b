//! Enters: the command line of a bench. Leaves: which of its parts to run, its numbers, and a file of what it measured.
//! Never: takes a word that the bench does not know for something else.

use serde_json::Value;
use std::fs;

/// The words after `cargo bench --bench NAME --`: parts to run, then options with a value each.
pub struct Arguments {
    parts: Vec<String>,
    options: Vec<(String, String)>,
}

impl Arguments {
    /// Reads them; `parts` and `options` are all that there are.
    pub fn read(parts: &[&str], options: &[&str]) -> Arguments {
        // Cargo adds `--bench`.
        let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
        let mut read = Arguments { parts: Vec::new(), options: Vec::new() };
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                Some(option) if options.contains(&option) => {
                    let value = words.next().unwrap_or_else(|| panic!("{word} takes a value"));
                    read.options.push((option.to_owned(), value));
                }
                None if parts.contains(&word.as_str()) => read.parts.push(word),
                _ => panic!("{word} is none of {parts:?} or {options:?}"),
            }
        }
        read
    }

    /// Whether a part is to run; all are if none is named.
    pub fn has(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|one| one == part)
    }

    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str, otherwise: usize) -> usize {
        let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("--{name}: {text} is no number"));
        self.option(name).map_or(otherwise, number)
    }

    /// Writes what was measured into the file of `--json`, if there is one.
    pub fn write_json(&self, measured: &Value) {
        if let Some(path) = self.option("json") {
            fs::write(path, format!("{measured:#}\n")).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
}

/// Sorts the values, and returns the one below or at which the share of them lies: 0.5 is the median of an odd number.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share).ceil() as usize;
    values[place.saturating_sub(1).min(values.len() - 1)]
}
