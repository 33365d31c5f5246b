//! Enters: answers, typed line by line at a terminal, or given by name in a pipe. Leaves: proof that a case file comes of them, that what is wrong is asked for
//! again, and that nothing is written before somebody said yes.
//! Never: a real person; every name is made up.

mod begun;
mod every_field;

use crate::support::office::{DemoOffice, PREPARER, REVIEWER, Said, TODAY};
use crate::support::tools::command;
use despatch_process::case;
use despatch_process::case::{Case, Event, Met};
use despatch_testing::swap::Swap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The case and the person, up to the representative: a made-up person at Brook House who needs no interpreter.
const CASE: &str = "NEW-0001|X7654321|brook-house|1 October 2026|immigration|Ilse Featherstonehaugh|17 May 1990|Narnian|no|||\
                    caseworker-marisol|";
/// Three questions whether somebody is named, answered by Enter.
const NOBODY: &str = "||";
/// The last ones: no attachments, the id that is proposed, no correction, and yes.
const LAST: &str = "||||yes";

struct Desk {
    office: DemoOffice,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { office: DemoOffice::new(), folder: tempfile::tempdir().unwrap() }
    }

    fn to(&self) -> &Path {
        self.folder.path()
    }

    /// A PDF that somebody has somewhere.
    fn pdf(&self, name: &str) -> String {
        let path = self.office.dir.parent().unwrap().join(name);
        fs::write(&path, format!("%PDF-1.7\n{name}")).unwrap();
        path.display().to_string()
    }

    /// Runs `despatch new` with these words at a terminal (script(1) makes one); `typed` has a bar between two lines.
    fn answer(&self, words: &[&str], typed: &str) -> Said {
        let program = self.office.command(TODAY, &[&["--as", PREPARER, "new"], words].concat());
        let quoted = |word: &OsStr| format!("'{}'", word.to_str().expect("UTF-8").replace('\'', r"'\''"));
        let words: Vec<String> =
            std::iter::once(program.get_program()).chain(program.get_args()).map(quoted).collect();
        let said = ["stdout", "stderr"].map(|name| self.office.dir.with_extension(name));
        let [stdout, stderr] = said.each_ref().map(|path| quoted(path.as_os_str()));
        // What is typed ahead of a question waits in the terminal: without an echo it is not shown twice.
        let script = format!("stty -echo; exec {} >{stdout} 2>{stderr}", words.join(" "));
        let mut terminal = command("script");
        terminal.args(["--quiet", "--return", "--command", &script, "/dev/null"]).current_dir(self.to());
        let mut child = terminal.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("script(1)");
        let lines = typed.replace('|', "\n") + "\n";
        // A program that has ended reads no more.
        let _ = child.stdin.take().unwrap().write_all(lines.as_bytes());
        let code = child.wait().expect("an end").code().unwrap_or(-1);
        let [stdout, stderr] = said.map(|path| fs::read_to_string(path).expect("what it said"));
        Said { code, stdout, stderr }
    }

    /// Runs `despatch new` with answers from a pipe.
    fn pipe(&self, words: &[&str], answers: &str) -> Said {
        let mut program = self.office.command(TODAY, &[&["--as", PREPARER, "new"], words].concat());
        program.current_dir(self.to()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().expect("the program starts");
        let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
        child.wait_with_output().expect("an end").into()
    }

    /// What stands in the folder, as the reader takes it.
    fn case(&self, name: &str) -> Case {
        let bytes = fs::read(self.to().join(format!("{name}.json"))).expect("a case file");
        case::parse(&bytes).expect("a case")
    }

    fn written(&self) -> Vec<String> {
        let entries = fs::read_dir(self.to()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn report_received(pdf: &str) -> String {
    format!(
        "{CASE}|manager-ayesha|HEO||no|yes|harbour-lane-law|12 October 2026|HLL/9|yesterday|Dr Ottilie Marchetti-Bell|\
         psychiatrist|yes|General Medical Council|0000000|2026-11-16|10 Nov 2026|1|yes||||{pdf}|1|{LAST}"
    )
}

#[test]
fn a_report_that_came_in_is_written_with_its_attachment() {
    let desk = Desk::new();
    let said =
        desk.answer(&["external-report-received"], &report_received(&desk.pdf("a report.pdf"))).expect(0);
    let name = "new-0001-external-report-received-1";
    assert_eq!(desk.written(), [name, &format!("{name}.json")]);
    let case = desk.case(name);
    let Event::ExternalReportReceived(event) = case.event else { panic!("another event") };
    assert_eq!(event.received_on.to_string(), "2026-11-22");
    assert_eq!(event.report.assessed_on.to_string(), "2026-11-10");
    assert_eq!(case.prepared_by.as_str(), PREPARER);
    assert_eq!(case.representative.unwrap().reference.as_deref(), Some("HLL/9"));
    let bytes = fs::read(desk.to().join(name).join("a report.pdf")).expect("a copy");
    assert_eq!(case.attachments[0].size, bytes.len() as u64);
    assert_eq!(case.attachments[0].sha256, despatch_core::words::Sha256::of(&bytes));
    assert_eq!(case.attachments[0].title, "External medical report");
    for path in [desk.to().join(format!("{name}.json")), desk.to().join(name).join("a report.pdf")] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(said.stdout.contains(&format!("despatch plan ./{name}.json")), "{}", said.stdout);
    for secret in ["Featherstonehaugh", "Narnian"] {
        assert!(!said.stdout.contains(secret), "{}", said.stdout);
    }
}

#[test]
fn what_was_written_is_taken_by_the_inbox() {
    let desk = Desk::new();
    let typed = report_received(&desk.pdf("report.pdf"));
    let said = desk.answer(&["--json", "external_report_received", "--drop"], &typed).expect(0);
    assert!(said.json()["dropped"].as_str().unwrap().ends_with("received-1.json"), "{said:?}");
    assert!(desk.written().is_empty());
    let run = desk.office.run(&["run", "--once"]);
    assert!(run.stdout.contains("(NEW-0001)"), "{run:?}");
    // What is on record is offered, and the next number is proposed.
    let typed = "NEW-0001|X7654321||||Ilse Featherstonehaugh|17 May 1990|Narnian|no|||caseworker-marisol||||||1 November 2026||\
                 today|yes|no||||yes";
    desk.answer(&["letter-served"], typed).expect(0);
    let case = desk.case("new-0001-letter-served-1");
    assert_eq!(
        (case.detention.place.as_str(), case.detention.since.to_string().as_str()),
        ("brook-house", "2026-10-01")
    );
    assert_eq!(case.representative.unwrap().entry.as_str(), "harbour-lane-law");
}

#[test]
fn an_appointment_is_written_with_its_interpreter() {
    let desk = Desk::new();
    let case = CASE.swapped("|no||", "|yes|Tigrinya|");
    let pdf = desk.pdf("report.pdf");
    let typed = format!(
        "{case}|{NOBODY}|20 November 2026|1/12/2026|2.30pm|the healthcare interview room|2|RQ-1|Tigrinya|video||female|\
         ||||the duty officer, extension 214|{pdf}|external_medical_report|Medico-legal report{LAST}"
    );
    desk.answer(&["appointment-confirmed"], &typed).expect(0);
    let Event::AppointmentConfirmed(event) = desk.case("new-0001-appointment-confirmed-1").event else {
        panic!("another event")
    };
    assert_eq!(
        (event.date.to_string().as_str(), event.time.to_string().as_str()),
        ("2026-12-01", "14:30:00")
    );
    assert_eq!(event.doctor.entry.as_str(), "dr-rathore-quill");
    let interpreter = event.interpreter.expect("an interpreter");
    assert_eq!((interpreter.language.as_str(), interpreter.dialect), ("Tigrinya", None));
    assert_eq!(event.on_the_day_contact.as_deref(), Some("the duty officer, extension 214"));
}

#[test]
fn a_response_asks_for_the_signed_consent_that_its_yes_needs() {
    let desk = Desk::new();
    let pdf = desk.pdf("reply.pdf");
    let typed = format!("{CASE}|{NOBODY}|today|individual|no|yes|yes|no||{pdf}|signed consent|{LAST}");
    let said = desk.answer(&["response-received"], &typed).expect(0);
    assert!(said.stderr.contains("exactly one attachment of the kind signed_consent"), "{}", said.stderr);
    assert!(
        !said.stderr.contains("Healthcare records\n"),
        "a kind that has no place is offered: {}",
        said.stderr
    );
    let case = desk.case("new-0001-response-received-1");
    let Event::ResponseReceived(event) = case.event else { panic!("another event") };
    assert_eq!((event.attend, event.records), (case::Answer::No, case::Answer::Yes));
    assert_eq!(case.attachments[0].kind, case::AttachmentKind::SignedConsent);
}

#[test]
fn a_response_that_was_decided_is_written_with_its_prose_and_standards() {
    let desk = Desk::new();
    let typed = format!(
        "{CASE}|{NOBODY}|20 November 2026|Dr Ottilie Marchetti-Bell|psychiatrist|no|General Medical Council|2026-11-16|\
         2026-11-10|papers||no|There was no doctor free|\
         author-regulated|no|Nobody of this name is on the register.|.|\
         2|partly|It was on papers:||- movement|- sleep|.||\
         Much weight, on balance.|.|\
         Weighed:||> I do not sleep.|.|2|Both agree.|.|maintain|1. Care is in place.|.|\
         Sefton Vale|SEO|Orla Finch|G7|today|{LAST}"
    );
    desk.answer(&["response-decided"], &typed).expect(0);
    let Event::ResponseDecided(event) = desk.case("new-0001-response-decided-1").event else {
        panic!("another event")
    };
    let standards: Vec<_> = event.standards.iter().map(|one| (one.id.as_str(), one.met)).collect();
    assert_eq!(standards, [("author-regulated", Met::No), ("face-to-face", Met::Partly)]);
    assert_eq!(event.standards[1].reasons.blocks().len(), 2);
    assert!(matches!(event.circumstances.blocks(), [_, case::Block::Quote { .. }]));
    assert_eq!(event.authorised_by.on.to_string(), TODAY);
}

/// A pack of the office's own, whose list of standards has nothing of the built-in one.
const OWN_PACK: &str = r#"id = "own-2026"
title = "As this office uses it"
extends = "hoso-2022-09-12"
[[change]]
value = "standards"
reason = "a test"
[change.to]
complete = true
source = "a made-up list"
[[change.to.standard]]
id = "made-up-standard"
title = "Something made up"
source = "a made-up list"
"#;

#[test]
fn a_case_on_record_is_offered_the_standards_of_its_own_pack() {
    let desk = Desk::new();
    fs::create_dir_all(desk.office.dir.join("policy")).unwrap();
    fs::write(desk.office.dir.join("policy/own-2026.toml"), OWN_PACK).unwrap();
    desk.office
        .edit("despatch.toml", |text| text.swapped("pack = \"hoso-2022-09-12\"", "pack = \"own-2026\""));
    let standards = |case: &str| {
        let typed = format!(
            "{}|no|no|no|20 November 2026|Dr Ottilie Marchetti-Bell|psychiatrist|no|General Medical Council|2026-11-16|\
             2026-11-10|papers||no|There was no doctor free",
            CASE.replace("NEW-0001", case)
        );
        desk.answer(&["response-decided"], &typed).expect(1).stderr
    };
    let (known, fresh) = (standards("DEMO-0902"), standards("NEW-0001"));
    assert!(known.contains("author-regulated") && !known.contains("made-up-standard"), "{known}");
    assert!(fresh.contains("made-up-standard") && !fresh.contains("author-regulated"), "{fresh}");
}

#[test]
fn a_change_of_representative_needs_the_one_before_where_there_is_none_now() {
    let desk = Desk::new();
    let typed = format!("{CASE}|{NOBODY}|today||harbour-lane-law{LAST}");
    let said = desk.answer(&["representative-changed"], &typed).expect(0);
    assert!(said.stderr.contains("This must be answered."), "{}", said.stderr);
    let Event::RepresentativeChanged(event) = desk.case("new-0001-representative-changed-1").event else {
        panic!("another event")
    };
    assert_eq!(event.previous.unwrap().as_str(), "harbour-lane-law");
    assert!(event.appointment.is_none());
}

#[test]
fn a_wrong_answer_is_asked_for_again_with_the_reason() {
    let desk = Desk::new();
    let typed = format!(
        "new 1|{}|{NOBODY}|1 September 2026|soon|tomorrow|today{LAST}",
        CASE.swapped("1 October 2026", "31 June 2026|10/13/2026|01/10/2026")
            .swapped("|no||", "|perhaps|no||")
    );
    let said = desk.answer(&["died"], &typed).expect(0);
    for reason in [
        "character 1 is a small letter",
        "This is not a date: write 12/10/2026",
        "This day is in the future",
        "Answer yes or no.",
        "this day is before the first day of detention",
    ] {
        assert!(said.stderr.contains(reason), "{reason}: {}", said.stderr);
    }
    assert_eq!(desk.case("new-0001-died-1").detention.since.to_string(), "2026-10-01");
}

#[test]
fn an_answer_that_contradicts_an_earlier_one_lets_the_person_say_which_is_wrong() {
    let desk = Desk::new();
    let typed =
        format!("{}|{NOBODY}|today{LAST}", CASE.swapped("Ilse ", "Newton ").swapped("NEW-0001", "NEWTON-1"));
    let typed = typed.swapped("|17 May", "|1|NEW-0002|17 May");
    let said = desk.answer(&["died"], &typed).expect(0);
    assert!(said.stderr.contains("Which one should be answered again?"), "{}", said.stderr);
    assert_eq!(desk.case("new-0002-died-1").case_id.as_str(), "NEW-0002");
}

#[test]
fn free_text_that_is_refused_is_kept_and_mended_line_by_line() {
    let desk = Desk::new();
    let typed = format!("{CASE}|{NOBODY}|today|# Sound|The sound failed twice.|.|1|The sound:{LAST}");
    desk.answer(&["concerns-raised"], &typed).expect(0);
    let Event::ConcernsRaised(event) = desk.case("new-0001-concerns-raised-1").event else {
        panic!("another event")
    };
    assert_eq!(event.concerns.blocks().len(), 1);
}

#[test]
fn an_answer_can_be_changed_before_anything_is_written() {
    let desk = Desk::new();
    let typed = format!("{CASE}|{NOBODY}|today|||");
    let said = desk.answer(&["died"], &typed).expect(1);
    let line = said.stderr.lines().find(|line| line.contains("The day of the death: ")).expect("a summary");
    let number = line.split_whitespace().next().unwrap();
    desk.answer(&["died"], &format!("{typed}|{number}|yesterday|yes")).expect(0);
    let Event::Died(event) = desk.case("new-0001-died-1").event else { panic!("another event") };
    assert_eq!(event.on.to_string(), "2026-11-22");
}

#[test]
fn answers_that_end_too_early_or_say_no_write_nothing() {
    let desk = Desk::new();
    let whole = format!("{CASE}|{NOBODY}|today{LAST}");
    for (at, _) in whole.match_indices('|') {
        let said = desk.answer(&["died"], &whole[..at]).expect(1);
        assert!(said.stderr.contains("nothing was written"), "{}", said.stderr);
    }
    let no = format!("{}no", whole.strip_suffix("yes").unwrap());
    desk.answer(&["died"], &no).expect(1);
    let said = desk.answer(&["died", "--json"], &no).expect(1);
    assert_eq!(said.json()["case_file"], serde_json::Value::Null, "{said:?}");
    assert!(desk.written().is_empty(), "{:?}", desk.written());
}

#[test]
fn nothing_is_ever_written_over() {
    let desk = Desk::new();
    let typed = format!("{CASE}|{NOBODY}|today{LAST}");
    desk.answer(&["died"], &typed).expect(0);
    let first = fs::read(desk.to().join("new-0001-died-1.json")).unwrap();
    // The next number is proposed, and the id that is taken is refused.
    desk.answer(&["died"], &typed).expect(0);
    let said = desk.answer(&["died"], &typed.swapped("today||", "today||new-0001-died-1|other-1")).expect(0);
    assert!(said.stderr.contains("is there already"), "{}", said.stderr);
    assert_eq!(fs::read(desk.to().join("new-0001-died-1.json")).unwrap(), first);
    assert_eq!(desk.written(), ["new-0001-died-1.json", "new-0001-died-2.json", "other-1.json"]);
}

#[test]
fn what_is_no_pdf_is_no_attachment() {
    let desk = Desk::new();
    let text = desk.to().parent().unwrap().join("despatch-notes-that-are-not-there.pdf");
    let folder = desk.office.dir.display().to_string();
    let page: PathBuf = desk.office.dir.join("despatch.toml");
    let typed = format!("{CASE}|{NOBODY}|today|{}|{folder}|{}{LAST}", text.display(), page.display());
    let said = desk.answer(&["died"], &typed).expect(0);
    for reason in ["cannot be read", "not a plain file", "this is not a PDF"] {
        assert!(said.stderr.contains(reason), "{reason}: {}", said.stderr);
    }
}

#[test]
fn somebody_whom_the_directory_does_not_have_is_named_only_on_purpose() {
    let desk = Desk::new();
    let typed = format!(
        "{}|{NOBODY}|today{LAST}",
        CASE.swapped("caseworker-marisol", "A. Nobody|caseworker-x|no|caseworker-y|yes")
    );
    desk.answer(&["died"], &typed).expect(0);
    assert_eq!(desk.case("new-0001-died-1").caseworker.entry.as_str(), "caseworker-y");
}

#[test]
fn without_an_event_every_event_is_listed() {
    let desk = Desk::new();
    let said = desk.answer(&["--json"], "").expect(0);
    let events = said.json()["events"].as_array().unwrap().clone();
    assert_eq!(events.len(), case::EventName::WORDS.len());
    assert!(desk.answer(&[], "").expect(0).stdout.contains("letter served"));
    desk.answer(&["deceased"], "").expect(2);
    let nobody = desk.office.run(&["--as", REVIEWER, "new", "died", "--to", "no-such-folder"]).expect(1);
    assert!(nobody.stderr.contains("no such folder"), "{nobody:?}");
}
