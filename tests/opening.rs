//! `despatch open`: a sealed file opened by whoever received it, with a key or with the words.

use crate::support::office::{PROGRAM, Said, despatch, private_file};
use crate::support::tools::{command, output, run};
use age::secrecy::ExposeSecret;
use despatch_seal::keys::SecretKey;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing::{seal, seal_with_passphrase};
use despatch_testing::swap::Swap;
use std::fs;
use std::path::Path;

const NINE: &str = "otter-music-castle-velvet-piano-amber-kettle-north-biscuit";

/// Types `lines` to a program that asks at a terminal: what it shows.
fn at_a_terminal(typed_to: &str, lines: &str) -> String {
    let mut script = command("script");
    let shown = output(script.args(["-qec", typed_to, "/dev/null"]), lines.as_bytes());
    String::from_utf8_lossy(&shown.stdout).into_owned()
}

/// A file sealed with [`NINE`], in a folder of its own.
fn sealed_letter() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("letter.pdf.age");
    let sealed = seal_with_passphrase(b"a letter", &Passphrase::from_typed(NINE)).unwrap();
    fs::write(&path, sealed).unwrap();
    let path = path.display().to_string();
    (dir, path)
}

/// `despatch open FILE`, with what was typed in a file.
fn open_as_typed(file: &str, typed: &str) -> Said {
    let words = format!("{file}.words");
    private_file(Path::new(&words), typed.as_bytes());
    despatch(&["open", file, "--passphrase-file", &words])
}

#[test]
fn despatch_open_takes_the_words_from_a_file_and_says_what_is_wrong_with_them() {
    let (dir, file) = sealed_letter();
    open_as_typed(&file, "Otter music castle velvet piano amber kettle north biscuit\n").expect(0);
    let opened = dir.path().join("letter.pdf");
    assert_eq!(fs::read(&opened).unwrap(), b"a letter");
    fs::remove_file(&opened).unwrap();
    for (typed, told) in [
        (
            "otter music castle velvet piano amber kettle north",
            "the passphrase has 9 words, and 8 were given",
        ),
        ("otter xyzzy castle velvet piano amber kettle north biscuit", "word 2 is not one of the words"),
        ("otter music castle velvet piano amber kettle north piano", "use the one to which it was sealed"),
    ] {
        let said = open_as_typed(&file, typed).expect(1);
        assert!(said.stderr.contains(told), "{}", said.stderr);
        assert!(!said.stderr.contains("xyzzy") && !said.stderr.contains("castle"), "{}", said.stderr);
        assert!(!opened.exists(), "a part was left");
    }
}

#[test]
fn despatch_open_asks_for_the_words_at_a_terminal_and_does_not_show_them() {
    let (dir, file) = sealed_letter();
    let said = at_a_terminal(&format!("{PROGRAM} open {file} --passphrase"), &format!("{NINE}\n"));
    assert_eq!(fs::read(dir.path().join("letter.pdf")).unwrap_or_default(), b"a letter", "{said}");
    assert!(said.contains("The words that the office read out to you"), "{said}");
}

#[test]
fn despatch_open_says_which_of_key_and_passphrase_a_file_needs() {
    let (dir, file) = sealed_letter();
    let key = SecretKey::generate();
    let identity = dir.path().join("identity.txt");
    private_file(&identity, key.to_identity_file().unwrap().expose_secret().as_bytes());
    let said = despatch(&["open", &file, "--identity", identity.to_str().unwrap()]).expect(1);
    assert!(said.stderr.contains("give --passphrase in place of --identity"), "{}", said.stderr);
    fs::write(&file, seal(b"a letter", &[&key.to_public()]).unwrap()).unwrap();
    let said = open_as_typed(&file, NINE).expect(1);
    assert!(said.stderr.contains("give --identity and the file of your private key"), "{}", said.stderr);
    assert!(despatch(&["open", &file]).code != 0, "one of the two is needed");
    assert!(despatch(&["open", &file, "--passphrase", "--identity", "x"]).code != 0, "and not both");
}

#[test]
fn what_age_locked_with_another_persons_passphrase_opens_here() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).display().to_string();
    fs::write(at("plain"), b"a letter").unwrap();
    let typed = "Zwölf  Boxkämpfer\nZwölf  Boxkämpfer\n";
    at_a_terminal(&format!("age -p -o {} {}", at("x.pdf.age"), at("plain")), typed);
    open_as_typed(&at("x.pdf.age"), "Zwölf  Boxkämpfer\n").expect(0);
    assert_eq!(fs::read(at("x.pdf")).unwrap(), b"a letter");
    run(command("age").arg("--version")).expect("age is installed");
}

/// docs/recipients.md, from a key to open documents.
const PAGE: &str = include_str!("../docs/recipients.md");

/// The commands in the tables of the page, with the system that each is for.
fn commands_of_the_page() -> Vec<(&'static str, String)> {
    let rows = PAGE.lines().map(str::trim).filter(|line| line.starts_with("| "));
    let row = |line: &'static str| {
        let (system, command) = line.trim_matches('|').split_once(" | `")?;
        Some((system.trim(), command.rsplit_once('`')?.0.replace("\\|", "|")))
    };
    rows.filter_map(row).collect()
}

#[test]
fn the_commands_of_the_page_for_recipients_open_what_was_sealed_for_them() {
    let commands = commands_of_the_page();
    let windows = commands.iter().filter(|(system, _)| system.contains("with `age"));
    assert_eq!(windows.clone().count(), 4, "{commands:?}");
    for (system, line) in windows {
        // PowerShell runs no program of the current folder by its bare name.
        let bare = line.starts_with("age") || line.contains(" age");
        assert!(line.contains(".\\age") && !bare, "{system}: {line}");
    }
    let dir = tempfile::tempdir().unwrap();
    let shell = |line: &str| {
        let said = output(command("sh").args(["-ec", line]).current_dir(dir.path()), &[]);
        assert_eq!(said.code, Some(0), "{line}: {}", said.stderr);
        String::from_utf8_lossy(&said.stdout).into_owned()
    };
    let on_linux = |of: &str| {
        let found = commands.iter().find(|(system, line)| system.contains("Linux") && line.contains(of));
        found.unwrap_or_else(|| panic!("no {of} in {commands:?}")).1.clone()
    };
    shell(&on_linux("age-keygen"));
    let public = shell("age-keygen -y despatch-key.txt").trim().to_owned();
    let fingerprint = shell(&on_linux("sha256sum | cut").swapped("age1…", &public));
    let key: despatch_seal::keys::PublicKey = public.parse().unwrap();
    assert_eq!(fingerprint.trim(), key.fingerprint().replace('-', ""), "as the office has it");

    let lay = |name: &str, sealed: Vec<u8>| fs::write(dir.path().join(name), sealed).unwrap();
    let opened = |name: &str| fs::read(dir.path().join(name)).unwrap_or_default();
    lay("01-cover-note.pdf.age", seal(b"a note", &[&key]).unwrap());
    lay("02-document.pdf.age", seal(b"a document", &[&key]).unwrap());
    shell(&on_linux("age -d -i despatch-key.txt -o 01-cover-note.pdf"));
    assert_eq!(opened("01-cover-note.pdf"), b"a note");
    shell(&on_linux("for f in *.age"));
    assert_eq!(opened("02-document.pdf"), b"a document");

    fs::remove_file(dir.path().join("01-cover-note.pdf")).unwrap();
    lay("01-cover-note.pdf.age", seal_with_passphrase(b"by words", &Passphrase::from_typed(NINE)).unwrap());
    let line = format!("cd {} && {}", dir.path().display(), on_linux("age -d -o 01-cover-note.pdf"));
    at_a_terminal(&line, &format!("{NINE}\n"));
    assert_eq!(opened("01-cover-note.pdf"), b"by words");
}
