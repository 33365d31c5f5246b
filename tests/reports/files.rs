//! Enters: text files as Windows and spreadsheets write them. Leaves: proof that they are read, or that the cure is one.
//! Never: guesses what a file without a mark means.

use crate::support::office::{DemoOffice, despatch, private_file};
use age::secrecy::ExposeSecret;
use despatch_seal::keys::SecretKey;
use despatch_seal::sealing::seal;
use std::fs;

/// A text in the encodings that mark themselves, by name.
fn marked(text: &str) -> [(&'static str, Vec<u8>); 3] {
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect()
    };
    [
        ("UTF-16, little end first", utf16(u16::to_le_bytes)),
        ("UTF-16, big end first", utf16(u16::to_be_bytes)),
        ("UTF-8 with its mark", format!("\u{feff}{text}").into_bytes()),
    ]
}

#[test]
fn a_private_key_is_read_in_every_encoding_that_marks_itself_and_else_the_cure_is_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let (file, identity) = (dir.path().join("letter.pdf.age"), dir.path().join("key.txt"));
    let key = SecretKey::generate();
    fs::write(&file, seal(b"a letter", &[&key.to_public()]).expect("sealed")).expect("a new file");
    let text = key.to_identity_file().expect("a key").expose_secret().replace('\n', "\r\n");
    let words = ["open", file.to_str().expect("UTF-8"), "--identity", identity.to_str().expect("UTF-8")];
    for (encoding, bytes) in marked(&text) {
        private_file(&identity, &bytes);
        let said = despatch(&words);
        assert_eq!(said.code, 0, "{encoding}: {said:?}");
        assert_eq!(fs::read(dir.path().join("letter.pdf")).expect("opened"), b"a letter");
        fs::remove_file(dir.path().join("letter.pdf")).expect("our own file");
        fs::remove_file(&identity).expect("our own file");
    }
    let unmarked: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let odd = if text.len() % 2 == 0 { "\n" } else { "" };
    let broken = [&b"\xff\xfe"[..], text.as_bytes(), odd.as_bytes()].concat();
    let latin = [&b"# caf\xe9\n"[..], text.as_bytes()].concat();
    for bytes in [&unmarked, &broken, &latin] {
        private_file(&identity, bytes);
        let said = despatch(&words).expect(1);
        let (_, cure) = said.stderr.split_once("to mend:").expect("a cure");
        assert!(cure.contains("UTF-8"), "{}", said.stderr);
        fs::remove_file(&identity).expect("our own file");
    }
}

#[test]
fn a_directory_that_a_spreadsheet_saved_is_imported_with_its_empty_rows_and_in_its_encoding() {
    let office = DemoOffice::new();
    let sheet = office.dir.with_file_name("directory.csv");
    let path = sheet.to_str().expect("UTF-8");
    office.run(&["directory", "export", "--to", path]).expect(0);
    let text = fs::read_to_string(&sheet).expect("the sheet") + ",,,,,,,,,,,\r\n,, ,,,,,,,,,\r\n\r\n,,,\r\n";
    for (encoding, bytes) in marked(&text) {
        fs::write(&sheet, bytes).expect("the sheet");
        let said = office.run_as("imran-castellan", &["directory", "import", path]);
        assert_eq!(said.code, 0, "{encoding}: {said:?}");
        assert!(said.stdout.starts_with("0 entries added, 0 entries changed"), "{encoding}: {said:?}");
    }
    // As an English Windows saves it without being asked.
    fs::write(&sheet, [text.as_bytes(), b"caf\xe9,,,,,,,,,,,\r\n"].concat()).expect("the sheet");
    let said = office.run_as("imran-castellan", &["directory", "import", path]).expect(1);
    assert!(said.stderr.contains("it is not UTF-8") && said.stderr.contains("Notepad"), "{}", said.stderr);
}
