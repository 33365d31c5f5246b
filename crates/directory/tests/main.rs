//! The directory: for each recipient an entry or the reasons to wait; addresses that pass for others; and every fault
//! of an import at once.

mod lookalikes;

use chrono::NaiveDate;
use despatch_core::words::{CaseId, Role};
use despatch_directory::directory::{Directory, HoldReason};
use despatch_directory::domain::Domain;
use despatch_directory::entry::{Change, Entry, Opened, TestMessage, Verification, Way};
use despatch_directory::import;
use despatch_directory::lookalikes::Lookalikes;
use despatch_directory::opening::OpeningMethod;
use despatch_directory::rules::AddressRules;
use despatch_process::To;

const KEY: &str = "age1t7rxyev2z3rw82stdlrrepyc39nvn86l5078zqkf5uasdy86jp6svpy7pa";

fn today() -> NaiveDate {
    "2026-11-23".parse().unwrap()
}

fn case() -> CaseId {
    "TEST-1".parse().unwrap()
}

fn rules() -> AddressRules {
    let mut rules = AddressRules::default();
    rules.domains.insert(Role::Doctor, vec!["nhs.example".parse().unwrap()]);
    rules.groups = vec!["team@office.example".parse().unwrap(), "all@nhs.example".parse().unwrap()];
    rules
}

/// An entry in order, as somebody entered it and somebody else verified it; `change` takes something of that away.
fn entry(id: &str, role: Role, change: impl FnOnce(&mut Entry)) -> Entry {
    let opened = Opened { by: "a-clerk".parse().unwrap(), on: today() };
    let mut entry = Entry {
        id: id.parse().unwrap(),
        role,
        name: format!("{id} mailbox"),
        organisation: "An office".to_owned(),
        email: format!("{id}@nhs.example").parse().unwrap(),
        telephone: None,
        group: false,
        places: Vec::new(),
        cases: Vec::new(),
        method: Some(OpeningMethod::Age),
        keys: vec![KEY.parse().unwrap()],
        expires: None,
        changed: Change::new("a-caseworker".parse().unwrap(), "2026-10-01".parse().unwrap()),
        replaced: Vec::new(),
        verified: Some(Verification {
            by: "a-clerk".parse().unwrap(),
            on: "2026-10-01".parse().unwrap(),
            way: Way::CallBack,
            how: "the number of the register".to_owned(),
        }),
        test_message: Some(TestMessage {
            sent_on: today(),
            message_id: "<a@b.example>".to_owned(),
            answer: None,
            misheard: 0,
            opened: Some(opened),
        }),
    };
    change(&mut entry);
    entry
}

fn named(id: &str) -> To {
    To::Entry(id.parse().unwrap())
}

fn body(place: &str) -> To {
    To::Body(Some(place.parse().unwrap()))
}

/// The entry's id, or "-", and the reasons' words.
fn outcome(directory: &Directory, role: Role, to: &To) -> String {
    let case = case();
    let found = directory.resolve(role, to, &case, today());
    let id = found.entry.map_or("-", |entry| entry.id.as_str());
    let reasons: Vec<&str> = found.holds.iter().map(HoldReason::code).collect();
    format!("{id} {}", reasons.join("+")).trim_end().to_owned()
}

fn verified_on(day: &str) -> impl FnOnce(&mut Entry) + '_ {
    move |entry| entry.verified.as_mut().unwrap().on = day.parse().unwrap()
}

fn of_places<'p>(places: &'p [&str]) -> impl FnOnce(&mut Entry) + 'p {
    move |entry| entry.places = places.iter().map(|place| place.parse().unwrap()).collect()
}

/// Each entry, how it differs from one in order, and what is then told of it.
fn doctors() -> Vec<(Entry, &'static str)> {
    let doctor = |id: &str, change: &dyn Fn(&mut Entry)| entry(id, Role::Doctor, change);
    vec![
        (doctor("dr-ready", &|_| ()), "dr-ready"),
        (
            doctor("dr-new", &|one| (one.verified, one.test_message) = (None, None)),
            "dr-new unverified+untried",
        ),
        (
            doctor("dr-new-key", &|one| (one.verified, one.replaced) = (None, vec!["aaaa".to_owned()])),
            "dr-new-key key_replaced",
        ),
        (doctor("dr-no-key", &|one| one.keys.clear()), "dr-no-key no_key"),
        (doctor("dr-no-way", &|one| (one.method, one.keys) = (None, vec![])), "dr-no-way no_method"),
        (
            doctor("dr-words", &|one| (one.method, one.keys) = (Some(OpeningMethod::PdfPassword), vec![])),
            "dr-words",
        ),
        (
            doctor("dr-unopened", &|one| one.test_message.as_mut().unwrap().opened = None),
            "dr-unopened untried",
        ),
        (doctor("dr-old", &|one| one.expires = "2026-11-22".parse().ok()), "dr-old expired"),
        (doctor("dr-last-day", &|one| one.expires = "2026-11-23".parse().ok()), "dr-last-day"),
        (doctor("dr-self", &|one| one.changed.by = "a-clerk".parse().unwrap()), "dr-self self_verified"),
        (doctor("dr-future", &|one| verified_on("2026-11-24")(one)), "dr-future verified_in_future"),
        (doctor("dr-a-year-ago", &|one| verified_on("2025-11-23")(one)), "dr-a-year-ago"),
        (doctor("dr-longer-ago", &|one| verified_on("2025-11-22")(one)), "dr-longer-ago verified_long_ago"),
        (
            doctor("dr-private", &|one| one.email = "dr@post.example".parse().unwrap()),
            "dr-private domain_not_listed",
        ),
        (
            doctor("dr-alike", &|one| one.email = "dr@nh5.example".parse().unwrap()),
            "dr-alike domain_not_listed+looks_like",
        ),
        (doctor("dr-below", &|one| one.email = "dr@trust.nhs.example".parse().unwrap()), "dr-below"),
        (doctor("dr-group", &|one| one.group = true), "dr-group group_not_listed"),
        (
            doctor("dr-listed", &|one| {
                (one.group, one.email) = (true, "ALL@nhs.example".parse().unwrap());
            }),
            "dr-listed",
        ),
        (
            doctor("dr-reception", &|one| one.email = "reception.north@nhs.example".parse().unwrap()),
            "dr-reception seems_a_group",
        ),
        (
            doctor("dr-other-case", &|one| one.cases = vec!["TEST-2".parse().unwrap()]),
            "dr-other-case not_for_case",
        ),
        (doctor("dr-this-case", &|one| one.cases = vec!["TEST-2".parse().unwrap(), case()]), "dr-this-case"),
    ]
}

#[test]
fn a_despatch_goes_to_one_verified_entry_or_waits_and_says_why() {
    for (entry, expected) in doctors() {
        let to = named(entry.id.as_str());
        assert_eq!(outcome(&Directory::new(vec![entry], rules()), Role::Doctor, &to), expected);
    }
    let no_list = Directory::new(vec![entry("dr-ready", Role::Doctor, |_| ())], AddressRules::default());
    assert_eq!(outcome(&no_list, Role::Doctor, &named("dr-ready")), "dr-ready no_domains");
}

#[test]
fn a_body_is_the_one_verified_entry_of_its_role_for_the_place() {
    let all = Directory::new(
        vec![
            entry("dr-ready", Role::Doctor, |_| ()),
            entry("det-brook", Role::Det, of_places(&["brook-house"])),
            entry("det-brook-new", Role::Det, |one| {
                of_places(&["brook-house"])(one);
                one.verified = None;
            }),
            entry("health-one", Role::Healthcare, of_places(&["brook-house", "colnbrook"])),
            entry("health-two", Role::Healthcare, of_places(&["brook-house"])),
            entry("det-larne", Role::Det, |one| {
                of_places(&["larne-house"])(one);
                one.verified = None;
            }),
            entry("dmrt-desk", Role::Dmrt, |_| ()),
        ],
        rules(),
    );
    for (role, to, expected) in [
        (Role::Doctor, named("dr-nobody"), "- unknown_entry"),
        (Role::Representative, named("dr-ready"), "- wrong_role"),
        (Role::Det, body("brook-house"), "det-brook"),
        (Role::Det, body("larne-house"), "det-larne unverified"),
        (Role::Det, body("harmondsworth"), "- no_body_for_place"),
        (Role::Healthcare, body("colnbrook"), "health-one"),
        (Role::Healthcare, body("brook-house"), "- several_bodies"),
        (Role::Dmrt, To::Body(None), "dmrt-desk"),
        (Role::Caseworker, To::Body(None), "- no_body"),
    ] {
        assert_eq!(outcome(&all, role, &to), expected, "{role:?} {to:?}");
    }
}

#[test]
fn a_reason_to_wait_has_words_for_people_without_an_address_and_comes_back_from_json() {
    let mut codes = std::collections::BTreeSet::new();
    for (one, _) in doctors() {
        let to = named(one.id.as_str());
        let all = Directory::new(vec![one], rules());
        for (role, to) in [(Role::Doctor, to), (Role::Det, body("brook-house")), (Role::Dmrt, To::Body(None))]
        {
            for hold in all.resolve(role, &to, &case(), today()).holds {
                let json = serde_json::to_string(&hold).unwrap();
                assert!(json.contains(hold.code()), "{json}");
                assert_eq!(serde_json::from_str::<HoldReason>(&json).unwrap(), hold);
                assert!(!hold.to_string().contains('@') && hold.cure().len() > 20, "{hold}");
                assert!(HoldReason::is_code(hold.code()), "{hold}");
                codes.insert(hold.code());
            }
        }
    }
    assert!(codes.len() > 14, "{codes:?}");
}

#[test]
fn a_domain_that_passes_for_another_is_seen_and_an_honest_one_is_not() {
    let domain = |text: &str| text.parse::<Domain>().unwrap();
    let pairs = [
        ("fernbrook.nhs.example", "fembrook.nhs.example", true),
        ("modern-law.example", "modem-law.example", true),
        ("office.example", "0ffice.example", true),
        ("harbour-lane-law.example", "harbourlanelaw.example", true),
        ("harbour-lane-law.example", "harbour-1ane-law.example", true),
        ("harbour-lane-law.example", "harbour-lane-law.test", true),
        ("harbour-lane-law.example.invalid", "harbour-lane-law.test", true),
        ("secure.one-firm.example", "secure.two-firms.example", false),
        ("harbour-lane-law.example", "harbor-lane-law.example", true),
        ("harbour-lane-law.example", "habrour-lane-law.example", true),
        ("vale.example", "va1e.example", true),
        ("williams.example", "vvilliams.example", true),
        ("fernbrook.nhs.example", "nhs.example", false),
        ("fernbrook.nhs.example", "larkfield.nhs.example", false),
        ("harbour-lane-law.example", "millstone-chambers.example", false),
        ("notfernbrook.nhs.example", "fernbrook.nhs.example", true),
        ("fernbrook-assessments.nhs.example", "fernbrook.nhs.example", true),
        ("fernbrook.nhs.example", "fernbrook.post.example", true),
        ("law.example", "harbour-lane-law.example", false),
        ("office.example", "office.example", false),
    ];
    for (one, other, expected) in pairs {
        let (one, other) = (domain(one), domain(other));
        assert_eq!((one.passes_for(&other), other.passes_for(&one)), (expected, expected), "{one} {other}");
        let mut looks = Lookalikes::default();
        looks.add(&one);
        assert_eq!(!looks.of(&other).is_empty(), expected, "{one} among many, {other}");
    }
    for hidden in
        ["nhs.example.post.test", "dr.nhs.example.post.test", "nhs-example.test", "x-nhs-example.test"]
    {
        let address = format!("dr@{hidden}").parse().unwrap();
        assert_eq!(rules().looks_like(&address), Some(domain("nhs.example")), "{hidden}");
    }
}

fn read(file: &str, text: &str) -> Result<Vec<Entry>, Vec<despatch_core::fault::Fault>> {
    import::read(file, text, &Change::new("a-clerk".parse().unwrap(), today()))
}

#[test]
fn every_fault_of_a_toml_file_is_told_at_once_with_its_line() {
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
verified = {{ by = "a-clerk", on = 2026-01-01, how = "by letter" }}
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
    let faults = read("directory.toml", &text).unwrap_err();
    let told: Vec<String> = faults.iter().map(|f| format!("{} {}", &f.at[15..], f.code)).collect();
    let expected = [
        "1 settings.unknown",
        "3 settings.value",
        "4 settings.value",
        "5 settings.value",
        "6 settings.value",
        "7 settings.value",
        "8 settings.value",
        "9 settings.unknown",
        "10 settings.unknown",
        "11 settings.value",
        "19 directory.places",
        "18 directory.twins",
        "20 directory.places",
        "21 directory.twins",
        "25 directory.twins",
        "26 directory.twins",
        "27 settings.missing",
    ];
    let missing: Vec<&&str> = expected.iter().filter(|e| !told.iter().any(|t| t == **e)).collect();
    assert!(missing.is_empty(), "not told: {missing:?}\ntold: {told:#?}");
    assert!(faults.iter().all(|f| f.at.starts_with("directory.toml:") && !f.cure.is_empty()));
    assert!(!format!("{faults:?}").contains("ONE@") && !format!("{faults:?}").contains("Nobody"));
    let faults = read("d.toml", "[[entry]]\nid = \nname = \"x\"\nname = \"y\"\n").unwrap_err();
    let places: Vec<&str> = faults.iter().map(|fault| fault.at.as_str()).collect();
    assert_eq!(places, ["d.toml:2", "d.toml:4"]);
}

#[test]
fn every_fault_of_a_table_is_told_at_once_with_its_line() {
    let text = format!(
        "id,role,name,organisation,email,keys,places,group,method,expires\n\
         one,doctor,One,Office,one@office.invalid,{KEY},,,,\n\
         Two,surgeon,=1+1,\"two\nlines\",two@b,age1pq1qqq,Brook House,maybe,by hand,soon\n\
         one,det,Three,Office,ONE@office.invalid,{KEY},,,,\n\
         four,doctor,Four\n\
         five,doctor,Five,Office,five@office.invalid,{KEY}x,brook-house,no,pdf-password,\n"
    );
    let faults = read("people.csv", &text).unwrap_err();
    let on = |line: &str| faults.iter().filter(|fault| fault.at == format!("people.csv:{line}")).count();
    // The third entry spans two lines.
    assert_eq!([on("2"), on("3"), on("5"), on("6"), on("7")], [0, 10, 4, 1, 2], "{faults:#?}");
    let unknown = read("people.csv", "id,role,name,organisation,mail\n").unwrap_err();
    assert_eq!(unknown.len(), 2, "{unknown:#?}");
    let whole = "\u{feff}id,role,name,organisation,email,places,group\r\n\
                 det-brook,det,A team,Office,det@office.invalid,brook-house; colnbrook,\r\n\
                 dr-one,doctor,\"Dr One, \"\"the second\"\"\",Practice,dr@nhs.example,,no\r\n";
    let entries = read("people.CSV", whole).expect("a sound table");
    assert_eq!(
        entries.iter().map(|one| (one.group, one.places.len())).collect::<Vec<_>>(),
        [(true, 2), (false, 0)]
    );
    // Spreadsheets leave such rows at the end, as long as the table or not.
    let with_empty_rows = format!("{whole},,,,,,\r\n , ,,,,,\r\n\r\n,,,\r\n,,,,,,,,\r\n");
    assert_eq!(read("people.csv", &with_empty_rows).expect("a sound table"), entries);
    let after = read("people.csv", &format!("{with_empty_rows},,Nobody,,,,\r\nx,,\r\n")).unwrap_err();
    assert!(
        after.iter().all(|fault| ["people.csv:9", "people.csv:10"].contains(&fault.at.as_str())),
        "{after:#?}"
    );
    assert_eq!(entries[1].name, "Dr One, \"the second\"");
    assert!(
        entries
            .iter()
            .all(|one| one.verified.is_none() && one.test_message.is_none() && one.method.is_none())
    );
}
