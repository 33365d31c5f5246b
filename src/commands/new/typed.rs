//! Enters: typed text. Leaves: the item of a list, the yes or no, or the path that it means.
//! Never: decides whether it is valid, or takes one of several that it may mean.

use std::path::PathBuf;

/// Parses a yes or a no.
pub fn flag(typed: &str) -> Option<bool> {
    match typed.to_lowercase().as_str() {
        "yes" | "y" | "true" => Some(true),
        "no" | "n" | "false" => Some(false),
        _ => None,
    }
}

/// Finds an item of a numbered list by its number, its word or its label.
pub fn choice<'a, W: AsRef<str>>(typed: &str, list: &'a [(W, String)]) -> Option<&'a str> {
    let same = |words: &str| words.to_lowercase() == typed.to_lowercase();
    let named = list.iter().find(|(word, words)| same(word.as_ref()) || same(words));
    let number = || typed.parse::<usize>().ok()?.checked_sub(1);
    named.or_else(|| list.get(number()?)).map(|(word, _)| word.as_ref())
}

/// Finds the items of a list of places or people that a name may mean: those that begin with it as a whole, else those in
/// which each of its words begins a word.
pub fn named<'a, W: AsRef<str>>(typed: &str, list: &'a [(W, String)]) -> Vec<&'a (W, String)> {
    let typed = words(typed);
    if typed.is_empty() {
        return Vec::new();
    }
    let whole: Vec<_> = list.iter().filter(|(_, label)| words(name_of(label)) == typed).collect();
    if !whole.is_empty() {
        return whole;
    }
    let holds = |label: &str| {
        let label = words(label);
        typed.iter().all(|typed| label.iter().any(|word| word.starts_with(typed.as_str())))
    };
    list.iter().filter(|(_, label)| holds(label)).collect()
}

/// The name at the beginning of a label, before what explains it.
fn name_of(label: &str) -> &str {
    label.split([',', '(']).next().unwrap_or(label)
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Parses a path as terminals paste it: quoted, or relative to the home folder (`~/`).
pub fn path(typed: &str) -> PathBuf {
    let quoted = |mark: char| typed.strip_prefix(mark).and_then(|typed| typed.strip_suffix(mark));
    let plain = quoted('\'').or_else(|| quoted('"')).unwrap_or(typed);
    match (plain.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(plain),
    }
}
