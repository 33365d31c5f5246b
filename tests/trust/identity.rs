//! The identity guard looks for contradiction: papers and case files of somebody else that agree with the person in one
//! thing, pages that nobody read, and what a file carries behind its pages (F5, F6, F11, F32).

use crate::support::office::{DemoOffice, REVIEWER, appointment, report_received};
use crate::wrong_person::paper::Paper;
use despatch_core::words::Sha256;
use despatch_testing::swap::Swap;
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;

const OWN: [&str; 4] = [
    "External medical report",
    "Name: Selamawit Quartermaine",
    "Date of birth: 17 May 1990",
    "Home Office reference: X0000001",
];
const OTHER: [&str; 4] = [
    "External medical report",
    "Name: Okello Brandreth",
    "Date of birth: 2 January 1985",
    "Home Office reference: Y7654321",
];
const BODY: &str = "I saw this patient for two hours. There are scars on both forearms, and sleep is poor.";

fn lines(some: &[&str]) -> Vec<String> {
    some.iter().copied().chain([BODY; 8]).map(str::to_owned).collect()
}

fn own_report() -> Vec<u8> {
    Paper::of(&lines(&OWN)).pdf()
}

/// The case file with this report, dropped and processed: its despatches.
fn dropped(office: &DemoOffice, mut case: Value, report: &[u8]) -> Vec<Value> {
    case["attachments"][0]["size"] = json!(report.len());
    case["attachments"][0]["sha256"] = json!(Sha256::of(report).to_string());
    let name = case["event_id"].as_str().expect("an id").to_owned();
    office.drop_case(&name, &case.to_string(), &[("report.pdf", report)]);
    office.run(&["run", "--once"]);
    let mut all = office.despatches();
    all.retain(|one| one["event_id"] == case["event_id"] && one["state"] != "superseded");
    all
}

fn with_person(mut case: Value, name: &str, born: &str, reference: &str) -> Value {
    case["person"]["name"] = json!(name);
    case["person"]["date_of_birth"] = json!(born);
    case["home_office_reference"] = json!(reference);
    case
}

fn brandreth(case: Value) -> Value {
    with_person(case, "Okello Brandreth", "1985-01-02", "Y7654321")
}

/// Whether the despatch that carries the report is held or asks about this guard, and all that was said.
fn verdict(made: &[Value], role: &str, guard: &str) -> (bool, String) {
    let one = made
        .iter()
        .find(|one| one["planned"]["role"] == role)
        .unwrap_or_else(|| panic!("nothing for {role}"));
    let checks = one["checks"].as_array().expect("checks").iter().filter(|check| check["guard"] == guard);
    let doubted = |check: &&Value| check["outcome"] == "stops" || check["outcome"] == "confirm";
    let said: Vec<String> =
        checks.clone().map(|check| format!("{}: {}", check["outcome"], check["evidence"])).collect();
    (checks.clone().any(|check| doubted(&check)), said.join("\n"))
}

#[track_caller]
fn is_doubted(what: &str, made: &[Value], guard: &str) {
    let (doubted, said) = verdict(made, "doctor", guard);
    assert!(doubted, "{what}: {said}");
}

#[test]
fn f5_one_thing_that_agrees_is_no_agreement_and_a_contradiction_is_not_outweighed() {
    let office = DemoOffice::new();
    let stamped = ["RECEIVED 19 NOV 2026  X0000001"];
    let papers: [(&str, Vec<u8>); 8] = [
        ("a stamp", Paper::of(&lines(&[&stamped[..], &OTHER[..3]].concat())).pdf()),
        ("a footer", Paper::of(&lines(&[&OTHER[..], &["HO ref X0000001"]].concat())).pdf()),
        ("the reference alone", Paper::of(&lines(&stamped)).pdf()),
        (
            "a twin",
            Paper::of(&lines(&["Name: Rahel Quartermaine", OWN[2], "Home Office reference: X0000002"])).pdf(),
        ),
        (
            "a namesake",
            Paper::of(&lines(&[OWN[1], OTHER[2], "Not the one who was born on 17 May 1990."])).pdf(),
        ),
        (
            "a mention",
            Paper::of(&lines(&[
                OTHER[1],
                OTHER[2],
                "Her friend Selamawit Quartermaine, 17 May 1990, saw it.",
            ]))
            .pdf(),
        ),
        ("a cover", Paper::of(&lines(&OWN)).and(&lines(&OTHER)).pdf()),
        (
            "a cover, and a letter",
            Paper::of(&lines(&OWN))
                .and(&lines(&["Riverside Clinic", "Dear Mr Brandreth", "You were seen here."]))
                .pdf(),
        ),
    ];
    for (index, (what, report)) in papers.into_iter().enumerate() {
        let made = dropped(&office, appointment(index + 1, &report), &report);
        is_doubted(what, &made, "identity");
    }
    let report = own_report();
    let (doubted, said) = verdict(&dropped(&office, appointment(90, &report), &report), "doctor", "identity");
    assert!(
        !doubted && said.contains("name, date of birth and Home Office reference found on page 1"),
        "{said}"
    );
}

/// A page of shapes that are drawn as letters are, and no letter.
fn outlines() -> String {
    let mut content = String::new();
    for row in 0..40 {
        for column in 0..60 {
            let (x, y) = (60 + column * 8, 780 - row * 18);
            let _ =
                writeln!(content, "{x} {y} m {} {} {} {} {} {} c h f", x + 1, y + 7, x + 5, y + 7, x + 5, y);
        }
    }
    content
}

/// A file in which the last page is drawn so.
fn with_page(content: &str) -> Vec<u8> {
    let pdf = Paper::of(&lines(&OWN)).and(&["BLANK".to_owned()]).pdf();
    // The content of the second page is the last object.
    state_after(&pdf, 11, content, false)
}

/// The file with this content in the place of an object; with a history where the old state is kept.
fn state_after(pdf: &[u8], object: usize, content: &str, keeps: bool) -> Vec<u8> {
    let stream =
        format!("{object} 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n", content.len());
    let text = String::from_utf8_lossy(pdf).into_owned();
    let table = text.rfind("startxref\n").expect("a table");
    let last: usize = text[table + 10..].lines().next().expect("a number").parse().expect("a number");
    if keeps {
        let at = pdf.len();
        let table = at + stream.len();
        let end = format!(
            "{stream}xref\n{object} 1\n{at:010} 00000 n \ntrailer\n<< /Size 40 /Root 1 0 R /Prev {last} >>\nstartxref\n{table}\n%%EOF\n"
        );
        return [pdf, end.as_bytes()].concat();
    }
    // A table that is wrong is made anew by every reader; so the object may be of another length.
    let begins = find(pdf, format!("\n{object} 0 obj\n").as_bytes()) + 1;
    let ends = begins + find(&pdf[begins..], b"endobj\n") + 7;
    let rest = [&pdf[..begins], stream.as_bytes(), &pdf[ends..]].concat();
    let table = find(&rest, b"\nxref\n") + 1;
    [&rest[..table], b"trailer\n<< /Size 40 /Root 1 0 R >>\n%%EOF\n"].concat()
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).expect("it is there")
}

#[test]
fn f5_a_page_that_was_not_read_asks_whatever_the_others_say() {
    let office = DemoOffice::new();
    let letterhead = "BT /F1 9 Tf 56 800 Td (Riverside Clinic, 8 Riverside, Leeds LS2 2BB, telephone 01632 960002, \
                      registered in England as company 01234567, regulated by nobody) Tj ET\n";
    let scan = "q 595 0 0 842 0 0 cm /Scan Do Q\n";
    for (index, (what, content)) in [
        ("a scan with a letterhead", format!("{scan}{letterhead}")),
        ("a scan with a letterhead three times", format!("{scan}{}", letterhead.repeat(3))),
        ("outlines", outlines()),
        ("outlines with a letterhead", format!("{letterhead}{}", outlines())),
        (
            "a scan in strips",
            (0..60).map(|strip| format!("q 595 0 0 14 0 {} cm /Scan Do Q\n", strip * 14)).collect(),
        ),
        (
            "words that nobody sees",
            format!(
                "{} BT 3 Tr /F1 9 Tf 56 700 Td (Selamawit Quartermaine was seen by us) Tj ET",
                outlines()
            ),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let report = with_page(&content);
        let made = dropped(&office, appointment(index + 1, &report), &report);
        is_doubted(what, &made, "identity");
        let (_, said) = verdict(&made, "doctor", "identity");
        assert!(said.contains("1 of 2 pages was not read (page 2)"), "{what}: {said}");
    }
}

#[test]
fn f6_a_case_that_becomes_somebody_elses_is_stopped_or_asked_about() {
    let (own, other) = (own_report(), Paper::of(&lines(&OTHER)).pdf());
    let corrects = |office: &DemoOffice, now: Value, report: &[u8]| {
        let mut first = appointment(1, &own);
        first["attachments"][0]["size"] = json!(own.len());
        dropped(office, first.clone(), &own);
        let mut now = now;
        now["replaces"] = json!(Sha256::of(first.to_string().as_bytes()).to_string());
        now["correction"] = json!("The wrong file");
        dropped(office, now, report)
    };
    let office = DemoOffice::new();
    let made = corrects(&office, brandreth(appointment(1, &other)), &other);
    is_doubted("a first event that is corrected to another person", &made, "identity");
    // A release makes it anew, and finds the same.
    let held = made
        .iter()
        .find(|one| one["planned"]["role"] == "doctor" && one["state"] == "held")
        .expect("one held");
    let id = held["id"].as_str().expect("an id");
    office.run_as(REVIEWER, &["outbox", "release", id, "--reason", "x"]).expect(1);

    for (what, name, born, reference) in [
        ("another's name and birth date", "Okello Brandreth", "1985-01-02", "X0000001"),
        ("another's birth date", "Selamawit Quartermaine", "1985-01-02", "X0000001"),
        ("another's name", "Okello Brandreth", "1990-05-17", "X0000001"),
        ("another's reference", "Selamawit Quartermaine", "1990-05-17", "Y7654321"),
        ("name of one, the rest of another", "Selamawit Quartermaine", "1985-01-02", "Y7654321"),
    ] {
        let says = [
            OWN[0].to_owned(),
            format!("Name: {name}"),
            format!("Date of birth: {}", born.split('-').rev().collect::<Vec<_>>().join("/")),
            format!("Home Office reference: {reference}"),
        ];
        let report = Paper::of(&lines(&says.each_ref().map(String::as_str))).pdf();
        let now = |n| with_person(appointment(n, &report), name, born, reference);
        let office = DemoOffice::new();
        is_doubted(&format!("corrected to {what}"), &corrects(&office, now(1), &report), "identity");
        let office = DemoOffice::new();
        dropped(&office, report_received(1, &own), &own);
        let mut later = now(1);
        later["event_id"] = json!("a-later-one");
        is_doubted(&format!("a later event with {what}"), &dropped(&office, later, &report), "identity");
        if reference == "Y7654321" {
            let office = DemoOffice::new();
            dropped(&office, brandreth(appointment(2, &other)), &other);
            is_doubted(
                &format!("a first event with {what}, which is open"),
                &dropped(&office, now(1), &report),
                "identity",
            );
        }
    }
}

#[test]
fn f11_a_safety_copy_is_stopped_by_what_stops_all() {
    let office = DemoOffice::new();
    crate::wrong_person::settings::has_a_virus_scanner(&office);
    let paper = || Paper::of(&lines(&OWN));
    let test = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    let healthcare = |made: &[Value], guard: &str| verdict(made, "healthcare", guard);
    for (index, (guard, report)) in [
        ("virus", paper().with_ballast(test.into_bytes()).pdf()),
        ("attachment", paper().with_script().pdf()),
        ("attachment", paper().that_launches_a_program().pdf()),
        ("attachment", paper().with_a_file_inside(b"x").pdf()),
        ("matrix", Paper::of(&lines(&[&OWN[..], &["This letter is privileged."]].concat())).pdf()),
    ]
    .into_iter()
    .enumerate()
    {
        let (stopped, said) =
            healthcare(&dropped(&office, report_received(index + 1, &report), &report), guard);
        assert!(stopped, "{guard} {index}: {said}");
    }
    let report = own_report();
    for id in ["EMR-19900517", "EMR-1990-0517", "EMR-170590"] {
        let mut case = report_received(20, &report);
        (case["case_id"], case["event_id"]) = (json!(id), json!(format!("in-{id}")));
        let (stopped, said) = healthcare(&dropped(&office, case, &report), "clear");
        assert!(stopped, "{id}: {said}");
    }
    let (stopped, said) = healthcare(&dropped(&office, report_received(30, &report), &report), "identity");
    assert!(!stopped, "{said}");
}

#[test]
fn f32_what_a_file_carries_behind_its_pages_counts() {
    let office = DemoOffice::new();
    let other = Paper::of(&lines(&OTHER)).pdf();
    let says = |lines: &[String]| {
        let mut content = "BT /F1 11 Tf 15 TL 56 790 Td\n".to_owned();
        lines.iter().for_each(|line| content.push_str(&format!("({line}) Tj T*\n")));
        content + "ET"
    };
    let revised = state_after(&other, 9, &says(&lines(&OWN)), true);
    let nobody = Paper::of(&lines(&["A draft that names nobody."])).pdf();
    let from_nobody = state_after(&nobody, 9, &says(&lines(&OWN)), true);
    let made = dropped(&office, appointment(1, &from_nobody), &from_nobody);
    is_doubted("an earlier state", &made, "attachment");
    let layered = String::from_utf8_lossy(&own_report())
        .swapped("/Type /Catalog", "/OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >> /Type /Catalog");
    let made = dropped(&office, appointment(2, layered.as_bytes()), layered.as_bytes());
    is_doubted("a layer that is off", &made, "attachment");
    dropped(&office, brandreth(appointment(3, &other)), &other);
    let made = dropped(&office, appointment(4, &revised), &revised);
    let (doubted, said) = verdict(&made, "doctor", "identity");
    assert!(doubted && said.contains("where no page shows it"), "{said}");
    office.edit("despatch.toml", |text| text + "\n[guards]\nhistory = \"refuse\"\n");
    let mut again = appointment(5, &from_nobody);
    again["event_id"] = json!("refused");
    let made = dropped(&office, again, &from_nobody);
    let (_, said) = verdict(&made, "doctor", "attachment");
    assert!(said.contains("\"stops\"") && said.contains("earlier states of itself"), "{said}");
}

#[test]
fn f32_a_file_is_cleaned_of_its_history_where_the_office_wants_that_and_held_where_that_cannot_be_done() {
    let office = DemoOffice::new();
    office.edit("despatch.toml", |text| text + "\n[guards]\nhistory = \"clean\"\n");
    let own = own_report();
    let draft = Paper::of(&lines(&["A draft about somebody else altogether."])).pdf();
    let content: String = OWN.iter().map(|line| format!("({line}) Tj T*\n")).collect();
    let revised = state_after(&draft, 9, &format!("BT /F1 11 Tf 15 TL 56 790 Td\n{content}ET"), true);
    // What the earlier state drew: the stream of the page, as it stands in the file.
    let begins = find(&draft, b"\n9 0 obj\n");
    let drawn = &draft[begins..begins + find(&draft[begins..], b"endstream")];
    let drawn = &drawn[find(drawn, b"stream")..];
    let holds = |pdf: &[u8]| pdf.windows(drawn.len()).any(|window| window == drawn);
    assert!(drawn.len() > 100 && holds(&revised));
    let made = dropped(&office, appointment(1, &revised), &revised);
    let bundle = made.iter().find(|one| one["planned"]["role"] == "doctor").expect("the doctor's");
    let sent = opened(&office, bundle);
    assert!(!holds(&sent), "the earlier state is sent");
    assert!(crate::support::pdf::flowing_text(&sent).contains("Selamawit Quartermaine"));
    crate::support::pdf::qpdf_check(&sent).unwrap();
    // What was left out, and both hashes, are on record, and nobody is asked.
    let checks: Vec<&Value> = bundle["checks"].as_array().unwrap().iter().collect();
    let said: Vec<&str> = checks.iter().map(|check| check["evidence"].as_str().unwrap()).collect();
    let told = said
        .iter()
        .find(|said| said.contains("is sent without earlier states of itself"))
        .expect("it is told");
    for file in [&revised, &sent] {
        assert!(told.contains(&Sha256::of(file).to_string()), "{told}");
    }
    assert!(
        checks.iter().all(|check| check["guard"] != "attachment" || check["outcome"] == "passed"),
        "{said:?}"
    );
    // A release makes it anew, and leaves out the same.
    let id = bundle["id"].as_str().unwrap();
    office.run_as(REVIEWER, &["outbox", "hold", id, "--reason", "x"]).expect(0);
    office.run_as(REVIEWER, &["outbox", "release", id, "--reason", "x"]).expect(0);
    // What has no history goes as it came.
    let made = dropped(&office, appointment(2, &own), &own);
    let whole = made.iter().find(|one| one["planned"]["role"] == "doctor").expect("the doctor's");
    assert!(opened(&office, whole) == own);
    // A layer is reached by what the pages show, and stays.
    let layered = String::from_utf8_lossy(&own)
        .swapped("/Type /Catalog", "/OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >> /Type /Catalog");
    let made = dropped(&office, appointment(3, layered.as_bytes()), layered.as_bytes());
    let (_, said) = verdict(&made, "doctor", "attachment");
    assert!(said.contains("\"stops\"") && said.contains("cannot be cleaned"), "{said}");
}

/// The report of a despatch, as its recipient has it once opened.
fn opened(office: &DemoOffice, despatch: &Value) -> Vec<u8> {
    let id = despatch["id"].as_str().unwrap();
    let to = office.dir.with_file_name(format!("opened-{id}"));
    office.run_as(REVIEWER, &["outbox", "open", id, "--to", to.to_str().unwrap()]).expect(0);
    let files = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path());
    let mut documents: Vec<_> =
        files.filter(|path| path.to_str().unwrap().ends_with("-document.pdf")).collect();
    documents.sort();
    // The letters come first, the report last.
    fs::read(documents.pop().expect("a document")).unwrap()
}
