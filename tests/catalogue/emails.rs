//! Enters: the examples of every kind. Leaves: proof that each cover email says one thing in text and in HTML.
//! Never: asks the network for anything.

use despatch_directory::opening::OpeningMethod;
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::mail::{ClearMail, Mailer};

/// RFC 5322, section 2.1.1.
const LINE: usize = 78;

#[test]
fn every_email_has_one_content_in_text_and_html_and_asks_nothing_of_the_network() {
    let catalogue = Catalogue::load(None).unwrap();
    let mailer = Mailer::new(&catalogue).unwrap();
    for kind in catalogue.kinds() {
        let ways = OpeningMethod::ALL.map(OpeningMethod::code);
        let each = catalogue.examples(&kind.name).flat_map(|one| ways.map(|way| (one.clone(), way)));
        for ((path, data), opening) in each {
            let clear = despatch_app::pipeline::examples::clear(&data);
            let mail = mailer.write(&kind.name, &ClearMail { opening, ..clear }).unwrap();
            assert!(mail.subject.chars().count() < LINE && mail.subject.starts_with("OFFICIAL"), "{path}");
            let body = mail.html.split_once("<body>").unwrap().1;
            let flat = |text: &str| {
                let plain = text
                    .replace("&#x27;", "'")
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&")
                    .replace("&#x3D;", "=");
                plain.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>()
            };
            let mut words = String::new();
            for piece in body.split('<') {
                words.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
            }
            // Numbers of list items, and a heading that HTML has for whoever jumps from one to the next, differ.
            let numbers = |text: String| text.replace(['1', '2', '3', '4'], "");
            let (text, html) = (numbers(flat(&mail.text)), numbers(flat(&words)));
            let lost: Vec<&str> =
                mail.text.lines().filter(|line| !html.contains(&numbers(flat(line)))).collect();
            assert!(lost.is_empty(), "{path}: the page lacks {lost:?}");
            let wide: Vec<&str> =
                mail.text.lines().filter(|line| !line.contains('@') && line.chars().count() > LINE).collect();
            assert!(wide.is_empty(), "{path}: {wide:?}");
            assert!(
                html.len() < text.len() + 60,
                "{path}: the page says more than the text:\n{html}\n{text}"
            );
            for loads in ["src=", "url(", "@import", "<link", "<script", "http:", "https:", "<img"] {
                assert!(!mail.html.contains(loads), "{path}: {loads}");
            }
            for sign in ["<h1>", "<h2>", "lang=\"en-GB\"", "color-scheme"] {
                assert!(mail.html.contains(sign), "{path}: {sign}");
            }
        }
    }
}

/// What a list of emails shows of one: its first words, marking and all.
const SHOWN: usize = 140;

#[test]
fn every_email_says_first_what_to_do_and_nothing_twice() {
    let catalogue = Catalogue::load(None).unwrap();
    let mailer = Mailer::new(&catalogue).unwrap();
    for kind in catalogue.kinds() {
        for (path, data) in catalogue.examples(&kind.name) {
            let clear = despatch_app::pipeline::examples::clear(&data);
            for opening in OpeningMethod::ALL.map(OpeningMethod::code) {
                let mail = mailer.write(&kind.name, &ClearMail { opening, ..clear.clone() }).unwrap();
                let due = clear.action_by.iter().map(|due| format!("Act by {due}. ")).collect::<String>();
                let first = format!("{} {due}Open the cover note first: it says what to do.", clear.marking);
                let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                let page = mail.html.split_once("<body>").unwrap().1.replace('<', " <");
                let page: String =
                    page.split('<').filter_map(|piece| Some(piece.split_once('>')?.1)).collect();
                assert!(first.len() < SHOWN, "{path}: {first}");
                assert!(flat(&mail.text).starts_with(&first), "{path}: {}", mail.text);
                assert!(flat(&page).starts_with(&first), "{path}: {page}");
                let said = flat(&mail.text.replace(&clear.marking, ""));
                let mut sentences: Vec<&str> = said.split_inclusive(['.', ':']).map(str::trim).collect();
                sentences.retain(|sentence| sentence.split(' ').count() > 3);
                let all = sentences.len();
                sentences.sort_unstable();
                sentences.dedup();
                assert_eq!(sentences.len(), all, "{path}: something stands twice in {said}");
                for once in [&clear.team_telephone, &clear.team_email, &clear.reference] {
                    assert_eq!(said.matches(once.as_str()).count(), 1, "{path}: {once} in {said}");
                }
            }
        }
    }
}

#[test]
fn a_subject_tells_the_despatches_of_a_case_apart_and_is_never_too_long() {
    let catalogue = Catalogue::load(None).unwrap();
    let mailer = Mailer::new(&catalogue).unwrap();
    let kind = catalogue.kinds().next().unwrap();
    let (_, data) = catalogue.examples(&kind.name).next().unwrap();
    let clear = ClearMail {
        marking: "OFFICIAL SENSITIVE - RECIPIENTS ONLY".to_owned(),
        dated: Some("23 Nov 2026".to_owned()),
        ..despatch_app::pipeline::examples::clear(&data)
    };
    let subject = |reference: &str, despatch: &str| {
        let (reference, despatch) = (reference.to_owned(), despatch.to_owned());
        mailer.write(&kind.name, &ClearMail { reference, despatch, ..clear.clone() }).unwrap().subject
    };
    assert_eq!(
        subject("EMR-2026-0142", "17-3"),
        "OFFICIAL SENSITIVE: EMR-2026-0142: sealed documents 17-3, 23 Nov 2026"
    );
    assert_ne!(subject("EMR-2026-0142", "17-3"), subject("EMR-2026-0142", "17-4"));
    // A case's reference has at most 32 characters.
    let longest = "EMR-2026-ABCDEFGHIJKLMNOPQRSTU-9";
    assert_eq!(subject(longest, "1234567-12"), format!("OFFICIAL SENSITIVE: {longest}: sealed 1234567-12"));
}
