//! The mistakes of the set: each a kind, made with several people.

use super::paper::{BODY, Carries, Page, cover, record, report, text};
use super::people::{Who, namesake, namesake_of_the_day, person, sibling, twin, who};
use super::scene::Trial;

/// Somebody who could be mistaken for the `n`th person.
type Alike = fn(usize) -> Who;
/// A mistake with one person (the case's) and another (whose the paper is).
type Kind = (&'static str, fn(&Who, &Who) -> Vec<Page>);

/// The paper is a stranger's, whose case is not open.
const OF_A_STRANGER: [Kind; 22] = [
    ("stamped with our reference", |me, other| {
        vec![text(&[&stamp(me), "Medico-legal report", &named(other), BODY])]
    }),
    ("a scan stamped with our reference", |me, _| vec![Page::Scan(stamp(me))]),
    ("our reference in the footer of each page", |me, other| {
        let footer = format!("HO ref {}", me.reference);
        vec![text(&[&head(other), BODY, &footer]), text(&["Page 2", BODY, &footer])]
    }),
    ("a copy to our file", |me, other| {
        vec![text(&[&head(other), BODY, &format!("cc: the file {}", me.reference)])]
    }),
    ("our person mentioned as a sister", |me, other| {
        let said = format!("Her sister {}, born on {}, is detained too.", me.name, me.worded());
        vec![text(&[&named(other), BODY, &said])]
    }),
    ("our person mentioned as a friend, with the reference", |me, other| {
        let said = format!("A friend, {} ({}, {}), saw it.", me.name, me.slashed(), me.reference);
        vec![text(&[&head(other), BODY, &said])]
    }),
    ("our birth date among appointments", |me, other| {
        vec![text(&[
            &head(other),
            BODY,
            &format!("Notes of {} were seen, and of 3 March 2026.", me.slashed()),
        ])]
    }),
    ("the right cover, another's record", |me, other| [vec![cover(me)], record(other, 4)].concat()),
    ("the right cover, another's report", |me, other| vec![cover(me), report(other)]),
    ("the right cover, another's report without reference", |me, other| {
        vec![cover(me), text(&["Medico-legal report", &named(other), BODY])]
    }),
    ("the right cover, a scan with a letterhead", |me, _| {
        let head =
            "Riverside Clinic, 8 Riverside, Leeds LS2 2BB, tel. 01632 960002, registered company 0123456";
        vec![cover(me), Page::Scan(head.to_owned()), Page::Scan(head.repeat(3))]
    }),
    ("the right cover, outlines", |me, _| {
        vec![cover(me), Page::Outlined("Riverside Clinic ".repeat(9), 1_400)]
    }),
    ("the right cover, only outlines", |me, _| vec![cover(me), Page::Outlined(String::new(), 900)]),
    ("the right cover, glyphs without letters", |me, _| {
        vec![cover(me), Page::Codes("Riverside Clinic, 8 Riverside. ".repeat(4), 1_200)]
    }),
    ("the right cover, a letter to another", |me, other| {
        let dear = format!("Dear Mr {}", other.family());
        let about = format!("Re: {}", other.name);
        vec![cover(me), text(&["Riverside Clinic", "9 May 2026", &dear, &about, BODY])]
    }),
    ("the right cover, a letter to another without a subject", |me, other| {
        let dear = format!("Dear Ms {}", other.family());
        vec![
            cover(me),
            text(&["Riverside Clinic", "9 May 2026", &dear, "You were seen in our clinic.", BODY]),
        ]
    }),
    ("the right cover, a story of another", |me, other| {
        let one = format!("Mr {} came by boat. Mr {} was held. ", other.family(), other.family());
        vec![cover(me), text(&[&one, BODY]), text(&[&one, BODY])]
    }),
    ("the right report, another's behind it", |me, other| vec![report(me), report(other)]),
    ("both references", |me, other| {
        let refs = format!("Home Office reference: {}", other.reference);
        vec![text(&[&head(me), &refs, BODY])]
    }),
    ("another labelled birth date", |me, other| {
        let born = format!("Date of birth: {}", other.worded());
        vec![text(&[&head(me), BODY]), text(&["Second page", &born, BODY])]
    }),
    ("our reference alone", |me, _| vec![text(&[&format!("Re: {}", me.reference), BODY])]),
    ("a one-page form of another with our reference typed", |me, other| {
        let form = format!(
            "Surname: {}\nForenames: {}\nDOB: {}\nHO ref: {}",
            other.family(),
            other.given(),
            other.slashed(),
            me.reference
        );
        vec![text(&[&form, BODY])]
    }),
];

/// The paper is of somebody who could be mistaken for the person of the case.
const OF_ONE_ALIKE: [Kind; 8] = [
    ("report with birth date", |_, other| vec![text(&["Medico-legal report", &named(other), BODY])]),
    ("report with all", |_, other| vec![report(other)]),
    ("record", |_, other| record(other, 3)),
    ("FAMILY, Given", |_, other| {
        vec![text(&[&format!("{} (d.o.b. {})", other.turned(), other.on("%d.%m.%y")), BODY])]
    }),
    ("behind the right cover", |me, other| vec![cover(me), report(other)]),
    ("stamped with our reference", |me, other| vec![text(&[&stamp(me), &head(other), BODY])]),
    ("that says whom it is not about", |me, other| {
        let not = format!("Not to be confused with the patient born on {}.", me.worded());
        vec![text(&[&head(other), &not, BODY])]
    }),
    ("as a scan with letters", |_, other| {
        vec![Page::Ocr(format!("Medico-legal report\n{}\n{BODY}", head(other)))]
    }),
];

fn stamp(me: &Who) -> String {
    format!("RECEIVED 19 NOV 2026   {}", me.reference)
}

/// Name and birth date.
fn named(of: &Who) -> String {
    format!("Name: {}\nDate of birth: {}", of.name, of.worded())
}

/// Name, birth date and reference.
fn head(of: &Who) -> String {
    format!("{}\nHome Office reference: {}", named(of), of.reference)
}

pub fn mistakes() -> Vec<Trial> {
    let mut all = Vec::new();
    for (kind, paper) in OF_A_STRANGER {
        for n in [0, 2, 4, 7] {
            let (me, other) = (person(n), person(n + 1));
            all.push(Trial::of(&format!("a stranger: {kind}, {n}"), &me, paper(&me, &other)));
        }
    }
    for (kind, paper) in OF_ONE_ALIKE {
        let alike: [(&str, Alike); 3] = [("twin", twin), ("sibling", sibling), ("namesake", namesake)];
        for (what, alike) in alike {
            for n in [0, 4, 8] {
                let (me, other) = (person(n), alike(n));
                all.push(Trial::of(&format!("a {what}: {kind}, {n}"), &me, paper(&me, &other)));
            }
        }
    }
    all.extend(little());
    all.extend(behind());
    all.extend(persons());
    all
}

/// Too little to tell whose it is.
fn little() -> Vec<Trial> {
    let mut all = Vec::new();
    let short = |n: usize| Who { reference: "A12".to_owned(), ..person(n) };
    for n in [1, 3, 5] {
        let (me, other) = (person(n), person(n + 1));
        let one = |what: &str, pages: Vec<Page>| Trial::of(&format!("too little: {what}, {n}"), &me, pages);
        all.push(one("the name alone", vec![text(&[&me.name, BODY])]));
        all.push(one("the birth date alone", vec![text(&[&format!("Born {}", me.worded()), BODY])]));
        all.push(one("nobody", vec![text(&["Guidance on insomnia", BODY])]));
        all.push(one("a blank form", vec![text(&["Name:", "Date of birth:", BODY])]));
        all.push(one("no text", vec![Page::Text(String::new())]));
        all.push(one("half of each", vec![text(&[&format!("{} {}", me.given(), other.family()), BODY])]));
        let room = format!("{}\nSeen in room A12.", named(&other));
        all.push(Trial::of(
            &format!("a short reference by chance, {n}"),
            &short(n),
            vec![text(&[&room, BODY])],
        ));
        let room = format!("{} was seen in room A12.", me.name);
        all.push(Trial::of(
            &format!("a short reference and a name, {n}"),
            &short(n),
            vec![text(&[&room, BODY])],
        ));
    }
    for (name, said) in [
        ("Grace", "There was a grace period of two days, from 9 September 1991."),
        ("Rose", "The rate rose on 9 September 1991."),
        ("May", "It may have been 9 September 1991."),
    ] {
        let me = who(name, "1991-09-09", "G9941532", "EMR-2026-700");
        all.push(Trial::of(&format!("a name that is a word: {name}"), &me, vec![text(&[said, BODY])]));
        let said = format!("{said} File {}.", "G9941532");
        let other = format!("Patient: {}", person(1).name);
        all.push(Trial::of(
            &format!("a name that is a word, a stamp: {name}"),
            &me,
            vec![text(&[&said, &other, BODY])],
        ));
    }
    all
}

/// What stands where no page shows it, or in another state of the file.
fn behind() -> Vec<Trial> {
    let mut all = Vec::new();
    for n in [0, 3, 6] {
        let (me, other) = (person(n), person(n + 1));
        let one = |what: &str| Trial::of(&format!("behind the pages: {what}, {n}"), &me, vec![report(&me)]);
        let known = |trial: Trial| trial.open(&other);
        let said = format!("Report on {}, {}", other.name, other.reference);
        all.push(known(one("properties").unseen(&said)));
        all.push(known(one("an earlier state, of an open case").unseen(&said).carries(Carries::Revision)));
        all.push(one("an earlier state, of nobody known").carries(Carries::Revision));
        all.push(one("a layer that is off").carries(Carries::Layer));
        all.push(one("a page that is not listed").carries(Carries::Page));
        let born = format!("Clinic list: {}, {}", other.turned(), other.slashed());
        let mut both = known(one("a list with an open case"));
        both.pages.push(text(&[&born]));
        all.push(both);
        let mut ours = one("our own reference of another case");
        ours.pages.push(text(&["Detained Medical Reports Team", "Our reference: EMR-2026-333", BODY]));
        all.push(ours);
    }
    all
}

/// The case file itself names somebody else.
fn persons() -> Vec<Trial> {
    let mut all = Vec::new();
    for n in [0, 3, 5] {
        let (me, other) = (person(n), person(n + 1));
        let said = |case: &Who| vec![report(case)];
        let of_case = |one: Who| Who { case: me.case.clone(), ..one };
        let mut one = |what: &str, now: Who, before: Option<&Who>, open: Option<&Who>| {
            let mut trial = Trial::of(&format!("the case file: {what}, {n}"), &now, said(&now));
            trial.before = before.cloned();
            trial.open.extend(open.cloned());
            all.push(trial);
        };
        one("corrected to another person", of_case(other.clone()), Some(&me), None);
        let borrowed = Who { reference: me.reference.clone(), ..of_case(other.clone()) };
        one("another's name and birth date", borrowed.clone(), Some(&me), None);
        one(
            "the reference of another open case",
            Who { reference: other.reference.clone(), ..me.clone() },
            None,
            Some(&other),
        );
        one(
            "the reference of another open case, later",
            Who { reference: other.reference.clone(), ..me.clone() },
            Some(&me),
            Some(&other),
        );
        one("the name of another", Who { name: other.name.clone(), ..me.clone() }, Some(&me), Some(&other));
        one("another birth date", Who { born: other.born, ..me.clone() }, Some(&me), None);
        one("the twin", of_case(twin(n)), Some(&me), None);
        one("a namesake of the day", of_case(namesake_of_the_day(n)), Some(&me), None);
        one(
            "birth date and reference of an open case",
            Who { name: me.name.clone(), ..of_case(other.clone()) },
            None,
            Some(&other),
        );
    }
    all
}
