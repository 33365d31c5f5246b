//! What is said of an appointment that is called off, and to whom: the old date, the new one, and never a removal.

use super::history::send;
use super::{REPORT, despatches_of, drop_and_process, opened, tidy_office, words};
use crate::support::office::{DemoOffice, appointment, event};
use crate::support::pdf::flowing_text;
use despatch_testing::swap::Swap;
use serde_json::{Value, json};

const ATTACHED: &[(&str, &[u8])] = &[("report.pdf", REPORT)];
const CASE: &str = "TEST-00001";
const OLD: &str = "Tuesday 1 December 2026";
const NEW: &str = "A new appointment has been booked for DAY at 2:30pm. A separate letter tells you";

/// An office that has told everybody of an appointment on 1 December 2026 at Brook House.
fn booked() -> DemoOffice {
    let office = tidy_office();
    drop_and_process(&office, "booked", &appointment(1, REPORT), ATTACHED);
    let kinds = ["doctor-bundle", "service-pack", "invitation", "interpreter-booking", "room-booking"];
    send(&office, CASE, &kinds);
    office
}

fn drop_next(office: &DemoOffice, next: &Value, attached: &[(&str, &[u8])]) {
    let finding = drop_and_process(office, "next", next, attached);
    assert_eq!(finding["outcome"], "queued", "{finding}");
}

/// The despatch of that kind to that role, and the words of one of its documents.
fn said(office: &DemoOffice, kind: &str, role: &str, file: &str) -> (Value, String) {
    let planned = |one: &Value| one["planned"]["kind"] == kind && one["planned"]["role"] == role;
    let one = despatches_of(office, CASE).into_iter().find(planned);
    let one = one.unwrap_or_else(|| panic!("no {kind} for {role}"));
    let text = flowing_text(&opened(office, &one)[file]);
    (one, text)
}

fn another_date(doctor: &str) -> Value {
    let mut case = appointment(1, REPORT);
    case["event_id"] = json!("another-date");
    case["event"]["date"] = json!("2026-11-30");
    case["event"]["doctor"] = json!({ "entry": doctor, "reference": "NEW-7" });
    case
}

#[test]
fn a_replaced_appointment_is_cancelled_by_its_own_date_and_the_new_one_is_named() {
    let office = booked();
    drop_next(&office, &another_date("dr-rathore-quill"), ATTACHED);
    let new = NEW.swapped("DAY", "Monday 30 November 2026");
    for (kind, role, file) in [
        ("cancellation", "det", "02-document.pdf"),
        ("cancellation", "representative", "02-document.pdf"),
        ("doctor-cancellation", "doctor", "01-cover-note.pdf"),
    ] {
        let (_, text) = said(&office, kind, role, file);
        assert!(text.contains(OLD) && text.contains(&new), "{kind} {role}: {text}");
    }
    let (_, booking) = said(&office, "booking-cancellation", "interpreter_booking", "01-cover-note.pdf");
    assert!(booking.contains(OLD) && !booking.contains("30 November 2026"), "{booking}");
}

#[test]
fn the_doctor_who_was_booked_is_called_off_and_not_the_one_who_takes_over() {
    let office = booked();
    drop_next(&office, &another_date("dr-ebbsworth"), ATTACHED);
    let (off, text) = said(&office, "doctor-cancellation", "doctor", "01-cover-note.pdf");
    assert_eq!(off["recipient"]["entry"], "dr-rathore-quill");
    assert!(text.contains(OLD) && !text.contains("A new appointment") && !text.contains("NEW-7"), "{text}");
    let bundle =
        despatches_of(&office, CASE).into_iter().rfind(|one| one["planned"]["kind"] == "doctor-bundle");
    assert_eq!(bundle.expect("a bundle")["recipient"]["entry"], "dr-ebbsworth");
}

#[test]
fn a_letter_that_cancels_because_of_a_removal_does_not_tell_of_it() {
    let office = booked();
    let removal = json!({ "type": "removal_set", "set_on": "2026-11-23", "removal_on": "2026-11-30" });
    drop_next(&office, &event(1, "removal", removal), &[]);
    for (role, file) in [
        ("det", "02-document.pdf"),
        ("representative", "02-document.pdf"),
        ("representative", "01-cover-note.pdf"),
    ] {
        let (_, text) = said(&office, "cancellation", role, file);
        assert!(text.contains(OLD) && text.contains("cancelled"), "{role} {file}: {text}");
        let text = text.replace("immigration removal centre", "");
        for told in ["removal", "Removal", "removed", "30 November"] {
            assert!(!text.contains(told), "{told} in {role} {file}: {text}");
        }
    }
    let (_, letter) = said(&office, "cancellation", "det", "02-document.pdf");
    assert!(letter.contains("ask your legal representative, or ask us"), "{letter}");
    let (_, note) = said(&office, "cancellation", "det", "01-cover-note.pdf");
    assert!(note.contains("do not tell the person of the removal"), "{note}");
}

#[test]
fn after_a_move_the_bookings_are_cancelled_where_they_were_made() {
    let office = booked();
    let moved = json!({ "type": "transferred", "on": "2026-11-23", "from": "brook-house" });
    let mut moved = event(1, "moved", moved);
    moved["detention"]["place"] = json!("yarls-wood");
    drop_next(&office, &moved, &[]);
    for (kind, role) in [
        ("booking-cancellation", "interpreter_booking"),
        ("booking-cancellation", "det"),
        ("appointment-off", "det"),
    ] {
        let (one, text) = said(&office, kind, role, "01-cover-note.pdf");
        assert!(text.contains("Place: Brook House"), "{kind} {role}: {text}");
        assert!(!text.contains("Yarl"), "{kind} {role}: {text}");
        assert_ne!(words(&one["recipient"]["entry"]), "det-yarls-wood");
    }
}
