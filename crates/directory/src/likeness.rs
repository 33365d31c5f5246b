//! Enters: the labels of two mail domains. Leaves: whether a hurried reader could take the one for the other: what they
//! look like, how far apart they are, and of which words they are made. Never: looks a domain up, or knows a directory.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Characters that are mistaken for one another in small type, and what each is read as. Single ones come first, so
/// that `c1` is read as `cl`, and that as `d`.
const LOOKS: [(&str, &str); 11] = [
    ("0", "o"),
    ("1", "l"),
    ("i", "l"),
    ("5", "s"),
    ("8", "b"),
    ("2", "z"),
    ("-", ""),
    ("rn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("nn", "m"),
];
/// Labels behind an organisation's own name: public suffixes, and those that are reserved for examples (RFC 2606).
const SUFFIXES: [&str; 22] = [
    "ac",
    "co",
    "com",
    "edu",
    "example",
    "gov",
    "gouv",
    "id",
    "invalid",
    "judiciary",
    "ltd",
    "me",
    "mod",
    "net",
    "nhs",
    "nom",
    "org",
    "plc",
    "police",
    "sch",
    "test",
    "uk",
];
/// Words that are put before or behind a name without making it another organisation's in a reader's eyes (F33).
const ADDED: [&str; 41] = [
    "advocates",
    "and",
    "barristers",
    "chambers",
    "clinic",
    "co",
    "docs",
    "email",
    "files",
    "firm",
    "gb",
    "group",
    "health",
    "law",
    "lawyers",
    "legal",
    "limited",
    "llp",
    "login",
    "ltd",
    "mail",
    "medical",
    "my",
    "net",
    "nhs",
    "office",
    "official",
    "online",
    "partners",
    "plc",
    "portal",
    "secure",
    "security",
    "services",
    "solicitors",
    "support",
    "team",
    "the",
    "trust",
    "uk",
    "web",
];

/// The length from which a name is telling, unlike `mail` or `www`.
pub(super) const TELLING_MIN: usize = 5;
/// The length from which a shared beginning or end of names is unlikely to be chance (`fernbrook`, but not `law`).
pub(super) const PART_MIN: usize = 7;
/// The lengths from which two changes, and three, leave a name that is taken for the old one.
const TWO_SLIPS_MIN: usize = 8;
const THREE_SLIPS_MIN: usize = 12;
/// The most changes that ever leave a name that is taken for the old one.
const SLIPS_MAX: usize = 3;

/// The words that add nothing and are long enough to be left out, as they look.
static LEFT_OUT: LazyLock<Vec<String>> =
    LazyLock::new(|| ADDED.iter().filter(|word| word.len() > 2).map(|word| seen(word)).collect());

/// Returns what a hurried reader sees.
pub(super) fn seen(text: &str) -> String {
    let mut seen = text.to_owned();
    for (pair, read) in LOOKS {
        // Asked for each label of each domain: most have none of these.
        if has(seen.as_bytes(), pair.as_bytes()) {
            seen = seen.replace(pair, read);
        }
    }
    seen
}

/// Returns whether a short text holds a very short one, for which a search would take longer to prepare.
fn has(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Returns what a hurried reader sees, who does not tell a hyphen from a dot or nothing.
pub(super) fn joined(domain: &str) -> String {
    seen(&domain.replace('.', ""))
}

/// Returns the labels in front of the public suffix, the last of which is the organisation's own name.
pub(super) fn labels(domain: &str) -> Vec<&str> {
    let mut labels: Vec<&str> = domain.split('.').collect();
    labels.pop();
    while labels.len() > 1 && labels.last().is_some_and(|label| SUFFIXES.contains(label)) {
        labels.pop();
    }
    labels
}

/// Returns whether a label of one domain could be taken for the name of another organisation.
pub(super) fn is_like(label: &str, name: &str) -> bool {
    if label.len() < TELLING_MIN || name.len() < TELLING_MIN {
        return false;
    }
    let (one, other) = (seen(label), seen(name));
    one == other
        || is_near(&one, &other)
        || parts(label).contains(&other)
        || parts(name).contains(&one)
        || words(label) == words(name) && is_telling(&words(label))
        || stem(&one) == stem(&other) && stem(&one).len() >= TELLING_MIN
}

fn is_telling(words: &BTreeSet<&str>) -> bool {
    words.iter().map(|word| word.len()).sum::<usize>() >= TELLING_MIN
}

/// Returns the beginnings and ends of a label that are long enough to be a name, and each of its words that is one, as
/// they look.
pub(super) fn parts(label: &str) -> BTreeSet<String> {
    let cuts = (1..label.len()).filter_map(|at| label.split_at_checked(at));
    let long = cuts.flat_map(|(front, back)| [front, back]).map(|part| part.trim_matches('-'));
    let mut parts: BTreeSet<String> = long.filter(|part| part.len() >= PART_MIN).map(seen).collect();
    let words: Vec<&str> = label.split('-').collect();
    for from in 0..words.len() {
        for to in from + 1..=words.len() {
            let run = words.get(from..to).unwrap_or_default().join("-");
            if run.len() >= TELLING_MIN && run.len() < label.len() {
                parts.insert(seen(&run));
            }
        }
    }
    parts
}

/// Returns the words of a label in any order, without those that add nothing.
pub(super) fn words(label: &str) -> BTreeSet<&str> {
    label.split('-').filter(|word| !word.is_empty() && !ADDED.contains(word)).collect()
}

/// Returns what is left of a name as it looks, once the words that add nothing are taken from both its ends.
pub(super) fn stem(name: &str) -> String {
    let mut stem = name;
    'again: loop {
        for word in LEFT_OUT.iter() {
            let shorter = stem.strip_suffix(word.as_str()).or_else(|| stem.strip_prefix(word.as_str()));
            if let Some(shorter) = shorter.filter(|shorter| shorter.len() >= TELLING_MIN) {
                stem = shorter;
                continue 'again;
            }
        }
        return stem.to_owned();
    }
}

/// Returns whether two names differ in so few changes that one is read as the other. Where more than one letter differs
/// the first stands as it was: `eastfield` is not read as `westfield`.
pub(super) fn is_near(one: &str, other: &str) -> bool {
    let shorter = one.len().min(other.len());
    let begins_alike = one.as_bytes().first() == other.as_bytes().first();
    match distance(one, other, SLIPS_MAX) {
        0 | 1 => true,
        2 => shorter >= TWO_SLIPS_MIN && (begins_alike || shorter >= THREE_SLIPS_MIN),
        3 => shorter >= THREE_SLIPS_MIN && begins_alike,
        _ => false,
    }
}

/// Returns how many letters were added, left out, changed or exchanged with their neighbour (optimal string alignment);
/// something above `most` as soon as it is more than that.
fn distance(one: &str, other: &str, most: usize) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len().abs_diff(other.len()) > most {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, b) in other.iter().enumerate() {
            let at = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut least = at(&last, column) + usize::from(a != b);
            least = least.min(at(&last, column + 1) + 1).min(at(&now, column) + 1);
            let crossed =
                row > 0 && column > 0 && one.get(row - 1) == Some(b) && other.get(column - 1) == Some(a);
            if crossed {
                least = least.min(at(&before, column - 1) + 1);
            }
            now.push(least);
        }
        before = std::mem::replace(&mut last, now);
        // An exchange reaches back over two rows.
        if before.iter().chain(&last).min().is_some_and(|least| *least > most) {
            return usize::MAX;
        }
    }
    last.last().copied().unwrap_or_default()
}

/// How the texts of [`pieces`] begin.
pub(super) const PIECES: [&str; 2] = ["letters ", "piece "];

/// Returns texts of which two names have one in common if they are near: the letters in order of the alphabet, and the
/// pieces of the name, of which so few changes leave one. `asked` returns those that a near name may have.
pub(super) fn pieces(name: &str, asked: bool) -> BTreeSet<String> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    let mut found = BTreeSet::from([format!("letters {}", letters.into_iter().collect::<String>())]);
    let slack = if asked { SLIPS_MAX } else { 0 };
    for length in name.len().saturating_sub(slack)..=name.len() + slack {
        let of = length / (SLIPS_MAX + 1);
        for piece in 0..=SLIPS_MAX {
            let begins = piece * of;
            let ends = if piece == SLIPS_MAX { length } else { begins + of };
            for from in begins.saturating_sub(slack)..=begins + slack {
                if let Some(text) = name.get(from..from + ends - begins) {
                    found.insert(format!("piece {length} {piece} {text}"));
                }
            }
        }
    }
    found
}
