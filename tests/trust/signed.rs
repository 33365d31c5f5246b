//! Approvals that the server cannot forge: what a reviewer signed with a key of their own counts once, for one message, one
//! recipient and one person, and whoever can write the record can put none in its place.

use super::approvals;
use crate::support::directory::VERIFIER;
use crate::support::folder::folder;
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, TODAY, has_nothing};
use crate::support::service::file_of;
use crate::support::tools::{command, run, run_with};
use chrono::{DateTime, TimeDelta, Utc};
use despatch::caller::{Caller, Terminal, ToSign};
use despatch_app::office::Office;
use despatch_core::clock::{Clock, Moment};
use despatch_core::words::Sha256;
use despatch_ledger::{Approving, Checks, Decision, DespatchId, Ledger, LedgerError, Signing};
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const NAMESPACE: &str = "despatch.approval@v1";
/// Nobody's on the staff list.
const STRANGER: &str = "stranger";

/// The keys of people, and the file that says whose signatures approve.
pub(super) struct Keys(pub(super) tempfile::TempDir);

impl Keys {
    /// A key for each, all but [`STRANGER`]'s in the file.
    pub(super) fn of(people: &[&str]) -> Self {
        let keys = Self(folder());
        let mut lines = String::new();
        for one in people.iter().chain([&STRANGER]) {
            run(command("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(keys.key(one)))
                .unwrap();
            let public = fs::read_to_string(keys.key(one).with_extension("pub")).unwrap();
            if *one != STRANGER {
                lines += &format!("{one} namespaces=\"{NAMESPACE}\" {public}");
            }
        }
        fs::write(keys.file(), lines).unwrap();
        keys
    }

    pub(super) fn key(&self, who: &str) -> PathBuf {
        self.0.path().join(who)
    }

    pub(super) fn file(&self) -> PathBuf {
        self.0.path().join("approvers")
    }

    pub(super) fn sign(&self, who: &str, text: &str) -> String {
        let mut keygen = command("ssh-keygen");
        keygen.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(self.key(who));
        String::from_utf8(run_with(&mut keygen, text.as_bytes()).unwrap()).unwrap()
    }
}

fn settings(signers: &Path) -> String {
    format!("[approval]\nsigned = true\nsigners = \"{}\"\n", signers.display())
}

/// A demo office that takes signed approvals alone, and one of its despatches.
pub(super) fn office() -> (DemoOffice, Keys, String) {
    let (office, keys) = (DemoOffice::new(), Keys::of(&[REVIEWER, VERIFIER, PREPARER]));
    let table = settings(&keys.file());
    office.edit("despatch.toml", |text| {
        text.swapped("[approval.unseen]", &format!("{table}\n[approval.unseen]"))
    });
    let id = office.despatch_for("DEMO-0902", "det")["id"].as_str().unwrap().to_owned();
    (office, keys, id)
}

pub(super) fn approve(office: &DemoOffice, who: &str, id: &str, key: &Path) -> Said {
    office.run_as(who, &["--json", "outbox", "approve", id, "--sign-key", key.to_str().unwrap()])
}

pub(super) fn code(said: &Said) -> String {
    let lines = said.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut codes = lines.filter_map(|line| Some(line["faults"][0]["code"].as_str()?.to_owned()));
    codes.next().unwrap_or_else(|| panic!("nothing was refused: {said:?}"))
}

pub(super) fn shown(office: &DemoOffice, id: &str) -> Value {
    office.run(&["--json", "outbox", "show", id]).expect(0).json()
}

/// Changes the ledger behind despatch's back, as whoever has the service's account can.
pub(super) fn tamper(office: &DemoOffice, sql: &str) {
    run(command("sqlite3").arg("-bail").arg(office.dir.join("outbox/ledger.db")).arg(sql)).expect(sql);
}

fn ask(office: &DemoOffice, sql: &str) -> String {
    let out = run(command("sqlite3").arg(office.dir.join("outbox/ledger.db")).arg(sql)).expect(sql);
    String::from_utf8(out).unwrap().trim().to_owned()
}

/// Appends an event with a hash that fits: what the record alone cannot tell from one of despatch's.
pub(super) fn forge(office: &DemoOffice, actor: &str, subject: &str, what: &str, detail: &str) {
    let tail =
        ask(office, "SELECT json_array(hash, version, seq + 1, at) FROM event ORDER BY seq DESC LIMIT 1");
    let tail: Vec<Value> = serde_json::from_str(&tail).unwrap();
    let row = json!([tail[0], tail[1], tail[2], tail[3], actor, subject, what, detail]);
    let hash = Sha256::of(row.to_string().as_bytes());
    let text =
        |value: &Value| value.as_str().map_or_else(|| value.to_string(), |words| words.replace('\'', "''"));
    let (previous, version, seq, at) = (text(&tail[0]), text(&tail[1]), text(&tail[2]), text(&tail[3]));
    let detail = detail.replace('\'', "''");
    tamper(
        office,
        &format!(
            "INSERT INTO event (version, seq, at, actor, subject, what, detail, previous, hash) VALUES \
             ({version}, {seq}, '{at}', '{actor}', '{subject}', '{what}', '{detail}', '{previous}', '{hash}')"
        ),
    );
}

/// An approval of a despatch as despatch writes one, by nobody.
fn unsigned(one: &Value) -> String {
    let (message, to) = (&one["message"], &one["recipient"]["address"]);
    format!(
        "{{\"by\":\"{REVIEWER}\",\"at\":\"2026-11-23T12:00:00Z\",\"sha256\":{},\"address\":{to},\"fingerprints\":{},\
         \"confirmed\":[]}}",
        message["sha256"], message["fingerprints"]
    )
}

/// The sender tries, sends nothing, and says that no signature counts.
#[track_caller]
pub(super) fn is_held_unsigned(office: &DemoOffice, id: &str) -> String {
    office.run(&["send", "--once"]).expect(1);
    let one = shown(office, id)["despatch"].clone();
    assert_eq!((&one["state"], &one["holds"][0]["code"]), (&json!("held"), &json!("unsigned")), "{one}");
    assert!(has_nothing(&office.dir.join("sent")), "nothing goes");
    assert_eq!(one["approval"], Value::Null, "what was approved is void");
    one["holds"][0]["words"].as_str().unwrap().to_owned()
}

pub(super) fn verified(office: &DemoOffice, more: &[&str]) -> (i32, String) {
    let said = office.run(&[&["--json", "audit", "verify"][..], more].concat());
    (said.code, said.stdout)
}

#[test]
fn what_a_reviewer_signs_goes_and_is_proved_afterwards() {
    let (office, keys, id) = office();
    let refused = office.run_as(REVIEWER, &["--json", "outbox", "approve", &id]);
    assert_eq!(code(&refused), "approve.unsigned");
    assert!(refused.stdout.contains("--sign-key FILE"), "{refused:?}");
    assert_eq!(shown(&office, &id)["despatch"]["numbers"], Value::Null, "nobody was asked to sign");
    approve(&office, REVIEWER, &id, &keys.key(REVIEWER)).expect(0);
    let one = shown(&office, &id)["despatch"].clone();
    let (text, signature) = (&one["approval"]["signed"]["text"], &one["approval"]["signed"]["signature"]);
    let text = text.as_str().unwrap();
    for part in [
        format!("despatch: {id}\n"),
        format!("message: {}\n", one["message"]["sha256"].as_str().unwrap()),
        "decision: approve\n".to_owned(),
        format!("entry: {}\n", one["recipient"]["entry"].as_str().unwrap()),
        format!("address: {}\n", one["recipient"]["address"].as_str().unwrap()),
        format!("key: {}\n", one["message"]["fingerprints"][0].as_str().unwrap()),
        format!("by: {REVIEWER}\n"),
        "office: despatch.example.invalid\n".to_owned(),
        "until: 2026-11-23T12:30:00.000Z\n".to_owned(),
    ] {
        assert!(text.contains(&part), "{part} is not in {text}");
    }
    // Whoever has ssh-keygen alone can check it.
    let file = keys.0.path().join("signature");
    fs::write(&file, signature.as_str().unwrap()).unwrap();
    let mut check = command("ssh-keygen");
    check.args(["-Y", "verify", "-n", NAMESPACE, "-I", REVIEWER, "-f"]).arg(keys.file()).arg("-s").arg(&file);
    run_with(&mut check, text.as_bytes()).unwrap_or_else(|why| panic!("{why}"));
    office.run(&["send", "--once"]).expect(0);
    assert_eq!(shown(&office, &id)["despatch"]["state"], "sent");
    let told = office.run(&["outbox", "show", &id]).expect(0).stdout;
    assert!(told.contains("signed with a key of their own"), "{told}");
    let told = office.run(&["audit", "verify"]).expect(0).stdout;
    assert!(told.contains("Signed by whoever gave them: 1 approval."), "{told}");
}

#[test]
fn a_signature_by_another_key_or_for_another_person_is_none() {
    let (office, keys, id) = office();
    for (key, says) in
        [(VERIFIER, "it was made by the key of tomasz-achebe"), (STRANGER, "is nobody's who may approve")]
    {
        let refused = approve(&office, REVIEWER, &id, &keys.key(key));
        assert_eq!(code(&refused), "approve.signature");
        assert!(refused.stdout.contains(says), "{refused:?}");
    }
    let refused = approve(&office, REVIEWER, &id, &keys.key("no-such-key"));
    assert_eq!(code(&refused), "sign.key");
    assert_eq!(shown(&office, &id)["despatch"]["state"], "awaiting_review");
    // Several at once: the one that cannot be approved does not keep back the other.
    let other = office.despatches().into_iter().find(|one| one["state"] == "held").unwrap();
    let key = keys.key(REVIEWER);
    let words = ["--json", "outbox", "approve", other["id"].as_str().unwrap(), &id, "--sign-key"];
    let said = office.run_as(REVIEWER, &[&words[..], &[key.to_str().unwrap()]].concat()).expect(1);
    assert_eq!(code(&said), "approve.state");
    assert_eq!(shown(&office, &id)["despatch"]["state"], "approved");
    office.run(&["audit", "verify"]).expect(0);
    // Nobody is asked for a signature that counts for nothing.
    office.edit("despatch.toml", |text| text.swapped("signed = true", "signed = false"));
    let refused = approve(&office, REVIEWER, &id, &key);
    assert_eq!((refused.code, code(&refused).as_str()), (2, "sign.not_asked"));
}

#[test]
fn an_approval_that_a_row_alone_tells_of_goes_nowhere() {
    let (office, _keys, id) = office();
    let one = shown(&office, &id)["despatch"].clone();
    let approval = unsigned(&one);
    let record = format!("json_set(record, '$.state', 'approved', '$.approval', json('{approval}'))");
    tamper(&office, &format!("UPDATE despatch SET state = 'approved', record = {record} WHERE id = '{id}'"));
    assert_eq!(verified(&office, &[]).0, 1);
    assert!(is_held_unsigned(&office, &id).contains("beatrix-lund did not sign it"));
}

/// With an event that fits too, before and after the first signed one.
#[test]
fn an_approval_that_the_record_tells_of_and_nobody_signed_goes_nowhere_and_is_found() {
    let (office, keys, id) = office();
    let other = office.despatch_for("DEMO-0903", "det")["id"].as_str().unwrap().to_owned();
    approve(&office, REVIEWER, &id, &keys.key(REVIEWER)).expect(0);
    office.run(&["send", "--once"]).expect(0);
    fs::remove_dir_all(office.dir.join("sent")).unwrap();
    let one = shown(&office, &other)["despatch"].clone();
    let approval = unsigned(&one);
    forge(&office, REVIEWER, &other, "approved", &format!("{{\"approval\":{approval}}}"));
    let record = format!("json_set(record, '$.state', 'approved', '$.approval', json('{approval}'))");
    tamper(
        &office,
        &format!("UPDATE despatch SET state = 'approved', record = {record} WHERE id = '{other}'"),
    );
    let (code, told) = verified(&office, &[]);
    assert!(code == 1 && told.contains("did not sign it, and approvals are signed since row"), "{told}");
    assert_eq!(told.matches("audit.wrong").count(), 1, "nothing else tells of it: {told}");
    // Whoever can write the record can write the settings: the file that root has says it all the same.
    office.edit("despatch.toml", |text| text.swapped("signed = true", "signed = false"));
    assert_eq!(verified(&office, &[]).0, 0);
    let (code, told) = verified(&office, &["--approvers", keys.file().to_str().unwrap()]);
    assert!(code == 1 && told.contains("did not sign it"), "{told}");
    office.edit("despatch.toml", |text| text.swapped("signed = false", "signed = true"));
    is_held_unsigned(&office, &other);
}

#[test]
fn what_was_signed_before_a_hold_does_not_come_back() {
    let (office, keys, id) = office();
    approve(&office, REVIEWER, &id, &keys.key(REVIEWER)).expect(0);
    let before = shown(&office, &id)["despatch"].clone();
    let detail = |what: &str| {
        ask(&office, &format!("SELECT detail FROM event WHERE what = '{what}' AND subject = '{id}'"))
    };
    let details = ["made", "approval_asked", "approved"].map(|what| (what, detail(what)));
    office.run_as(VERIFIER, &["outbox", "hold", &id, "--reason", "another person's"]).expect(0);
    office.run_as(VERIFIER, &["outbox", "release", &id, "--reason", "a mistake"]).expect(0);
    assert_eq!(shown(&office, &id)["despatch"]["state"], "awaiting_review");
    let approval = before["approval"].to_string().replace('\'', "''");
    let some = format!("json_set(record, '$.state', 'approved', '$.approval', json('{approval}'))");
    let whole = format!("'{}'", before.to_string().replace('\'', "''"));
    // The row alone; with the event of the approval once more; with its number given once more too; and with the whole
    // despatch made once more, as it was.
    for (events, record, says) in [
        (0, &some, "does not follow from what happened"),
        (1, &some, "was used already, ended with a hold, or was never given"),
        (2, &some, "its number was given before"),
        (3, &whole, "it was made before"),
    ] {
        let copy = office.copy();
        for (what, detail) in details.iter().skip(3 - events) {
            forge(&copy, REVIEWER, &id, what, detail);
        }
        tamper(
            &copy,
            &format!("UPDATE despatch SET state = 'approved', record = {record} WHERE id = '{id}'"),
        );
        let (code, told) = verified(&copy, &[]);
        assert!(code == 1 && told.contains(says), "{events}: {told}");
        assert!(is_held_unsigned(&copy, &id).contains("does not follow from what happened"));
    }
    // The reviewer signs anew.
    approve(&office, REVIEWER, &id, &keys.key(REVIEWER)).expect(0);
    office.run(&["send", "--once"]).expect(0);
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn what_was_signed_is_no_approval_of_another_message() {
    let (office, keys, id) = office();
    approve(&office, REVIEWER, &id, &keys.key(REVIEWER)).expect(0);
    let one = shown(&office, &id)["despatch"].clone();
    let other = [office.message(&one), b"\r\nmore".to_vec()].concat();
    fs::write(office.message_path(&one), &other).unwrap();
    let record = format!(
        "replace(record, '\"sha256\":\"{}\"', '\"sha256\":\"{}\"')",
        one["message"]["sha256"].as_str().unwrap(),
        Sha256::of(&other)
    );
    tamper(&office, &format!("UPDATE despatch SET record = {record} WHERE id = '{id}'"));
    assert!(is_held_unsigned(&office, &id).contains("is another decision than this"));
    assert_eq!(verified(&office, &[]).0, 1);
}

#[test]
fn what_was_signed_is_no_approval_for_another_recipient() {
    let (office, keys, id) = office();
    approve(&office, REVIEWER, &id, &keys.key(REVIEWER)).expect(0);
    let one = shown(&office, &id)["despatch"].clone();
    let address = one["recipient"]["address"].as_str().unwrap();
    let other = address.swapped_once("@", "x@");
    let text = one["approval"]["signed"]["text"].as_str().unwrap();
    // The text that was signed stays, or is changed with all the rest.
    for (text, says) in [
        (text.to_owned(), "is another decision than this"),
        (text.swapped(address, &other), "it was made over another text than this"),
    ] {
        let copy = office.copy();
        for table in ["despatch", "entry"] {
            tamper(&copy, &format!("UPDATE {table} SET record = replace(record, '{address}', '{other}')"));
        }
        tamper(&copy, &format!("UPDATE entry SET email = '{other}' WHERE email = '{address}'"));
        let text = Value::from(text).to_string();
        let record = format!("json_set(record, '$.approval.signed.text', json('{text}'))");
        tamper(&copy, &format!("UPDATE despatch SET record = {record} WHERE id = '{id}'"));
        copy.edit("despatch.toml", |text| text.swapped(address, &other));
        let told = is_held_unsigned(&copy, &id);
        assert!(told.contains(says), "{told}");
    }
}

/// The ledger of an office, as the service has it open.
pub(super) struct Open {
    office: Office,
    ledger: Ledger,
    id: DespatchId,
}

impl Open {
    pub(super) fn of(demo: &DemoOffice, id: &str) -> Self {
        let mut office = Office::open(&demo.dir).unwrap();
        let mut ledger = Ledger::open(&office.outbox()).unwrap();
        office.directory = ledger.directory(&office.config.addresses).unwrap();
        Self { office, ledger, id: id.parse().unwrap() }
    }

    pub(super) fn ask(&mut self, who: &str, at: DateTime<Utc>) -> String {
        let by = self.office.config.staff_member(&who.parse().unwrap()).unwrap();
        let unseen = &self.office.config.unseen;
        let saying = Approving { seen: None, confirmed: &[], unseen, signing: None };
        let checks = Checks { directory: &self.office.directory, packs: &self.office.packs };
        let who = (by, "despatch.example.invalid");
        self.ledger.ask_to_approve(self.id, who, saying, checks, moment(at)).unwrap()
    }

    /// What becomes of this signature: the code of the refusal, or nothing.
    pub(super) fn approve(&mut self, who: &str, signature: &str, at: DateTime<Utc>) -> Option<&'static str> {
        let by = self.office.config.staff_member(&who.parse().unwrap()).unwrap().clone();
        let approvers = self.office.approvers().unwrap().unwrap();
        let signing = Some(Signing { approvers: &approvers, signature: Some(signature) });
        let checks = Checks { directory: &self.office.directory, packs: &self.office.packs };
        let unseen = &self.office.config.unseen;
        let saying = Approving { seen: None, confirmed: &[], unseen, signing };
        match self.ledger.approve(self.id, &by, saying, checks, moment(at)) {
            Ok(_) => None,
            Err(LedgerError::Refused(fault)) => Some(fault.code),
            Err(other) => panic!("{other}"),
        }
    }

    fn decide(&mut self, who: &str, decision: &Decision, at: DateTime<Utc>) {
        let by = self.office.config.staff_member(&who.parse().unwrap()).unwrap().clone();
        let checks = Checks { directory: &self.office.directory, packs: &self.office.packs };
        self.ledger.decide(self.id, &by, decision, checks, moment(at)).unwrap();
    }
}

fn moment(at: DateTime<Utc>) -> Moment {
    Moment { at, today: TODAY.parse().unwrap() }
}

#[test]
fn a_number_counts_once_until_it_lapses_and_until_a_hold() {
    let (office, keys, id) = office();
    let mut open = Open::of(&office, &id);
    let now = Clock::Fixed(TODAY.parse().unwrap()).now().at;
    let minutes = |count| now + TimeDelta::minutes(count);
    assert_eq!(
        open.approve(REVIEWER, &keys.sign(REVIEWER, "x"), now),
        Some("approve.number"),
        "nobody asked"
    );
    let first = keys.sign(REVIEWER, &open.ask(REVIEWER, now));
    assert_eq!(open.approve(REVIEWER, &first, minutes(31)), Some("approve.lapsed"));
    assert_eq!(open.approve(VERIFIER, &first, now), Some("approve.number"), "another person was not asked");
    // The next number of a person ends the one before, and nobody else's.
    let others = keys.sign(VERIFIER, &open.ask(VERIFIER, now));
    let second = keys.sign(REVIEWER, &open.ask(REVIEWER, now));
    assert_eq!(open.approve(REVIEWER, &first, now), Some("approve.signature"));
    assert_eq!(open.approve(REVIEWER, &others, now), Some("approve.signature"));
    // A hold ends them all.
    open.decide(PREPARER, &Decision::Hold("wait".to_owned()), now);
    open.decide(PREPARER, &Decision::Release("go on".to_owned()), now);
    for (who, signature) in [(REVIEWER, &second), (VERIFIER, &others)] {
        assert_eq!(open.approve(who, signature, now), Some("approve.number"), "{who}");
    }
    let third = keys.sign(REVIEWER, &open.ask(REVIEWER, now));
    assert_eq!(open.approve(REVIEWER, &third, minutes(30)), None);
    open.decide(VERIFIER, &Decision::Hold("wait".to_owned()), minutes(30));
    open.decide(VERIFIER, &Decision::Release("go on".to_owned()), minutes(30));
    assert_eq!(open.approve(REVIEWER, &third, minutes(30)), Some("approve.number"), "it was used");
    drop(open);
    office.run(&["audit", "verify"]).expect(0);
}

/// The reviewer's side signs nothing but what it was asked for, whatever the office gives it.
#[test]
fn nothing_is_signed_but_what_was_asked_for() {
    let (office, keys, id) = office();
    let now = Clock::Fixed(TODAY.parse().unwrap()).now().at;
    let text = Open::of(&office, &id).ask(REVIEWER, now);
    let message = shown(&office, &id)["despatch"]["message"]["sha256"].as_str().unwrap().to_owned();
    let id: DespatchId = id.parse().unwrap();
    let key = keys.key(REVIEWER).into();
    let right =
        ToSign { key, despatch: id, urgently: false, seen: Some(message), unseen: true, text: text.clone() };
    assert!(Terminal.sign(&right).unwrap().starts_with("-----BEGIN SSH SIGNATURE-----"));
    let other = DespatchId { position: id.position + 1, ..id };
    for wrong in [
        ToSign { despatch: other, ..right.clone() },
        ToSign { urgently: true, ..right.clone() },
        ToSign { seen: Some("0123456789ab".to_owned()), ..right.clone() },
        ToSign { text: text.swapped("office: ", "office:"), ..right.clone() },
        ToSign { text: "anything else\n".to_owned(), ..right.clone() },
    ] {
        assert_eq!(Terminal.sign(&wrong).unwrap_err().code, "sign.text", "{wrong:?}");
    }
}

/// Two approvals are two signatures by two people, and an urgent release is one.
#[test]
fn two_approvals_are_two_signatures_and_nobody_hastens_without_one() {
    let office = approvals::office();
    let keys = Keys::of(&["cat", "bob"]);
    let path = office.dir.join("despatch.toml");
    let text = fs::read_to_string(&path).unwrap();
    let urgent = "[urgent_release]\nroles = [\"healthcare\"]\n";
    fs::write(&path, format!("{text}\n{urgent}{}", settings(&keys.file()))).unwrap();
    office.drop_report(1, "the-preparer", approvals::STRANGER).expect(0);
    let given = |who: u32, words: &[&str], key: &str| {
        // A key belongs to whoever signs with it.
        let key = file_of(&office.dir, who, key, &fs::read(keys.key(key)).unwrap());
        office.given_by(who, &[&["--json", "outbox"], words, &["--sign-key", key.to_str().unwrap()]].concat())
    };
    for who in [approvals::CAT, approvals::BOB] {
        approvals::look(&office, who, "1-1").0.expect(0);
    }
    given(approvals::CAT, &["approve", "1-1"], "cat").expect(0);
    assert_eq!(code(&given(approvals::BOB, &["approve", "1-1"], "cat")), "approve.signature");
    office.run(&["send", "--once"]).expect(0);
    assert!(has_nothing(&office.dir.join("sent")), "one is not enough");
    given(approvals::BOB, &["approve", "1-1"], "bob").expect(0);
    office.run(&["send", "--once"]).expect(0);
    assert!(office.dir.join("sent/1-1.eml").exists());

    office.drop_report(2, "the-preparer", crate::travel::real::NOBODY).expect(0);
    let words = ["--json", "outbox", "list", "--case", "TEST-00002", "--role", "healthcare"];
    let list = office.run(&words).expect(0).json();
    let id = list["despatches"][0]["id"].as_str().unwrap().to_owned();
    approvals::look(&office, approvals::CAT, &id).0.expect(0);
    let hasten = ["urgent", id.as_str(), "--reason", "tonight"];
    let unsigned = office.given_by(approvals::CAT, &[&["--json", "outbox"][..], &hasten].concat());
    assert_eq!(code(&unsigned), "approve.unsigned");
    assert_eq!(code(&given(approvals::CAT, &hasten, "bob")), "approve.signature");
    given(approvals::CAT, &hasten, "cat").expect(0);
    office.run(&["send", "--once"]).expect(0);
    assert!(office.dir.join(format!("sent/{id}.eml")).exists());
    let told = office.run(&["audit", "verify"]).expect(0).stdout;
    assert!(told.contains("Signed by whoever gave them: 3 approvals."), "{told}");
}
