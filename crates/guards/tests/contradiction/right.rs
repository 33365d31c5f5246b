//! The right cases of the set: each a kind of paper, of everybody.

use super::paper::{BODY, Carries, Page, cover, misread, record, record_page, report, text};
use super::people::{COUNT, Who, person, sibling, who};
use super::scene::Trial;

type Kind = (&'static str, fn(&Who) -> Vec<Page>);

/// Papers about the person of the case.
const KINDS: [Kind; 30] = [
    ("a report", |me| vec![report(me)]),
    ("name and birth date", |me| {
        vec![text(&[
            "Medico-legal report",
            &format!("Name: {}", me.name),
            &format!("DOB {}", me.slashed()),
            BODY,
        ])]
    }),
    ("name and reference", |me| vec![text(&[&format!("Re: {} ({})", me.name, me.reference), BODY])]),
    ("birth date and reference", |me| {
        let said = format!("HO ref: {}   Date of birth: {}", me.reference, me.worded());
        vec![text(&["Rule 35 report", &said, BODY])]
    }),
    ("FAMILY, Given", |me| vec![text(&[&format!("{}   d.o.b. {}", me.turned(), me.on("%d.%m.%y")), BODY])]),
    ("in a sentence", |me| {
        let said =
            format!("I saw {}, who was born on {}, at the centre on 10 November 2026.", me.name, me.worded());
        vec![text(&["To whom it may concern", &said, BODY])]
    }),
    ("a form in columns", |me| {
        let (given, family) = me.name.rsplit_once(' ').expect("two names");
        let form = format!(
            "Surname: {family}   Forenames: {given}\nDate of birth: {}   Gender: X   Nationality: as stated\nHome \
             Office reference: {}   Port reference: LHR/7654321\nNHS number: 943 476 5919   Hospital number: H7766554",
            me.slashed(),
            me.reference
        );
        vec![text(&["Healthcare screening", &form, BODY])]
    }),
    ("a letterhead in a picture", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        vec![Page::Pictured(said, 8), Page::Pictured(BODY.to_owned(), 8)]
    }),
    ("a background picture", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        vec![Page::Pictured(said, 100)]
    }),
    ("a crest", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        vec![Page::Crest(said, 900)]
    }),
    ("tables", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        vec![Page::Ruled(said, 400), Page::Ruled(BODY.to_owned(), 250)]
    }),
    ("bullets", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        vec![Page::Bullets(said, 18)]
    }),
    ("photographs among the text", |me| {
        vec![report(me), Page::Pictured(format!("Figure 1: the left forearm\n{BODY}"), 40)]
    }),
    ("a scan with good letters", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        vec![Page::Ocr(said), Page::Ocr(BODY.to_owned())]
    }),
    ("a scan with misread letters", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        let (head, rest) = said.split_once("I was").expect("a body");
        let again = format!("{} ({}, {})", me.name, me.worded(), me.reference);
        vec![Page::Ocr(format!("{head}{}", misread(rest))), Page::Ocr(format!("{}\n{again}", misread(BODY)))]
    }),
    ("a scan whose name is misread", |me| {
        let said = format!(
            "Name: {}\nDate of birth: {}\nHome Office reference: {}\n{}",
            misread(&me.name),
            me.worded(),
            me.reference,
            misread(BODY)
        );
        vec![Page::Ocr(said)]
    }),
    ("a surgery's record with relatives", |me| record(me, 12)),
    ("a record headed on its first page", |me| {
        let rest =
            "Family history: mother, Mariam, DOB 04/07/1960. Sister: Amina Osei, date of birth 2 May 1999.\n";
        vec![Page::Text(record_page(me, 1, 3, BODY)), text(&[rest, BODY]), text(&["03/03/2026 seen", BODY])]
    }),
    ("a solicitor's bundle", |me| {
        let statement = format!(
            "Witness statement\nI, {}, was born on {}. I make this statement in support of my claim.",
            me.name,
            me.worded()
        );
        let dear = format!(
            "Dear Ms Tennant\nOur client: {} ({})\nWe enclose further papers.",
            me.name, me.reference
        );
        vec![cover(me), text(&[&statement, BODY]), report(me), text(&[&dear, BODY])]
    }),
    ("a letter to the surgery", |me| {
        let about = format!("Re: {}, DOB {}", me.name, me.slashed());
        vec![text(&[
            "Riverside Clinic",
            "Dear Dr Poole",
            &about,
            "Thank you for referring this patient.",
            BODY,
        ])]
    }),
    ("a letter to the patient", |me| {
        let dear = format!("Dear {}", me.name);
        let about = format!("Date of birth: {}  Our ref: RC/2209", me.slashed());
        vec![text(&["Riverside Clinic", "9 May 2026", &dear, &about, BODY])]
    }),
    ("a report that names the family", |me| {
        let family = "The patient came with a brother, Yusuf, born on 4 July 1992. The mother, Mariam (date of birth \
                      9 March 1951), died in 2011; the daughter (DOB 01.02.2015) is at school.";
        vec![report(me), text(&[family, BODY])]
    }),
    ("a report that names its author and the interpreter", |me| {
        let author = "Author: Dr Ottilie Bell, date of birth 1 June 1961, GMC 1234567. Interpreter: Mr D. Osei, DOB \
                      1/1/1970. Name of GP: Dr Poole. Name of interpreter: Daniel Osei. File name: report-final.docx";
        vec![report(me), text(&["Appendix: curriculum vitae", author, BODY])]
    }),
    ("received and numbered", |me| {
        let Page::Text(said) = report(me) else { return Vec::new() };
        let stamp = "RECEIVED 19 NOV 2026  DMRT";
        vec![text(&[stamp, &said, "Page 1 of 2", "HLL/2026/77"]), text(&[stamp, BODY, "Page 2 of 2"])]
    }),
    ("a footer on each page", |me| {
        let foot = format!("{} {} {}", me.name, me.slashed(), me.reference);
        vec![text(&["Report", BODY, &foot]), text(&[BODY, &foot]), text(&["Signed", &foot])]
    }),
    ("a blank page behind", |me| vec![report(me), Page::Text(String::new())]),
    ("a sibling in the text", |me| {
        let n = (0..COUNT).find(|n| person(*n).name == me.name).unwrap_or_default();
        let other = sibling(n);
        let said = format!("Her sister, {}, born on {}, lives abroad.", other.given(), other.worded());
        vec![report(me), text(&[&said, BODY])]
    }),
    ("other numbers", |me| {
        let numbers = "GMC 1234567. Registered charity 1002345. Tel. 01632 960001. Court of Protection no. 9988776. \
                       Passport number B7711223. Claim no. CO/1234/2026. Tribunal reference PA/05512/2026.";
        vec![report(me), text(&[numbers, BODY])]
    }),
    ("a consent form", |me| {
        let form = format!(
            "Consent\nFull name: {}\nDate of birth: {}\nI agree that my records may be given to the team.\nSigned \
             ............ Date 3 November 2026\nWitness: Mr Daniel Osei",
            me.name,
            me.slashed()
        );
        vec![text(&[&form])]
    }),
    ("an American or a short date", |me| {
        vec![text(&[&format!("Patient: {}, DOB: {}", me.name, me.on("%-d %b %y")), &me.reference, BODY])]
    }),
];

pub fn right_cases() -> Vec<Trial> {
    let mut all = Vec::new();
    for (kind, paper) in KINDS {
        for n in 0..COUNT {
            let me = person(n);
            let mut trial = Trial::of(&format!("{kind}, {n}"), &me, paper(&me));
            // The other cases are open, as they are in an office.
            trial.open.extend((1..COUNT).map(|other| person(n + other)));
            all.push(trial);
        }
    }
    all.extend(seldom());
    all
}

/// Right too, and less usual: some of these a machine cannot tell from a mistake.
fn seldom() -> Vec<Trial> {
    let mut all = Vec::new();
    for n in [0, 4, 8] {
        let me = person(n);
        let one = |what: &str, pages: Vec<Page>| Trial::of(&format!("seldom: {what}, {n}"), &me, pages);
        all.push(one("a page of photographs", vec![report(&me), Page::Pictured("Figure 1".to_owned(), 80)]));
        all.push(one("signed in a program that appends", vec![report(&me)]).carries(Carries::Revision));
        let dependant = "Dependant: the daughter, Leila, Home Office reference Q5544332.";
        all.push(one("a daughter's reference", vec![report(&me), text(&[dependant, BODY])]));
        let mut later = one("a later event", vec![report(&me)]);
        later.before = Some(me.clone());
        all.push(later);
        let mut second = one("a second case of the same person", vec![report(&me)]);
        second.open.push(Who { case: "EMR-2026-900".to_owned(), ..me.clone() });
        all.push(second);
        all.push(one(
            "in capitals",
            vec![text(&[&me.name.to_uppercase(), &me.reference, &me.slashed(), BODY])],
        ));
        all.push(
            one("properties of the person", vec![report(&me)]).unseen(&format!("Report on {}", me.name)),
        );
    }
    for name in ["Fatuma", "Suharto", "Grace"] {
        let me = who(name, "1991-09-09", "G9941532", "EMR-2026-700");
        all.push(Trial::of(&format!("one name: {name}"), &me, vec![report(&me)]));
        let said = format!("Patient: {name}\nDate of birth: {}", me.worded());
        all.push(Trial::of(&format!("one name and the birth date: {name}"), &me, vec![text(&[&said, BODY])]));
    }
    for n in [1, 5] {
        let me = Who { reference: "A12".to_owned(), ..person(n) };
        all.push(Trial::of(&format!("a short reference, {n}"), &me, vec![report(&me)]));
    }
    all
}
