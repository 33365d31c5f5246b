//! Every example of every kind under `templates/` as a despatch of the real line: about the example's person, of its
//! kind, sealed to exactly the keys that are meant.

use super::limits::beyond_limits;
use super::{despatches_of, said_lines, tidy_office, words};
use crate::support::office::{DemoOffice, PREPARER, REVIEWER, TODAY};
use crate::wrong_person::paper::Paper;
use despatch_core::words::Sha256;
use despatch_seal::keys::SecretKey;
use despatch_seal::sealing;
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

mod reviews;

const OWN: &str = "own-2026";
const BROOK_HOUSE: &str = "brook-house";
const PRISON: &str = "example-prison";

/// An example: its kind, its person (none where the kind is about nobody), and whether they are in a prison.
type Example = (String, Option<String>, bool);

/// What happens in the `chain`th case of each person, with what is attached.
type Happens = (usize, Value, &'static [&'static str]);

/// The pack of second opinions.
const PACK: &str = "hoso-2022-09-12";

/// Every example under `templates/` of a kind of this pack: so many at least.
fn examples(pack: &str, least: usize) -> Vec<Example> {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut examples = Vec::new();
    for kind in fs::read_dir(templates).expect("the templates").map(|kind| kind.expect("a kind").path()) {
        let Ok(files) = fs::read_dir(kind.join("examples")) else { continue };
        let files = files.map(|file| file.expect("a file").path());
        for file in files.filter(|file| file.extension().is_some_and(|end| end == "json")) {
            let data: Value = serde_json::from_slice(&fs::read(file).expect("an example")).expect("JSON");
            if data["pack"]["id"] != pack {
                continue;
            }
            let kind = kind.file_name().expect("a name").to_string_lossy().into_owned();
            let name = data["person"]["name"].as_str().map(str::to_owned);
            examples.push((kind, name, data["place"]["kind"] == "prison"));
        }
    }
    assert!(examples.len() >= least, "only {} examples", examples.len());
    examples
}

/// Somebody of the examples, at a place of the kind at which an example has them.
struct Cast {
    n: usize,
    name: String,
    place: &'static str,
}

fn cast(examples: &[Example]) -> Vec<Cast> {
    let people: BTreeSet<(String, bool)> =
        examples.iter().filter_map(|(_, name, prison)| Some((name.clone()?, *prison))).collect();
    let place = |prison| if prison { PRISON } else { BROOK_HOUSE };
    (1..).zip(people).map(|(n, (name, prison))| Cast { n, name, place: place(prison) }).collect()
}

impl Cast {
    fn case_id(&self, chain: usize) -> String {
        format!("TEST-{:03}-{chain:02}", self.n)
    }

    /// Of the name: somebody in two kinds of place is one person.
    fn reference(&self) -> String {
        let number = self.name.bytes().fold(7_u64, |sum, byte| (sum * 131 + u64::from(byte)) % 9_999_991);
        format!("R{number:07}")
    }

    fn paper(&self, kind: &str) -> Vec<u8> {
        let about = ["Name", "Date of birth", "Home Office reference"];
        let facts = [self.name.as_str(), "17 May 1990", &self.reference()];
        let mut lines = vec![kind.replace('_', " ")];
        lines.extend(about.iter().zip(facts).map(|(about, fact)| format!("{about}: {fact}")));
        Paper::of(&lines).pdf()
    }

    /// Lays an event of one of their cases into the inbox. What is said of the case beside its event (`since`,
    /// `despite_history`) comes with the event.
    fn drop(&self, office: &DemoOffice, round: usize, (chain, event, attached): &Happens, place: &str) {
        let name = format!("e-{}-{chain}-{round}", self.n);
        let files: Vec<(String, Vec<u8>)> =
            attached.iter().map(|kind| (format!("{kind}.pdf"), self.paper(kind))).collect();
        let listed = attached.iter().zip(&files).map(|(kind, (file, bytes))| {
            json!({ "file": file, "kind": kind, "title": "A document", "size": bytes.len(),
                    "sha256": Sha256::of(bytes).to_string() })
        });
        let mut event = event.clone();
        let mut beside = |name: &str| event.as_object_mut().and_then(|event| event.remove(name));
        let since = beside("since").unwrap_or_else(|| json!("2026-10-01"));
        let despite = beside("despite_history");
        let case = json!({
            "schema": "despatch-case/1", "case_id": self.case_id(*chain), "event_id": name,
            "home_office_reference": self.reference(), "prepared_by": PREPARER,
            "person": { "name": self.name, "date_of_birth": "1990-05-17", "nationality": "Eritrean",
                        "language": "Tigrinya", "interpreter_needed": true },
            "detention": { "place": place, "since": since, "powers": "immigration" },
            "caseworker": { "entry": "caseworker-marisol" },
            "manager": { "entry": "manager-ayesha", "grade": "HEO" },
            "decision_maker": { "entry": "senior-rosalind", "grade": "SEO" },
            "representative": { "entry": "harbour-lane-law", "authority_date": "2026-10-12" },
            "event": event, "despite_history": despite, "attachments": listed.collect::<Vec<_>>(),
        });
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        office.drop_case(&name, &case.to_string(), &files);
    }
}

const REPORT: &[&str] = &["external_medical_report"];
const OPINION: &[&str] = &["second_opinion_report"];

fn report(regulated: bool) -> Value {
    let mut report = json!({
        "author": "Dr Ottilie Marchetti-Bell", "profession": "psychiatrist", "author_regulated": regulated,
        "assessed_on": "2026-11-10", "report_date": "2026-11-16", "method": "in_person",
    });
    let of = if regulated { "regulator" } else { "register_checked" };
    report[of] = json!("General Medical Council");
    if regulated {
        report["registration"] = json!("0000000");
    }
    report
}

fn booked(date: &str) -> Value {
    json!({
        "type": "appointment_confirmed", "referred_on": TODAY, "date": date, "time": "14:30",
        "location": "room 2", "doctor": { "entry": "dr-rathore-quill" },
        "interpreter": { "language": "Tigrinya", "mode": "video" },
    })
}

fn reply(from: &str, attend: &str, records: &str) -> Value {
    json!({
        "type": "response_received", "received_on": TODAY, "from": from, "attend": attend, "records": records,
        "signed": true, "own_instruction": true,
    })
}

fn guidance() -> Value {
    json!({ "type": "guidance_given", "asked_on": TODAY, "about": "service", "question": "May we?", "answer": "Yes." })
}

fn response(day: &str) -> Value {
    json!({
        "type": "response_decided", "dcpr_completed_on": day, "report": report(true),
        "standards": [{ "id": "author-regulated", "met": "yes", "reasons": "The author is on the register." }],
        "weight": "It has significant weight.", "circumstances": "The person has been detained since 1 October 2026.",
        "level": "2", "level_reasons": "The report says so.", "outcome": "maintain",
        "outcome_reasons": "Removal is near.", "decision_maker": { "name": "Rosalind Achterberg", "grade": "SEO" },
        "authorised_by": { "name": "Orla Finch", "grade": "G7", "on": day },
    })
}

/// What happens, a day and a round after the other. In a round each case has one event at most.
fn rounds() -> Vec<(&'static str, Vec<Happens>)> {
    let event = |kind: &str, more: Value| {
        let mut event = more;
        event["type"] = json!(kind);
        event
    };
    let served =
        || event("letter_served", json!({ "served_on": TODAY, "explained": true, "refused": false }));
    let referred = || {
        let doctor = json!({ "entry": "dr-rathore-quill" });
        event(
            "referral_received",
            json!({ "received_on": TODAY, "opinion_requested": true, "doctor": doctor }),
        )
    };
    let mut declined = reply("representative", "no", "not_given");
    declined["own_instruction"] = json!(false);
    let mut again = booked("2026-12-02");
    again["rebooks"] = json!("2026-12-01");
    let mut early = response(TODAY);
    early["removal_on"] = json!("2026-12-01");
    early["no_second_opinion_because"] = json!("Removal is set before the doctor can report");
    let off = json!({
        "type": "assessment_outcome", "date": "2026-12-01", "reported_on": TODAY, "outcome": "technical",
        "rebooking": "possible",
    });
    let book = |chain| (chain, booked("2026-12-01"), REPORT);
    let concern =
        event("concerns_raised", json!({ "raised_on": TODAY, "concerns": "The person does not eat." }));
    let removal = |on: &str| event("removal_set", json!({ "set_on": TODAY, "removal_on": on }));
    let mut rounds = vec![
        (TODAY, reports(&event)),
        (TODAY, vec![(1, referred(), &[] as &[&str]), (9, removal("2026-12-01"), &[])]),
        (TODAY, vec![book(1), book(2), book(3), book(4), book(8)]),
        (
            TODAY,
            vec![(1, served(), &[]), (2, served(), &[]), (4, served(), &[]), (8, removal("2026-12-03"), &[])],
        ),
        (
            TODAY,
            vec![
                (1, reply("individual", "yes", "yes"), &["signed_consent"]),
                (2, reply("individual", "yes", "not_given"), &[]),
                (4, declined, &[]),
            ],
        ),
        (TODAY, vec![(3, event("transferred", json!({ "on": TODAY })), &[])]),
        (
            TODAY,
            vec![
                (1, event("records_received", json!({ "received_on": TODAY })), &["healthcare_records"]),
                (2, off, &[]),
                (9, early, &[]),
            ],
        ),
        (TODAY, vec![(1, reply("representative", "no", "no"), &[]), (2, again, REPORT)]),
        (TODAY, vec![(1, reply("individual", "yes", "no"), &[])]),
        (TODAY, vec![(1, guidance(), &[]), (10, referred(), &[])]),
        (TODAY, vec![(1, concern, &[])]),
    ];
    rounds.extend(later(&event));
    rounds
}

/// The reports that come in.
fn reports(event: &impl Fn(&str, Value) -> Value) -> Vec<Happens> {
    let received = |regulated| {
        event("external_report_received", json!({ "received_on": TODAY, "report": report(regulated) }))
    };
    let mut earlier = received(true);
    earlier["report"]["assessed_on"] = json!("2026-09-18");
    earlier["report"]["report_date"] = json!("2026-09-20");
    let none = event("no_doctor_available", json!({ "established_on": TODAY, "referred_on": TODAY }));
    vec![
        (1, received(true), REPORT),
        (5, received(false), REPORT),
        (6, none, REPORT),
        (9, received(true), REPORT),
        (11, earlier, REPORT),
    ]
}

/// The assessment, and what follows it.
fn later(event: &impl Fn(&str, Value) -> Value) -> Vec<(&'static str, Vec<Happens>)> {
    let (assessed, after, removal) = ("2026-12-01", "2026-12-02", "2026-12-03");
    let completed = json!({ "date": assessed, "reported_on": assessed, "outcome": "completed" });
    let silence =
        json!({ "place_confirmed_on": assessed, "inbox_checked_on": assessed, "no_other_records": true });
    let opinion = json!({
        "received_on": after, "doctor": { "entry": "dr-rathore-quill" }, "method": "video", "assessed_on": assessed,
        "limitations_stated": true,
    });
    let mut answer = response(after);
    answer["second_opinion"] = json!({
        "doctor_name": "Dr Priyamvada Rathore-Quill", "report_date": after, "method": "video", "assessed_on": assessed,
        "limitations": "A video shows less.", "agrees_condition": "yes", "agrees_harm": "not_stated",
    });
    answer["agreement"] = json!("Both find the same condition.");
    answer["differences"] = json!("One is silent on harm.");
    let failed = json!({ "failed_on": removal, "cause": "representations", "detention_maintained": true });
    vec![
        (
            assessed,
            vec![(1, event("assessment_outcome", completed), &[]), (4, event("no_response", silence), &[])],
        ),
        (
            after,
            vec![
                (1, event("second_opinion_received", opinion), OPINION),
                (4, event("release_decided", json!({ "decided_on": after })), &[]),
            ],
        ),
        (after, vec![(1, answer, OPINION)]),
        (removal, vec![(8, event("removal_failed", failed), &[])]),
    ]
}

/// An office that can answer reports, and that has a place in its week for each of these people's first requests.
fn office_for(people: usize) -> DemoOffice {
    let office = tidy_office();
    fs::create_dir_all(office.dir.join("policy")).expect("a folder");
    let pack = format!(
        "id = \"{OWN}\"\ntitle = \"The office's own edition\"\nextends = \"hoso-2022-09-12\"\n\n\
         [[change]]\nvalue = \"capacity.reports\"\nto = {people}\nreason = \"More doctors\"\n\n\
         [[change]]\nvalue = \"standards\"\nreason = \"The list was obtained\"\n\
         to = {{ complete = true, source = \"The made-up list\", standard = [\n\
         {{ id = \"author-regulated\", title = \"The author is regulated\", source = \"page 1\" }},\n] }}\n"
    );
    fs::write(office.dir.join(format!("policy/{OWN}.toml")), pack).expect("a new file");
    let terms = ["policy", "adopt", OWN, "--reason", "the list is complete", "--until", "2027-03-31"];
    office.run_as(REVIEWER, &terms).expect(0);
    office.run_as("tomasz-achebe", &["policy", "adopt", OWN]).expect(0);
    office.edit("despatch.toml", |text| {
        text.swapped("pack = \"hoso-2022-09-12\"", &format!("pack = \"{OWN}\""))
    });
    office
}

/// Everything that awaits review is approved and goes.
fn all_goes(office: &DemoOffice, day: &str) {
    let despatches = office.despatches();
    let waits =
        despatches.iter().filter(|one| one["state"] == "awaiting_review").map(|one| words(&one["id"]));
    let ids: Vec<&str> = waits.collect();
    if !ids.is_empty() {
        office.on(day, &[&["--as", REVIEWER, "outbox", "approve"], ids.as_slice()].concat()).expect(0);
        office.on(day, &["send", "--once"]).expect(0);
    }
}

/// Every case of a person.
const CHAINS: std::ops::RangeInclusive<usize> = 1..=11;

/// Plays the cases of each person that `plays` chooses.
fn play(office: &DemoOffice, people: &[Cast], plays: impl Fn(&Cast, usize) -> bool) {
    for (round, (day, happens)) in rounds().into_iter().enumerate() {
        for one in people {
            for (chain, event, attached) in happens.iter().filter(|(chain, ..)| plays(one, *chain)) {
                let mut event = event.clone();
                let mut places = vec![one.place];
                if event["type"] == "transferred" {
                    event["from"] = json!(one.place);
                    places = vec!["yarls-wood"];
                }
                // Without a doctor the report goes back from a prison and stays at a centre: some examples have the other.
                if event["type"] == "no_doctor_available" {
                    one.drop(
                        office,
                        round,
                        &(7, event.clone(), attached),
                        if one.place == PRISON { BROOK_HOUSE } else { PRISON },
                    );
                }
                places
                    .iter()
                    .for_each(|place| one.drop(office, round, &(*chain, event.clone(), attached), place));
            }
        }
        let said = office.on(day, &["--json", "run", "--once"]);
        let rejected: Vec<Value> =
            said_lines(&said).into_iter().filter(|line| line["outcome"] == "rejected").collect();
        assert!(said.code == 0, "round {round}: {rejected:#?}\n{}", said.stderr);
        all_goes(office, day);
    }
}

/// Which cases make which kinds, by the kind of place: found by playing all cases of one person at each.
fn makers(people: &[Cast]) -> BTreeMap<(&'static str, String), BTreeSet<usize>> {
    let scouts: Vec<Cast> = [BROOK_HOUSE, PRISON]
        .iter()
        .filter_map(|place| people.iter().find(|one| one.place == *place))
        .map(|one| Cast { name: one.name.clone(), ..*one })
        .collect();
    let office = office_for(scouts.len());
    play(&office, &scouts, |_, _| true);
    let mut makers = BTreeMap::<_, BTreeSet<usize>>::new();
    for one in &scouts {
        for chain in CHAINS {
            for despatch in despatches_of(&office, &one.case_id(chain)) {
                let kind = words(&despatch["planned"]["kind"]).to_owned();
                // The seventh case comes with the sixth.
                makers.entry((one.place, kind)).or_default().insert(if chain == 7 { 6 } else { chain });
            }
        }
    }
    makers
}

/// The cases of each person that make a despatch of each kind of which there is an example about them.
fn needed(examples: &[Example], people: &[Cast]) -> BTreeMap<usize, BTreeSet<usize>> {
    let makers = makers(people);
    let cases = |one: &Cast| {
        let theirs = examples.iter().filter(|(_, name, prison)| {
            name.as_ref().is_none_or(|name| *name == one.name) && *prison == (one.place == PRISON)
        });
        let mut wanted: Vec<&BTreeSet<usize>> =
            theirs.filter_map(|(kind, ..)| makers.get(&(one.place, kind.clone()))).collect();
        // A kind that one case alone makes chooses before one that several make.
        wanted.sort_by_key(|makers| makers.len());
        wanted.into_iter().fold(BTreeSet::new(), |mut cases, makers| {
            if makers.is_disjoint(&cases) {
                cases.extend(makers.last());
            }
            cases
        })
    };
    people.iter().map(|one| (one.n, cases(one))).collect()
}

/// Every key of the office by the entry that it belongs to, and `review`.
fn keys(office: &DemoOffice) -> BTreeMap<String, SecretKey> {
    let folder = fs::read_dir(office.dir.join("PRIVATE-demo-keys")).expect("the demo's keys");
    let key = |path: &Path| {
        SecretKey::from_identity_file(&fs::read_to_string(path).expect("a key")).expect("a key")
    };
    let paths =
        folder.map(|entry| entry.expect("an entry").path()).filter(|path| !path.ends_with("signing.key"));
    paths.map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), key(&path))).collect()
}

/// What is wrong with how the parts of a despatch are sealed: each has two stanzas, so two keys open it and no other,
/// and these are the recipient's and the office's.
fn wrongly_sealed(office: &DemoOffice, keys: &BTreeMap<String, SecretKey>, despatch: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let recipient = words(&despatch["recipient"]["entry"]);
    let parts = despatch_message::parts(&office.message(despatch)).expect("a message");
    let sealed: Vec<_> = parts.iter().filter(|(name, _)| name.ends_with(".age")).collect();
    if sealed.len() < 2 {
        wrong.push(format!("{} has no documents", despatch["id"]));
    }
    for (name, bytes) in sealed {
        let at = format!("{name} of {} to {recipient}", despatch["id"]);
        let stanzas = stanzas_for_keys(bytes);
        if stanzas != 2 {
            wrong.push(format!("{at} has stanzas for {stanzas} keys"));
        }
        let opened = [recipient, "review"].map(|entry| sealing::open(bytes, keys.get(entry)?).ok());
        match opened {
            [Some(ours), Some(theirs)] if ours == theirs => {}
            [Some(_), Some(_)] => wrong.push(format!("{at} opens to different bytes")),
            _ => wrong.push(format!("{at} does not open with its own key and the review key")),
        }
    }
    wrong
}

/// How many stanzas at the head of a sealed file are for a key; what age puts there beside them is only grease.
fn stanzas_for_keys(sealed: &[u8]) -> usize {
    let head = sealed.windows(5).position(|bytes| bytes == b"\n--- ").unwrap_or(sealed.len());
    let head = String::from_utf8_lossy(&sealed[..head]);
    head.lines().filter(|line| line.starts_with("-> ") && !line.contains("-grease")).count()
}

#[test]
fn each_key_that_a_file_is_sealed_to_has_a_stanza_and_no_other_key_opens_it() {
    let made: Vec<SecretKey> = (0..4).map(|_| SecretKey::generate()).collect();
    for to in 1..=made.len() {
        let public: Vec<_> = made[..to].iter().map(SecretKey::to_public).collect();
        let sealed = sealing::seal(b"a letter", &public.iter().collect::<Vec<_>>()).expect("sealed");
        assert_eq!(stanzas_for_keys(&sealed), to);
        let opens = made.iter().filter(|key| sealing::open(&sealed, key).is_ok()).count();
        assert_eq!(opens, to);
    }
}

#[test]
fn every_despatch_of_every_example_opens_with_exactly_the_keys_that_are_meant() {
    let examples = examples(PACK, 200);
    let people = cast(&examples);
    let office = office_for(people.len());
    let needed = needed(&examples, &people);
    play(&office, &people, |one, chain| needed[&one.n].contains(&chain));
    let keys = keys(&office);
    let (mut wrong, mut made, mut count) = (Vec::new(), BTreeSet::new(), 0);
    for one in &people {
        for despatch in CHAINS.flat_map(|chain| despatches_of(&office, &one.case_id(chain))) {
            wrong.extend(wrongly_sealed(&office, &keys, &despatch));
            let beyond = beyond_limits(&office.message(&despatch));
            wrong.extend(beyond.into_iter().map(|limit| format!("{}: {limit}", despatch["id"])));
            made.insert((words(&despatch["planned"]["kind"]).to_owned(), one.name.clone()));
            count += 1;
        }
    }
    println!("{} examples of {} people, {count} despatches", examples.len(), people.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let missing: BTreeSet<&Example> = examples
        .iter()
        .filter(|(kind, name, _)| {
            !made.iter().any(|(of, who)| of == kind && name.as_ref().is_none_or(|name| name == who))
        })
        .collect();
    assert!(missing.is_empty(), "no despatch of {missing:#?}");
}
