//! Enters: every example of every kind, and what the program itself gives for the same event. Leaves: the proof that
//! an example shows a template neither more nor less than a case will. Never: a real person; every name is made up.

use despatch_core::words::{Role, Sha256, Team};
use despatch_letters::catalogue::{Catalogue, Kind};
use despatch_letters::render::facts::{Facts, Listed, Party};
use despatch_process::case;
use despatch_process::case::{Case, Event, EventName};
use despatch_process::case_state::{AppointmentState, Replies};
use despatch_process::detention::authority::Authority;
use despatch_process::detention::terms::{DetainedTeam, Origin, ReasonsForm, ReportRule};
use despatch_process::detention::{LondonTime, Stage};
use despatch_process::events::Day;
use despatch_process::history::Recorded;
use despatch_process::packs::pack::RowNumber;
use despatch_process::packs::pack::Standard;
use despatch_process::plan::detention_outcome::{DetentionOutcome, LimitNote, ReportNote, ReviewNote};
use despatch_process::{
    Answers, Booked, BookedFact, Dates, Deadline, DeadlineRule, Fact, Outcome, Pack, PlaceKind, Places, Plan,
    Planned, Purpose, To,
};
use despatch_settings::Letterhead;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Everything that a letter can be told of, so that nothing is null for want of a sample.
struct World {
    catalogue: Catalogue,
    pack: Pack,
    places: Places,
    cases: Vec<Case>,
    plan: Plan,
    planned: Planned,
    letterhead: Letterhead,
    party: Party,
}

impl World {
    fn new() -> World {
        let pack = include_str!("../../policy/hoso-2022-09-12.toml");
        let mut pack = Pack::parse("policy/hoso-2022-09-12.toml", pack).expect("the pack");
        // Everything that a pack may let letters say.
        let rules = pack.second_opinion_mut().expect("its family");
        rules.tells_removal_date = true;
        let on = "2026-11-23".parse().expect("a date");
        let cases = cases();
        for case in &cases {
            if let Event::ResponseDecided(response) = &case.event {
                let standards = response.standards.iter().map(|finding| Standard {
                    id: finding.id.clone(),
                    title: "A standard".to_owned(),
                    source: "The guidance".to_owned(),
                });
                rules.standards.list.extend(standards);
            }
        }
        World {
            catalogue: Catalogue::load(None).expect("the built-in catalogue"),
            pack,
            places: Places::parse(include_str!("../../policy/places.toml")).expect("the places"),
            cases,
            plan: plan(on),
            planned: planned(on),
            letterhead: Letterhead {
                name: "Detained Medical Reports Team".to_owned(),
                telephone: "020 7946 0142".to_owned(),
                fax: Some("020 7946 0143".to_owned()),
                email: "dmrt@office.example.invalid".to_owned(),
                address: vec!["1 Example Road".to_owned()],
            },
            party: Party { name: "Dr Made Up".to_owned(), organisation: "Example Trust".to_owned() },
        }
    }

    /// The data of the cover note of `kind`, for every sample of an event: what any of them has, at once.
    fn data(&self, kind: &Kind, event: &str) -> Option<Value> {
        let named = |case: &&Case| json!(case.event.name()) == event;
        // Whoever serves has a deadline of their own, and the caseworker a reference.
        let roles = [Role::Det, Role::Caseworker];
        let sample = |case| roles.into_iter().map(move |role| self.of_case(kind, case, role));
        self.cases.iter().filter(named).flat_map(sample).reduce(fuller)
    }

    fn of_case(&self, kind: &Kind, case: &Case, role: Role) -> Value {
        let planned = Planned { role, ..self.planned.clone() };
        let place = self.places.get(&case.detention.place).expect("a place of the list");
        let facts = Facts {
            case,
            plan: &self.plan,
            planned: &planned,
            kind,
            pack: &self.pack,
            place,
            places: &self.places,
            from: matches!(case.event, Event::Transferred(_)).then_some(place),
            sender: &self.letterhead,
            recipient: &self.party,
            representative: Some(&self.party),
            doctor: Some(&self.party),
            decision_maker: Some(&self.party),
            demo: true,
        };
        facts.cover_note(&[Listed {
            number: 2,
            title: "Report".to_owned(),
            file: "02-document.pdf".to_owned(),
            relevance: Some("It is relevant.".to_owned()),
            pages: Some(3),
            sha256: Sha256::of(b""),
        }])
    }
}

/// The sample cases, each with everybody whom a case can name.
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/valid");
    let parse = |name: &str| case::parse(&std::fs::read(folder.join(name)).expect(name));
    let read = |name: &str| parse(name).expect(name);
    let opinion = read("second-opinion-received.json");
    let booked = match read("appointment-full.json").event {
        Event::AppointmentConfirmed(booked) => booked,
        other => panic!("no appointment: {other:?}"),
    };
    let names = std::fs::read_dir(&folder).expect("the folder of cases");
    let names = names.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let whole = |mut case: Case| {
        case.correction = Some("The time is another one.".to_owned());
        case.decision_maker.clone_from(&opinion.decision_maker);
        case.representative.clone_from(&opinion.representative);
        case.manager.clone_from(&opinion.manager);
        case.person.language = Some("Tigrinya".to_owned());
        case.person.latin_name = Some("Made Up".to_owned());
        case.person.interpreter_needed = true;
        if let Event::RepresentativeChanged(changed) = &mut case.event {
            changed.appointment = Some(booked.clone());
        }
        case
    };
    // Which of them can be read is another test's question.
    let cases: Vec<Case> = names.filter_map(|name| parse(&name).ok()).map(whole).collect();
    for (name, event) in EventName::WORDS {
        assert!(cases.iter().any(|case| case.event.name() == *event), "no sample of {name}");
    }
    cases
}

fn plan(on: chrono::NaiveDate) -> Plan {
    let booked = |number: u32| Booked {
        number,
        place: "brook-house".parse().expect("an id"),
        kind: PlaceKind::Irc,
        fact: BookedFact {
            referred_on: on,
            date: on,
            time: chrono::NaiveTime::default(),
            doctor: "dr-wren".parse().expect("an id"),
            interpreter: true,
            window: None,
            invited_on: None,
        },
        state: AppointmentState::Ahead,
    };
    let replies = Some(Replies { attend: case::Answer::Yes, records: case::Answer::No, instructed: false });
    Plan {
        pack: "hoso-2022-09-12".parse().expect("an id"),
        issued_on: on,
        corrects: Some(on),
        despatches: Vec::new(),
        not_made: Vec::new(),
        warnings: vec!["Look twice.".to_owned()],
        notes: Vec::new(),
        recorded: Recorded {
            event_id: "an-event".parse().expect("an id"),
            on,
            place: "brook-house".parse().expect("an id"),
            place_kind: PlaceKind::Irc,
            detained_since: on,
            representative: None,
            fact: Fact::Died(Day { on }),
            clocks: Vec::new(),
            pending_effects: std::collections::BTreeSet::new(),
            once_authorised: Vec::new(),
        },
        outcome: Outcome {
            reason: Some("It is so.".to_owned()),
            second_opinion_requested: Some(true),
            dates: Dates {
                referred_on: Some(on),
                refer_by: Some(on),
                assess_by: Some(on),
                earliest: Some(on),
                serve_by: Some(on),
                latest_service: Some(on),
                respond_by: Some(on),
                report_by: Some(on),
                rebook_by: Some(on),
                served_on: Some(on),
                removal_on: Some(on),
            },
            appointment: Some(booked(2)),
            cancelled: Some(booked(1)),
            answers: Answers {
                individual: replies,
                representative: replies,
                former: replies,
                consent: Some(false),
            },
            papers_only: true,
            detention: Some(detention(on)),
        },
    }
}

/// Everything that the rules can find about a detention.
fn detention(on: chrono::NaiveDate) -> DetentionOutcome {
    let at: LondonTime = format!("{on}T16:00+00:00").parse().expect("a moment");
    let review = ReviewNote {
        stage: Stage::Month(3),
        due: on,
        due_at: Some(at),
        plan_by: Some(on),
        needs: Authority::SEO,
    };
    DetentionOutcome {
        detained_at: Some(at),
        origin: Some(Origin::Community),
        team: Some(DetainedTeam::FnoRc),
        stage: Some(Stage::Month(2)),
        done_on: Some(on),
        next_review: Some(review.clone()),
        overdue: vec![review],
        reasons_by: Some(on),
        reasons_plan_by: Some(on),
        form: Some(ReasonsForm::Is151f),
        needs: Some(Authority::G7),
        lacking: true,
        report: Some(ReportNote { rule: ReportRule::Dcr35, within_hours: at, within_days: on, plan_by: on }),
        limits: vec![LimitNote {
            what: "the stay in a police cell".to_owned(),
            until: at,
            norm: false,
            longer: false,
            alarms: vec![at],
            source: "The guidance".to_owned(),
        }],
    }
}

fn planned(on: chrono::NaiveDate) -> Planned {
    let words = || "words".to_owned();
    Planned {
        purpose: Purpose::InvitationToServe,
        row: RowNumber::new("12"),
        team: Team::Dmrt,
        kind: "referral".parse().expect("a name"),
        role: Role::Det,
        to: To::Body(None),
        copy: false,
        attachments: Vec::new(),
        deadline: Some(Deadline {
            rule: DeadlineRule::Serve,
            due: on,
            what: words(),
            source: words(),
            arithmetic: words(),
            at: None,
            plan_by: None,
            alarms: Vec::new(),
        }),
        window: None,
        not_after: None,
        maintains: false,
        safety: false,
        hold: None,
        source: words(),
    }
}

/// Two samples of one thing as one: what either has.
fn fuller(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (name, value) in other {
                let known = one.remove(&name).unwrap_or(Value::Null);
                one.insert(name, fuller(known, value));
            }
            Value::Object(one)
        }
        (Value::Array(mut one), Value::Array(other)) => {
            one.extend(other);
            Value::Array(one)
        }
        (Value::Null, other) => other,
        (one, _) => one,
    }
}

/// Where the example and what the program gives are not of one shape.
fn drift(at: &str, example: &Value, program: &Value, found: &mut Vec<String>) {
    match (example, program) {
        (Value::Object(example), Value::Object(program)) => {
            for (name, value) in example {
                match program.get(name) {
                    Some(known) => drift(&format!("{at}/{name}"), value, known, found),
                    None => found.push(format!("{at}/{name}: the program gives no such field")),
                }
            }
            let missing = program.keys().filter(|name| !example.contains_key(*name));
            found.extend(missing.map(|name| format!("{at}/{name}: the example lacks it")));
        }
        (Value::Array(example), Value::Array(program)) => {
            for (position, one) in example.iter().enumerate() {
                // A block of free text has the shape of its own type.
                let alike = program.iter().filter(|known| known.get("type") == one.get("type"));
                if let Some(known) = alike.cloned().reduce(fuller) {
                    drift(&format!("{at}/{position}"), one, &known, found);
                }
            }
        }
        (Value::Null, _) => {}
        (_, Value::Null) => found.push(format!("{at}: the program never gives a value")),
        _ if kind_of(example) != kind_of(program) => {
            found.push(format!("{at}: {example} where the program gives the like of {program}"));
        }
        _ => {}
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "fields",
    }
}

#[test]
fn every_example_has_the_fields_that_the_program_gives_for_its_event_and_no_other() {
    let world = World::new();
    let mut known: BTreeMap<(bool, String), Option<Value>> = BTreeMap::new();
    let mut found = Vec::new();
    for kind in world.catalogue.kinds() {
        for (path, example) in world.catalogue.examples(&kind.name) {
            let event = example["event"]["name"].as_str().unwrap_or_default().to_owned();
            let program =
                known.entry((kind.anonymous, event.clone())).or_insert_with(|| world.data(kind, &event));
            match program {
                Some(program) => drift(path, &example, program, &mut found),
                None => found.push(format!("{path}: there is no event {event:?}")),
            }
        }
    }
    assert!(found.is_empty(), "{} drifted:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_kind_without_the_person_is_given_nothing_that_could_tell_who_it_is() {
    let world = World::new();
    let kind = world.catalogue.kinds().find(|kind| kind.anonymous).expect("a kind without the person");
    for case in &world.cases {
        let mut case = case.clone();
        case.person.name = "Quillon Marchbanks".to_owned();
        case.person.nationality = "Utopian".to_owned();
        let data = world.of_case(kind, &case, Role::Caseworker).to_string();
        let reference = case.home_office_reference.to_string();
        for secret in ["Quillon", "Marchbanks", "Utopian", &reference, &case.person.date_of_birth.to_string()]
        {
            assert!(!data.contains(secret), "{secret} in {data}");
        }
    }
}

/// What an example can lack; a kind of which every example has one of these cannot do without it.
const OPTIONAL: [&str; 13] = [
    "/sender/fax",
    "/recipient/reference",
    "/representative",
    "/manager",
    "/decision_maker",
    "/person/language",
    "/person/latin_name",
    "/event/language",
    "/event/interpreter",
    "/event/interpreter/dialect",
    "/event/interpreter/requested_gender",
    "/event/joining_instructions",
    "/event/on_the_day_contact",
];

/// The longest name that a case may have, days about Christmas and New Year, and nothing that can be missing; and a
/// name that runs from right to left.
#[test]
fn every_kind_has_two_examples_and_a_cruel_one_with_the_longest_name_christmas_and_nothing_optional() {
    let catalogue = Catalogue::load(None).expect("the built-in catalogue");
    let mut wrong = Vec::new();
    for kind in catalogue.kinds() {
        let examples: Vec<(&str, Value)> = catalogue.examples(&kind.name).collect();
        let has = |data: &Value, field: &str| data.pointer(field).is_some_and(|value| !value.is_null());
        let lacked = OPTIONAL.iter().filter(|field| examples.iter().any(|(_, data)| !has(data, field)));
        let lacked: Vec<&str> = lacked.copied().collect();
        let cruel = |(path, data): &&(&str, Value)| {
            let name = data["person"]["name"].as_str().map_or(0, |name| name.chars().count());
            let issued = data["issued_on"]["iso"].as_str().unwrap_or_default();
            path.contains("/examples/cruel")
                && (kind.anonymous || name == 200)
                && ("2026-12-20".."2027-01-12").contains(&issued)
                && lacked.iter().all(|field| !has(data, field))
        };
        let turned = |(_, data): &(&str, Value)| {
            data["person"]["name"]
                .as_str()
                .is_some_and(|name| name.contains(|c| ('\u{590}'..'\u{700}').contains(&c)))
        };
        let right_to_left = kind.anonymous || examples.iter().any(turned);
        if examples.len() < 2 || !right_to_left || !examples.iter().any(|example| cruel(&example)) {
            wrong.push(format!("{} ({} examples)", kind.name, examples.len()));
        }
    }
    assert!(wrong.is_empty(), "no such example: {}", wrong.join(", "));
}
