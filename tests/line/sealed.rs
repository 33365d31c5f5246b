//! Who can open what: every sealed part with Debian's age and every key there is.

use super::{MANIFEST, REPORT, STATEMENT, files_below, manifest_of, opened, read_mail, tidy_office, words};
use crate::support::office::{DemoOffice, appointment};
use crate::support::pdf::flowing_text;
use crate::support::tools::{age_decrypt, command, run, run_with};
use despatch_core::words::Sha256;
use despatch_seal::keys::{PublicKey, SecretKey};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Every key of the office by the entry that it belongs to, and `review`.
fn keys(office: &DemoOffice) -> BTreeMap<String, PathBuf> {
    let folder = fs::read_dir(office.dir.join("PRIVATE-demo-keys")).expect("the demo's keys");
    let keys: BTreeMap<_, _> = folder
        .map(|entry| entry.expect("an entry").path())
        // The signing key seals and opens nothing.
        .filter(|path| !path.ends_with("signing.key"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .collect();
    assert!(keys.len() > 10, "{keys:?}");
    keys
}

/// Opens with each key of `with`, to the same bytes, and with none of the others.
fn opens_with_only(office: &DemoOffice, what: &str, sealed: &[u8], with: &[&str]) -> Vec<u8> {
    let keys = keys(office);
    let mut plain: Vec<Vec<u8>> = with
        .iter()
        .map(|key| age_decrypt(&keys[*key], sealed).unwrap_or_else(|why| panic!("{what} with {key}: {why}")))
        .collect();
    plain.dedup();
    assert_eq!(plain.len(), 1, "{what} opens to different bytes");
    let mut age = command("age");
    age.arg("--decrypt");
    for (_, path) in keys.iter().filter(|(name, _)| !with.contains(&name.as_str())) {
        age.arg("--identity").arg(path);
    }
    let why = run_with(&mut age, sealed).expect_err(what);
    assert!(why.contains("no identity matched"), "{what}: {why}");
    plain.remove(0)
}

/// Who may open the parts of a despatch.
fn may_open(despatch: &Value) -> Vec<&str> {
    match words(&despatch["state"]) {
        // What waits for somebody's authority alone has a recipient who may be written to.
        "held" if despatch["planned"]["hold"].is_null() => vec!["review"],
        _ => vec![words(&despatch["recipient"]["entry"]), "review"],
    }
}

#[test]
fn a_sealed_part_opens_with_its_recipients_key_and_the_review_key_and_no_other() {
    let office = DemoOffice::new();
    let despatches = office.despatches();
    let held: Vec<_> = despatches.iter().filter(|one| one["state"] == "held").map(|one| &one["id"]).collect();
    assert_eq!((despatches.len(), held.len()), (25, 3), "held: {held:?}");
    let mut parts = 0;
    for despatch in &despatches {
        for (name, sealed) in read_mail(&office, despatch).files() {
            if name.ends_with(".age") {
                let what = format!("{} of {}", name, despatch["id"]);
                opens_with_only(&office, &what, &sealed, &may_open(despatch));
                parts += 1;
            }
        }
    }
    assert!(parts > 2 * despatches.len(), "only {parts} sealed parts");
}

#[test]
fn the_manifest_says_exactly_what_is_sealed_for_whom_and_in_which_message() {
    let office = DemoOffice::new();
    for despatch in office.despatches() {
        let mail = read_mail(&office, &despatch);
        let mut documents = opened(&office, &despatch);
        let manifest = manifest_of(&documents);
        documents.remove(MANIFEST);

        let listed = manifest["documents"].as_array().expect("a list");
        let listed: BTreeMap<&str, (&str, u64)> = listed
            .iter()
            .map(|one| (words(&one["file"]), (words(&one["sha256"]), one["size"].as_u64().expect("a size"))))
            .collect();
        let hashes: Vec<String> = documents.values().map(|bytes| Sha256::of(bytes).to_string()).collect();
        let sealed = documents.iter().zip(&hashes);
        let sealed: BTreeMap<&str, (&str, u64)> = sealed
            .map(|((name, bytes), hash)| (name.as_str(), (hash.as_str(), bytes.len() as u64)))
            .collect();
        assert_eq!(listed, sealed, "of {}", despatch["id"]);

        assert_eq!(manifest["message_id"], mail.header("Message-ID"));
        assert_eq!(manifest["despatch"], despatch["id"]);
        assert_eq!(manifest["case"], despatch["case_id"]);
        let recipient = json!({
            "entry": despatch["recipient"]["entry"], "address": despatch["recipient"]["address"],
            "fingerprints": despatch["message"]["fingerprints"],
        });
        assert_eq!(manifest["recipient"], recipient);
        assert!(mail.header("To").contains(words(&recipient["address"])), "{}", mail.header("To"));
        let nobody = despatch["message"]["fingerprints"].as_array().expect("a list").is_empty();
        // What waits for somebody's authority alone has a recipient who may be written to.
        let of_entry = despatch["state"] == "held" && despatch["planned"]["hold"].is_null();
        assert_eq!(nobody, of_entry, "sealed to nobody only where its entry holds it");
    }
}

#[test]
fn the_outer_list_passes_sha256sum_and_names_every_sealed_part() {
    let office = DemoOffice::new();
    for despatch in office.despatches() {
        let files = read_mail(&office, &despatch).files();
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in &files {
            fs::write(folder.path().join(name), bytes).expect("a new file");
        }
        let mut check = command("sha256sum");
        check.args(["--strict", "--check", "SHA256SUMS"]).current_dir(folder.path());
        let said = String::from_utf8(run(&mut check).unwrap_or_else(|why| panic!("{why}"))).expect("UTF-8");
        let checked: Vec<&str> = said.lines().map(|line| line.strip_suffix(": OK").expect("OK")).collect();
        let sealed: Vec<&String> = files.keys().filter(|name| name.ends_with(".age")).collect();
        assert_eq!(checked, sealed, "of {}", despatch["id"]);
    }
}

#[test]
fn what_was_dropped_lies_sealed_in_the_outbox_byte_for_byte_and_no_longer_in_the_inbox() {
    let office = tidy_office();
    let mut case = appointment(1, REPORT);
    case["attachments"].as_array_mut().expect("a list").push(json!({
        "file": "Statement (2).pdf", "kind": "supporting_information", "title": "Statement", "relevance": "Tells it",
        "size": STATEMENT.len(), "sha256": Sha256::of(STATEMENT).to_string(),
    }));
    // What stands in the file is kept, not what it means: white space and all.
    let text = format!("{}\n\n", serde_json::to_string_pretty(&case).expect("JSON"));
    office.drop_case("mine", &text, &[("report.pdf", REPORT), ("Statement (2).pdf", STATEMENT)]);
    let queued = super::process(&office, 0).remove(0);
    assert_eq!(queued["outcome"], "queued", "{queued}");

    let sealed = fs::read(office.dir.join(format!("outbox/received/{}.tar.age", queued["submission"])))
        .expect("sealed");
    let archive = opens_with_only(&office, "the original", &sealed, &["review"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    run_with(command("tar").arg("x").current_dir(folder.path()), &archive)
        .unwrap_or_else(|why| panic!("{why}"));
    let expected: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::from([
        ("case.json".into(), text.into_bytes()),
        ("attachments/report.pdf".into(), REPORT.to_vec()),
        ("attachments/Statement (2).pdf".into(), STATEMENT.to_vec()),
    ]);
    assert_eq!(files_below(folder.path()), expected);

    let left = files_below(&office.dir.join("inbox"));
    assert!(left.keys().all(|path| path.starts_with("rejected")), "left in the inbox: {left:?}");
}

#[test]
fn every_sealed_original_of_the_demo_opens_with_the_review_key_alone() {
    let office = DemoOffice::new();
    let originals = files_below(&office.dir.join("outbox/received"));
    assert_eq!(originals.len(), 8);
    for (name, sealed) in originals {
        opens_with_only(&office, &name.to_string_lossy(), &sealed, &["review"]);
    }
}

/// The despatch of the demo that was held because nobody had verified its recipient, made anew after somebody has.
fn made_anew(office: &DemoOffice) -> Value {
    let held = office.despatch_for("DEMO-0905", "representative");
    assert_eq!(held["state"], "held");
    office.verify("millstone-chambers", &[]);
    office
        .run_as("beatrix-lund", &["outbox", "release", words(&held["id"]), "--reason", "verified today"])
        .expect(0);
    office.despatch_for("DEMO-0905", "representative")
}

#[test]
fn what_is_made_anew_for_a_verified_recipient_opens_with_that_key_too_and_with_no_other() {
    let office = DemoOffice::new();
    let made = made_anew(&office);
    assert_eq!((&made["state"], &made["message"]["revision"]), (&json!("awaiting_review"), &json!(2)));
    for (name, sealed) in read_mail(&office, &made).files() {
        if name.ends_with(".age") {
            opens_with_only(&office, &name, &sealed, &["millstone-chambers", "review"]);
        }
    }
}

#[test]
fn a_letter_that_is_made_anew_for_one_recipient_is_still_the_letter_of_the_other() {
    let office = DemoOffice::new();
    let letter = |despatch: &Value, name: &str| opened(&office, despatch)[name].clone();
    let served = letter(&office.despatch_for("DEMO-0905", "det"), "03-document.pdf");
    let first = letter(&office.despatch_for("DEMO-0905", "representative"), "02-document.pdf");
    assert_eq!(flowing_text(&first), flowing_text(&served), "one text for both");
    assert!(letter(&made_anew(&office), "02-document.pdf") == first, "made anew, byte for byte");
}

#[test]
fn a_key_that_begins_like_another_kind_of_key_by_chance_is_still_a_key() {
    // One key in 1,024 begins so, and one demo office in 70 has such a key. A post-quantum key begins with age1pq1.
    let made = (0..100_000).map(|_| SecretKey::generate().to_public().to_string());
    let key = made.into_iter().find(|key| key.starts_with("age1pq")).expect("chance gives one");
    let read: Result<PublicKey, _> = key.parse();
    assert!(read.is_ok(), "{key}: {read:?}");
}
