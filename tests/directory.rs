//! The directory of an office, through the real program: who enters, who verifies, what waits meanwhile.

use crate::support::directory::VERIFIER;
use crate::support::office::{
    DemoOffice, PREPARER, REVIEWER, Said, appointment, has_nothing, paper, private_file, report_received,
};
use crate::support::tools::{command, run};
use despatch_seal::keys::SecretKey;
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;

const REPORT: &[u8] = paper!("A made-up report.");

/// The codes of what holds an entry.
fn codes(office: &DemoOffice, id: &str) -> Vec<String> {
    let entry = office.entry(id);
    entry["holds"].as_array().unwrap().iter().map(|hold| hold["code"].as_str().unwrap().to_owned()).collect()
}

fn refused(said: Said, code: &str) {
    let faults = said.expect(1).json()["faults"].clone();
    assert_eq!(faults[0]["code"], code, "{faults}");
    assert!(!faults[0]["cure"].as_str().unwrap().is_empty());
}

/// What is written to somebody new, with their key.
fn newcomer(office: &DemoOffice) -> (std::path::PathBuf, String) {
    let (path, key) = (office.dir.join("PRIVATE-demo-keys/dr-newcomer.key"), SecretKey::generate());
    use age::secrecy::ExposeSecret;
    private_file(&path, key.to_identity_file().unwrap().expose_secret().as_bytes());
    let public = key.to_public().to_string();
    office
        .directory(&[
            "add",
            "dr-newcomer",
            "--role",
            "doctor",
            "--name",
            "Dr Wilhelmina Ashgrove",
            "--organisation",
            "Fernbrook Assessments (made up)",
            "--email",
            "w.ashgrove@fernbrook.nhs.example.invalid",
            "--key",
            &public,
        ])
        .expect(0);
    (path, public)
}

#[test]
fn somebody_new_gets_their_first_letter_after_a_trial_and_a_second_person() {
    let office = DemoOffice::new();
    let (key, _) = newcomer(&office);
    assert_eq!(codes(&office, "dr-newcomer"), ["unverified", "untried"]);
    let mut case = appointment(1, REPORT);
    case["event"]["doctor"]["entry"] = json!("dr-newcomer");
    office.drop_case("one", &case.to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let held = office.despatch_for("TEST-00001", "doctor");
    assert_eq!(held["state"], "held");

    office.run_as(REVIEWER, &["directory", "trial", "dr-newcomer"]).expect(0);
    let mail = office.dir.join("sent/trial-dr-newcomer.eml");
    let parts = despatch_message::parts(&fs::read(&mail).unwrap()).expect("a message of ours");
    let sealed = parts.into_iter().find(|(name, _)| name == "01-test-message.pdf.age").expect("the letter").1;
    let pdf = despatch_seal::sealing::open(
        &sealed,
        &SecretKey::from_identity_file(&fs::read_to_string(&key).unwrap()).unwrap(),
    )
    .expect("it opens");
    let letter = office.dir.join("trial.pdf");
    fs::write(&letter, pdf).unwrap();
    let text = run(command("pdftotext").arg("-layout").arg(&letter).arg("-")).expect("text");
    let text = String::from_utf8(text).unwrap();
    let numbers = text.lines().map(str::trim).find(|line| is_numbers(line)).expect("the numbers").to_owned();

    let said =
        office.run_as(PREPARER, &["--json", "directory", "opened", "dr-newcomer", "--words", "1111 2222"]);
    refused(said, "test_message.words");
    office.directory(&["opened", "dr-newcomer", "--words", &numbers.replace(' ', "-")]).expect(0);
    assert_eq!(codes(&office, "dr-newcomer"), ["unverified"]);
    office.verify("dr-newcomer", &["--until", "2027-06-30"]);
    assert_eq!(codes(&office, "dr-newcomer"), [""; 0]);
    let said =
        office.run_as(REVIEWER, &["directory", "reseal", "dr-newcomer", "--reason", "verified"]).expect(0);
    assert!(said.stdout.contains("awaiting review"), "{said:?}");
    assert_eq!(office.despatch_for("TEST-00001", "doctor")["state"], "awaiting_review");
    let events = office.entry("dr-newcomer")["events"].clone();
    let told: Vec<(&str, &str)> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["what"].as_str().unwrap(), event["actor"].as_str().unwrap()))
        .collect();
    let expected = [
        ("entry_added", PREPARER),
        ("test_message_sent", REVIEWER),
        ("test_message_delivery", REVIEWER),
        ("test_message_misheard", PREPARER),
        ("test_message_opened", PREPARER),
        ("entry_verified", VERIFIER),
    ];
    assert_eq!(told, expected);
}

#[test]
fn nobody_verifies_what_they_gave_though_somebody_else_changed_it_since() {
    let office = DemoOffice::new();
    newcomer(&office);
    office.run_as(REVIEWER, &["directory", "change", "dr-newcomer", "--telephone", "01632 960177"]).expect(0);
    let entry = office.entry("dr-newcomer");
    let email = entry["entry"]["email"].as_str().unwrap();
    let fingerprint = &entry["fingerprints"][0].as_str().unwrap().replace('-', "");
    let words =
        ["--json", "directory", "verify", "dr-newcomer", "--email", email, "--fingerprint", fingerprint];
    let words = [&words[..], &["--way", "call-back", "--how", "the practice's number"]].concat();
    refused(office.run_as(PREPARER, &words), "verify.same_person");
    refused(office.run_as(REVIEWER, &words), "verify.same_person");
    office.run_as(VERIFIER, &words).expect(0);
}

#[test]
fn a_test_message_that_did_not_go_is_still_to_be_sent() {
    let office = DemoOffice::new();
    newcomer(&office);
    // Where the folder of what is sent should be lies a file.
    fs::write(office.dir.join("sent"), "in the way").unwrap();
    let said = office.run_as(REVIEWER, &["directory", "trial", "dr-newcomer"]).expect(3);
    assert!(said.stdout.contains("nothing tries again by itself"), "{said:?}");
    let step = || {
        let steps = office.directory(&["--json", "onboard", "dr-newcomer"]).expect(1).json()["steps"].clone();
        steps.as_array().unwrap()[1].clone()
    };
    assert_eq!(step()["done"], Value::Null);
    assert!(step()["to_do"].as_str().unwrap().contains("did not go"), "{}", step());
    let shown = office.entry("dr-newcomer");
    let came = shown["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&came["what"], &came["detail"]["verdict"]["verdict"]),
        (&json!("test_message_delivery"), &json!("deferred"))
    );
    fs::remove_file(office.dir.join("sent")).unwrap();
    office.directory(&["trial", "dr-newcomer"]).expect(0);
    assert!(step()["done"].as_str().unwrap().contains("went on 23 November 2026"), "{}", step());
    office.run(&["audit", "verify"]).expect(0);
}

fn is_numbers(line: &str) -> bool {
    line.len() == 9
        && line.bytes().enumerate().all(|(at, b)| if at == 4 { b == b' ' } else { b.is_ascii_digit() })
}

#[test]
fn a_second_person_verifies_what_they_heard_and_nobody_their_own_change() {
    let office = DemoOffice::new();
    let (_, public) = newcomer(&office);
    let fingerprint = public.parse::<despatch_seal::keys::PublicKey>().unwrap().fingerprint();
    let verify = |staff: &str, email: &str, fingerprint: &str, way: &str, more: &[&str]| {
        let words = [
            "--json",
            "directory",
            "verify",
            "dr-newcomer",
            "--email",
            email,
            "--fingerprint",
            fingerprint,
            "--way",
            way,
            "--how",
            "the practice's number",
        ];
        office.run_as(staff, &[&words[..], more].concat())
    };
    let asked = office.directory(&["onboard", "dr-newcomer"]).expect(1).stdout;
    let asked = asked.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(asked.contains("`shasum -a 256` in place of `sha256sum` on macOS"), "{asked}");
    let address = "w.ashgrove@fernbrook.nhs.example.invalid";
    refused(verify(PREPARER, address, &fingerprint, "call-back", &[]), "verify.same_person");
    let other = "w.ashgrove@fernbrok.nhs.example.invalid";
    let said = verify(VERIFIER, other, &fingerprint, "call-back", &[]);
    assert!(said.stdout.contains("`despatch directory change dr-newcomer --email …`"), "{said:?}");
    refused(said, "verify.address");
    refused(verify(VERIFIER, address, "0000-0000-0000-0000", "call-back", &[]), "verify.fingerprint");
    refused(verify(VERIFIER, address, &fingerprint[1..], "call-back", &[]), "verify.fingerprint");
    // As somebody types what is read out.
    let fingerprint = fingerprint.replace('-', " ").to_uppercase();
    refused(verify(VERIFIER, address, &fingerprint, "in-person", &["--until", "2026-11-22"]), "verify.until");
    verify(VERIFIER, address, &fingerprint, "by-email", &[]).expect(2);
    assert_eq!(codes(&office, "dr-newcomer"), ["unverified", "untried"]);
    verify(VERIFIER, address, &fingerprint.to_uppercase(), "in-person", &[]).expect(0);
    assert_eq!(codes(&office, "dr-newcomer"), ["untried"]);
}

/// What one person does to an entry, and the code that then holds a despatch to it which was approved before.
const CHANGES: [(&[&str], &str); 5] = [
    (
        &["change", "harbour-lane-law", "--email", "s.adjei-hart@harbour-lane-law.example.invalid"],
        "unverified",
    ),
    (&["change", "harbour-lane-law", "--organisation", "Another firm"], "unverified"),
    (&["change", "harbour-lane-law", "--method", "pdf-password"], "key_replaced"),
    (&["change", "harbour-lane-law", "--case", "DEMO-0999"], "unverified"),
    (&["expire", "harbour-lane-law", "--reason", "the firm has closed"], "expired"),
];

#[test]
fn whatever_one_person_changes_holds_what_waits_and_voids_approvals() {
    for (change, code) in CHANGES {
        let office = DemoOffice::new();
        let letter = office.despatch_for("DEMO-0902", "representative");
        let id = letter["id"].as_str().unwrap();
        office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0);
        let said = office.directory(change).expect(0);
        assert!(said.stdout.contains(id), "{said:?}");
        let now = office.despatch_for("DEMO-0902", "representative");
        assert_eq!((&now["state"], &now["approval"]), (&json!("held"), &Value::Null), "{change:?}");
        let holds = now["holds"].as_array().unwrap();
        assert!(holds.iter().any(|hold| hold["code"] == code), "{change:?}: {holds:#?}");
        office.run(&["send", "--once"]).expect(0);
        assert!(has_nothing(&office.dir.join("sent")), "{change:?}");
    }
}

#[test]
fn a_replaced_key_shows_both_fingerprints() {
    let office = DemoOffice::new();
    let before = office.entry("harbour-lane-law")["fingerprints"][0].as_str().unwrap().to_owned();
    let key = SecretKey::generate().to_public();
    let said = office.directory(&["key", "harbour-lane-law", "--key", key.as_str()]).expect(0);
    for fingerprint in [&before, &key.fingerprint()] {
        assert!(said.stdout.contains(fingerprint), "{said:?}");
        let holds = office.despatch_for("DEMO-0902", "representative")["holds"].to_string();
        assert!(holds.contains(fingerprint), "{holds}");
        assert!(
            office.run(&["directory", "show", "harbour-lane-law"]).expect(0).stdout.contains(fingerprint)
        );
    }
}

/// Entries that nobody may enter: what is said of them, and a word of why.
const REFUSED: [(&[&str], &str); 12] = [
    (
        &["--role", "doctor", "--email", "w.ashgrove@post.example.invalid"],
        "of no domain that the office lists",
    ),
    (&["--role", "doctor", "--email", "w.ashgrove@nhs.example.invalid.post.test"], "could be taken for"),
    (&["--role", "doctor", "--email", "w.ashgrove@nh5.example.invalid"], "could be taken for"),
    (&["--role", "doctor", "--email", "reception@fernbrook.nhs.example.invalid"], "several people read"),
    (
        &["--role", "doctor", "--email", "p.rathore-quill@fernbrook.nhs.example.invalid"],
        "is the one of entry",
    ),
    (
        &["--role", "representative", "--email", "s.hart@harbour-1ane-law.example.invalid"],
        "could be taken for",
    ),
    (&["--role", "representative", "--email", "s.hart@harbour-lane-law.test"], "could be taken for"),
    (&["--role", "representative", "--email", "info@new-firm.example.invalid"], "several people read"),
    (
        &["--role", "representative", "--email", "w@firm.example.invalid", "--group", "true"],
        "several people read",
    ),
    (&["--role", "caseworker", "--email", "w.ashgrove@0ffice.example.invalid"], "of no domain"),
    (&["--role", "det", "--email", "w.ashgrove@office.example.invalid"], "names no place"),
    (
        &["--role", "doctor", "--email", "w.ashgrove@nhs.example.invalid", "--place", "dungavel"],
        "names places",
    ),
];

/// Addresses that are none.
const NO_ADDRESSES: [&str; 8] = [
    "dr@[127.0.0.1]",
    "\"dr one\"@nhs.example.invalid",
    "dr@nhs",
    "dr@nhs.ехample.invalid",
    "dr@xn--nhs-exmple-c8a.invalid",
    "dré@nhs.example.invalid",
    "dr@10.0.0.1",
    "dr@one.invalid,dr@two.invalid",
];

#[test]
fn an_address_that_the_rules_refuse_is_not_entered() {
    let office = DemoOffice::new();
    let said_of = ["--name", "Dr Wilhelmina Ashgrove", "--organisation", "A practice"];
    for (words, why) in REFUSED {
        let said = office.directory(&[&["add", "dr-new"], words, &said_of].concat()).expect(1);
        assert!(said.stderr.contains(why), "{words:?}: {said:?}");
    }
    for address in NO_ADDRESSES {
        let words = ["add", "dr-new", "--role", "doctor", "--email", address];
        office.directory(&[&words[..], &said_of].concat()).expect(2);
    }
    office.run(&["directory", "show", "dr-new"]).expect(1);
    // The same key under another name would send one person's letters to another.
    let key = office.entry("dr-rathore-quill")["entry"]["keys"][0].as_str().unwrap().to_owned();
    let twin = office.directory(&["key", "dr-ebbsworth", "--key", &key]).expect(1);
    assert!(twin.stderr.contains("its key is the one of entry dr-rathore-quill"), "{twin:?}");
    // A rule that comes later holds what was entered before it.
    office.edit("despatch.toml", |text| {
        text.swapped("doctor = [\"nhs.example.invalid\"]", "doctor = [\"nhs.test\"]")
    });
    let holds = codes(&office, "dr-rathore-quill");
    assert_eq!(holds, ["domain_not_listed"]);
}

#[test]
fn an_end_that_is_near_is_told_in_check_in_the_list_and_on_the_despatch() {
    let office = DemoOffice::new();
    let (doctor, day) = ("dr-rathore-quill", "2026-12-20");
    office.directory(&["expire", doctor, "--on", day, "--reason", "the contract ends"]).expect(0);
    office.directory(&["expire", doctor, "--on", "2027-01-01", "--reason", "later"]).expect(1);
    let warning = "Entry dr-rathore-quill holds until 20 December 2026 only";
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat(&office.run(&["check"]).expect(0).stdout).contains(warning));
    assert!(office.run(&["directory", "list"]).expect(0).stdout.contains("ends soon"));
    office.drop_case("one", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let bundle = office.despatch_for("TEST-00001", "doctor");
    assert_eq!(bundle["state"], "awaiting_review");
    assert!(
        bundle["warnings"].to_string().contains("holds until 20 December 2026 only"),
        "{}",
        bundle["warnings"]
    );
    // A verification that is nearly a year old ends as well.
    let told = office.on("2027-10-10", &["directory", "check"]).stdout;
    assert!(flat(&told).contains("det-dungavel it holds until 3 November 2027 only"), "{told}");
    let last = office.on("2027-11-04", &["--json", "directory", "show", "det-dungavel"]).json();
    assert_eq!(last["holds"][0]["code"], "verified_long_ago");
}

#[test]
fn a_table_is_taken_whole_or_not_at_all_and_comes_back_as_it_was() {
    let office = DemoOffice::new();
    let (table, again) = (office.dir.join("people.csv"), office.dir.join("again.csv"));
    office.directory(&["export", "--to", table.to_str().unwrap()]).expect(0);
    let same = office.directory(&["import", table.to_str().unwrap()]).expect(0);
    assert!(same.stdout.starts_with("0 entries added, 0 entries changed, 23 entries as before"), "{same:?}");
    let text = fs::read_to_string(&table).unwrap();
    let row = |id: &str, role: &str, email: &str| format!("{id},{role},Somebody,A firm,{email},,,,,,,\n");
    let more = text.clone()
        + &row("new-one", "representative", "one@first-firm.example.invalid")
        + &row("new-two", "representative", "two@first-flrm.example.invalid")
        + &row("new-three", "doctor", "three@second-firm.example.invalid");
    fs::write(&again, &more).unwrap();
    let refused = office.directory(&["import", again.to_str().unwrap()]).expect(1);
    assert!(refused.stderr.starts_with("2 things are wrong"), "{refused:?}");
    assert!(!office.run(&["directory", "list"]).stdout.contains("new-"), "nothing of it is there");
    let changed = text.swapped("Solveig Adjei-Hart", "Solveig Adjei-Hart-Quill")
        + &row("new-one", "representative", "one@first-firm.example.invalid");
    fs::write(&again, changed).unwrap();
    let said = office.directory(&["import", again.to_str().unwrap()]).expect(0);
    assert!(said.stdout.starts_with("1 entry added, 1 entry changed, 22 entries as before"), "{said:?}");
    assert_eq!(codes(&office, "harbour-lane-law"), ["unverified"]);
    assert_eq!(codes(&office, "new-one"), ["unverified", "no_method"]);
}

#[test]
fn a_file_that_anyone_can_edit_verifies_nothing() {
    let office = DemoOffice::new();
    let page = office.dir.join("directory.toml");
    let address = "s.adjei-hart@harbour-lane.example.invalid";
    fs::write(
        &page,
        format!(
            "[[entry]]\nid = \"harbour-lane-law\"\nrole = \"representative\"\nname = \"S\"\n\
        organisation = \"A firm\"\nemail = \"{address}\"\n"
        ),
    )
    .unwrap();
    office.drop_case("one", &report_received(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    assert!(!office.run(&["--json", "directory", "list"]).stdout.contains(address), "nobody reads that file");
    fs::write(
        &page,
        fs::read_to_string(&page).unwrap()
            + "verified = { by = \"tomasz-achebe\", on = 2026-11-20, how = \"called back\" }\n",
    )
    .unwrap();
    let said = office.directory(&["import", page.to_str().unwrap()]).expect(1);
    assert!(said.stderr.contains("verified"), "{said:?}");
}

#[test]
fn onboarding_says_what_is_to_do_next_with_the_words_to_send() {
    let office = DemoOffice::new();
    let steps = |code: i32, id: &str| office.run(&["directory", "onboard", id]).expect(code).stdout;
    let first = steps(1, "dr-ebbsworth");
    for words in ["1  to do", "age-keygen", "despatch directory trial dr-ebbsworth", "4  done"] {
        assert!(first.contains(words), "{words}: {first}");
    }
    let ready = steps(0, "harbour-lane-law");
    assert!(!ready.contains("to do") && ready.contains("It may be written to."), "{ready}");
    let json = office.run(&["--json", "directory", "onboard", "dr-ebbsworth"]).expect(1).json();
    assert_eq!(json["steps"].as_array().unwrap().len(), 4);
}

#[test]
fn what_nobody_acknowledges_for_a_working_day_raises_an_alarm_with_the_clock_of_the_case() {
    let office = DemoOffice::new();
    let letter = office.despatch_for("DEMO-0902", "representative");
    let id = letter["id"].as_str().unwrap();
    let alarms = |day: &str| {
        let said = office.on(day, &["--json", "send", "--once"]);
        let told =
            said.stdout.lines().filter(|line| line.contains("\"alarm\"") && line.contains("sent_on")).count();
        (told, office.on(day, &["deadlines"]).stdout.contains(&format!("ALARM  {id} of DEMO-0902")))
    };
    let early = office.run_as(PREPARER, &["--json", "outbox", "received", id]);
    refused(early, "receipt.state");
    office.run_as(REVIEWER, &["outbox", "approve", id]).expect(0);
    // A Monday: the Tuesday is the working day in which an answer may come.
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(alarms("2026-11-24"), (0, false));
    assert_eq!(alarms("2026-11-25"), (1, true));
    let of_case = office.on("2026-11-25", &["case", "DEMO-0902"]).expect(0).stdout;
    assert!(of_case.contains(&format!("ALARM  {id} of DEMO-0902")), "as deadlines has it: {of_case}");
    let log = office.on("2026-11-25", &["send", "--once"]).stderr;
    assert!(
        log.contains(&format!("ALARM  {id} of DEMO-0902: the recipient has not acknowledged it")),
        "{log}"
    );
    assert!(!log.contains(letter["recipient"]["name"].as_str().unwrap()), "a log names nobody: {log}");
    let due = letter["planned"]["deadline"]["what"].as_str();
    let board = office.on("2026-11-25", &["deadlines"]).stdout;
    assert!(due.is_none_or(|what| board.contains(what)), "{board}");
    office
        .run_as(PREPARER, &["outbox", "received", id, "--message-id", "<1@harbour-lane-law.example>"])
        .expect(0);
    assert_eq!(alarms("2026-11-25"), (0, false));
    let said = office.run_as(PREPARER, &["outbox", "unopened", id, "--reason", "the key is lost"]).expect(0);
    assert!(
        said.stdout.contains("cannot open it") && said.stdout.contains("onboard harbour-lane-law"),
        "{said:?}"
    );
    assert_eq!(alarms("2026-11-23"), (1, true), "at once");
    assert!(office.run(&["outbox", "show", id]).expect(0).stdout.contains("the key is lost"));
}

/// The office's own domains stand in its settings alone, and an address that apes them comes from outside.
#[test]
fn an_address_that_could_be_taken_for_the_offices_own_is_refused_until_somebody_found_out() {
    let office = DemoOffice::new();
    let add = |email: &str| {
        let (_, key) = newcomer_key();
        let words =
            ["--json", "directory", "add", "new-firm", "--role", "representative", "--name", "A. Firm"];
        let more = ["--organisation", "A firm (made up)", "--email", email, "--key", &key];
        office.run_as(PREPARER, &[&words[..], &more].concat())
    };
    for email in ["post@despatch-example.invalid", "post@despatch.example.invalid.example.org"] {
        let said = add(email).expect(1);
        assert!(
            said.stdout.contains("directory.looks_like") && said.stdout.contains("the office's own"),
            "{said:?}"
        );
    }
    let alike = "verify_again_months = 12\nalike = [\"despatch-example.invalid\"]\n";
    office.edit("despatch.toml", |text| text.swapped_once("verify_again_months = 12\n", alike));
    let said = add("post@despatch-example.invalid");
    assert!(!said.stdout.contains("looks_like"), "{said:?}");
    // A team's domain that was mistyped in the settings.
    office.edit("despatch.toml", |text| {
        text.swapped_once("casework-4@office.example", "casework-4@0ffice.example")
    });
    let said = office.run(&["check"]);
    assert!(said.stdout.contains("one could be taken for the other"), "{said:?}");
}

fn newcomer_key() -> (SecretKey, String) {
    let key = SecretKey::generate();
    let public = key.to_public().to_string();
    (key, public)
}
