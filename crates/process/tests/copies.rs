//! What goes to the healthcare team although another part of the file is at fault, and what stops that too (G19).

use despatch_process::case::{self, CopyOf, Event};
use despatch_process::safety_copy::derive;
use serde_json::{Value, json};

const REPORT: &str = include_str!("../../../tests/cases/valid/report-received-full.json");
const OPINION: &str = include_str!("../../../tests/cases/valid/second-opinion-received.json");

/// What is wrong, and the change that makes it so.
type Change = (&'static str, fn(&mut Value));

fn with(file: &str, change: impl Fn(&mut Value)) -> Vec<u8> {
    let mut file: Value = serde_json::from_str(file).expect("JSON");
    change(&mut file);
    file.to_string().into_bytes()
}

/// Each of these makes the whole file faulty, and the copy needs nothing of it.
#[test]
fn what_the_copy_does_not_need_does_not_delay_it() {
    let faults: [Change; 9] = [
        ("no manager", |file| file["manager"] = Value::Null),
        ("no such grade", |file| file["manager"]["grade"] = json!("XX")),
        ("a wrong date of the authority", |file| file["representative"]["authority_date"] = json!("soon")),
        ("no such caseworker", |file| file["caseworker"] = json!({ "entry": "Not An Id" })),
        ("nobody is the caseworker", |file| file["caseworker"] = Value::Null),
        ("a report that is dated after its receipt", |file| {
            file["event"]["report"]["report_date"] = json!("2099-01-01")
        }),
        ("no day of receipt", |file| file["event"]["received_on"] = json!("yesterday")),
        ("an attachment of an unknown kind", |file| {
            file["attachments"].as_array_mut().expect("a list").push(json!({ "kind": "scan" }));
        }),
        ("a field that no file has", |file| file["unknown"] = json!(1)),
    ];
    for (name, change) in faults {
        let bytes = with(REPORT, change);
        assert!(case::parse(&bytes).is_err(), "{name} is a fault");
        let (made, case) = derive(&bytes).unwrap_or_else(|| panic!("{name}: no copy"));
        assert_eq!(case::parse(&made).expect("sound"), case, "{name}");
        let Event::CopiedToHealthcare(event) = &case.event else { panic!("{name}: another event") };
        assert_eq!(event.of, CopyOf::Report, "{name}");
        assert_eq!((case.attachments.len(), case.event_id.as_str()), (1, "emr-0142-received.copy"), "{name}");
    }
    let (_, case) = derive(&with(OPINION, |file| file["decision_maker"] = Value::Null)).expect("a copy");
    assert!(matches!(case.event, Event::CopiedToHealthcare(event) if event.of == CopyOf::SecondOpinion));
}

/// Who the person is, where they are, and what is attached: nothing goes by a guess.
#[test]
fn what_concerns_the_copy_itself_stops_it() {
    let faults: [Change; 7] = [
        ("no name", |file| file["person"]["name"] = json!("")),
        ("no date of birth", |file| file["person"]["date_of_birth"] = json!("1991-13-40")),
        ("no place", |file| file["detention"]["place"] = json!("Brook House!")),
        ("no reference", |file| file["home_office_reference"] = Value::Null),
        ("no report", |file| file["attachments"] = json!([])),
        ("a report without its hash", |file| file["attachments"][0]["sha256"] = json!("?")),
        ("no preparer", |file| file["prepared_by"] = Value::Null),
    ];
    for (name, change) in faults {
        assert!(derive(&with(REPORT, change)).is_none(), "{name}");
    }
    assert!(derive(b"{").is_none());
    let other = include_str!("../../../tests/cases/valid/died.json");
    assert!(derive(other.as_bytes()).is_none(), "another event brings no document");
}
