//! One case's whole record: unsealed for whoever must disclose it, complete, signed, and itself on record.

use super::audit::ask;
use super::*;
use crate::support::office::REVIEWER;
use crate::support::pdf::flowing_text;
use despatch_core::words::Sha256;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;

const CASE: &str = "DEMO-0902";

/// An office in which a case was looked at, approved, sent and held, and its record.
fn exported() -> (DemoOffice, tempfile::TempDir, PathBuf) {
    let office = DemoOffice::new();
    let id = words(&office.despatch_for(CASE, "det")["id"]).to_owned();
    let folder = tempfile::tempdir().unwrap();
    let looked = folder.path().join("looked");
    office.run_as(REVIEWER, &["outbox", "open", &id, "--to", looked.to_str().unwrap()]).expect(0);
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let other = words(&office.despatch_for(CASE, "representative")["id"]).to_owned();
    office.run_as(REVIEWER, &["outbox", "hold", &other, "--reason", "the firm is changing"]).expect(0);
    office.run_as(REVIEWER, &["incident", &id, "--what", "wrong team"]).expect(0);
    office
        .run_as(REVIEWER, &["incident", "unfreeze", "det-yarls-wood", "--reason", "it was right"])
        .expect(0);
    office.run_as(REVIEWER, &["litigation", "hold", CASE, "--reason", "judicial review"]).expect(0);
    let to = folder.path().join("record");
    let words =
        ["audit", "export", CASE, "--reason", "subject access request 7", "--to", to.to_str().unwrap()];
    office.run_as(REVIEWER, &words).expect(0);
    (office, folder, to)
}

fn record(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("record.json")).unwrap()).expect("JSON")
}

#[test]
fn the_record_of_a_case_is_whole() {
    let (office, _folder, to) = exported();
    let record = record(&to);
    assert_eq!((&record["schema"], &record["case_id"]), (&"despatch-record/1".into(), &CASE.into()));
    assert_eq!(record["exported"]["reason"], "subject access request 7");
    assert_eq!(record["received"][0]["case"]["case_id"], CASE, "what came in");
    // Every event that the ledger has of the case, no other.
    let theirs = "SELECT json_group_array(seq) FROM (SELECT seq FROM event WHERE subject IN \
        (SELECT id FROM despatch WHERE json_extract(record, '$.case_id') = 'DEMO-0902') \
        OR subject IN (SELECT 'case ' || number FROM submission WHERE case_id = 'DEMO-0902') \
        OR subject IN ('record DEMO-0902', 'incident 1', 'retention DEMO-0902', 'authority DEMO-0902') \
        OR (what IN ('frozen', 'unfreeze_proposed') AND json_extract(detail, '$.incident') = 1) ORDER BY seq)";
    let expected: Value = serde_json::from_str(&ask(&office, theirs)).unwrap();
    let seqs: Vec<&Value> = record["events"].as_array().unwrap().iter().map(|event| &event["seq"]).collect();
    assert_eq!(serde_json::json!(seqs), expected);
    let whats: Vec<&str> =
        record["events"].as_array().unwrap().iter().map(|event| words(&event["what"])).collect();
    for what in ["claimed", "queued", "viewed", "approved", "sent", "held", "incident_opened", "exported"] {
        assert!(whats.contains(&what), "{what} is not in {whats:?}");
    }
    for what in ["frozen", "unfreeze_proposed", "litigation_held"] {
        assert!(whats.contains(&what), "{what} is not in {whats:?}");
    }
    for despatch in record["despatches"].as_array().unwrap() {
        let id = words(&despatch["despatch"]["id"]);
        let message = fs::read(to.join(format!("despatches/{id}/message.eml"))).unwrap();
        assert_eq!(
            Sha256::of(&message).to_string(),
            words(&despatch["despatch"]["message"]["sha256"]),
            "{id}"
        );
        let manifest: Value =
            serde_json::from_slice(&fs::read(to.join(format!("despatches/{id}/manifest.json"))).unwrap())
                .unwrap();
        for document in manifest["documents"].as_array().unwrap() {
            let bytes = fs::read(to.join(format!("despatches/{id}/{}", words(&document["file"])))).unwrap();
            assert_eq!(Sha256::of(&bytes).to_string(), words(&document["sha256"]), "{id}");
        }
        assert_eq!(manifest["pack_sha256"], record["packs"][0]["sha256"], "the pack's own text");
    }
    assert_eq!(
        record["despatches"].as_array().unwrap().len(),
        office.despatches().iter().filter(|one| one["case_id"] == CASE).count()
    );
    let pack = words(&record["packs"][0]["text"]);
    assert_eq!(Sha256::of(pack.as_bytes()).to_string(), words(&record["packs"][0]["sha256"]));
    assert!(
        pack.contains("hoso-2022-09-12")
            && pack == fs::read_to_string(to.join(words(&record["packs"][0]["path"]))).unwrap()
    );
    for template in record["templates"].as_array().unwrap() {
        let files = template["files"].as_object().expect("the texts");
        assert!(files.keys().any(|path| path.ends_with("cover-note.typ")), "{:?}", files.keys());
    }
}

/// Exports the case again, into another folder.
fn again(office: &DemoOffice, folder: &tempfile::TempDir, name: &str, case: &str) -> (Said, PathBuf) {
    let to = folder.path().join(name);
    let words = ["audit", "export", case, "--reason", "request 8", "--to", to.to_str().unwrap()];
    (office.run_as(REVIEWER, &words), to)
}

#[test]
fn a_record_with_a_gap_is_given_out_with_the_gap_named_and_does_not_pass_for_whole() {
    let (office, folder, _) = exported();
    let gone = office.despatch_for(CASE, "representative");
    fs::remove_file(office.message_path(&gone)).unwrap();
    fs::write(office.dir.join("outbox/received/2.tar.age"), b"altered").unwrap();
    let (said, to) = again(&office, &folder, "gaps", CASE);
    let said = said.expect(1);
    let told = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        &format!("missing despatch {}: its message", words(&gone["id"])),
        "missing case file 2:",
        "not whole",
    ] {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    let record = record(&to);
    assert!(words(&record["received"][0]["missing"]).contains("cannot be read"), "{}", record["received"]);
    sums_hold(&to).unwrap_or_else(|why| panic!("{why}"));
    let kept = words(&office.despatch_for(CASE, "det")["id"]).to_owned();
    assert!(to.join(format!("despatches/{kept}/message.eml")).is_file(), "the rest is there");
}

#[test]
fn what_was_removed_on_record_is_no_gap() {
    const ERASED: &str = "DEMO-0903";
    let office = DemoOffice::new();
    let folder = tempfile::tempdir().unwrap();
    for one in office.despatches().iter().filter(|one| one["case_id"] == ERASED) {
        office.run_as(REVIEWER, &["outbox", "cancel", words(&one["id"]), "--reason", "a test"]).expect(0);
    }
    office.run_as(REVIEWER, &["erase", ERASED, "--reason", "article 17"]).expect(0);
    office.run_as("tomasz-achebe", &["erase", ERASED, "--confirm"]).expect(0);
    let (said, to) = again(&office, &folder, "erased", ERASED);
    let said = said.expect(0);
    assert!(!said.stdout.contains("missing"), "{said:?}");
    let record = record(&to);
    assert!(words(&record["received"][0]["missing"]).contains("was removed"), "{}", record["received"]);
    let events = record["events"].as_array().unwrap();
    let subject = format!("retention {ERASED}");
    let of_case: Vec<&str> = events
        .iter()
        .filter(|event| event["subject"] == subject)
        .map(|event| words(&event["what"]))
        .collect();
    assert_eq!(of_case, ["erasure_asked", "erased"]);
}

#[test]
fn the_record_is_signed_private_and_leaves_an_event() {
    let (office, folder, to) = exported();
    let mut list: BTreeMap<PathBuf, u32> = BTreeMap::new();
    let mut left = vec![to.clone()];
    while let Some(path) = left.pop() {
        let about = fs::metadata(&path).unwrap();
        list.insert(path.strip_prefix(&to).unwrap().to_owned(), about.permissions().mode() & 0o777);
        if about.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert!(list.values().all(|mode| mode & 0o077 == 0), "{list:?}");
    sums_hold(&to).unwrap_or_else(|why| panic!("{why}"));
    let listed = fs::read_to_string(to.join(LIST)).unwrap().lines().count();
    let files = list.keys().filter(|path| to.join(path).is_file()).count();
    assert_eq!(files, listed + 2, "every file but the list and its signature is listed");
    let shown = office.run(&["--json", "keys", "signing", "show"]).json();
    let signers = folder.path().join("allowed");
    fs::write(&signers, format!("{}\n", words(&shown["allowed_signers"]))).unwrap();
    ssh_verifies(&signers, words(&shown["name"]), "despatch.export@v1", &to)
        .unwrap_or_else(|why| panic!("{why}"));
    assert!(ssh_verifies(&signers, words(&shown["name"]), NAMESPACE, &to).is_err());
    let event =
        ask(&office, "SELECT actor || ' ' || subject || ' ' || detail FROM event WHERE what = 'exported'");
    assert!(
        event.starts_with("beatrix-lund record DEMO-0902 ") && event.contains("subject access request 7"),
        "{event}"
    );
}

#[test]
fn the_paper_is_accessible_and_tells_what_happened() {
    let (_office, _folder, to) = exported();
    let path = to.join("record.pdf");
    let found = crate::support::pdf::outloud(&fs::read(&path).unwrap());
    // A Message-ID looks like an address, and nobody writes to one.
    let linked = found.warnings.iter().all(|warning| warning.rule == "LNK-010");
    assert!(found.errors.is_empty() && linked, "{found:?}");
    let text = flowing_text(&fs::read(&path).unwrap());
    for words in [
        "Record of the case DEMO-0902",
        "subject access request 7",
        "What came in: case file 2",
        "held by beatrix-lund: the firm is changing",
        "viewed",
        "incident opened",
        "policy pack hoso-2022-09-12",
        "templates of invitation",
    ] {
        assert!(text.to_lowercase().contains(&words.to_lowercase()), "{words} is not in {text}");
    }
}

#[test]
fn nobody_exports_without_a_reason_or_a_name_and_an_unknown_case_has_no_record() {
    let office = DemoOffice::new();
    office.run(&["audit", "export", CASE, "--reason", "x"]).expect(1);
    office.run_as(REVIEWER, &["audit", "export", CASE]).expect(2);
    office.run_as(REVIEWER, &["audit", "export", CASE, "--reason", " "]).expect(2);
    office.run_as(REVIEWER, &["audit", "export", "NOPE-1", "--reason", "x"]).expect(1);
    assert_eq!(ask(&office, "SELECT COUNT(*) FROM event WHERE what = 'exported'"), "0");
}
