//! `despatch open` of a whole despatch: proved and opened, or refused with nothing left behind.

use super::stock::TAMPERED;
use super::*;
use crate::support::tools::age_decrypt;
use despatch_testing::swap::Swap;
use std::collections::BTreeMap;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn plain(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut names = names(folder);
    names.retain(|name| !name.ends_with(".age") && !name.starts_with(LIST));
    names.into_iter().map(|name| (name.clone(), fs::read(folder.join(name)).unwrap())).collect()
}

/// The message as a mail program saves it: with headers of the way on top, and the line ends of the machine.
fn as_saved(message: &[u8]) -> String {
    let text = String::from_utf8(message.to_vec()).unwrap().replace("\r\n", "\n");
    format!(
        "Return-Path: <made-up@office.example.invalid>\nReceived: from relay.example.invalid\n\tby mx.example.invalid; \
         Mon, 23 Nov 2026 12:00:01 +0000\nX-Spam-Status: No\n{text}"
    )
}

#[test]
fn a_message_and_a_folder_open_with_what_is_proved_of_them() {
    let scene = Scene::new();
    let letter = scene.letter();
    let eml = scene.folder.path().join("letter.eml");
    fs::write(&eml, scene.office.message(&letter)).unwrap();
    let said = scene.open(&eml, &[]).expect(0);
    let out = scene.folder.path().join("letter");
    let opened = plain(&out);
    assert!(
        opened.contains_key("01-cover-note.pdf") && opened.contains_key("manifest.json"),
        "{:?}",
        opened.keys()
    );
    let text = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        &format!("proved {} signed for exactly these parts", scene.name()),
        "as sealed on 23 November 2026 at midday",
        "nothing of its parts is missing, changed or out of order",
        "its plain words are all there, as they were sent",
        "its formatted words are all there, as they were sent",
        "and opened with your key",
        "it came in the message that it was made for",
        "not proved when it was sent",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    let folder = scene.saved(&letter, "parts");
    for name in names(&folder).iter().filter(|name| name.ends_with(".age")) {
        let own = age_decrypt(&scene.key(), &fs::read(folder.join(name)).unwrap()).unwrap();
        assert!(opened[name.strip_suffix(".age").unwrap()] == own, "{name}");
    }
    let said = scene.open(&folder, &[]).expect(0);
    assert!(plain(&folder) == opened, "the same documents");
    assert!(said.stdout.contains("these parts were given without one"), "{said:?}");

    let saved = scene.folder.path().join("saved.eml");
    fs::write(&saved, as_saved(&scene.office.message(&letter))).unwrap();
    scene.open(&saved, &["--output", scene.folder.path().join("saved").to_str().unwrap()]).expect(0);
    assert!(plain(&scene.folder.path().join("saved")) == opened, "through a mail program");
    let again = scene.open(&saved, &[]).expect(1);
    assert!(again.stderr.contains("it is here already"), "{again:?}");
    assert!(plain(&scene.folder.path().join("saved")) == opened, "nothing was overwritten or removed");
}

/// The message as a gateway may pass it on: the list encoded anew, a part without words and one without headers added.
const GATEWAY: &str = r#"
import email, quopri, sys
message = email.message_from_binary_file(open(sys.argv[1], "rb"))
for part in message.walk():
    if part.get_filename() == "SHA256SUMS":
        data = part.get_payload(decode=True)
        part.set_payload(quopri.encodestring(data).decode())
        part.replace_header("Content-Transfer-Encoding", "quoted-printable")
text = message.as_string()
end = "--" + message.get_boundary() + "--"
assert text.count(end) == 1 and "quoted-printable" in text
start = end[:-2] + "\n"
print(text.replace(end, start + "Content-Type: text/plain\n\n" + start + "\nScanned.\n\n" + end), end="")
"#;

#[test]
fn a_message_opens_as_a_gateway_passed_it_on() {
    let scene = Scene::new();
    let eml = scene.folder.path().join("letter.eml");
    let made = scene.office.message_path(&scene.letter());
    let passed_on = run(command("python3").args(["-c", GATEWAY]).arg(made)).unwrap();
    fs::write(&eml, &passed_on).unwrap();
    scene.open(&eml, &[]).expect(0);
    assert!(plain(&scene.folder.path().join("letter")).contains_key("01-cover-note.pdf"));
    let odd = String::from_utf8(passed_on).unwrap().swapped("quoted-printable", "x-uuencode");
    fs::write(&eml, odd).unwrap();
    let said = scene.open(&eml, &["--output", scene.folder.path().join("odd").to_str().unwrap()]).expect(1);
    assert!(!scene.folder.path().join("odd").exists(), "{said:?}");
}

/// An office whose representative gets locked PDFs; a letter to them, and a file with the words that open it.
fn locked_pdfs() -> (Scene, Value, PathBuf) {
    use crate::support::office::{REVIEWER, appointment, paper};
    const REPORT: &[u8] = paper!("A made-up report.");
    let scene = Scene::new();
    scene.office.says("harbour-lane-law", &["--method", "pdf-password"]);
    scene.office.settle("harbour-lane-law");
    scene.office.drop_case("one", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    scene.office.run(&["run", "--once"]);
    let letter = scene.office.despatch_for("TEST-00001", "representative");
    let told = scene.office.run_as(REVIEWER, &["--json", "outbox", "words", words(&letter["id"])]).expect(0);
    let file = scene.folder.path().join("words");
    crate::support::office::private_file(&file, words(&told.json()["words"]).as_bytes());
    (scene, letter, file)
}

#[test]
fn locked_pdfs_are_checked_as_they_lie_and_open_in_a_pdf_reader() {
    let (scene, letter, words_file) = locked_pdfs();
    let signers = scene.signers();
    let open = |what: &Path, more: &[&str]| {
        let words = ["open", what.to_str().unwrap(), "--passphrase-file", words_file.to_str().unwrap()];
        crate::support::office::despatch(&[&words[..], more].concat())
    };
    let signed = ["--signer", signers.to_str().unwrap()];
    let folder = scene.saved(&letter, "pdfs");
    let before = names(&folder);
    assert!(before.contains(&"01-cover-note.pdf".to_owned()), "{before:?}");
    let said = open(&folder, &signed).expect(0);
    for words in ["in your PDF reader", "signed for exactly these parts", "that your words open them"] {
        assert!(said.stdout.contains(words), "{words}: {said:?}");
    }
    assert_eq!(names(&folder), before, "they lie there already");
    assert!(open(&folder, &[]).expect(2).stderr.contains("in your PDF reader"));
    let one = open(&folder.join("01-cover-note.pdf"), &[]).expect(1);
    assert!(one.stderr.contains("open it in your PDF reader"), "{one:?}");
    let with_a_key = scene.open(&folder, &[]).expect(1);
    assert!(with_a_key.stderr.contains("which asks for the words"), "{with_a_key:?}");
    let eml = scene.folder.path().join("letter.eml");
    fs::write(&eml, scene.office.message(&letter)).unwrap();
    open(&eml, &signed).expect(0);
    let wrote = scene.folder.path().join("letter/01-cover-note.pdf");
    assert!(fs::read(wrote).unwrap() == fs::read(folder.join("01-cover-note.pdf")).unwrap());
    // The office's own key opens the manifest besides.
    let (key, office) = (scene.office.key("review"), scene.saved(&letter, "office"));
    let review = ["open", office.to_str().unwrap(), "--identity", key.to_str().unwrap()];
    crate::support::office::despatch(&[&review[..], &signed].concat()).expect(0);
    assert!(office.join("manifest.json").is_file());
    fs::write(folder.join("01-cover-note.pdf"), b"%PDF-1.7 another").unwrap();
    let changed = open(&folder, &[&signed[..], &["--json"]].concat()).expect(1);
    assert_eq!(changed.json()["faults"][0]["code"], "open.part_changed");
    fs::remove_file(folder.join("01-cover-note.pdf")).unwrap();
    let missing = open(&folder, &[&signed[..], &["--json"]].concat()).expect(1);
    assert_eq!(missing.json()["faults"][0]["code"], "open.part_missing");
}

#[test]
fn a_key_may_be_locked_and_must_not_lie_open_to_others() {
    use crate::support::office::private_file;
    use despatch_seal::keys::SecretKey;
    use despatch_seal::lock::{WorkFactor, lock};
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let folder = scene.saved(&scene.letter(), "parts");
    let (document, signers) = (folder.join("01-cover-note.pdf.age"), scene.signers());
    let open = |what: &Path, key: &Path, more: &[&str]| {
        let words = ["open", what.to_str().unwrap(), "--identity", key.to_str().unwrap()];
        crate::support::office::despatch(&[&words[..], more].concat())
    };
    let key = SecretKey::from_identity_file(&fs::read_to_string(scene.key()).unwrap()).unwrap();
    let (locked, passphrase) =
        (scene.folder.path().join("locked.key"), scene.folder.path().join("passphrase"));
    private_file(
        &locked,
        &lock(&key, &"four made-up words here".to_owned().into(), WorkFactor::of(10)).unwrap(),
    );
    private_file(&passphrase, b"four made-up words here\n");
    let with_it = ["--passphrase-file", passphrase.to_str().unwrap()];
    open(&document, &locked, &with_it).expect(0);
    fs::remove_file(folder.join("01-cover-note.pdf")).unwrap();
    open(&folder, &locked, &[&with_it[..], &["--signer", signers.to_str().unwrap()]].concat()).expect(0);
    let loose = scene.folder.path().join("loose.key");
    fs::copy(scene.key(), &loose).unwrap();
    fs::set_permissions(&loose, fs::Permissions::from_mode(0o644)).unwrap();
    let said = open(&document, &loose, &["--json"]).expect(1);
    assert_eq!(said.json()["faults"][0]["code"], "file.loose", "{said:?}");
}

#[test]
fn every_kind_of_tampering_is_refused_and_leaves_nothing_behind() {
    let scene = Scene::new();
    let letter = scene.letter();
    for (index, (what, code, tamper)) in TAMPERED.iter().enumerate() {
        let folder = scene.saved(&letter, &format!("tampered-{index}"));
        tamper(&scene, &folder);
        let before = names(&folder);
        let said = scene.open(&folder, &["--json"]).expect(1);
        let found = said.json()["faults"][0]["code"].clone();
        assert!(code.is_empty() || found == *code, "{what}: {said:?}");
        assert_eq!(names(&folder), before, "{what}: something was left behind");
    }
}

#[test]
fn what_was_sealed_for_somebody_else_is_refused_though_the_office_signed_it() {
    let scene = Scene::new();
    let eml = scene.folder.path().join("other.eml");
    fs::write(&eml, scene.office.message(&scene.office.despatch_for("DEMO-0903", "det"))).unwrap();
    let said = scene.open(&eml, &["--json"]).expect(1);
    assert_eq!(said.json()["faults"][0]["code"], "open.recipient", "{said:?}");
    // Held and not verified: sealed to the office alone.
    let held = scene.office.despatch_for("DEMO-0905", "representative");
    fs::write(&eml, scene.office.message(&held)).unwrap();
    assert_eq!(scene.open(&eml, &["--json"]).expect(1).json()["faults"][0]["code"], "open.recipient");
}

#[test]
fn a_whole_despatch_is_not_opened_without_saying_whose_it_must_be() {
    let scene = Scene::new();
    let eml = scene.folder.path().join("letter.eml");
    fs::write(&eml, scene.office.message(&scene.letter())).unwrap();
    let key = scene.key();
    let bare = ["open", eml.to_str().unwrap(), "--identity", key.to_str().unwrap()];
    let said = crate::support::office::despatch(&bare).expect(2);
    assert!(said.stderr.contains("--signer allowed_signers"), "{said:?}");
    let line = fs::read_to_string(scene.signers()).unwrap();
    for (what, text) in [
        ("no signer", "# nobody\n".to_owned()),
        ("a key cut short", line[..line.len() - 12].to_owned()),
        (
            "an option that limits further",
            line.swapped_once("namespaces=", "valid-before=\"20260101\",namespaces="),
        ),
        ("for checkpoints alone", line.swapped_once("despatch.list@v1,", "")),
    ] {
        fs::write(scene.signers(), text).unwrap();
        scene.open(&eml, &[]).expect(1);
        assert!(!scene.folder.path().join("letter").exists(), "{what}: something was opened");
    }
}
