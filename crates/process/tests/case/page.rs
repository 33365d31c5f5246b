//! Enters: the tables of fields, and the page for caseworkers. Leaves: the proof that the page has every table as the
//! program has it; with DESPATCH_UPDATE=1 it writes them into the page.
//! Never: writes a word outside the marks of a table.

use despatch_process::case;
use despatch_process::events::EventName;
use despatch_process::fields::{Field, Order, Sort, When};
use std::collections::BTreeMap;

const END: &str = "<!-- end -->";

/// Every table of the page by its mark: the objects that any case has, and the fields of each event.
fn tables() -> BTreeMap<String, String> {
    let mut shown = Vec::new();
    let mut tables = BTreeMap::new();
    tables.insert("a case".to_owned(), table("the file", &[case::HEAD, case::fields()], &mut shown));
    for (word, event) in EventName::WORDS {
        tables.insert(word.to_string(), table("`event`", &[event.table().fields], &mut shown));
    }
    tables
}

/// The table of an object, and of the objects in it that no earlier table has shown.
fn table(
    title: &str,
    tables: &[&'static [Field]],
    shown: &mut Vec<(Vec<&'static str>, &'static str)>,
) -> String {
    let mut rows = format!("| field of {title} | what to write | how | when |\n|---|---|---|---|\n");
    let mut inner_tables = String::new();
    for field in tables.iter().flat_map(|table| table.iter()) {
        let mut says: Vec<String> = how(field).into_iter().collect();
        says.extend(field.order.iter().map(order));
        if let Sort::Object(inner) | Sort::List(inner) = field.sort {
            let names: Vec<&str> = inner.iter().map(|field| field.name).collect();
            match shown.iter().find(|(known, _)| *known == names) {
                Some((_, as_in)) if *as_in == field.name => says.push("its fields are above".to_owned()),
                Some((_, as_in)) => says.push(format!("its fields are those of `{as_in}`, above")),
                None => {
                    shown.push((names, field.name));
                    says.push("its fields are below".to_owned());
                    inner_tables += &format!("\n{}", table(&format!("`{}`", field.name), &[inner], shown));
                }
            }
        }
        let how = says.join(", ");
        rows += &format!(
            "| `{}` | {} | {how} | {} |
",
            field.name,
            field.text(),
            presence(field)
        );
    }
    rows + &inner_tables
}

fn how(field: &Field) -> Option<String> {
    let most = field.most;
    Some(match field.sort {
        Sort::Line => format!("one line, {most} characters at most"),
        Sort::Pattern(pattern) => pattern.says.to_owned(),
        Sort::Prose => "[free text](#free-text)".to_owned(),
        Sort::Date => "a date".to_owned(),
        Sort::Time => "on the 24-hour clock: `09:05` or `14:30`".to_owned(),
        Sort::Flag => "`true` or `false`".to_owned(),
        Sort::Whole => format!("{most} at most"),
        Sort::Choice(words) => {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            one_of(&words)
        }
        Sort::List(_) => format!("{most} at most"),
        Sort::Object(_) => return None,
        Sort::Event => "one of [those below](#the-events)".to_owned(),
    })
}

fn one_of(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => words.concat(),
    }
}

fn order(order: &Order) -> String {
    match order {
        Order::NotBefore(other, _) => format!("not before `{other}`"),
        Order::NotAfter(other, _) => format!("not after `{other}`"),
    }
}

fn presence(field: &Field) -> String {
    if !field.optional {
        return "required".to_owned();
    }
    let needed = field.needed.map(|need| format!("required where {}", says(need.when)));
    let barred = field.barred.map(|need| format!("left out where {}", says(need.when)));
    let asked =
        field.asked.filter(|_| field.needed.is_none()).map(|when| format!("optional where {}", says(when)));
    let all: Vec<String> = needed.into_iter().chain(barred).chain(asked).collect();
    if all.is_empty() { "optional".to_owned() } else { all.join(", ") }
}

fn says(when: When) -> String {
    match when {
        When::Is(at, words) => format!("`{at}` is {}", one_of(words)),
        When::There(at) => format!("there is `{at}`"),
        When::Foreign(at) => format!("`{at}` is not in Latin letters"),
        When::Absent(at) => format!("there is no `{at}`"),
    }
}

#[test]
fn the_page_for_caseworkers_has_every_table_of_fields_as_the_program_has_it() {
    let path = super::page();
    let mut page = std::fs::read_to_string(&path).expect("the page");
    let before = page.clone();
    for (name, table) in tables() {
        let mark = format!("<!-- fields of {name} -->\n");
        let start =
            page.find(&mark).unwrap_or_else(|| panic!("the page has no place for the fields of {name}"))
                + mark.len();
        let end = start + page[start..].find(END).expect("the end of a table");
        page.replace_range(start..end, &table);
    }
    if std::env::var_os("DESPATCH_UPDATE").is_some() {
        std::fs::write(&path, &page).expect("the page");
    }
    assert!(page == before, "docs/case-file.md is older than the program: DESPATCH_UPDATE=1 writes it");
}

#[test]
fn the_page_marks_no_table_that_the_program_does_not_have() {
    let page = std::fs::read_to_string(super::page()).expect("the page");
    let marks = page.matches("<!-- fields of ").count();
    assert_eq!((marks, page.matches(END).count()), (EventName::WORDS.len() + 1, EventName::WORDS.len() + 1));
}
