//! `despatch open` of a whole despatch: proved and opened, or refused with nothing left behind.

use super::stock::TAMPERED;
use super::*;
use crate::support::tools::age_decrypt;
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
        "nothing is missing, changed or out of order",
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
    let odd = String::from_utf8(passed_on).unwrap().replace("quoted-printable", "x-uuencode");
    fs::write(&eml, odd).unwrap();
    let said = scene.open(&eml, &["--output", scene.folder.path().join("odd").to_str().unwrap()]).expect(1);
    assert!(!scene.folder.path().join("odd").exists(), "{said:?}");
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
fn a_message_whose_parts_or_headers_were_changed_is_refused() {
    let scene = Scene::new();
    let text = String::from_utf8(scene.office.message(&scene.letter())).unwrap();
    let boundary = text.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let delimiter = format!("\r\n--{boundary}");
    let pieces: Vec<&str> = text.split(delimiter.as_str()).collect();
    let put = |order: &[usize]| order.iter().map(|at| pieces[*at]).collect::<Vec<_>>().join(&delimiter);
    let whole: Vec<usize> = (0..pieces.len()).collect();
    assert_eq!(put(&whole), text);
    let mut swapped = whole.clone();
    swapped.swap(2, 3);
    let mut missing = whole.clone();
    missing.remove(3);
    let mut twice = whole.clone();
    twice.insert(3, 2);
    // The signature is the last part, before the end.
    let (signature, mut second) = (pieces.len() - 2, whole.clone());
    second.insert(signature, signature);
    let another = pieces[signature].replacen("SHA256SUMS.sig", "SHA256SUMS.html", 1);
    let mut more = pieces.clone();
    more.insert(signature, &another);
    let id = text.split("Message-ID: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let table: [(&str, String, &str); 7] = [
        ("a part that is called almost like the list", more.join(&delimiter), "open.part_extra"),
        ("a second signature", put(&second), "open.part_extra"),
        ("two parts that changed places", put(&swapped), "open.order"),
        ("a part missing", put(&missing), "open.part_missing"),
        ("a part twice", put(&twice), "open.order"),
        ("another part added", put(&whole).replacen("SHA256SUMS.sig", "09-more.pdf.age", 1), "open.unsigned"),
        ("another Message-ID", text.replacen(id, "<1-1.1.0123@despatch.example>", 1), "open.message"),
    ];
    for (what, text, code) in table {
        let eml = scene.folder.path().join("changed.eml");
        fs::write(&eml, text).unwrap();
        let said = scene.open(&eml, &["--json"]).expect(1);
        assert_eq!(said.json()["faults"][0]["code"], code, "{what}: {said:?}");
        assert!(!scene.folder.path().join("changed").exists(), "{what}: something was left behind");
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
            line.replacen("namespaces=", "valid-before=\"20260101\",namespaces=", 1),
        ),
        ("for checkpoints alone", line.replacen("despatch.list@v1,", "", 1)),
    ] {
        fs::write(scene.signers(), text).unwrap();
        scene.open(&eml, &[]).expect(1);
        assert!(!scene.folder.path().join("letter").exists(), "{what}: something was opened");
    }
}
