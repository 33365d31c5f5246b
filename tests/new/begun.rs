//! Enters: answers in people's own words, answers from a pipe, and case files to begin from. Leaves: proof that each answer
//! is that of its question, and that nothing has to be typed twice.
//! Never: a real person; every name is made up.

use super::{CASE, Desk, LAST, NOBODY};
use crate::support::office::{PREPARER, REVIEWER, appointment, paper};
use despatch_process::case::Event;
use despatch_testing::swap::Swap;

const REPORT: &[u8] = paper!("A made-up report.");

/// A death, by the names of its fields.
const DIED: &str = "# a comment, and a blank line

event.on: yesterday
case_id: NEW-0001
person.name: Ilse Featherstonehaugh
home_office_reference: X7654321
detention.place: brook house
detention.since: 1/10/2026
detention.powers: immigration
person.date_of_birth: 17 May 1990
person.nationality: Narnian
person.interpreter_needed: no
caseworker.entry: caseworker-marisol
";

#[test]
fn answers_of_a_pipe_are_taken_by_their_names_in_any_order() {
    let desk = Desk::new();
    let said = desk.pipe(&["died"], DIED).expect(0);
    let case = desk.case("new-0001-died-1");
    let Event::Died(event) = &case.event else { panic!("another event") };
    assert_eq!((event.on.to_string().as_str(), case.detention.place.as_str()), ("2026-11-22", "brook-house"));
    assert_eq!(case.person.name, "Ilse Featherstonehaugh");
    assert!(said.stdout.contains("NEW-0001  "), "the plan is shown: {}", said.stdout);
    // The same lines the other way round.
    let turned: Vec<&str> = DIED.lines().rev().collect();
    desk.pipe(&["died"], &turned.join("\n")).expect(0);
    let again = desk.case("new-0001-died-2");
    assert_eq!((again.event, again.person, again.detention), (case.event, case.person, case.detention));
}

#[test]
fn a_pipe_that_answers_wrongly_writes_nothing_and_says_which_name() {
    let desk = Desk::new();
    for (answers, named) in [
        (DIED.swapped("yesterday", "tomorrow"), ["event.on", "in the future"]),
        (DIED.swapped("event.on: yesterday\n", ""), ["event.on", "The day of the death"]),
        (DIED.swapped("event.on", "event.died_on"), ["event.on", "The day of the death"]),
        (format!("{DIED}event.cause: unknown\n"), ["event.cause", "nobody was asked"]),
        (DIED.swapped("NEW-0001", "new 1"), ["case_id", "character 1 is a small letter"]),
        (format!("{DIED}just words\n"), ["line 14 of the answers", "NAME: ANSWER"]),
        (DIED.swapped("caseworker-marisol", "caseworker-x"), ["unlisted", "no such entry"]),
    ] {
        let said = desk.pipe(&["died"], &answers).expect(1);
        assert!(named.iter().all(|words| said.stderr.contains(words)), "{named:?}: {}", said.stderr);
        assert!(desk.written().is_empty(), "{:?}", desk.written());
    }
    desk.pipe(&["died"], &format!("{}unlisted: yes\n", DIED.swapped("caseworker-marisol", "caseworker-x")))
        .expect(0);
}

#[test]
fn several_lines_of_one_name_are_one_answer_of_several_lines() {
    let desk = Desk::new();
    let answers = DIED.swapped(
        "event.on: yesterday",
        "event.raised_on: 20/11/2026\nevent.concerns: It failed.\nevent.concerns: - twice",
    );
    desk.pipe(&["concerns-raised"], &answers).expect(0);
    let Event::ConcernsRaised(event) = desk.case("new-0001-concerns-raised-1").event else {
        panic!("another event")
    };
    assert_eq!(event.concerns.blocks().len(), 2);
}

#[test]
fn places_and_people_are_found_by_name_and_never_guessed() {
    let desk = Desk::new();
    let typed = format!(
        "{}|{NOBODY}|today{LAST}",
        CASE.swapped("brook-house", "Nowhere|House|Brook House").swapped("caseworker-marisol", "marisol")
    );
    let said = desk.answer(&["died"], &typed).expect(0);
    assert!(said.stderr.contains("This is not in the list"), "{}", said.stderr);
    assert!(said.stderr.contains("This may be one of these"), "{}", said.stderr);
    let case = desk.case("new-0001-died-1");
    assert_eq!(
        (case.detention.place.as_str(), case.caseworker.entry.as_str()),
        ("brook-house", "caseworker-marisol")
    );
}

#[test]
fn the_plan_is_shown_before_anything_is_written_and_what_the_office_refuses_can_be_mended() {
    let desk = Desk::new();
    let pdf = desk.pdf("report.pdf");
    let case = CASE.swapped("|no||", "|yes|Tigrinya|");
    // Nothing but the office can know that an appointment tomorrow leaves no time to serve the invitation.
    let typed = format!(
        "{case}|{NOBODY}|20/11/2026|24/11/2026|2.30pm|a room|2||Tigrinya|video|||||||the duty officer|{pdf}|1|Report||||"
    );
    let said = desk.answer(&["appointment-confirmed"], &typed).expect(1);
    let wrong = said
        .stderr
        .lines()
        .find(|line| line.contains("leaves fewer than"))
        .unwrap_or_else(|| panic!("{}", said.stderr));
    let number = wrong.split_whitespace().next().unwrap();
    assert!(number.parse::<usize>().is_ok(), "{wrong}");
    assert!(said.stderr.contains("yes: write it as it is"), "{}", said.stderr);
}

#[test]
fn a_rejected_file_is_begun_from_with_its_attachments() {
    let desk = Desk::new();
    let mut case = appointment(1, REPORT);
    case["event"]["date"] = "2026-10-01".into();
    desk.office.drop_case("spoilt", &case.to_string(), &[("report.pdf", REPORT)]);
    let run = desk.office.run(&["run", "--once"]);
    assert!(run.stdout.contains("see `despatch rejected "), "{run:?}");
    let listed = desk.office.run_as(PREPARER, &["--json", "rejected"]).expect(0).json();
    let all = listed["rejected"].as_array().unwrap();
    let number = all.iter().find(|one| one["file"] == "spoilt.json").unwrap()["submission"].to_string();
    // It is about somebody, and nobody else's.
    let words = ["--as", REVIEWER, "new", "appointment-confirmed", "--rejected", &number];
    let others = desk.office.run(&words).expect(1);
    assert!(others.stderr.contains("prepared it, and it is about somebody"), "{others:?}");
    // Enter alone takes each value; the day alone is typed anew.
    let typed = "|".repeat(80);
    let said = desk.answer(&["appointment-confirmed", "--rejected", &number], &typed);
    let asked = said.stderr.lines().filter(|line| line.contains("[Selamawit Quartermaine]")).count();
    assert_eq!(asked, 1, "{}", said.stderr);
    // The same from a pipe: what is not answered is taken as proposed.
    let said = desk
        .pipe(&["appointment-confirmed", "--rejected", &number, "--drop"], "event.date: 1/12/2026\n")
        .expect(0);
    assert!(said.stdout.contains("dropped"), "{said:?}");
    desk.office.run(&["run", "--once"]);
    assert!(
        desk.office.run_as(PREPARER, &["rejected"]).expect(0).stdout.contains("DEMO-0906")
            && !desk.office.run_as(PREPARER, &["rejected"]).expect(0).stdout.contains("spoilt.json"),
        "it is over"
    );
}

#[test]
fn the_last_case_file_of_a_case_is_begun_from_by_whoever_has_the_key() {
    let desk = Desk::new();
    desk.office.drop_case("one", &appointment(1, REPORT).to_string(), &[("report.pdf", REPORT)]);
    desk.office.run(&["run", "--once"]);
    let said = desk.pipe(&["died", "--case", "TEST-00001"], "event.on: today\n").expect(0);
    let case = desk.case("test-00001-died-1");
    assert_eq!(case.person.name, "Selamawit Quartermaine");
    assert!(case.attachments.is_empty(), "another event brings its own");
    assert!(!said.stdout.contains("Quartermaine"), "{said:?}");
    let events = desk.office.events("case ");
    assert_eq!(events.iter().filter(|(_, what)| what == "viewed").count(), 1, "it is on record: {events:?}");
    desk.pipe(&["died", "--case", "NONE-1"], "event.on: today\n").expect(1);
}
