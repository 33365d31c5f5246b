//! Enters: case files that nobody has dropped. Leaves: proof that what `plan` tells is what `run` then does.
//! Never: takes the plan's word for it: the same file is dropped, and the two are compared.

use super::*;
use despatch_testing::swap::Swap;
use serde_json::json;

fn planned(office: &DemoOffice, desk: &Desk) -> Value {
    office.run(&["--json", "plan", desk.path()]).json()
}

#[test]
fn what_is_planned_is_what_a_run_then_makes() {
    let office = DemoOffice::new();
    let mut case = appointment(1, REPORT);
    // Nobody has verified the one, and the other has no key.
    case["representative"]["entry"] = json!("millstone-chambers");
    case["event"]["doctor"]["entry"] = json!("dr-ebbsworth");
    let text = lines(&case);
    let desk = Desk::with(&text);
    let told = planned(&office, &desk);
    office.drop_case("first", &text, &[("report.pdf", REPORT)]);
    office.run(&["run", "--once"]);
    let made: Vec<Value> =
        office.despatches().into_iter().filter(|one| one["case_id"] == "TEST-00001").collect();
    assert_eq!(told["made"].as_array().unwrap().len(), made.len());
    for (index, despatch) in made.iter().enumerate() {
        let (foreseen, plan) = (&told["made"][index], &told["plan"]["despatches"][index]);
        assert_eq!(*plan, despatch["planned"]);
        assert_eq!(foreseen["holds"], despatch["holds"]);
        assert_eq!(foreseen["to"]["entry"], despatch["recipient"]["entry"]);
        assert_eq!(foreseen["to"]["name"], despatch["recipient"]["name"]);
        // What only the making of the documents shows is told later: the made-up report is no PDF.
        let warnings = despatch["warnings"].as_array().unwrap();
        let of_rules: Vec<&Value> =
            warnings.iter().filter(|one| !one.to_string().contains("could not be counted")).collect();
        assert_eq!(told["plan"]["warnings"], json!(of_rules));
    }
    let held = made.iter().filter(|one| one["state"] == "held").count();
    assert_eq!(held, 2, "the doctor's and the representative's");
}

#[test]
fn a_plan_is_told_with_names_days_reasons_and_arithmetic_and_nothing_is_written() {
    let office = DemoOffice::new();
    let mut case = appointment(1, REPORT);
    case["caseworker"]["entry"] = json!("nobody-known");
    case["representative"] = Value::Null;
    let desk = Desk::with(&lines(&case));
    let (inbox, outbox) = (office.dir.join("inbox"), office.dir.join("outbox"));
    let before = (contents(&inbox), office.despatches());
    let said = office.run(&["plan", desk.path()]).expect(0).stdout;
    assert_eq!((contents(&inbox), office.despatches()), before);
    assert_eq!(contents(desk.folder.path()).len(), 2, "nothing beside the case file either");
    assert!(outbox.exists());
    let flowing = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "TEST-00001 appointment confirmed, event test-event-1",
        "nobody answers: nobody-known (caseworker)",
        "would be held the directory has no entry nobody-known",
        "Dr Priyamvada Rathore-Quill",
        "with External medical report",
        "due Tuesday 8 December 2026: complete the second opinion report",
        "counted 5 working days after 1 December 2026, by the calendar of England and Wales",
        "window served by Thursday 26 November 2026 at the latest, answered by Monday 30 November 2026",
        "because Following confirmation of an assessment date, the DMRT will send",
        "not made row 14: The case names no legal representative.",
        "note The assessment is set for Tuesday 1 December 2026",
        "unsent no waiting despatch of the case would change",
        "Nothing was written",
    ] {
        assert!(flowing.contains(words), "{words} is not told:\n{said}");
    }
    assert!(said.lines().all(|line| line.chars().count() <= 120), "{said}");
}

#[test]
fn the_faults_are_those_that_a_run_would_tell() {
    let office = DemoOffice::new();
    let mut case = appointment(1, REPORT);
    case["prepared_by"] = json!("nobody-known");
    case["event"]["date"] = json!("2026-11-24");
    let text = lines(&case);
    let desk = Desk::with(&text);
    let said = office.run(&["--json", "plan", desk.path()]).expect(1).json();
    let told = faults(&said);
    let codes: Vec<&str> = told.iter().map(|(_, code)| code.as_str()).collect();
    assert_eq!(codes, ["prepared_by.unknown", "appointment.too_soon"]);
    office.drop_case("first", &text, &[("report.pdf", REPORT)]);
    let run = office.run(&["--json", "run", "--once"]).json();
    assert_eq!(run["faults"], said["faults"]);
    let words = office.run(&["plan", desk.path()]).expect(1);
    assert!(words.stderr.contains("2 things are wrong") && words.stdout.is_empty(), "{words:?}");
}

#[test]
fn a_faulty_file_is_told_of_its_unknown_place_and_preparer_too() {
    let office = DemoOffice::new();
    let mut case = appointment(1, REPORT);
    case["detention"] = json!({ "place": "no-such-place", "since": "2026-02-30" });
    case["prepared_by"] = json!("nobody-here");
    let text = lines(&case);
    let desk = Desk::with(&text);
    let said = office.run(&["--json", "plan", desk.path()]).expect(1).json();
    let told = faults(&said);
    let expected = [
        ("/detention/since", "value.date"),
        ("/prepared_by", "prepared_by.unknown"),
        ("/detention/place", "place.unknown"),
    ];
    assert_eq!(told, expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    office.drop_case("faulty", &text, &[("report.pdf", REPORT)]);
    assert_eq!(office.run(&["--json", "run", "--once"]).json()["faults"], said["faults"]);
}

#[test]
fn attachments_that_are_missing_or_other_ones_are_told_too() {
    let office = DemoOffice::new();
    let mut case = appointment(1, REPORT);
    let mut more = |file: &str, size: usize, bytes: &[u8]| {
        let sha256 = despatch_core::words::Sha256::of(bytes).to_string();
        case["attachments"].as_array_mut().unwrap().push(json!({
            "file": file, "kind": "other_record", "title": file, "size": size, "sha256": sha256,
        }));
    };
    more("absent.pdf", 3, b"abc");
    more("longer.pdf", 3, b"abd");
    more("altered.pdf", 3, b"abe");
    more("in-its-folder.pdf", 3, b"abf");
    let desk = Desk::with(&lines(&case));
    desk.put("longer.pdf", b"abd and more");
    desk.put("altered.pdf", b"xyz");
    fs::create_dir(desk.folder.path().join("mended")).unwrap();
    desk.put("mended/in-its-folder.pdf", b"abf");
    let said = office.run(&["--json", "plan", desk.path()]).expect(1).json();
    let expected = [
        ("/attachments/1/file", "attachment.missing"),
        ("/attachments/2/file", "attachment.differs"),
        ("/attachments/3/file", "attachment.differs"),
    ];
    assert_eq!(faults(&said), expected.map(|(at, code)| (at.to_owned(), code.to_owned())));
    let words = office.run(&["plan", desk.path()]).expect(1).stderr;
    assert!(words.contains("absent.pdf is not there"), "{words}");
    assert!(words.contains("longer.pdf has 12 bytes and the case lists 3"), "{words}");
    assert!(words.contains("altered.pdf is not the file that the case lists"), "{words}");
}

#[test]
fn what_is_queued_already_is_looked_at_too() {
    let (office, text) = office_with_appointment();
    let same = Desk::with(&text);
    let said = office.run(&["plan", same.path()]).expect(0).stdout;
    assert!(said.contains("The same file is case 11; nothing would be made of it again."), "{said}");
    assert_eq!(planned(&office, &same)["duplicate_of"], 11);
    let other = Desk::with(&text.swapped("14:30", "15:45"));
    let said = office.run(&["--json", "plan", other.path()]).expect(1).json();
    assert_eq!(faults(&said), [("/event_id".to_owned(), "event.conflict".to_owned())]);
}

#[test]
fn what_is_no_case_file_is_told_as_such() {
    let office = DemoOffice::new();
    let desk = Desk::with("{");
    let said = office.run(&["--json", "plan", desk.path()]).expect(1).json();
    assert_eq!(faults(&said)[0].1, "json.syntax");
    let link = desk.folder.path().join("link.json");
    std::os::unix::fs::symlink(&desk.file, &link).unwrap();
    for (path, code) in
        [(link.to_str().unwrap(), "file.not_plain"), ("/no/such/case.json", "file.unreadable")]
    {
        let said = office.run(&["--json", "plan", path]).expect(1).json();
        assert_eq!(faults(&said)[0].1, code, "{path}");
    }
}
