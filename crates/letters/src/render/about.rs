//! Enters: a job. Leaves: what `main.typ` is told about the document: its template, titles and fonts, and the languages and
//! scripts of its values. Never: puts a value into typst's source.

use super::fonts;
use super::job::Job;
use super::languages::{self, Language, TURNED};
use super::named::Named;
use super::texts::each_text;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use unicode_script::{Script, UnicodeScript};

/// How much larger than Latin letters those of a script are set, so that they look as large.
const ARABIC_SIZE: f64 = 1.25;

/// Returns what the main file of `job` is told; `crowded` where its words did not fit on one page as they are set first.
pub(super) fn about(job: &Job, crowded: bool) -> Value {
    let english = Language::english();
    let Language { language, region, right_to_left } = job.language.as_ref().unwrap_or(&english);
    let (name, spoken) = name(job);
    let families = fonts::families(&job.data);
    let of_script = |script| {
        let own = languages::is_written_in(language, script);
        if own { language.as_str() } else { languages::of_script(script) }
    };
    let found = written_in(&job.data);
    // What no value is written in costs nothing: expressions for whole scripts take long to compile.
    let from_right: Vec<Script> = TURNED.into_iter().filter(|script| found.contains(script)).collect();
    json!({
        "template": job.main, "crowded": crowded, "longest_word": longest_word(&job.data),
        "title": job.title, "author": job.author, "keywords": job.keywords,
        "language": language, "region": region, "right_to_left": right_to_left,
        "name": name, "spoken": spoken,
        "scripts": scripts(&found, &families, of_script),
        "from_right": words_of(&classes(&from_right)),
        "turned": from_right.iter().map(|script| turned(*script, &families, of_script(*script))).collect::<Vec<_>>(),
        "families": families,
    })
}

/// The person's name, and the language in which it is read, where the case says it.
fn name(job: &Job) -> (&str, Option<&'static str>) {
    let said = |at: &str| job.data.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let name = said("/person/name");
    let spoken = Some(name).filter(|name| !name.is_empty());
    (name, spoken.and_then(|name| languages::of_words(said("/person/language"), name)))
}

/// The name, where it is in Latin letters and not read as the words around it are.
pub(super) fn spoken_name(job: &Job) -> Option<Named<'_>> {
    let english = Language::english();
    let around = job.language.as_ref().unwrap_or(&english);
    let (name, spoken) = name(job);
    let language = spoken.filter(|spoken| *spoken != around.language && is_latin(name))?;
    Some(Named { name, language })
}

/// The most letters that stand together in a value, without a place where a line may break.
fn longest_word(data: &Value) -> usize {
    let mut longest = 0;
    each_text(data, &mut |_, text| {
        let words = text.split(|c: char| c.is_whitespace() || c == '-' || c == '/');
        longest = longest.max(words.map(|word| word.chars().count()).max().unwrap_or(0));
    });
    longest
}

/// What a script that runs from right to left is set in.
fn turned(script: Script, families: &[String], language: &str) -> Value {
    let size = if script == Script::Arabic { ARABIC_SIZE } else { 1.0 };
    json!({
        "letter": format!("[{}]", classes(&[script])),
        "families": own_first(script, families), "size": size, "language": language,
    })
}

/// The families, and first among them that of a script, which has its marks and the spaces between its words.
fn own_first(script: Script, families: &[String]) -> Vec<String> {
    let own = match script {
        // The last of them has all of these, in the shapes that the person's country uses.
        Script::Han | Script::Hangul | Script::Hiragana | Script::Katakana | Script::Bopomofo => {
            families.last().map(String::as_str)
        }
        other => fonts::of_script(other),
    };
    let is_own = |family: &&String| Some(family.as_str()) == own;
    let (own, others): (Vec<&String>, Vec<&String>) = families.iter().partition(is_own);
    own.into_iter().chain(others).cloned().collect()
}

/// The scripts of the values but Latin, each once, in the order of their names.
fn written_in(data: &Value) -> Vec<Script> {
    let mut found = BTreeMap::new();
    each_text(data, &mut |_, text| {
        for c in text.chars().filter(|c| *c > '\u{24f}') {
            let script = c.script();
            let plain =
                matches!(script, Script::Latin | Script::Common | Script::Inherited | Script::Unknown);
            if !plain {
                found.insert(script.full_name(), script);
            }
        }
    });
    found.into_values().collect()
}

/// What the scripts that do not run from right to left are set in.
fn scripts<'a>(found: &[Script], families: &[String], of_script: impl Fn(Script) -> &'a str) -> Vec<Value> {
    let words = |script: &Script| {
        json!({
            "words": words_of(&classes(&[*script])), "families": own_first(*script, families),
            "language": of_script(*script),
        })
    };
    found.iter().filter(|script| !TURNED.contains(script)).map(words).collect()
}

/// The letters of scripts, as part of a class of a regular expression.
fn classes(scripts: &[Script]) -> String {
    scripts.iter().map(|script| format!("\\p{{{}}}", script.full_name())).collect()
}

/// A regular expression for words of these letters, with their marks and joiners and the spaces between them.
fn words_of(letters: &str) -> String {
    format!("[{letters}](?:[{letters}\\p{{M}}\u{200c}\u{200d} ]*[{letters}\\p{{M}}])?")
}

fn is_latin(text: &str) -> bool {
    let latin = |c: char| matches!(c.script(), Script::Latin | Script::Common | Script::Inherited);
    text.chars().all(latin)
}
