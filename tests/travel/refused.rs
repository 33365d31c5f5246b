//! What may not go, does not go, and the reason is said: at the approval, and once more before sending.

use super::*;
use crate::support::office::{PREPARER, TODAY};
use despatch_testing::swap::Swap;
use std::fs::{self, OpenOptions};

/// A key of somebody else, well formed.
const ANOTHER_KEY: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

fn invitation(office: &DemoOffice) -> String {
    id_of(office, "DEMO-0902", "det")
}

#[track_caller]
fn refuses(said: Said, words: &str) {
    let said = said.expect(1);
    assert!(said.stderr.contains(words), "{words:?} is not said:\n{}", said.stderr);
}

/// What the sender says, and the despatch's new state: held, and nothing went.
#[track_caller]
fn is_held_at_sending(office: &DemoOffice, today: &str, id: &str, code: &str, words: &str) {
    let said = office.on(today, &["send", "--once"]).expect(1);
    assert!(said.stdout.contains(words), "{words:?} is not said:\n{}", said.stdout);
    assert_eq!(state(office, id), "held");
    assert!(holds(office, id).iter().any(|hold| hold == code), "{code}: {:?}", holds(office, id));
    assert!(hold_label(office, id).contains(words));
    assert_eq!(sent_files(office), [""; 0]);
    office.on(today, &["send", "--once"]).expect(0);
    assert_eq!(sent_files(office), [""; 0]);
}

#[test]
fn what_nobody_approved_is_not_sent() {
    let office = DemoOffice::new();
    let before = office.despatches();
    let said = send(&office).expect(0);
    assert!(said.stdout.contains("Nothing is approved and due."), "{said:?}");
    assert_eq!(sent_files(&office), [""; 0]);
    assert_eq!(office.despatches(), before);
    let id = invitation(&office);
    for words in [
        vec!["send", "--once", &id],
        vec!["send", "--once", "--force"],
        vec!["send", "--all"],
        vec!["outbox", "send", &id],
        vec!["outbox", "approve"],
        vec!["outbox", "approve", "--all"],
    ] {
        office.run_as(REVIEWER, &words).expect(2);
    }
    for what in ["hold", "release"] {
        decide(&office, what, &id).expect(0);
    }
    assert_eq!(state(&office, &id), "awaiting_review", "a hold and its release are no approval");
    send(&office).expect(0);
    assert_eq!(sent_files(&office), [""; 0]);
}

#[test]
fn only_a_reviewer_who_did_not_prepare_the_case_approves_it() {
    let office = DemoOffice::new();
    let id = invitation(&office);
    let approve_as = |office: &DemoOffice, who| office.run_as(who, &["outbox", "approve", &id]);
    refuses(approve_as(&office, PREPARER), "imran-castellan is not a reviewer");
    refuses(approve_as(&office, "wenna-okonjo"), "wenna-okonjo is not a reviewer");
    refuses(approve_as(&office, "nobody-here"), "nobody-here is not on the staff list");
    refuses(office.run(&["outbox", "approve", &id]), "is not on the staff list");
    office.edit("despatch.toml", |text| {
        text.swapped("name = \"Imran Castellan\"", "name = \"Imran Castellan\"\nreviewer = true")
    });
    refuses(approve_as(&office, PREPARER), "imran-castellan prepared this case and cannot approve it");
    assert_eq!(state(&office, &id), "awaiting_review");
    let of_another = id_of(&office, "DEMO-0903", "det");
    office.run_as(PREPARER, &["outbox", "approve", &of_another]).expect(0);
    let both = office.run_as(PREPARER, &["outbox", "approve", &id, &id_of(&office, "DEMO-0903", "doctor")]);
    refuses(both, "prepared this case");
    assert_eq!(
        state(&office, &id_of(&office, "DEMO-0903", "doctor")),
        "approved",
        "one refusal stops no other"
    );
}

#[test]
fn an_approval_of_another_message_than_was_seen_is_refused() {
    let office = DemoOffice::new();
    let id = invitation(&office);
    let mine = despatch(&office, &id)["message"]["sha256"].as_str().unwrap().to_owned();
    let other = despatch(&office, &id_of(&office, "DEMO-0903", "det"))["message"]["sha256"].take();
    let wrong_end = format!("{}{}", &mine[..63], if mine.ends_with('0') { '1' } else { '0' });
    for seen in [other.as_str().unwrap(), &wrong_end, "", &format!("{mine}0"), "*"] {
        let said = office.run_as(REVIEWER, &["outbox", "approve", &id, "--message", seen]);
        refuses(said, "not the one that you looked at");
    }
    assert_eq!(state(&office, &id), "awaiting_review");
    office.run_as(REVIEWER, &["outbox", "approve", &id, "--message", &mine]).expect(0);
}

/// Each way to spoil a message in the outbox.
/// What is done to a message, and how.
type Spoil = (&'static str, fn(&std::path::Path));

const SPOILS: [Spoil; 4] = [
    ("a flipped bit", |path| {
        let mut bytes = fs::read(path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    }),
    ("a cut end", |path| {
        let file = OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(file.metadata().unwrap().len() - 1).unwrap();
    }),
    ("an emptied file", |path| fs::write(path, b"").unwrap()),
    ("a deleted file", |path| fs::remove_file(path).unwrap()),
];

#[test]
fn a_message_that_is_not_the_one_that_was_made_is_held_and_not_sent() {
    let words = "the message in the outbox is missing or is not the one that was made";
    for (how, spoil) in SPOILS {
        let office = DemoOffice::new();
        let (approved, waiting) = (invitation(&office), id_of(&office, "DEMO-0903", "det"));
        approve(&office, &approved);
        for id in [&approved, &waiting] {
            spoil(&office.message_path(&despatch(&office, id)));
        }
        eprintln!("{how}");
        is_held_at_sending(&office, TODAY, &approved, "altered", words);
        assert!(despatch(&office, &approved)["approval"].is_null(), "the approval is void");
        refuses(office.run_as(REVIEWER, &["outbox", "approve", &waiting]), words);
        assert_eq!(state(&office, &waiting), "held");
    }
}

#[test]
fn another_message_in_the_place_of_the_approved_one_is_not_sent() {
    let office = DemoOffice::new();
    let (id, other) = (invitation(&office), id_of(&office, "DEMO-0903", "det"));
    approve(&office, &id);
    approve(&office, &other);
    let path = |id: &str| office.message_path(&despatch(&office, id));
    fs::copy(path(&other), path(&id)).unwrap();
    let said = send(&office).expect(1);
    assert!(said.stdout.contains("is not the one that was made"), "{said:?}");
    assert_eq!((state(&office, &id), state(&office, &other)), ("held".to_owned(), "sent".to_owned()));
    assert_eq!(sent_files(&office), [format!("{other}.eml")]);
}

/// Case, role, the last day on which it may go and the next one, the code that holds it, words. The appointments are
/// on Tuesday 1 December (DEMO-0902) and Monday 30 November (DEMO-0903).
const STALE: [(&str, &str, &str, &str, &str, &str); 4] = [
    (
        "DEMO-0902",
        "representative",
        "2026-11-26",
        "2026-11-27",
        "window_closed",
        "service after Thursday 26 November 2026 leaves too little time to respond before the appointment; \
         the appointment needs a new date",
    ),
    (
        "DEMO-0903",
        "det",
        "2026-11-25",
        "2026-11-26",
        "window_closed",
        "service after Wednesday 25 November 2026 leaves too little time to respond before the appointment",
    ),
    (
        "DEMO-0902",
        "doctor",
        "2026-12-01",
        "2026-12-02",
        "stale",
        "it made sense until Tuesday 1 December 2026",
    ),
    (
        "DEMO-0903",
        "caseworker",
        "2026-11-30",
        "2026-12-01",
        "stale",
        "it made sense until Monday 30 November 2026",
    ),
];

#[test]
fn what_no_longer_makes_sense_is_neither_approved_nor_sent() {
    for (case, role, last, next, code, words) in STALE {
        eprintln!("{case} for the {role}");
        let office = DemoOffice::new();
        let id = id_of(&office, case, role);
        let by_reviewer =
            |day, words: &[&str]| office.on(day, &[&["--as", REVIEWER, "outbox"], words].concat());
        refuses(by_reviewer(next, &["approve", &id]), words);
        assert_eq!((state(&office, &id), holds(&office, &id)[0].as_str()), ("held".to_owned(), code));

        let office = DemoOffice::new();
        let id = id_of(&office, case, role);
        let by_reviewer =
            |day, words: &[&str]| office.on(day, &[&["--as", REVIEWER, "outbox"], words].concat());
        by_reviewer(last, &["approve", &id]).expect(0);
        is_held_at_sending(&office, next, &id, code, words);
        let release = ["release", &id, "--reason", "try"];
        refuses(by_reviewer(next, &release), words);
        by_reviewer(last, &release).expect(0);
        assert_eq!(state(&office, &id), "approved", "the bytes are the same, and so is the approval");
        office.on(last, &["send", "--once"]).expect(0);
        assert_eq!(sent_files(&office), [format!("{id}.eml")], "on the last day it goes");
    }
}

/// Each change of the directory after sealing: the command, whether a second person verified it, the code that holds
/// the despatch, words.
const CHANGES: [(&[&str], bool, &str, &str); 6] = [
    (
        &["change", "det-yarls-wood", "--email", "other@office.example.invalid"],
        true,
        "recipient_changed",
        "is in order now, and the message was made before that",
    ),
    (
        &["key", "det-yarls-wood", "--key", ANOTHER_KEY],
        true,
        "recipient_changed",
        "is in order now, and the message was made before that",
    ),
    (
        &["key", "det-yarls-wood", "--key", ANOTHER_KEY],
        false,
        "key_replaced",
        "was replaced by 6a80-4773-9828-40fa, and nobody else has verified that",
    ),
    (
        &["change", "det-yarls-wood", "--name", "Another team"],
        false,
        "unverified",
        "imran-castellan entered or changed entry det-yarls-wood, and nobody else has verified it",
    ),
    (
        &["expire", "det-yarls-wood", "--reason", "the team has moved"],
        false,
        "expired",
        "entry det-yarls-wood held until 22 November 2026 only",
    ),
    (
        &["change", "det-yarls-wood", "--place", "dungavel"],
        true,
        "recipient_changed",
        "is in order now, and the message was made before that",
    ),
];

/// One person changes the directory, and, if so, a second one verifies it.
fn change(office: &DemoOffice, command: &[&str], verified: bool) {
    list_group(office, "other@office.example.invalid");
    office.directory(command).expect(0);
    if verified {
        office.settle("det-yarls-wood");
    }
}

#[test]
fn a_recipient_that_changed_since_sealing_gets_nothing() {
    for (command, verified, code, words) in CHANGES {
        eprintln!("{command:?}, before the approval and after it");
        let office = DemoOffice::new();
        let id = invitation(&office);
        change(&office, command, verified);
        office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(1);
        is_held_for(&office, &id, code, words);

        let office = DemoOffice::new();
        let id = invitation(&office);
        approve(&office, &id);
        change(&office, command, verified);
        send(&office);
        assert_eq!(sent_files(&office), [""; 0]);
        assert!(despatch(&office, &id)["approval"].is_null(), "the approval is void");
        let said = office.run_as(REVIEWER, &["outbox", "release", &id, "--reason", "try"]);
        if !verified {
            assert!(said.code == 1 && said.stderr.contains(words), "{said:?}");
        }
    }
}

/// It is held, for this among its reasons, in these words.
fn is_held_for(office: &DemoOffice, id: &str, code: &str, words: &str) {
    assert_eq!(state(office, id), "held");
    let despatch = despatch(office, id);
    let holds = despatch["holds"].as_array().unwrap();
    let told = holds.iter().find(|hold| hold["code"] == code);
    assert!(told.is_some_and(|hold| hold["words"].as_str().unwrap().contains(words)), "{holds:#?}");
}

#[test]
fn an_entry_that_has_ended_gets_nothing_and_one_that_expires_today_still_does() {
    let office = DemoOffice::new();
    let (gone, today) = (id_of(&office, "DEMO-0902", "representative"), invitation(&office));
    approve(&office, &gone);
    approve(&office, &today);
    office.directory(&["expire", "det-yarls-wood", "--on", TODAY, "--reason", "the team moves"]).expect(0);
    office.directory(&["expire", "harbour-lane-law", "--reason", "the firm has closed"]).expect(0);
    send(&office).expect(0);
    is_held_for(&office, &gone, "expired", "held until 22 November 2026 only");
    assert_eq!(sent_files(&office), [format!("{today}.eml")]);
}
