//! The directory: every fault at once, and for each recipient an entry or the reasons to wait.

use chrono::NaiveDate;
use despatch::policy::To;
use despatch::seal::directory::{Directory, HoldReason};
use despatch::words::Role;

const KEY: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";
const OTHER_KEY: &str = "age1pyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq8r66x";
const VERIFIED: &str = "verified = { by = \"a-clerk\", on = 2026-10-01, how = \"called back\" }";

fn entry(id: &str, role: &str, more: &str) -> String {
    format!(
        "[[entry]]\nid = \"{id}\"\nrole = \"{role}\"\nname = \"{id} mailbox\"\norganisation = \"An office\"\n\
         email = \"{id}@office.example.invalid\"\n{more}\n\n"
    )
}

fn directory(entries: &[String]) -> Directory {
    Directory::parse("directory.toml", &entries.concat()).expect("a sound directory")
}

fn today() -> NaiveDate {
    "2026-11-23".parse().unwrap()
}

fn named(id: &str) -> To {
    To::Entry(id.parse().unwrap())
}

fn body(place: &str) -> To {
    To::Body(Some(place.parse().unwrap()))
}

/// The entry's id, or "-", and the reasons' words.
fn outcome(directory: &Directory, role: Role, to: &To) -> String {
    let found = directory.resolve(role, to, today());
    let id = found.entry.map_or("-", |entry| entry.id.as_str());
    let reasons: Vec<&str> = found.holds.iter().map(HoldReason::code).collect();
    format!("{id} {}", reasons.join("+")).trim_end().to_owned()
}

#[test]
fn a_despatch_resolves_to_one_verified_entry_or_waits_and_says_why() {
    let keys = format!("keys = [\"{KEY}\"]");
    let ready = format!("{keys}\n{VERIFIED}");
    let ready_too = format!("keys = [\"{OTHER_KEY}\"]\n{VERIFIED}");
    let brook = "places = [\"brook-house\"]";
    let all = directory(&[
        entry("dr-ready", "doctor", &ready),
        entry("dr-new", "doctor", ""),
        entry("dr-no-key", "doctor", VERIFIED),
        entry("dr-old", "doctor", &format!("{VERIFIED}\nexpires = 2026-11-22")),
        entry("dr-last-day", "doctor", &format!("{VERIFIED}\nexpires = 2026-11-23")),
        entry("dr-self", "doctor", &VERIFIED.replace("a-clerk", "dr-self")),
        entry("dr-future", "doctor", &VERIFIED.replace("2026-10-01", "2026-11-24")),
        entry("det-brook", "det", &format!("{brook}\n{ready_too}")),
        entry("det-brook-new", "det", brook),
        entry("health-one", "healthcare", &format!("places = [\"brook-house\", \"colnbrook\"]\n{VERIFIED}")),
        entry("health-two", "healthcare", &format!("{brook}\n{VERIFIED}")),
        entry("det-larne", "det", "places = [\"larne-house\"]"),
        entry("dmrt-inbox", "dmrt", VERIFIED),
    ]);
    for (role, to, expected) in [
        (Role::Doctor, named("dr-ready"), "dr-ready"),
        (Role::Doctor, named("dr-new"), "dr-new unverified+no_key"),
        (Role::Doctor, named("dr-no-key"), "dr-no-key no_key"),
        (Role::Doctor, named("dr-old"), "dr-old expired+no_key"),
        (Role::Doctor, named("dr-last-day"), "dr-last-day no_key"),
        (Role::Doctor, named("dr-self"), "dr-self self_verified+no_key"),
        (Role::Doctor, named("dr-future"), "dr-future verified_in_future+no_key"),
        (Role::Doctor, named("dr-nobody"), "- unknown_entry"),
        (Role::Representative, named("dr-ready"), "- wrong_role"),
        (Role::Det, body("brook-house"), "det-brook"),
        (Role::Det, body("larne-house"), "det-larne unverified+no_key"),
        (Role::Det, body("harmondsworth"), "- no_body_for_place"),
        (Role::Healthcare, body("colnbrook"), "health-one no_key"),
        (Role::Healthcare, body("brook-house"), "- several_bodies"),
        (Role::Dmrt, To::Body(None), "dmrt-inbox no_key"),
        (Role::Caseworker, To::Body(None), "- no_body"),
    ] {
        assert_eq!(outcome(&all, role, &to), expected, "{role:?} {to:?}");
    }
    let ready = all.get(&"dr-ready".parse().unwrap()).unwrap();
    assert_eq!(ready.fingerprints(), [KEY.parse::<despatch::seal::keys::PublicKey>().unwrap().fingerprint()]);
}

#[test]
fn a_reason_to_wait_has_words_for_people_without_an_address_and_comes_back_from_json() {
    let all = directory(&[entry("dr-new", "doctor", "")]);
    let mut seen = 0;
    for (role, to) in [
        (Role::Doctor, named("dr-new")),
        (Role::Doctor, named("dr-nobody")),
        (Role::Det, named("dr-new")),
        (Role::Det, body("brook-house")),
        (Role::Dmrt, To::Body(None)),
    ] {
        for hold in all.resolve(role, &to, today()).holds {
            let json = serde_json::to_string(&hold).unwrap();
            assert!(json.contains(hold.code()), "{json}");
            assert_eq!(serde_json::from_str::<HoldReason>(&json).unwrap(), hold);
            assert!(!hold.to_string().contains('@') && hold.cure().len() > 20, "{hold}");
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
}

#[test]
fn every_fault_of_a_directory_is_told_at_once_with_its_line() {
    let text = format!(
        r#"title = "x"
[[entry]]
id = "Dr Nobody"
role = "surgeon"
name = "A\u202EB"
organisation = ""
email = "a@b"
keys = ["age1pq1qqq", 7]
telefone = "1"
verified = {{ by = "A Clerk", on = "2026-01-01", checked = true }}
expires = 2026-11-23T10:00:00Z
[[entry]]
id = "one"
role = "doctor"
name = "One"
organisation = "Office"
email = "one@office.invalid"
keys = ["{KEY}", "{KEY}"]
places = ["brook-house"]
[[entry]]
id = "one"
role = "det"
name = "Two"
organisation = "Office"
email = "ONE@office.invalid"
keys = ["{KEY}"]
[[entry]]
"#
    );
    let faults = Directory::parse("directory.toml", &text).unwrap_err();
    let mut told: Vec<String> = faults.iter().map(|f| format!("{} {}", &f.at[15..], f.code)).collect();
    told.sort_by_key(|line| line.split(' ').next().unwrap().parse::<usize>().unwrap());
    let expected = [
        "1 settings.unknown",
        "3 settings.value",
        "4 settings.value",
        "5 settings.value",
        "6 settings.value",
        "7 settings.value",
        "8 settings.value",
        "8 settings.value",
        "9 settings.unknown",
        "10 settings.unknown",
        "10 settings.missing",
        "10 settings.value",
        "10 settings.value",
        "11 settings.value",
        "19 directory.places",
        "18 directory.twins",
        "20 directory.places",
        "21 directory.twins",
        "25 directory.twins",
        "26 directory.twins",
        "27 settings.missing",
    ];
    let mut missing: Vec<&str> = expected.iter().copied().filter(|e| !told.iter().any(|t| t == e)).collect();
    missing.retain(|e| !e.is_empty());
    assert!(missing.is_empty(), "not told: {missing:?}\ntold: {told:#?}");
    assert!(faults.iter().all(|f| f.at.starts_with("directory.toml:") && !f.cure.is_empty()));
    assert!(!format!("{faults:?}").contains("ONE@") && !format!("{faults:?}").contains("Nobody"));
}

#[test]
fn broken_toml_says_file_and_line_of_each_fault() {
    let faults = Directory::parse("d.toml", "[[entry]]\nid = \nname = \"x\"\nname = \"y\"\n").unwrap_err();
    let places: Vec<&str> = faults.iter().map(|fault| fault.at.as_str()).collect();
    assert_eq!(places, ["d.toml:2", "d.toml:4"]);
    assert_eq!(directory(&[]).entries().len(), 0);
}
