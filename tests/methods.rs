//! How recipients open what they get, beside a key: words told on the telephone. Nothing falls back to plain text, and the
//! office reads what was sent by a copy of its own.

use crate::support::office::{DemoOffice, PREPARER, REVIEWER, appointment, paper};
use crate::support::tools::{command, run};
use despatch_core::words::Sha256;
use despatch_directory::opening::OpeningMethod;
use despatch_seal::keys::SecretKey;
use despatch_seal::passphrase::Passphrase;
use despatch_seal::sealing;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

const REPORT: &[u8] = paper!("A made-up report.");
const LAWYER: &str = "harbour-lane-law";

/// An office whose representative opens by this method, proved and verified, with a case for them; and the despatch.
fn office_with(method: &str) -> (DemoOffice, Value) {
    office_where((LAWYER, "representative"), method)
}

/// The same for any entry of a role. Everybody in the demo has a key.
fn office_where((entry, role): (&str, &str), method: &str) -> (DemoOffice, Value) {
    let office = DemoOffice::new();
    if method != OpeningMethod::Age.code() {
        office.says(entry, &["--method", method]);
        office.settle(entry);
    }
    office.drop_case("one", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let despatch = office.despatch_for("TEST-00001", role);
    assert_eq!(
        (&despatch["state"], &despatch["message"]["opening"]),
        (&json!("awaiting_review"), &json!(method))
    );
    (office, despatch)
}

fn parts(office: &DemoOffice, despatch: &Value) -> BTreeMap<String, Vec<u8>> {
    despatch_message::parts(&office.message(despatch)).expect("a message of ours").into_iter().collect()
}

/// The words, as somebody who rings the recipient sees them.
fn words(office: &DemoOffice, despatch: &Value) -> String {
    let said =
        office.run_as(PREPARER, &["--json", "outbox", "words", despatch["id"].as_str().unwrap()]).expect(0);
    said.json()["words"].as_str().unwrap().to_owned()
}

/// What a reviewer sees.
fn opened(office: &DemoOffice, despatch: &Value) -> BTreeMap<String, Vec<u8>> {
    let folder = office.dir.join("looked");
    let id = despatch["id"].as_str().unwrap();
    office.run_as(REVIEWER, &["outbox", "open", id, "--to", folder.to_str().unwrap()]).expect(0);
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap());
    files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
}

/// Neither the words nor a plain document is anywhere in the office outside its inbox.
fn nothing_lies_about(office: &DemoOffice, despatch: &Value, words: &str) {
    let dump = run(command("sqlite3").arg("-readonly").arg(office.dir.join("outbox/ledger.db")).arg(".dump"))
        .unwrap();
    let dump = String::from_utf8_lossy(&dump).into_owned();
    let mail = String::from_utf8_lossy(&office.message(despatch)).replace("=\r\n", "");
    for text in [&dump, &mail] {
        assert!(!text.contains(words) && !text.contains(&words.replace('-', " ")), "the words lie open");
    }
    let viewed =
        office.run(&["--json", "outbox", "show", despatch["id"].as_str().unwrap()]).json()["events"].clone();
    let viewed =
        viewed.as_array().unwrap().iter().filter(|event| event["what"] == "passphrase_viewed").count();
    assert_eq!(viewed, 1, "each view is on record");
}

/// The text of a PDF that asks for a password, or for none. qpdf opens it: poppler's programs cut passwords short.
fn text_of(pdf: &std::path::Path, password: &str) -> Result<String, String> {
    let open = pdf.with_extension("open");
    run(command("qpdf").arg(format!("--password={password}")).arg("--decrypt").arg(pdf).arg(&open))?;
    let text = run(command("pdftotext").arg(&open).arg("-"))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn words_open_what_is_sealed_with_them_and_no_key_does() {
    let (office, despatch) = office_with("age-passphrase");
    let (parts, words) = (parts(&office, &despatch), words(&office, &despatch));
    assert_eq!(words.split('-').count(), 9);
    let (right, wrong) = (Passphrase::from_typed(&words), Passphrase::generate().unwrap());
    let seen = opened(&office, &despatch);
    let review = office.key("review");
    let review =
        despatch_seal::keys::SecretKey::from_identity_file(&fs::read_to_string(review).unwrap()).unwrap();
    let mut sealed = 0;
    for (name, bytes) in parts.iter().filter(|(name, _)| name.ends_with(".age")) {
        let plain = sealing::open_with_passphrase(bytes, &right, 18).expect("the words open it");
        assert!(*plain == seen[name.trim_end_matches(".age")], "{name}: the reviewer saw another");
        assert!(
            sealing::open_with_passphrase(bytes, &wrong, 18).is_err()
                && sealing::open(bytes, &review).is_err()
        );
        sealed += 1;
    }
    assert!(sealed >= 3 && !seen.contains_key("words.txt"), "{:?}", seen.keys());
    nothing_lies_about(&office, &despatch, &words);
    let mail = String::from_utf8_lossy(&office.message(&despatch)).into_owned();
    assert!(mail.contains("We ring you and tell you nine words") && !mail.contains("-i KEY"), "{mail}");
}

#[test]
fn pdfs_that_ask_for_the_words_open_in_a_stock_reader_and_no_other_part_is_for_the_recipient() {
    let (office, despatch) = office_with("pdf-password");
    let (parts, words) = (parts(&office, &despatch), words(&office, &despatch));
    let seen = opened(&office, &despatch);
    let folder = tempfile::tempdir().unwrap();
    let mut pdfs = 0;
    for (name, bytes) in parts.iter().filter(|(name, _)| name.ends_with(".pdf")) {
        let (locked, plain) = (folder.path().join(name), folder.path().join(format!("plain-{name}")));
        fs::write(&locked, bytes).unwrap();
        fs::write(&plain, &seen[name]).unwrap();
        assert!(text_of(&locked, "no such words").is_err(), "{name} opens without the words");
        assert_eq!(text_of(&locked, &words).expect("text"), text_of(&plain, "").expect("text"), "{name}");
        pdfs += 1;
    }
    assert!(pdfs >= 2, "{:?}", parts.keys());
    let others: Vec<&String> =
        parts.keys().filter(|name| !name.ends_with(".pdf") && !name.starts_with("SHA")).collect();
    assert_eq!(others, ["manifest.json.age"]);
    nothing_lies_about(&office, &despatch, &words);
}

/// Words with one space between each two.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_email_alone_says_how_the_documents_open() {
    for method in OpeningMethod::ALL {
        let (office, despatch) = office_where(("dr-rathore-quill", "doctor"), method.code());
        let seen = opened(&office, &despatch);
        let note = office.dir.join("note.pdf");
        fs::write(&note, &seen["01-cover-note.pdf"]).unwrap();
        let note = flat(&text_of(&note, "").expect("text"));
        let mail = String::from_utf8_lossy(&office.message(&despatch)).replace("=\r\n", "");
        let details = method.details();
        for (_, command) in OpeningMethod::ALL.iter().flat_map(|one| one.details().commands) {
            let own = details.commands.iter().any(|(_, own)| own == command);
            let of_first = command.replace("FILE", "01-cover-note.pdf");
            assert_eq!(mail.contains(&of_first), own, "{method}: {of_first}: {mail}");
        }
        assert_eq!(mail.contains("your key"), method.needs_keys(), "{method}: {mail}");
        assert_eq!(mail.contains("nine words"), !method.needs_keys(), "{method}: {mail}");
        for way in ["age", "despatch open", "key", "words", "password", "PDF reader"] {
            let said = note.split(|c: char| !c.is_alphabetic()).any(|word| word == way);
            assert!(!said && (!way.contains(' ') || !note.contains(way)), "{method}: {way}: {note}");
        }
        // Nothing is listed that does not come, and what comes is counted.
        let calendar = seen.keys().any(|name| name.ends_with(".ics"));
        let listed = note.contains("Appointment for your calendar");
        assert_eq!(
            (calendar, listed, note.contains("calendar.")),
            (!details.pdfs_alone, calendar, calendar),
            "{note}"
        );
        let ways = ["", ".age"];
        let sent = parts(&office, &despatch);
        let come = |name: &&String| ways.iter().any(|end| sent.contains_key(&format!("{name}{end}")));
        let not_come: Vec<&String> = seen.keys().filter(|name| !come(name)).collect();
        assert!(not_come.is_empty(), "{method}: {not_come:?} of {:?}", sent.keys());
    }
}

#[test]
fn a_copy_that_is_not_bound_to_what_was_sent_shows_nothing() {
    for method in ["age-passphrase", "pdf-password"] {
        let (office, despatch) = office_with(method);
        let id = despatch["id"].as_str().unwrap();
        let copy = office.dir.join(format!("outbox/despatches/{id}.1.copy.age"));
        let whole = fs::read(&copy).unwrap();
        let mut spoilt = whole.clone();
        spoilt[whole.len() / 2] ^= 1;
        for bytes in [spoilt, fs::read(office.dir.join("outbox/received/1.tar.age")).unwrap()] {
            fs::write(&copy, bytes).unwrap();
            let said = office.run_as(REVIEWER, &["--json", "outbox", "open", id, "--to", "-"]).expect(1);
            assert_eq!(said.json()["faults"][0]["code"], "copy", "{said:?}");
        }
        fs::write(&copy, whole).unwrap();
        opened(&office, &despatch);
    }
}

#[test]
fn a_change_of_method_holds_what_waits_and_it_is_made_anew_in_the_new_way() {
    let (office, despatch) = office_with("pdf-password");
    let id = despatch["id"].as_str().unwrap();
    office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0);
    office.says(LAWYER, &["--method", "age-passphrase"]);
    assert_eq!(office.despatch_for("TEST-00001", "representative")["state"], "held");
    office.settle(LAWYER);
    office.run_as(REVIEWER, &["directory", "reseal", LAWYER, "--reason", "another program"]).expect(0);
    let anew = office.despatch_for("TEST-00001", "representative");
    assert_eq!(
        (&anew["message"]["opening"], &anew["message"]["revision"]),
        (&json!("age-passphrase"), &json!(2))
    );
    assert!(parts(&office, &anew).keys().all(|name| name.ends_with(".age") || name.starts_with("SHA")));
    assert_ne!(words(&office, &anew), "");
}

#[test]
fn what_somebody_held_stays_held_when_the_rest_of_its_entry_is_made_anew() {
    let (office, _) = office_with("pdf-password");
    office.drop_case("two", &appointment(2, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let letter = || office.despatch_for("TEST-00002", "representative");
    let id = letter()["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "hold", &id, "--reason", "the firm rings back first"]).expect(0);
    office.says(LAWYER, &["--method", "age-passphrase"]);
    office.settle(LAWYER);
    let said =
        office.run_as(REVIEWER, &["directory", "reseal", LAWYER, "--reason", "another program"]).expect(0);
    assert!(said.stderr.contains(&format!("{id} stays held: it is held by something else")), "{said:?}");
    assert_eq!(office.despatch_for("TEST-00001", "representative")["state"], "awaiting_review");
    let codes: Vec<Value> =
        letter()["holds"].as_array().unwrap().iter().map(|hold| hold["code"].clone()).collect();
    assert!(letter()["state"] == "held" && codes.contains(&json!("by_person")), "{codes:?}");
    office.run_as(REVIEWER, &["outbox", "release", &id, "--reason", "they rang back"]).expect(0);
    assert_eq!(
        (&letter()["state"], &letter()["message"]["revision"]),
        (&json!("awaiting_review"), &json!(2))
    );
}

#[test]
fn a_test_message_opens_as_the_letters_will() {
    for method in ["age-passphrase", "pdf-password"] {
        let office = DemoOffice::new();
        office.says(LAWYER, &["--method", method]);
        let said = office.directory(&["trial", LAWYER]).expect(0);
        assert!(said.stdout.contains("First tell the recipient the words"), "{said:?}");
        let words = office.directory(&["words", LAWYER]).expect(0).stdout;
        let words = words.lines().next().unwrap();
        let mail = fs::read(office.dir.join(format!("sent/trial-{LAWYER}.eml"))).unwrap();
        let (name, locked) = despatch_message::parts(&mail).unwrap().remove(0);
        let pdf = office.dir.join("trial.pdf");
        let plain = match name.strip_suffix(".age") {
            Some(_) => sealing::open_with_passphrase(&locked, &Passphrase::from_typed(words), 18)
                .expect("it opens")
                .to_vec(),
            None => locked,
        };
        fs::write(&pdf, plain).unwrap();
        let text = text_of(&pdf, words).expect("text");
        let numbers =
            text.lines().find(|line| line.len() == 9 && line.as_bytes()[4] == b' ').expect("numbers");
        office.directory(&["opened", LAWYER, "--words", numbers]).expect(0);
    }
    let office = DemoOffice::new();
    office.says(LAWYER, &["--method", "age-passphrase"]);
    office.directory(&["trial", LAWYER]).expect(0);
    let before = office.directory(&["words", LAWYER]).expect(0).stdout;
    office.run_as(REVIEWER, &["keys", "rotate-review", "--reason", "a rehearsal"]).expect(0);
    assert_eq!(office.directory(&["words", LAWYER]).expect(0).stdout, before, "read with the key of then");
    let office = DemoOffice::new();
    let said = office.directory(&["words", LAWYER]).expect(1);
    assert!(said.stderr.contains("no test message has a passphrase"), "{said:?}");
}

#[test]
fn the_words_of_a_test_message_are_told_only_while_it_is_the_last_one() {
    let office = DemoOffice::new();
    let none = || {
        let said = office.directory(&["words", LAWYER]).expect(1);
        assert!(said.stderr.contains("no test message has a passphrase"), "{said:?}");
    };
    office.says(LAWYER, &["--method", "age-passphrase"]);
    office.directory(&["trial", LAWYER]).expect(0);
    office.directory(&["words", LAWYER]).expect(0);
    office.new_key(LAWYER, &SecretKey::generate().to_public().to_string());
    none();
    office.directory(&["trial", LAWYER]).expect(0);
    none();
}

#[test]
fn a_method_is_spelt_alike_in_the_ledger_in_the_table_and_by_whoever_types_it() {
    for method in OpeningMethod::ALL {
        assert_eq!(serde_json::to_value(method).unwrap(), json!(method.code()));
        assert_eq!(method.code().parse(), Ok(method));
        assert_eq!(method.needs_keys(), OpeningMethod::for_keys(true) == Some(method), "{method}");
    }
    assert_eq!(OpeningMethod::codes(), "age, age-passphrase or pdf-password");
    assert!("zip".parse::<OpeningMethod>().unwrap_err().contains("pdf-password"));
}

#[test]
fn what_cannot_be_locked_for_one_recipient_holds_that_message_alone_and_says_which_document() {
    let (office, _) = office_where(("dr-rathore-quill", "doctor"), "pdf-password");
    let broken: &[u8] = b"%PDF-1.7\nno page\n%%EOF\n";
    for (n, order, place) in [(2, [REPORT, broken], "document 3"), (3, [broken, REPORT], "document 2")] {
        let mut case = appointment(n, REPORT);
        let names = ["first.pdf", "second.pdf"];
        case["attachments"] = names
            .iter()
            .zip(order)
            .map(|(file, bytes)| {
                json!({ "file": file, "kind": "external_medical_report", "title": "A report",
                        "size": bytes.len(), "sha256": Sha256::of(bytes).to_string() })
            })
            .collect();
        case["attachments"][1]["kind"] = json!("supporting_information");
        case["attachments"][1]["relevance"] = json!("Describes the events");
        office.drop_case("several", &case.to_string(), &[(names[0], order[0]), (names[1], order[1])]);
        office.run(&["run", "--once"]);
        let id = format!("TEST-{n:05}");
        let bundle = office.despatch_for(&id, "doctor");
        assert_eq!((&bundle["state"], &bundle["message"]["opening"]), (&json!("held"), &json!(null)));
        let holds = bundle["holds"].as_array().expect("a list");
        let lock: Vec<&Value> = holds.iter().filter(|hold| hold["code"] == "not_locked").collect();
        assert_eq!(lock.len(), 1, "{holds:?}");
        let words = lock[0]["words"].as_str().expect("words");
        assert!(words.starts_with(place) && words.contains("dr-rathore-quill"), "{place}: {words}");
        // A reviewer can look at it, and whoever enclosed nothing that cannot be locked gets theirs.
        assert!(!opened(&office, &bundle).is_empty());
        std::fs::remove_dir_all(office.dir.join("looked")).expect("the documents");
        assert_eq!(office.despatch_for(&id, "representative")["state"], "awaiting_review");
    }
}

#[test]
fn whoever_is_to_be_telephoned_about_words_is_listed_with_a_number_and_what_to_say() {
    let (office, despatch) = office_with("age-passphrase");
    let id = despatch["id"].as_str().unwrap();
    let calls = |more: &[&str]| {
        office.run_as(PREPARER, &[&["--json", "outbox", "calls"], more].concat()).expect(0).json()
    };
    assert_eq!(calls(&[])["calls"], json!([]), "nothing is approved");
    office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0);
    let listed = calls(&[]);
    let call = &listed["calls"][0];
    assert_eq!((&call["entry"], &call["messages"][0]["sent"]), (&json!(LAWYER), &json!(false)));
    let say = call["say"].as_str().unwrap();
    assert!(say.contains("This is Detained") && say.contains("nine words"), "{say}");
    office.run(&["send", "--once"]);
    let shown = office.run_as(PREPARER, &["outbox", "calls", "--on", "23/11/2026"]).expect(0).stdout;
    let entry = office.run(&["--json", "directory", "show", LAWYER]).json();
    let number = entry["entry"]["telephone"].as_str().or(entry["telephone"].as_str());
    match number {
        Some(number) => assert!(shown.contains(number), "{shown}"),
        None => assert!(shown.contains("the directory has no number"), "{shown}"),
    }
    assert!(shown.contains(id) && shown.contains("1 call about 1 message"), "{shown}");
    let words = words(&office, &despatch);
    assert!(!shown.contains(&words) && !shown.contains("Quartermaine"), "{shown}");
    assert_eq!(calls(&["--on", "22 November 2026"])["calls"], json!([]), "another day");
    office.run_as(PREPARER, &["outbox", "received", id]).expect(0);
    assert_eq!(calls(&[])["calls"], json!([]), "it was opened");
}
