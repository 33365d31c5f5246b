//! Made-up people, the papers about them and the case files that a caseworker would drop for them.

use super::paper::Paper;
use crate::support::office;
use chrono::NaiveDate;
use despatch_core::words::Sha256;
use serde_json::{Value, json};

/// Somebody who is detained.
#[derive(Debug, Clone)]
pub struct Person {
    pub n: usize,
    pub name: String,
    /// Year, month, day.
    pub born: NaiveDate,
    pub nationality: String,
    pub language: String,
    /// The Home Office's reference.
    pub reference: String,
}

const PEOPLE: &[(&str, &str, &str, &str)] = &[
    ("Selamawit Quartermaine", "1990-05-17", "Eritrean", "Tigrinya"),
    ("Bashir Oluwaseun Farrow", "1988-03-02", "Nigerian", "Yoruba"),
    ("Mirembe Halloran", "1995-12-09", "Ugandan", "Luganda"),
    ("Ioana Vespertine", "1979-08-30", "Romanian", "Romanian"),
    ("Dawit Pemberton-Haile", "1984-01-25", "Ethiopian", "Amharic"),
];

/// The `n`th made-up person, from 1 to 5.
pub fn person(n: usize) -> Person {
    let (name, born, nationality, language) = PEOPLE[n - 1];
    Person {
        n,
        name: name.to_owned(),
        born: born.parse().expect("a date"),
        nationality: nationality.to_owned(),
        language: language.to_owned(),
        reference: format!("X{n:07}"),
    }
}

impl Person {
    pub fn case_id(&self) -> String {
        format!("TEST-{:05}", self.n)
    }

    /// The facts at the top of a medical report.
    pub fn head(&self) -> Vec<String> {
        vec![
            format!("Name: {}", self.name),
            format!("Date of birth: {}", self.born.format("%-d %B %Y")),
            format!("Home Office reference: {}", self.reference),
            format!("Nationality: {}", self.nationality),
        ]
    }

    /// The lines of a medical report.
    pub fn findings(&self) -> Vec<String> {
        let mut lines = vec!["External medical report".to_owned()];
        lines.extend(self.head());
        lines.extend([
            String::new(),
            format!("I saw {} on 10 November 2026 at Brook House.", self.name),
            "There is insomnia, there are flashbacks, and the left radius healed after a fracture."
                .to_owned(),
            format!("In my opinion the symptoms of {} are those of post-traumatic stress.", self.surname()),
            "Dr Ottilie Marchetti-Bell, psychiatrist, 16 November 2026".to_owned(),
        ]);
        lines
    }

    /// The last word of the name.
    pub fn surname(&self) -> &str {
        self.name.rsplit(' ').next().unwrap_or_default()
    }

    /// A medical report about this person.
    pub fn report(&self) -> Vec<u8> {
        Paper::of(&self.findings()).pdf()
    }

    /// Another paper about this person.
    pub fn paper(&self, title: &str, says: &str) -> Vec<u8> {
        Paper::of(&[vec![title.to_owned()], self.head(), vec![says.to_owned()]].concat()).pdf()
    }
}

/// One attachment of a case file.
pub struct Attached {
    pub kind: &'static str,
    pub file: String,
    pub title: String,
    pub bytes: Vec<u8>,
}

impl Attached {
    pub fn new(kind: &'static str, bytes: Vec<u8>) -> Attached {
        Attached { kind, file: format!("{kind}.pdf"), title: kind.replace('_', " "), bytes }
    }

    pub fn report(bytes: Vec<u8>) -> Attached {
        Attached::new("external_medical_report", bytes)
    }
}

/// The case file with these attachments and no others.
pub fn with(mut case: Value, attached: &[Attached]) -> Value {
    let one = |one: &Attached| {
        let mut listed = json!({
            "file": one.file, "kind": one.kind, "title": one.title, "size": one.bytes.len(),
            "sha256": Sha256::of(&one.bytes).to_string(),
        });
        if one.kind == "supporting_information" {
            listed["relevance"] = json!("Describes the injuries that the report assesses");
        }
        listed
    };
    case["attachments"] = attached.iter().map(one).collect();
    case
}

/// Puts this person into a case file.
pub fn about(mut case: Value, who: &Person) -> Value {
    case["person"]["name"] = json!(who.name);
    case["person"]["date_of_birth"] = json!(who.born);
    case["person"]["nationality"] = json!(who.nationality);
    case["person"]["language"] = json!(who.language);
    case["home_office_reference"] = json!(who.reference);
    if case["event"]["interpreter"].is_object() {
        case["event"]["interpreter"]["language"] = json!(who.language);
    }
    case
}

/// A report about this person came in: it goes to the DMRT, the manager and the healthcare team.
pub fn received(who: &Person) -> Value {
    about(office::report_received(who.n, b""), who)
}

/// The assessment is set: the report goes to the doctor; letters to the DET and the representative.
pub fn appointment(who: &Person) -> Value {
    let mut case = about(office::appointment(who.n, b""), who);
    case["event_id"] = json!(format!("test-appointment-{}", who.n));
    case
}

/// Something else happened.
pub fn happens(who: &Person, what: Value) -> Value {
    let kind = what["type"].as_str().expect("a type").replace('_', "-");
    about(office::event(who.n, &format!("test-{kind}-{}", who.n), what), who)
}

/// The person or the representative answered the invitation.
pub fn reply(who: &Person, id: &str, records: &str) -> Value {
    let what = json!({
        "type": "response_received", "received_on": office::TODAY, "from": "individual", "attend": "yes",
        "records": records, "signed": true, "own_instruction": false,
    });
    let mut case = happens(who, what);
    case["event_id"] = json!(format!("{id}-{}", who.n));
    case
}

/// The healthcare records came in.
pub fn records(who: &Person) -> Value {
    happens(who, json!({ "type": "records_received", "received_on": office::TODAY }))
}

/// The assessment of 1 December took place.
pub fn assessed(who: &Person) -> Value {
    let day = "2026-12-01";
    happens(
        who,
        json!({ "type": "assessment_outcome", "date": day, "reported_on": day, "outcome": "completed" }),
    )
}

/// The appointment of 1 December is off, and can be booked again.
pub fn called_off(who: &Person) -> Value {
    let what = json!({
        "type": "assessment_outcome", "date": "2026-12-01", "reported_on": office::TODAY,
        "outcome": "technical", "rebooking": "possible",
    });
    happens(who, what)
}

/// Millstone Chambers act for the person since today, in the place of the firm.
pub fn representative_changed(who: &Person) -> Value {
    let mut booked = appointment(who)["event"].take();
    booked.as_object_mut().expect("an object").remove("type");
    let what = json!({
        "type": "representative_changed", "on": office::TODAY, "previous": "harbour-lane-law", "appointment": booked,
    });
    let mut case = happens(who, what);
    case["representative"] = json!({ "entry": "millstone-chambers", "authority_date": office::TODAY });
    case
}

/// The contracted doctor's report on the assessment of 1 December came in.
pub fn opinion(who: &Person) -> Value {
    let what = json!({
        "type": "second_opinion_received", "received_on": "2026-12-02", "doctor": { "entry": "dr-rathore-quill" },
        "method": "video", "assessed_on": "2026-12-01", "limitations_stated": true,
    });
    let mut case = happens(who, what);
    case["decision_maker"] = json!({ "entry": "senior-rosalind", "grade": "SEO" });
    case
}

/// A question about the service of the letter was answered, for the DET.
pub fn guidance(who: &Person, answer: &str) -> Value {
    let what = json!({
        "type": "guidance_given", "asked_on": office::TODAY, "about": "service",
        "question": "May a friend sit in?", "answer": answer,
    });
    happens(who, what)
}
