//! Enters: examples of every kind, as PDFs. Leaves: proof by their tags that words stand in paragraphs and that whoever hears
//! a letter is told of the boxes and lines that a pen is for. Never: trusts a validator, which may pass over either.

use super::looks::built_in;
use crate::support::pdf::{Tag, tags};
use despatch_app::pipeline::examples::{Print, job};
use despatch_letters::render::engine::Engine;
use std::collections::BTreeMap;

/// Elements that stand in a line, and elements that hold lines and no words of their own.
const IN_LINES: [&str; 5] = ["/Span", "/Strong", "/Em", "/Link", "/Code"];
const HOLDERS: [&str; 5] = ["/Document", "/Part", "/Sect", "/Div", "/Art"];

fn loose(tags: &[Tag]) -> Vec<&Tag> {
    let is_loose =
        |tag: &&Tag| IN_LINES.contains(&tag.kind.as_str()) && HOLDERS.contains(&tag.within.as_str());
    tags.iter().filter(is_loose).collect()
}

fn alternatives(tags: &[Tag]) -> BTreeMap<Option<&str>, usize> {
    let mut counts = BTreeMap::new();
    for tag in tags.iter().filter(|tag| tag.kind == "/Figure") {
        let text = tag.alternative.as_deref().map(|text| text.trim_start_matches("u:"));
        *counts.entry(text).or_default() += 1;
    }
    counts
}

#[test]
fn the_words_of_every_kind_stand_in_paragraphs_and_every_figure_has_words() {
    let (catalogue, pool) = built_in();
    let mut found = Vec::new();
    for kind in catalogue.kinds() {
        let examples = catalogue.examples(&kind.name).enumerate();
        for (_, (path, data)) in examples.filter(|(at, (path, _))| *at == 0 || path.ends_with("cruel.json")) {
            for file in kind.files() {
                let pdf = pool.render(&job(kind, file, path, &data, Print::AsGiven)).expect("a document");
                let tags = tags(&pdf);
                assert!(tags.len() > 5, "{path} {file}: {tags:?}");
                found.extend(loose(&tags).iter().map(|tag| format!("{path} {file}: {tag:?}")));
                if alternatives(&tags).contains_key(&None) {
                    found.push(format!("{path} {file}: a figure without words"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_answers_of_the_invitation_are_told_as_boxes_and_lines() {
    let (catalogue, pool) = built_in();
    let kind = catalogue.kind(&"invitation".parse().expect("a name")).expect("the kind");
    let (path, data) = catalogue.examples(&kind.name).next().expect("an example");
    let pdf = pool.render(&job(kind, "letter.typ", path, &data, Print::AsGiven)).expect("a letter");
    let expected = BTreeMap::from([(Some("Box to tick"), 4), (Some("Line to sign on"), 2)]);
    assert_eq!(alternatives(&tags(&pdf)), expected);
}

#[test]
fn words_that_stand_in_no_paragraph_are_seen() {
    let letter = "#let document(data) = [\n  = A letter\n  #block[Words *by themselves*]\n]\n";
    let files = BTreeMap::from([("/note/letter.typ".to_owned(), letter.to_owned())]);
    let pdf = Engine::new(files).pdf(&crate::render::job("x")).expect("a document");
    assert!(!loose(&tags(&pdf)).is_empty());
}
