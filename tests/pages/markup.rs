//! Enters: markup in whatever people type. Leaves: proof that each page that shows it again shows it as text.
//! Never: a page that is asked for over a socket: what is shown is the same either way.

use crate::support::office::{DemoOffice, PREPARER, PROGRAM, REVIEWER, TODAY, appointment, paper};
use crate::support::visitor::Visitor;
use despatch_core::clock::Clock;
use despatch_process::case::EventName;
use std::collections::BTreeMap;

const REPORT: &[u8] = paper!("A made-up report.");
/// The rounds in which a form shows all that it may ask for: each opens what an answer of the last one asks for.
const ROUNDS: usize = 4;

fn visitor(office: &DemoOffice, name: &str) -> Visitor {
    Visitor::signed_in(&office.dir, PROGRAM.as_ref(), Clock::Fixed(TODAY.parse().unwrap()), name)
}

/// Markup that names its field, so that the page shows whose it is.
fn markup(number: usize) -> String {
    format!(
        "\"'><script>alert({number})</script><img src=x onerror=alert(1)>{{{{7*7}}}}</textarea>x{number}x"
    )
}

/// The page has nothing of the markup but as text.
#[track_caller]
fn is_text(page: &str, of: &str) {
    for tag in ["<script>alert", "<img src=x", "</textarea>x", "49</textarea", "49&lt;"] {
        assert!(!page.contains(tag), "{of} has {tag}: {page}");
    }
}

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Text,
    Choice,
    Fixed,
}

/// The value of an attribute of a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// The fields of a page's forms, by name.
fn fields(page: &str) -> BTreeMap<String, Sort> {
    let mut found = BTreeMap::new();
    for tag in page.split('<').filter_map(|part| part.split('>').next()) {
        let sort = match tag.split(' ').next() {
            Some("textarea") => Sort::Text,
            Some("select") => Sort::Choice,
            Some("input") => match attribute(tag, "type") {
                Some("radio" | "checkbox") => Sort::Choice,
                Some("hidden" | "file") => Sort::Fixed,
                _ => Sort::Text,
            },
            _ => continue,
        };
        if let Some(name) = attribute(tag, "name") {
            found.insert(name.to_owned(), sort);
        }
    }
    found
}

/// The lists to which a page adds entries.
fn lists(page: &str) -> Vec<String> {
    let after = page.split("value=\"add:").skip(1).filter_map(|rest| rest.split('"').next());
    after.map(|at| format!("add:{at}")).collect()
}

/// Every field of the form of every event, with markup in it.
#[test]
fn every_field_of_every_events_form_shows_markup_as_text() {
    let office = DemoOffice::new();
    let mut visitor = visitor(&office, PREPARER);
    let mut seen = 0;
    for (word, _) in EventName::WORDS {
        let event = word.replace('_', "-");
        let draft =
            visitor.post(&format!("/start/{event}"), &[("case", "NEW-0001"), ("way", "all")]).leads_to();
        visitor.upload(&draft, &[("do", "upload")], &[(&markup(0), REPORT)]).leads_to();
        // Opens every part, and adds to every list.
        for _ in 0..ROUNDS {
            let page = visitor.get(&draft).ok();
            let names = fields(&page);
            let mut typed: Vec<(&str, &str)> = names
                .iter()
                .filter(|(_, sort)| **sort == Sort::Choice)
                .map(|(name, _)| (name.as_str(), "yes"))
                .collect();
            let added = lists(&page);
            typed.push(("do", added.first().map_or("save", String::as_str)));
            visitor.post(&draft, &typed).leads_to();
        }
        let names = fields(&visitor.get(&draft).ok());
        let texts: Vec<(String, String)> = names
            .iter()
            .filter(|(_, sort)| **sort != Sort::Fixed)
            .enumerate()
            .map(|(number, (name, _))| (name.clone(), markup(number + 1)))
            .collect();
        let mut form: Vec<(&str, &str)> =
            texts.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
        form.push(("do", "continue"));
        let told = visitor.post(&draft, &form).with_status(422);
        is_text(&told, word);
        let again = visitor.get(&draft).ok();
        is_text(&again, word);
        let left = fields(&again);
        for (number, (name, _)) in texts.iter().enumerate() {
            if names.get(name) == Some(&Sort::Text) && left.contains_key(name) {
                let mark = format!("x{}x", number + 1);
                assert!(again.contains(&mark), "{word}: what was typed into {name} is lost");
                seen += 1;
            }
        }
        for path in ["/drafts".to_owned(), format!("{draft}/plan"), format!("{draft}/remove")] {
            is_text(&visitor.get(&path).ok(), &path);
        }
        visitor.post(&format!("{draft}/remove"), &[]).leads_to();
    }
    assert!(seen > 300, "{seen} fields were shown again");
}

/// What a case file may say, on every page that its messages come to.
#[test]
fn what_a_case_says_is_shown_as_text_in_its_plan_its_messages_and_its_correction() {
    const NAME: &str = "<b>{{7*7}}</b> Quartermaine";
    let office = DemoOffice::new();
    let mut file = appointment(1, REPORT);
    file["person"]["name"] = NAME.into();
    file["event"]["location"] = "<img src=x onerror=alert(1)> room".into();
    file["event"]["doctor"]["reference"] = "<b>RQ</b>".into();
    file["attachments"][0]["title"] = "<b>Report</b> {{7*7}}".into();
    office.drop_case("first", &file.to_string(), &[("report.pdf", REPORT)]);
    let run = office.run(&["run", "--once"]);
    assert!(run.stdout.contains("1 queued"), "{run:?}");
    let made = office.despatches().into_iter().filter(|one| one["case_id"] == "TEST-00001");
    let ids: Vec<String> = made.filter_map(|one| one["id"].as_str().map(str::to_owned)).collect();
    let id = office.despatch_for("TEST-00001", "det")["id"].as_str().expect("an id").to_owned();
    let is_escaped = |page: &str, of: &str| {
        for tag in ["<b>", "<img src=x", "alert(1)>"] {
            assert!(!page.contains(tag), "{of} has {tag}: {page}");
        }
        page.contains("&lt;b&gt;") || page.contains("&lt;img")
    };
    let mut reviewer = visitor(&office, REVIEWER);
    let mut shown = 0;
    for id in &ids {
        reviewer.post(&format!("/review/{id}/open"), &[]).leads_to();
        for path in [
            format!("/review/{id}"),
            format!("/review/{id}/documents/1"),
            format!("/review/{id}/documents/2"),
        ] {
            shown += usize::from(is_escaped(&reviewer.get(&path).ok(), &path));
        }
    }
    assert!(shown >= ids.len(), "{shown}");
    for path in ["/cases/TEST-00001", "/review?case=TEST-00001", "/work", "/overview"] {
        is_escaped(&reviewer.get(path).ok(), path);
    }
    reviewer.post(&format!("/review/{id}/return"), &[("reason", "<b>a reason</b>")]).leads_to();

    let mut preparer = visitor(&office, PREPARER);
    let mend = format!("/mend/{id}");
    assert!(is_escaped(&preparer.get(&mend).ok(), "the question before a correction"));
    let draft = preparer.post(&mend, &[]).leads_to();
    assert!(is_escaped(&preparer.get(&draft).ok(), "the form of a correction"));
    let correction = [
        ("correction", "<b>another</b> room {{7*7}}"),
        ("event.location", "<b>room</b> 2"),
        ("do", "continue"),
    ];
    let plan = preparer.post(&draft, &correction).leads_to();
    let plan = preparer.get(&plan).ok();
    is_escaped(&plan, "the plan of a correction");
    assert!(plan.contains("Drop this case"), "{plan}");
}
