//! Enters: mended case files. Leaves: proof that each takes the place of the one before and says so in its letters.
//! Never: puts `replaces` into a case by hand: the command must.

use super::*;
use crate::support::office::REVIEWER;
use crate::support::pdf::flowing_text;
use despatch::words::Sha256;
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
    let mended = text.replace("14:30", "15:45");
    let desk = Desk::with(&mended);
    desk.put("a-stranger.pdf", b"nobody listed it");

    let said = correct(&office, &desk).expect(0).json();
    let latest = Sha256::of(text.as_bytes()).to_string();
    assert_eq!((&said["replaces"], &said["replaces_case_file"]), (&latest.clone().into(), &8.into()));
    assert_eq!(said["already_sent"], serde_json::json!([sent]));
    assert_eq!(said["plan"]["corrects"], crate::support::office::TODAY);

    let folder = office.dir.join("inbox/mended-correction");
    let names: Vec<PathBuf> = contents(&folder).into_iter().map(|(path, _)| path).collect();
    assert_eq!(names, [folder.join("mended-correction.json"), folder.join("report.pdf")]);
    let dropped = fs::read_to_string(&names[0]).unwrap();
    let added = format!("\n  \"replaces\": \"{latest}\",\n  \"correction\": \"{CHANGED}\",");
    assert_eq!(dropped.replacen(&added, "", 1), mended, "every other byte is as it was");

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
    let desk = Desk::with(&text.replace("2026-12-01", "2026-11-30"));
    let said = office.run(&["correct", desk.path(), "--changed", "Another day."]).expect(0).stdout;
    let flowing = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "corrects the letters of Monday 23 November 2026",
        "Dropped as inbox/mended-correction/mended-correction.json",
        "replaces case 8, issued on Monday 23 November 2026",
        "the time to answer starts again with its service: serve by Wednesday 25 November 2026, answer by Friday 27 \
         November 2026, appointment on Monday 30 November 2026",
        "needs a fresh approval",
        "would give way to this",
    ] {
        assert!(flowing.contains(words), "{words} is not told:\n{said}");
    }
}

#[test]
fn a_second_correction_replaces_the_first_under_another_name() {
    let (office, text) = office_with_appointment();
    correct(&office, &Desk::with(&text.replace("14:30", "15:45"))).expect(0);
    // The folder of the first is still there when the second comes.
    let taken = office.dir.join("inbox/mended-correction");
    let before = contents(&taken);
    office.run(&["run", "--once"]);
    fs::create_dir_all(&taken).unwrap();
    fs::write(taken.join("of-somebody-else.txt"), "kept").unwrap();
    let first = before.iter().find(|(path, _)| path.extension().is_some_and(|e| e == "json")).unwrap();
    let again = Desk::with(&String::from_utf8(first.1.clone()).unwrap().replace("15:45", "16:00"));
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
    let mended = text.replace("14:30", "15:45");
    let other_event = mended.replace("test-event-1", "test-event-2");
    let too_soon = mended.replace("2026-12-01", "2026-11-24");
    let other_preparer = mended.replace(PREPARER, "wenna-okonjo");
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
    correct(&office, &Desk::with(&text.replace("14:30", "15:45"))).expect(0);
    let folder = inbox.join("mended-correction");
    assert_eq!(mode(&folder), 0o2770, "its group takes files out of it");
    for (path, _) in contents(&folder) {
        assert_eq!(mode(&path), 0o640, "{}", path.display());
    }
}

#[test]
fn a_field_that_is_there_already_is_set_where_it_stands() {
    let (office, text) = office_with_appointment();
    let odd = text.replacen("{", "{ \"replaces\" : null , \"correction\":\"an \\\"older\\\" } one\",\n", 1);
    let desk = Desk::with(&odd.replace("14:30", "15:45"));
    correct(&office, &desk).expect(0);
    let dropped =
        fs::read_to_string(office.dir.join("inbox/mended-correction/mended-correction.json")).unwrap();
    let latest = Sha256::of(text.as_bytes());
    let head = format!("{{ \"replaces\" : \"{latest}\" , \"correction\":\"{CHANGED}\",\n");
    assert!(dropped.starts_with(&head), "{dropped}");
    assert_eq!(dropped.matches("\"replaces\"").count(), 1);
}
