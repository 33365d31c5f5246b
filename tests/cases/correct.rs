//! Enters: mended case files. Leaves: proof that each takes the place of the one before and says so in its letters.
//! Never: puts `replaces` into a case by hand: the command must.

use super::*;
use crate::support::office::{REVIEWER, TODAY, event, report_received};
use crate::support::pdf::flowing_text;
use despatch_core::words::Sha256;
use despatch_testing::swap::Swap;
use std::os::unix::fs::PermissionsExt;

const CHANGED: &str = "The appointment begins at 3:45pm, not at 2:30pm.";

fn correct(office: &DemoOffice, desk: &Desk) -> crate::support::office::Said {
    office.run_as(PREPARER, &["--json", "correct", desk.path(), "--changed", CHANGED])
}

/// The despatches of the case that count, by role.
fn current(office: &DemoOffice) -> Vec<Value> {
    let of_case = |one: &Value| one["case_id"] == "TEST-00001" && one["state"] == "awaiting_review";
    office.despatches().into_iter().filter(of_case).collect()
}

#[test]
fn a_correction_goes_round_from_what_was_sent_to_letters_that_say_what_they_correct() {
    let (office, text) = office_with_appointment();
    let sent = office.despatch_for("TEST-00001", "representative")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &sent]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let mended = text.swapped("14:30", "15:45");
    let desk = Desk::with(&mended);
    desk.put("a-stranger.pdf", b"nobody listed it");

    let said = correct(&office, &desk).expect(0).json();
    let latest = Sha256::of(text.as_bytes()).to_string();
    assert_eq!((&said["replaces"], &said["replaces_case_file"]), (&latest.clone().into(), &11.into()));
    assert_eq!(said["already_sent"], serde_json::json!([sent]));
    assert_eq!(said["plan"]["corrects"], crate::support::office::TODAY);

    let folder = office.dir.join("inbox/mended-correction");
    let names: Vec<PathBuf> = contents(&folder).into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, [folder.join("mended-correction.json"), folder.join("report.pdf")]);
    let dropped = fs::read_to_string(&names[0]).unwrap();
    let added = format!("\n  \"replaces\": \"{latest}\",\n  \"correction\": \"{CHANGED}\",");
    assert_eq!(dropped.swapped_once(&added, ""), mended, "every other byte is as it was");

    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    assert!(
        said.stdout.contains(&format!("{sent}, which it would have replaced, has been sent")),
        "{said:?}"
    );
    let made = current(&office);
    assert!(made.iter().all(|one| one["approval"].is_null()), "each needs a fresh approval");
    for role in ["representative", "det"] {
        let invites = |one: &&Value| one["planned"]["role"] == role && !one["planned"]["window"].is_null();
        let id = made.iter().find(invites).expect("an invitation")["id"].as_str().unwrap().to_owned();
        let opened = office.dir.join(format!("opened-{role}"));
        office.run_as(REVIEWER, &["outbox", "open", &id, "--to", opened.to_str().unwrap()]).expect(0);
        let letters: Vec<String> = contents(&opened)
            .iter()
            .filter(|(path, _)| path.extension().is_some_and(|extension| extension == "pdf"))
            .map(|(_, pdf)| flowing_text(pdf))
            .collect();
        let says = |text: &&String| {
            text.contains("This corrects our letter of 23 November 2026") && text.contains(CHANGED)
        };
        assert!(letters.iter().any(|text| text.contains("3:45pm")), "{letters:#?}");
        assert!(letters.iter().filter(says).count() >= 2, "cover note and letter say so: {letters:#?}");
    }
}

#[test]
fn the_words_for_people_tell_of_the_new_window_and_the_fresh_approval() {
    let (office, text) = office_with_appointment();
    let desk = Desk::with(&text.swapped("2026-12-01", "2026-11-30"));
    let said = office.run(&["correct", desk.path(), "--changed", "Another day."]).expect(0).stdout;
    let flowing = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "corrects the letters of Monday 23 November 2026",
        "Dropped as inbox/mended-correction/mended-correction.json",
        "replaces case 11, issued on Monday 23 November 2026",
        "the time to answer starts again with its service: serve by Wednesday 25 November 2026, answer by Friday 27 \
         November 2026, appointment on Monday 30 November 2026",
        "needs a fresh approval",
        "would be superseded by this",
    ] {
        assert!(flowing.contains(words), "{words} is not told:\n{said}");
    }
}

#[test]
fn a_second_correction_replaces_the_first_under_another_name() {
    let (office, text) = office_with_appointment();
    correct(&office, &Desk::with(&text.swapped("14:30", "15:45"))).expect(0);
    // The folder of the first is still there when the second comes.
    let taken = office.dir.join("inbox/mended-correction");
    let before = contents(&taken);
    office.run(&["run", "--once"]);
    fs::create_dir_all(&taken).unwrap();
    fs::write(taken.join("of-somebody-else.txt"), "kept").unwrap();
    let first = before.iter().find(|(path, _)| path.extension().is_some_and(|e| e == "json")).unwrap();
    let again = Desk::with(&String::from_utf8(first.1.clone()).unwrap().swapped("15:45", "16:00"));
    let said = correct(&office, &again).expect(0).json();
    assert_eq!(said["dropped"], "mended-correction-2/mended-correction-2.json");
    assert_eq!(said["replaces"], Sha256::of(&first.1).to_string());
    assert_eq!(fs::read_to_string(taken.join("of-somebody-else.txt")).unwrap(), "kept");
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
}

#[test]
fn what_cannot_be_a_correction_is_refused_and_nothing_is_dropped() {
    let (office, text) = office_with_appointment();
    let inbox = office.dir.join("inbox");
    let before = contents(&inbox);
    let mended = text.swapped("14:30", "15:45");
    let other_event = mended.swapped("test-event-1", "test-event-2");
    let too_soon = mended.swapped("2026-12-01", "2026-11-24");
    let other_preparer = mended.swapped(PREPARER, "wenna-okonjo");
    for (case, code) in [
        (&text, "correct.nothing"),
        (&other_event, "correct.nothing"),
        (&too_soon, "appointment.too_soon"),
        (&other_preparer, "prepared_by.other_owner"),
        (&"{".to_owned(), "json.syntax"),
    ] {
        let said = correct(&office, &Desk::with(case)).expect(1).json();
        assert_eq!(faults(&said)[0].1, code);
    }
    let desk = Desk::with(&mended);
    let said = office.run(&["--json", "correct", desk.path(), "--changed", " "]).expect(1).json();
    assert_eq!(faults(&said), [("/correction".to_owned(), "text.empty".to_owned())]);
    fs::remove_file(desk.folder.path().join("report.pdf")).unwrap();
    let said = correct(&office, &desk).expect(1).json();
    assert_eq!(faults(&said)[0].1, "attachment.missing");
    assert_eq!(contents(&inbox), before);
}

#[test]
fn in_an_inbox_that_a_group_shares_despatch_can_take_what_was_dropped() {
    let (office, text) = office_with_appointment();
    let inbox = office.dir.join("inbox");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    fs::set_permissions(&inbox, fs::Permissions::from_mode(0o2770)).unwrap();
    correct(&office, &Desk::with(&text.swapped("14:30", "15:45"))).expect(0);
    let folder = inbox.join("mended-correction");
    assert_eq!(mode(&folder), 0o2770, "its group takes files out of it");
    for (path, _) in contents(&folder) {
        assert_eq!(mode(&path), 0o640, "{}", path.display());
    }
}

#[test]
fn a_field_that_is_there_already_is_set_where_it_stands() {
    let (office, text) = office_with_appointment();
    let odd = text.swapped_once("{", "{ \"replaces\" : null , \"correction\":\"an \\\"older\\\" } one\",\n");
    let desk = Desk::with(&odd.swapped("14:30", "15:45"));
    correct(&office, &desk).expect(0);
    let dropped =
        fs::read_to_string(office.dir.join("inbox/mended-correction/mended-correction.json")).unwrap();
    let latest = Sha256::of(text.as_bytes());
    let head = format!("{{ \"replaces\" : \"{latest}\" , \"correction\":\"{CHANGED}\",\n");
    assert!(dropped.starts_with(&head), "{dropped}");
    assert_eq!(dropped.matches("\"replaces\"").count(), 1);
}

#[test]
fn a_correction_stands_where_its_first_file_stood() {
    let office = DemoOffice::new();
    let mut report = report_received(2, REPORT);
    report["event"]["level_in_force"] = "1".into();
    let text = lines(&report);
    office.drop_case("report", &text, &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let removal = serde_json::json!({ "type": "removal_set", "set_on": TODAY, "removal_on": "2026-12-31" });
    office.drop_case("removal", &lines(&event(2, "removal", removal)), &[]);
    office.run(&["run", "--once"]);
    let desk = Desk::with(&text.swapped("\"level_in_force\": \"1\"", "\"level_in_force\": \"2\""));
    correct(&office, &desk).expect(0);
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    let case = office.run(&["--json", "case", "TEST-00002"]).expect(0).json();
    let standing = &case["standing"];
    assert_eq!(standing["level_in_force"], "2", "what was mended counts");
    assert_eq!(standing["removal_on"], "2026-12-31", "and what came after it still does");
    // What the mended report makes is what the removal would have left of the first: nothing of it was held then.
    let made = office.despatches().into_iter().filter(|one| one["case_id"] == "TEST-00002");
    let review = made.filter(|one| one["planned"]["row"] == "1" && one["state"] == "awaiting_review");
    assert_eq!(review.count(), 2);
}

#[test]
fn what_a_correction_makes_is_held_by_what_came_after_its_first_file() {
    let (office, text) = office_with_appointment();
    let died = serde_json::json!({ "type": "died", "on": TODAY });
    office.drop_case("died", &lines(&event(1, "died", died)), &[]);
    office.run(&["run", "--once"]);
    correct(&office, &Desk::with(&text.swapped("interview room", "meeting room"))).expect(0);
    let said = office.run(&["run", "--once"]);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    assert_eq!(
        current(&office),
        [] as [Value; 0],
        "no letter for somebody who has died waits for a reviewer"
    );
    let invitation = office.despatch_for("TEST-00001", "representative");
    assert_eq!(invitation["state"], "held");
    assert!(invitation["holds"].to_string().contains("overtaken"), "{invitation}");
}

/// The appointment of 1 December 2026 was to be served by 26 November; a room is mended on the day after.
#[test]
fn a_mended_room_starts_no_time_anew() {
    const LATE: &str = "2026-11-27";
    let mended = |office: &DemoOffice, text: &str| {
        let desk = Desk::with(&text.swapped("interview room", "meeting room"));
        office.on(LATE, &["--json", "--as", PREPARER, "correct", desk.path(), "--changed", "The room."])
    };
    let (unsent, text) = office_with_appointment();
    let said = mended(&unsent, &text).expect(1).json();
    assert_eq!(faults(&said)[0].1, "appointment.too_soon", "nobody was invited in time");
    let (office, text) = office_with_appointment();
    let sent = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &sent]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let unknown = mended(&office, &text).expect(1).json();
    assert_eq!(faults(&unknown)[0].1, "appointment.unserved", "nobody knows that it was served in time");
    // Once its service is on record, the letter that amends it goes, and is handed over at once.
    let served = serde_json::json!({ "type": "letter_served", "served_on": "2026-11-24", "explained": true, "refused": false });
    office.drop_case("served", &lines(&event(1, "served", served)), &[]);
    let said = office.on(LATE, &["run", "--once"]);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
    let said = mended(&office, &text).expect(0).json();
    let booked = &said["plan"]["recorded"]["fact"];
    assert_eq!(booked["window"]["respond_by"], "2026-11-30", "as on the letter before");
    assert_eq!(booked["invited_on"], TODAY);
    let mut letters = said["plan"]["despatches"].as_array().unwrap().iter();
    let letter = letters.find(|one| one["row"] == "12").expect("the letter goes again");
    assert_eq!((&letter["window"], &letter["not_after"]), (&Value::Null, &"2026-12-01".into()));
    assert!(said["plan"]["warnings"].to_string().contains("its time to answer goes on"), "{said}");
    let said = office.on(LATE, &["run", "--once"]);
    assert!(said.stdout.contains("1 queued, 0 rejected"), "{said:?}");
}

#[test]
fn whom_a_correction_drops_is_told() {
    let (office, text) = office_with_appointment();
    for role in ["doctor", "interpreter_booking"] {
        let id = office.despatch_for("TEST-00001", role)["id"].as_str().unwrap().to_owned();
        office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    }
    office.run(&["send", "--once"]).expect(0);
    let mended = text.swapped("dr-rathore-quill", "dr-ebbsworth").swapped("brook-house", "yarls-wood");
    let said = correct(&office, &Desk::with(&mended)).expect(0).json();
    let despatches = said["plan"]["despatches"].as_array().unwrap();
    let off = despatches.iter().find(|one| one["kind"] == "doctor-cancellation").expect("the doctor is told");
    assert_eq!(off["to"]["entry"], "dr-rathore-quill");
    office.run(&["run", "--once"]);
    let made = office.despatches().into_iter().find(|one| one["planned"]["kind"] == "doctor-cancellation");
    assert_eq!(made.expect("it is made")["recipient"]["entry"], "dr-rathore-quill");
    // Another place: whoever had the letter there is for a person to tell.
    let (office, text) = office_with_appointment();
    let id = office.despatch_for("TEST-00001", "det")["id"].as_str().unwrap().to_owned();
    office.run_as(REVIEWER, &["outbox", "approve", &id]).expect(0);
    office.run(&["send", "--once"]).expect(0);
    let said = correct(&office, &Desk::with(&text.swapped("brook-house", "yarls-wood"))).expect(0).json();
    let warnings = said["plan"]["warnings"].to_string();
    assert!(warnings.contains("sent service-pack (row 12) to the Detention Engagement Team"), "{warnings}");
}
