//! Enters: a kind, or two versions of one. Leaves: how its examples look, and its texts line by line. Never: renders an
//! office's own kind: its pictures are those that a person there looked at.

use super::KindView;
use super::versions::files_of;
use crate::operations::{Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_core::words::{KindName, Sha256};
use despatch_letters::catalogue::Kind;
use serde::Serialize;
use std::collections::BTreeSet;

/// The most lines of a file that are compared line by line: a longer one is shown whole.
const LINES_MAX: usize = 2_000;

/// How a kind looks.
#[derive(Debug, Serialize)]
pub struct KindLook {
    pub kind: KindView,
    pub pictures: Vec<Picture>,
    /// The versions that were in use, the latest first.
    pub versions: Vec<InUse>,
}

/// A page of an example.
#[derive(Debug, Serialize)]
pub struct Picture {
    /// The example, its document and the page.
    pub caption: String,
    /// What stands on it.
    pub text: String,
    #[serde(skip)]
    pub png: Vec<u8>,
}

/// A version that was in use.
#[derive(Debug, Serialize)]
pub struct InUse {
    pub hash: Sha256,
    pub since: NaiveDate,
}

/// Returns how the examples of a kind look, and which versions of it were in use.
///
/// # Errors
/// There is no such kind; a picture or the ledger cannot be read; a built-in kind cannot be rendered.
pub fn look(open: &mut OpenOffice, name: &KindName) -> Result<KindLook, Failure> {
    let OpenOffice { office, ledger, program, rendered, .. } = open;
    let catalogue = &office.catalogue;
    let kind = super::kind(catalogue, name)?;
    let accepted = catalogue.golden(kind)?;
    let golden = match &accepted {
        Some(accepted) => accepted,
        None => rendered.of(kind, catalogue, program)?,
    };
    let pictures = golden.iter().filter(|(path, _)| path.ends_with(".png")).map(|(path, png)| {
        let file = path.rsplit('/').next().unwrap_or(path);
        // `cruel.letter.2.png` has its words in `cruel.letter.txt`, page by page.
        let mut parts = file.split('.');
        let (example, document, page) = (parts.next(), parts.next(), parts.next());
        let (example, document) = (example.unwrap_or_default(), document.unwrap_or_default());
        let number: usize = page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let folder = path.strip_suffix(file).unwrap_or_default();
        let words = golden.get(&format!("{folder}{example}.{document}.txt"));
        let words = words.map(|words| String::from_utf8_lossy(words)).unwrap_or_default();
        let text = words.split("\n---\n").nth(number.saturating_sub(1)).unwrap_or_default().trim().to_owned();
        let caption = format!("Example “{example}”, {}, page {number}", document.replace('-', " "));
        let text = if text.is_empty() { caption.clone() } else { text };
        Picture { caption, text, png: png.clone() }
    });
    let pictures = pictures.collect();
    let view = view(kind, catalogue.fingerprint(name));
    let versions = ledger.versions_of(name)?;
    let versions = versions.into_iter().map(|(hash, since)| InUse { hash, since }).collect();
    Ok(KindLook { kind: view, pictures, versions })
}

fn view(kind: &Kind, version: Sha256) -> KindView {
    KindView {
        kind: kind.name.clone(),
        title: kind.title.clone(),
        summary: kind.summary.clone(),
        roles: kind.roles.clone(),
        own: kind.overlaid,
        version,
    }
}

/// A file of two versions, line by line; with each line, whether the other version does not have it there.
#[derive(Debug, Serialize)]
pub struct VersionTexts {
    pub path: String,
    pub one: Vec<(String, bool)>,
    pub other: Vec<(String, bool)>,
}

impl VersionTexts {
    /// Whether the file is another one in the other version.
    pub fn differs(&self) -> bool {
        self.one.iter().chain(&self.other).any(|(_, differs)| *differs) || self.one.len() != self.other.len()
    }
}

/// Returns the files of two versions, each named by the beginning of its hash, `current` or `built-in`.
///
/// # Errors
/// There is no such kind, one of them is unknown, or the ledger cannot be read.
pub fn compare(
    open: &mut OpenOffice,
    name: &KindName,
    (a, b): (&str, &str),
) -> Result<Vec<VersionTexts>, Failure> {
    let (one, other) = (files_of(open, name, a)?, files_of(open, name, b)?);
    let paths: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let lines =
        |text: Option<&String>| text.map_or_else(Vec::new, |text| text.lines().map(str::to_owned).collect());
    Ok(paths
        .into_iter()
        .map(|path| {
            let (one, other): (Vec<String>, Vec<String>) = (lines(one.get(path)), lines(other.get(path)));
            let (in_one, in_other) = differing(&one, &other);
            let zip = |lines: Vec<String>, marks: Vec<bool>| lines.into_iter().zip(marks).collect();
            VersionTexts { path: path.clone(), one: zip(one, in_one), other: zip(other, in_other) }
        })
        .collect())
}

/// Returns which lines of each text are not in the longest common sequence of both.
fn differing(one: &[String], other: &[String]) -> (Vec<bool>, Vec<bool>) {
    if one.len() > LINES_MAX || other.len() > LINES_MAX {
        let all = one != other;
        return (vec![all; one.len()], vec![all; other.len()]);
    }
    // lengths[i][j]: of the longest common sequence of what follows line i of one and line j of the other.
    let width = other.len() + 1;
    let mut lengths = vec![0_u32; (one.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    let get = |lengths: &[u32], i: usize, j: usize| lengths.get(at(i, j)).copied().unwrap_or(0);
    for (i, line) in one.iter().enumerate().rev() {
        for (j, second) in other.iter().enumerate().rev() {
            let longest = match line == second {
                true => get(&lengths, i + 1, j + 1) + 1,
                false => get(&lengths, i + 1, j).max(get(&lengths, i, j + 1)),
            };
            if let Some(place) = lengths.get_mut(at(i, j)) {
                *place = longest;
            }
        }
    }
    let (mut in_one, mut in_other) = (vec![true; one.len()], vec![true; other.len()]);
    let (mut i, mut j) = (0, 0);
    while let (Some(line), Some(second)) = (one.get(i), other.get(j)) {
        if line == second {
            if let (Some(first), Some(second)) = (in_one.get_mut(i), in_other.get_mut(j)) {
                (*first, *second) = (false, false);
            }
            (i, j) = (i + 1, j + 1);
        } else if get(&lengths, i + 1, j) >= get(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    (in_one, in_other)
}

#[cfg(test)]
mod tests {
    use super::differing;

    fn lines(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_line_differs_where_the_other_text_does_not_have_it() {
        let (one, other) = differing(&lines("a b c d"), &lines("a c x d"));
        assert_eq!((one, other), (vec![false, true, false, false], vec![false, false, true, false]));
        let (one, other) = differing(&lines(""), &lines("a"));
        assert_eq!((one, other), (vec![], vec![true]));
        let (one, other) = differing(&lines("a b"), &lines("a b"));
        assert!(one.iter().chain(&other).all(|differs| !differs));
    }
}
