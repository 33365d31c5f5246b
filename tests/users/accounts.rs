//! Enters: members of staff, and what they type to sign in. Leaves: proof of whom the pages let in, and what is on record.
//! Never: a browser.

use crate::support::office::{DemoOffice, PREPARER, PROGRAM, REVIEWER, TODAY};
use age::secrecy::SecretString;
use despatch_app::operations::users::{self, DEMO_PASSPHRASE, User};
use despatch_app::operations::{Actor, Failure, OpenOffice};
use despatch_core::clock::Clock;
use despatch_core::words::StaffId;
use despatch_ledger::UserRole;
use despatch_testing::swap::Swap;

/// The administrator of the demo office's pages.
const ADMINISTRATOR: &str = "tomasz-achebe";
/// A passphrase that nothing speaks against.
const OWN: &str = "lantern otter quarry";

fn open(office: &DemoOffice) -> OpenOffice {
    let clock = Clock::Fixed(TODAY.parse().unwrap());
    OpenOffice::open(&office.dir, clock, PROGRAM.into()).expect("an office")
}

fn staff(id: &str) -> StaffId {
    id.parse().unwrap()
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn sign_in(open: &mut OpenOffice, name: &str, passphrase: &str) -> Result<User, String> {
    users::sign_in(open, name, &secret(passphrase)).map_err(|failure| format!("{failure:?}"))
}

fn code(failure: Failure) -> &'static str {
    match failure {
        Failure::Request(fault) => fault.code,
        Failure::Faults(faults) => faults[0].code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn words_for_one_use_let_in_until_their_owner_chooses_a_passphrase() {
    let office = DemoOffice::new();
    let said = office.run_as(ADMINISTRATOR, &["--json", "user", "reset", "wenna-okonjo"]).expect(0).json();
    let words = said["passphrase"].as_str().unwrap();
    let mut open = open(&office);
    // However they are typed.
    let user = sign_in(&mut open, " Wenna-Okonjo", &words.replace('-', " ").to_uppercase()).unwrap();
    assert!(user.must_change && user.name == "Wenna Okonjo", "{user:?}");
    assert!(user.roles.contains(&UserRole::Preparer) && !user.roles.contains(&UserRole::Reviewer));
    let wenna = staff("wenna-okonjo");
    for (new, refused) in [
        (words, "passphrase.same"),
        ("too short", "passphrase.short"),
        ("passwordpassword", "passphrase.common"),
        ("password1234", "passphrase.common"),
        ("Pass-word Pass-word", "passphrase.common"),
        ("1234567890123", "passphrase.common"),
        ("abcdefghijklmnop", "passphrase.common"),
        ("aaaabbbbaaaabbbb", "passphrase.common"),
        ("qwertyuiop2026!", "passphrase.common"),
        ("Wenna Okonjo 1990", "passphrase.name"),
        ("despatch-okonjo-99", "passphrase.name"),
        ("detained casework team", "passphrase.name"),
        (&"x y z w v ".repeat(101), "passphrase.long"),
    ] {
        let changed = users::change_passphrase(&mut open, &wenna, &secret(words), &secret(new));
        assert_eq!(code(changed.unwrap_err()), refused, "{new}");
    }
    let wrong = users::change_passphrase(&mut open, &wenna, &secret("not the words"), &secret(OWN));
    assert_eq!(code(wrong.unwrap_err()), "sign_in.refused");
    // Nothing else is asked: spaces, other scripts and whole sentences do.
    let long = "a quiet place to sit and think it over ".repeat(25);
    let mut old = words.to_owned();
    for new in ["wenna keeps seven otters", "þrír hattar á snaga", "     a quiet place", long.as_str(), OWN]
    {
        users::change_passphrase(&mut open, &wenna, &secret(&old), &secret(new)).unwrap();
        old = new.to_owned();
    }
    assert!(!sign_in(&mut open, "wenna-okonjo", OWN).unwrap().must_change);
    sign_in(&mut open, "wenna-okonjo", words).unwrap_err();
    drop(open);
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn whoever_is_not_let_in_does_not_learn_why() {
    let office = DemoOffice::new();
    office.run_as(ADMINISTRATOR, &["user", "disable", "wenna-okonjo"]).expect(0);
    let mut open = open(&office);
    let refusals: Vec<String> = [
        ("wenna-okonjo", DEMO_PASSPHRASE),
        ("nobody-here", DEMO_PASSPHRASE),
        ("'; DROP TABLE user_account; --", "x"),
        ("", ""),
        (REVIEWER, "not the passphrase"),
    ]
    .iter()
    .map(|(name, passphrase)| sign_in(&mut open, name, passphrase).unwrap_err())
    .collect();
    assert!(refusals.iter().all(|one| *one == refusals[0]), "{refusals:#?}");
    users::signed_in(&mut open, &staff("wenna-okonjo")).unwrap_err();
    drop(open);
    let told: Vec<String> = office.events("").into_iter().map(|(_, code)| code).collect();
    let count = |code: &str| told.iter().filter(|told| *told == code).count();
    // Of three sign-ins under unknown names one is told, so that nobody fills the record by guessing.
    assert_eq!((count("sign_in_refused"), count("unknown_sign_ins")), (2, 1), "{told:?}");
}

#[test]
fn whoever_guesses_waits_and_the_administrator_lets_try_again() {
    let office = DemoOffice::new();
    let mut all = open(&office);
    for _ in 0..5 {
        sign_in(&mut all, REVIEWER, "a guess").unwrap_err();
    }
    let refused = sign_in(&mut all, REVIEWER, DEMO_PASSPHRASE).unwrap_err();
    assert_eq!(refused, sign_in(&mut all, "nobody-here", "x").unwrap_err());
    let asked = users::check_passphrase(&mut all, &staff(REVIEWER), &secret(DEMO_PASSPHRASE));
    assert_eq!(code(asked.unwrap_err()), "sign_in.refused");
    drop(all);
    // No more than a quarter of an hour, and nothing is written meanwhile.
    assert_eq!(office.events(&format!("user {REVIEWER}")).len(), 1 + 5);
    office.run_as(ADMINISTRATOR, &["user", "enable", REVIEWER]).expect(0);
    let mut all = open(&office);
    sign_in(&mut all, REVIEWER, DEMO_PASSPHRASE).unwrap();
    users::check_passphrase(&mut all, &staff(REVIEWER), &secret(DEMO_PASSPHRASE)).unwrap();
    users::sign_out(&mut all, &staff(REVIEWER)).unwrap();
    drop(all);
    let last: Vec<String> =
        office.events(&format!("user {REVIEWER}")).into_iter().map(|(_, code)| code).collect();
    assert_eq!(last[last.len() - 3..], ["user_enabled", "signed_in", "signed_out"]);
    office.run(&["audit", "verify"]).expect(0);
}

#[test]
fn an_account_is_of_the_staff_list_and_an_administrators_to_make() {
    let office = DemoOffice::new();
    let keeper =
        |text: String| text.swapped("account = \"demo-tomasz", "keeper = true\naccount = \"demo-tomasz");
    office.edit("despatch.toml", keeper);
    let refused = |who: &str, words: &[&str]| office.run_as(who, words).expect(1).stderr;
    let said = refused(PREPARER, &["user", "add", "wenna-okonjo", "--role", "preparer"]);
    assert!(said.contains("no administrator of the pages and no keeper"), "{said}");
    let said = refused(ADMINISTRATOR, &["user", "add", "somebody-else", "--role", "preparer"]);
    assert!(said.contains("not on the staff list"), "{said}");
    let said = refused(ADMINISTRATOR, &["user", "role", PREPARER, "--role", "reviewer"]);
    assert!(said.contains("the staff list has them as no reviewer"), "{said}");
    let said = refused(ADMINISTRATOR, &["user", "add", REVIEWER, "--role", "auditor"]);
    assert!(said.contains("they have an account already"), "{said}");
    // An administrator of the pages need not keep the office.
    office
        .run_as(ADMINISTRATOR, &["user", "role", PREPARER, "--role", "preparer", "--role", "administrator"])
        .expect(0);
    office.run_as(PREPARER, &["user", "role", "wenna-okonjo", "--role", "auditor"]).expect(0);
    let listed = office.run(&["--json", "user", "list"]).expect(0).json();
    let wenna =
        listed["users"].as_array().unwrap().iter().find(|one| one["staff"] == "wenna-okonjo").unwrap();
    assert_eq!(wenna["roles"], serde_json::json!(["auditor"]));
    assert!(!listed.to_string().contains("argon2"), "{listed}");
    // Whoever leaves the staff list is let in no more; a reviewer whom it has as none any more reviews no more.
    office.edit("despatch.toml", |text| {
        let tomasz = text.find("id = \"tomasz-achebe\"").unwrap();
        let (before, after) = text.split_at(tomasz);
        before.swapped("id = \"imran-castellan\"", "id = \"imran-other\"")
            + &after.swapped_once("reviewer = true\n", "")
    });
    let mut open = open(&office);
    sign_in(&mut open, PREPARER, DEMO_PASSPHRASE).unwrap_err();
    let user = sign_in(&mut open, ADMINISTRATOR, DEMO_PASSPHRASE).unwrap();
    assert!(!user.roles.contains(&UserRole::Reviewer), "{user:?}");
    assert!(Actor::of_staff(&open.office, &user.staff).staff().is_ok());
    assert!(Actor::of_staff(&open.office, &staff(PREPARER)).staff().is_err());
}

#[test]
fn no_passphrase_and_nothing_that_proves_one_is_on_record() {
    let office = DemoOffice::new();
    let said = office.run_as(ADMINISTRATOR, &["--json", "user", "reset", PREPARER]).expect(0).json();
    let words = said["passphrase"].as_str().unwrap();
    let mut open = open(&office);
    users::change_passphrase(&mut open, &staff(PREPARER), &secret(words), &secret(OWN)).unwrap();
    sign_in(&mut open, PREPARER, OWN).unwrap();
    let events = open.ledger.events(None).unwrap();
    let record = serde_json::to_string(&events).unwrap();
    for kept_out in [words, OWN, DEMO_PASSPHRASE, "argon2", "$m=19456"] {
        assert!(!record.contains(kept_out), "{kept_out}");
    }
    let hash = open.ledger.user_hash(&staff(PREPARER)).unwrap().unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}
