//! What anybody on the way can read: the emails, the ledger, the outbox, the logs and temporary files.

use super::{
    MARKING, Mail, REPORT, despatches_of, drop_and_process, files_below, read_mail, read_mails, script,
    tidy_office, words,
};
use crate::support::office::{DemoOffice, PROGRAM, TODAY, appointment, report_received};
use crate::support::tools::{command, run, run_with};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The made-up people of the sample cases, and what is said of them.
const OF_THE_DEMO: &[&str] = &[
    "Amanuel",
    "Weldeab",
    "Kidane",
    "1994-05-09",
    "9 May 1994",
    "09/05/1994",
    "Eritrean",
    "Tigrinya",
    "X9000901",
    "Vance-Adeyemi",
    "Drita",
    "Hoxhallari",
    "1989-11-23",
    "23 November 1989",
    "23/11/1989",
    "Albanian",
    "X9000902",
    "Tobechi",
    "Ifeadi",
    "Marlowe",
    "1978-02-01",
    "1 February 1978",
    "01/02/1978",
    "Nigerian",
    "X9000903",
    "Lương",
    "Bích Vy",
    "1991-08-17",
    "17 August 1991",
    "17/08/1991",
    "Vietnamese",
    "X9000904",
    "Thorne-Bello",
    "Sivanesan",
    "Rajakumarhan",
    "1983-12-30",
    "30 December 1983",
    "30/12/1983",
    "Sri Lankan",
    "X9000905",
    "Fernsby",
    "Asiedu",
    "1986-04-12",
    "Ghanaian",
    "X9000906",
    "X9000907",
    "Zarmina",
    "Noorkhel",
    "1997-03-21",
    "Mirembe",
    "Katongole",
    "X9000908",
    "video room 2",
    "consultation room 4",
    "Earlier witness statement",
    "demo-0902-",
];

/// Of the person of [`secret_appointment`], in the spellings that a letter, a log or a database might choose.
const OF_THE_SECRET: &[&str] = &[
    "Selamawit",
    "Quartermaine",
    "Gebremeskel",
    "1990-05-17",
    "17 May 1990",
    "17/05/1990",
    "17.05.1990",
    "19900517",
    "May 17, 1990",
    "17th May 1990",
    "Abkhazian",
    "Tigrinya",
    "X0000001",
    "interview room 7",
    "Marchetti-Bell",
    "Zolpidem",
    "insomnia",
    "secret-report",
    "External psychiatric opinion",
    "Ring the bell",
];

/// What the clear part must not speak of, outside the team's own name.
const OF_ITS_NATURE: &[&str] =
    &["medical", "doctor", "health", "detain", "detention", "immigration", "interpreter", "nationality"];

/// The files in which `find.py` finds a word, however it is wrapped.
fn found(files: &[PathBuf], words: &[&str], known: &[&str]) -> String {
    let asked = json!({ "files": files, "words": words, "known": known });
    let found = run_with(command("python3").arg(script("find.py")), asked.to_string().as_bytes());
    String::from_utf8(found.unwrap_or_else(|why| panic!("{why}"))).expect("UTF-8")
}

fn secret(mut case: Value) -> Value {
    case["person"]["name"] = json!("Selamawit Gebremeskel Quartermaine");
    case["person"]["nationality"] = json!("Abkhazian");
    case["attachments"][0]["title"] = json!("External psychiatric opinion");
    case["attachments"][0]["file"] = json!("secret-report.pdf");
    case
}

fn secret_appointment(n: usize) -> Value {
    let mut case = secret(appointment(n, REPORT));
    case["event"]["location"] = json!("interview room 7");
    case["event"]["joining_instructions"] = json!("Ring the bell, bring the Zolpidem");
    case
}

/// A demo office that has processed two cases of the secret person, and all that it said doing so.
fn office_with_secrets() -> (DemoOffice, String) {
    let office = tidy_office();
    let mut logs = String::new();
    for (name, case) in [("one", secret_appointment(1)), ("two", secret(report_received(2, REPORT)))] {
        office.drop_case(name, &case.to_string(), &[("secret-report.pdf", REPORT)]);
        let said = office.run(&["run", "--once"]).expect(0);
        logs.push_str(&said.stdout);
        logs.push_str(&said.stderr);
    }
    (office, logs)
}

#[test]
fn the_search_finds_what_is_planted_in_any_wrapping() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plant = "import base64, sys, zlib, quopri; p = b'x ' * 40 + 'Quartermaine Lương'.encode() + b' y' * 40; \
                 e = {'plain': p.upper() if False else p, 'base64': base64.encodebytes(p), 'deflated': b'%PDF' + zlib.compress(p), \
                 'both': base64.encodebytes(b'a' + zlib.compress(p)), 'hex': p.hex().encode(), \
                 'wide': p.decode().encode('utf-16-le'), 'quoted': p.replace(b'rter', b'r=\\r\\nter')}; \
                 [open(sys.argv[1] + '/' + name, 'wb').write(data) for name, data in e.items()]";
    run(command("python3").arg("-c").arg(plant).arg(folder.path())).unwrap_or_else(|why| panic!("{why}"));
    for name in ["plain", "base64", "deflated", "both", "hex", "wide", "quoted"] {
        let file = folder.path().join(name);
        let report = found(&[file], &["quartermaine", "LƯƠNG"], &[]);
        assert!(report.contains("quartermaine") && report.contains("LƯƠNG"), "{name}: {report:?}");
    }
    assert_eq!(found(&[folder.path().join("plain")], &["Lương"], &["Quartermaine Lương"]), "");
}

/// What a cover email says of its recipient and sender, which its reader knows.
fn known_to_reader(despatch: &Value) -> Vec<&str> {
    let recipient = &despatch["recipient"];
    let own = ["name", "organisation", "address"].map(|field| words(&recipient[field]));
    let teams = [
        "Detained Medical Reports Team",
        "detained-medical-reports@office.example.invalid",
        "Detained Casework Team 4",
        "detained-casework-4@office.example.invalid",
    ];
    own.into_iter().chain(teams).filter(|text| !text.is_empty()).collect()
}

/// One line, unfolded: so that a name that goes over a soft line break is still known.
fn clear_text(mail: &Mail) -> String {
    let mut text = String::new();
    let headers = mail.headers.iter().chain(mail.parts.iter().flat_map(|part| &part.headers));
    headers.for_each(|(name, value)| text.push_str(&format!("{name}: {value}\n")));
    mail.parts
        .iter()
        .filter_map(|part| part.file.as_ref())
        .for_each(|name| text.push_str(&format!("{name}\n")));
    for kind in ["text/plain", "text/html"] {
        text.push_str(&mail.text(kind).replace("&#x27;", "'"));
    }
    text
}

#[test]
fn no_email_says_in_clear_who_the_person_is_where_or_what_it_is_about() {
    let (office, _) = office_with_secrets();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut faults = String::new();
    let despatches = office.despatches();
    let messages: Vec<PathBuf> = despatches.iter().map(|one| office.message_path(one)).collect();
    for (despatch, mail) in despatches.iter().zip(read_mails(&messages)) {
        let known = known_to_reader(despatch);
        let clear = folder.path().join(words(&despatch["id"]));
        fs::write(&clear, clear_text(&mail)).expect("a new file");
        let of_places = ["Brook House", "brook-house", "Yarl's Wood", "yarls-wood", "Dungavel"];
        let about = [OF_THE_DEMO, OF_THE_SECRET, OF_ITS_NATURE, &of_places].concat();
        faults.push_str(&found(&[clear], &about, &known));
    }
    faults.push_str(&found(&messages, OF_THE_SECRET, &[]));
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn nothing_in_the_outbox_or_the_logs_says_who_the_person_is() {
    let (office, logs) = office_with_secrets();
    let outbox = office.dir.join("outbox");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dump = run(command("sqlite3").arg("-readonly").arg(outbox.join("ledger.db")).arg(".dump"));
    let list = office.run(&["--json", "outbox", "list", "--limit", "10000"]).expect(0);
    let secret = office.despatch_for("TEST-00001", "doctor");
    let show = office.run(&["outbox", "show", words(&secret["id"])]).expect(0);
    // After the last command, for each that opens the ledger makes and takes away files beside it.
    let mut files: Vec<PathBuf> = files_below(&outbox).into_keys().map(|path| outbox.join(path)).collect();
    assert!(files.len() > 30, "{files:?}");
    for (name, text) in [
        ("dump.sql", dump.unwrap_or_else(|why| panic!("{why}"))),
        ("said.txt", logs.into_bytes()),
        ("list.json", list.stdout.into_bytes()),
        ("show.txt", show.stdout.into_bytes()),
    ] {
        assert!(!text.is_empty(), "{name}");
        fs::write(folder.path().join(name), text).expect("a new file");
        files.push(folder.path().join(name));
    }
    let about = [OF_THE_DEMO, OF_THE_SECRET].concat();
    let faults = found(&files, &about, &[]);
    assert!(faults.is_empty(), "{faults}");
    // The ledger knows to whom each message goes, and so the place of a team; and it keeps the place's id with each
    // event, for the teams and bank holidays of what comes next. Nothing else tells it.
    let recipients = [
        "house healthcare team",
        "\"body\":\"brook-house\"",
        "\"place\":\"brook-house\"",
        "\"places\":[\"brook-house\"]",
        // The column of the place whose body a message goes to: the same id, by which the queue of reviews is filtered.
        "'brook-house'",
        "healthcare-brook-house",
        "det-brook-house",
    ];
    let known = [
        &recipients[..],
        &["brook-house.reports@", "Brook House Detention Engagement Team", "Brook House healthcare team"],
    ]
    .concat();
    let faults = found(&files[files.len() - 4..files.len() - 3], &["Brook House", "brook-house"], &known);
    assert!(faults.is_empty(), "{faults}");
}

/// What a file system call opened for writing, as strace with `-y` tells it.
fn written(trace: &str) -> Vec<PathBuf> {
    let opening = trace.lines().filter(|line| line.contains("open") && !line.contains("= -1 "));
    opening
        .filter(|line| ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| line.contains(flag)))
        .filter_map(|line| line.rsplit_once('<')?.1.split_once('>').map(|(path, _)| path.into()))
        .collect()
}

#[test]
fn a_run_writes_nowhere_but_in_the_inbox_and_the_outbox_and_leaves_no_temporary_file() {
    let office = tidy_office();
    office.drop_case("one", &secret_appointment(1).to_string(), &[("secret-report.pdf", REPORT)]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let temporary = folder.path().join("tmp");
    fs::create_dir(&temporary).expect("a new folder");
    let trace = folder.path().join("trace");
    let mut strace = command("strace");
    strace
        .args(["--follow-forks", "-y", "-qq", "-e", "trace=open,openat,creat,openat2,memfd_create", "-o"])
        .arg(&trace);
    strace.arg(PROGRAM).arg("--office").arg(&office.dir).args(["--today", TODAY, "run", "--once"]);
    for name in ["TMPDIR", "XDG_RUNTIME_DIR", "HOME"] {
        strace.env(name, &temporary);
    }
    let said = String::from_utf8(run(&mut strace).unwrap_or_else(|why| panic!("{why}"))).expect("UTF-8");
    assert!(said.contains("1 queued"), "{said}");
    assert_eq!(files_below(&temporary).len(), 0);

    let written = written(&fs::read_to_string(&trace).expect("the trace"));
    let mine = office.dir.canonicalize().expect("the office");
    let within = |path: &Path| {
        path.starts_with(mine.join("outbox"))
            || path.starts_with(mine.join("inbox"))
            || path.starts_with("/dev/null")
            || path.starts_with("/proc")
    };
    let outside: Vec<&PathBuf> = written.iter().filter(|path| !within(path)).collect();
    assert!(outside.is_empty(), "written outside: {outside:?}");
    let messages =
        written.iter().filter(|path| path.to_string_lossy().contains("outbox/despatches/")).count();
    assert!(messages >= 4, "the trace shows how the messages were written: {written:?}");
    let inbox: Vec<&PathBuf> = written.iter().filter(|path| path.starts_with(mine.join("inbox"))).collect();
    assert!(inbox.is_empty(), "written in clear: {inbox:?}");
}

#[test]
fn every_email_is_marked_and_says_in_text_and_in_html_whose_it_is_and_how_to_open_it() {
    let office = DemoOffice::new();
    let despatches = office.despatches();
    let paths: Vec<PathBuf> = despatches.iter().map(|one| office.message_path(one)).collect();
    let mails = read_mails(&paths);
    assert_eq!(mails.len(), 25);
    let subjects: BTreeSet<&str> = mails.iter().map(|mail| mail.header("Subject")).collect();
    assert_eq!(subjects.len(), mails.len(), "no two messages have one subject: {subjects:?}");
    for (despatch, mail) in despatches.iter().zip(&mails) {
        assert_eq!(mail.defects, [""; 0], "{}", despatch["id"]);
        assert!(mail.header("Subject").starts_with(MARKING), "{}", mail.header("Subject"));
        let reference = words(&despatch["case_id"]);
        assert!(mail.header("Subject").contains(reference));
        assert!(mail.header("Subject").contains(words(&despatch["id"])), "{}", mail.header("Subject"));
        assert!(mail.header("To").contains(words(&despatch["recipient"]["address"])));
        shape(mail);
        let plain = mail.text("text/plain");
        assert_eq!(plain.lines().next(), Some(MARKING), "the marking is the first line");
        let html = mail.text("text/html");
        let visible = visible(&html);
        assert!(visible.starts_with(MARKING), "{visible}");
        for text in [&plain, &visible] {
            for part in [
                reference,
                words(&despatch["recipient"]["name"]),
                "age --decrypt -i KEY -o 01-cover-note.pdf 01-cover-note.pdf.age",
                "despatch open 01-cover-note.pdf.age --identity KEY",
                "Only the addressee, and those to whom",
                "020 7946 01",
            ] {
                assert!(text.contains(part), "{part:?} of {} is not in {text}", despatch["id"]);
            }
        }
        assert!(
            html.contains("<html lang=\"en-GB\">") && !html.contains("src=") && !html.contains("url("),
            "{html}"
        );
    }
}

/// Text and HTML as alternatives, then the sealed parts, all in an encoding that the wire cannot break.
fn shape(mail: &Mail) {
    let kinds: Vec<&str> = mail.parts.iter().map(|part| part.kind.as_str()).collect();
    assert_eq!(kinds[..2], ["text/plain", "text/html"]);
    for (index, part) in mail.parts.iter().enumerate() {
        let within: &[&str] =
            if index < 2 { &["multipart/mixed", "multipart/alternative"] } else { &["multipart/mixed"] };
        assert_eq!(part.within, within);
        let encoding = part.encoding.as_deref();
        assert!(matches!(encoding, Some("base64" | "quoted-printable")), "{encoding:?}");
        assert_eq!(part.charset.as_deref(), (index < 2).then_some("utf-8"));
        assert_eq!(part.file.is_some(), index >= 2);
    }
    let files: Vec<String> = mail.files().into_keys().collect();
    assert_eq!(files.first().map(String::as_str), Some("01-cover-note.pdf.age"));
    for name in &files[1..] {
        let of_kind = |end: &str| name.strip_suffix(end).is_some_and(|number| number.parse::<u8>().is_ok());
        let generated = of_kind("-document.pdf.age") || of_kind("-appointment.ics.age");
        assert!(
            generated || matches!(name.as_str(), "SHA256SUMS" | "SHA256SUMS.sig" | "manifest.json.age"),
            "{name}"
        );
    }
}

/// What a reader sees of a page: its body without tags.
fn visible(html: &str) -> String {
    let body = html.split_once("<body>").expect("a body").1;
    let mut text = String::new();
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    let text = text.replace("&#x27;", "'").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_recipient_finds_the_reference_by_which_they_know_the_case_and_nobody_elses() {
    let office = tidy_office();
    let mut case = appointment(1, REPORT);
    case["caseworker"]["reference"] = json!("CW/77/1");
    drop_and_process(&office, "one", &case, &[("report.pdf", REPORT)]);
    let references = ["CW/77/1", "RQ-1", "HLL/1"];
    let expected = [
        ("caseworker", Some("CW/77/1")),
        ("doctor", Some("RQ-1")),
        ("interpreter_booking", None),
        ("det", None),
        ("det", None),
        ("representative", Some("HLL/1")),
    ];
    let despatches = despatches_of(&office, "TEST-00001");
    assert_eq!(despatches.len(), expected.len());
    for (despatch, (role, own)) in despatches.iter().zip(expected) {
        assert_eq!(despatch["planned"]["role"], role);
        let mail = read_mail(&office, despatch);
        for kind in ["text/plain", "text/html"] {
            let text = mail.text(kind);
            let shown: Vec<&str> =
                references.into_iter().filter(|reference| text.contains(reference)).collect();
            assert_eq!(shown, own.into_iter().collect::<Vec<_>>(), "{role}");
            assert_eq!(text.contains("Your reference"), own.is_some(), "{role}");
        }
    }
}
