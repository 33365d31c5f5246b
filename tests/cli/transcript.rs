//! Enters: `tests/cli/NAME.txt`, commands with what they print. Leaves: proof that they still print it.
//! Never: compares what differs from run to run: paths, hashes, fingerprints, random names, sizes of sealed bytes.

use crate::support::office::{PROGRAM, TODAY, private_file};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A file of commands: lines that start with `$ `, each followed by what it prints on stdout, then, behind
/// `[stderr]`, what it prints there, and `[exit N]`. A line `# file NAME: its first line` makes a file, `# more NAME: its
/// next line` adds to it, `# demo DIR` makes a demo office that has processed its samples, and `# run DIR` processes what
/// lies in its inbox, in the order of whichever is done first: neither is printed.
pub struct Transcript {
    path: PathBuf,
    text: String,
}

impl Transcript {
    pub fn read(name: &str) -> Transcript {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cli/{name}.txt"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Transcript { path, text }
    }

    /// Runs every command and compares; with `DESPATCH_UPDATE=1`, writes the file anew.
    #[track_caller]
    pub fn holds(&self) {
        let now = self.played();
        if std::env::var_os("DESPATCH_UPDATE").is_some_and(|value| value == "1") {
            return fs::write(&self.path, now).expect("the transcript");
        }
        let first = self.text.lines().zip(now.lines()).find(|(then, now)| then != now);
        assert!(
            self.text == now,
            "{} says otherwise; first difference: {first:#?}\nThis is what is printed now:\n{now}",
            self.path.display()
        );
    }

    fn played(&self) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut now = String::new();
        for line in self.text.lines().filter(|line| line.starts_with("# ") || line.starts_with("$ ")) {
            if let Some(command) = line.strip_prefix("$ ") {
                let _ = write!(now, "\n{line}\n{}", normal(&play(folder.path(), command), folder.path()));
            } else {
                make_file(folder.path(), line);
                let _ = writeln!(now, "{line}");
            }
        }
        now
    }
}

fn make_file(folder: &Path, line: &str) {
    if let Some(dir) = line.strip_prefix("# demo ") {
        let made = play(folder, &format!("despatch demo --once --today {TODAY} --dir {dir}"));
        assert!(made.ends_with("[exit 0]\n"), "{made}");
        return;
    }
    if let Some(dir) = line.strip_prefix("# run ") {
        let done = play(folder, &format!("despatch --office {dir} --today {TODAY} run --once"));
        assert!(done.contains(" queued, 0 rejected"), "{done}");
        return;
    }
    if let Some((name, text)) = line.strip_prefix("# more ").and_then(|line| line.split_once(": ")) {
        let path = folder.join(name);
        let before = fs::read_to_string(&path).expect("a file that was made before");
        return fs::write(&path, format!("{before}{text}\n")).expect("a longer file");
    }
    let Some((name, text)) = line.strip_prefix("# file ").and_then(|line| line.split_once(": ")) else {
        return;
    };
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    // As a person would who keeps a passphrase in it.
    private_file(&path, format!("{text}\n").as_bytes());
}

fn play(folder: &Path, line: &str) -> String {
    let words = words_of(line);
    assert_eq!(words.first().map(String::as_str), Some("despatch"), "{line}");
    let mut command = Command::new(PROGRAM);
    command.args(&words[1..]).current_dir(folder).stdin(Stdio::null());
    for name in ["COLUMNS", "LINES", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    let done = command.output().expect("the program starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let mut text = stdout.into_owned();
    if !stderr.is_empty() {
        let _ = write!(text, "[stderr]\n{stderr}");
    }
    let _ = writeln!(text, "[exit {}]", done.status.code().unwrap_or(-1));
    text
}

/// Words as a shell would split them, single quotes included.
fn words_of(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, piece) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The text with a word in place of everything that differs from run to run.
fn normal(text: &str, folder: &Path) -> String {
    let text = text.replace(PROGRAM, "despatch").replace(&folder.display().to_string(), "FOLDER");
    let text = without_kernel(&without_fingerprints(&text));
    let mut normal = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '-' {
            word.push(c);
            continue;
        }
        normal.push_str(stand_in(&word).unwrap_or(&word));
        word.clear();
        normal.push(c);
    }
    normal.pop();
    without_sizes(&normal)
}

fn stand_in(word: &str) -> Option<&'static str> {
    let hex = |text: &str| text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
    let groups: Vec<&str> = word.split('-').collect();
    match (groups.as_slice(), word.len()) {
        ([one], 64) if hex(one) => Some("SHA256"),
        ([one], 16) if hex(one) => Some("RANDOM"),
        ([one], 12) if hex(one) => Some("SHORTSHA256"),
        ([a, b, c, d], 19) if [a, b, c, d].iter().all(|group| group.len() == 4 && hex(group)) => {
            Some("FINGERPRINT")
        }
        _ => None,
    }
}

/// OpenSSH writes fingerprints in base64, in which a word may end anywhere.
fn without_fingerprints(text: &str) -> String {
    let mut pieces = text.split("SHA256:");
    let first = pieces.next().unwrap_or_default().to_owned();
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    pieces.fold(first, |text, piece| {
        let digits = piece.chars().take_while(|c| is_digit(*c)).count();
        if digits == 43 {
            format!("{text}SHA256:SSHFINGERPRINT{}", &piece[43..])
        } else {
            text + "SHA256:" + piece
        }
    })
}

/// Each kernel confines as it can.
fn without_kernel(text: &str) -> String {
    let known = |line: &str| match line.find("by this kernel: ") {
        Some(at) => format!("{}by this kernel: WHAT IT HAS\n", &line[..at]),
        None => line.to_owned(),
    };
    text.split_inclusive('\n').map(known).collect()
}

/// Sealed bytes carry padding of random length.
fn without_sizes(text: &str) -> String {
    let mut pieces = text.split(" kB");
    let mut normal =
        pieces.next().unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    let count = text.matches(" kB").count();
    if count == 0 {
        return text.to_owned();
    }
    for (index, piece) in pieces.enumerate() {
        normal.push_str("SIZE kB");
        let last = index + 1 == count;
        normal.push_str(if last { piece } else { piece.trim_end_matches(|c: char| c.is_ascii_digit()) });
    }
    normal
}
