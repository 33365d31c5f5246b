//! Enters: a message and the version before it, both opened. Leaves: the documents of both side by side: pictures, and
//! words with what was added and what was taken away. Never: judges whether a change matters.

use crate::frame::{Banner, Head};
use crate::naming::title;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::earlier_version;
use despatch_app::operations::reading::{self, Documents};
use despatch_core::private::Secret;
use despatch_ledger::DespatchId;
use despatch_web::{Content, Response};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// How many pages of a document are compared: longer ones are somebody else's, and did not change.
const PAGES_MAX: u32 = 20;

/// Two versions of a message.
#[derive(Serialize)]
struct Changes {
    id: String,
    earlier: String,
    title: String,
    documents: Vec<Compared>,
}

/// One document in both versions.
#[derive(Serialize)]
struct Compared {
    name: String,
    /// What became of it: the same, changed, new, left out.
    verdict: &'static str,
    changed: bool,
    before: Vec<Word>,
    after: Vec<Word>,
    /// Its pages as pictures, in both versions.
    pictures: Vec<Pair>,
}

/// The same page of both versions; empty where one has no such page.
#[derive(Serialize)]
struct Pair {
    number: u32,
    before: String,
    after: String,
}

/// Words that stand together: kept, or of one version alone.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Word {
    text: String,
    marked: bool,
}

/// Shows what changed since the version before.
///
/// # Errors
/// No key is open; one of the two was removed.
pub fn changes(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, actor): (DespatchId, _) = (visit.step_as("id")?, visit.actor()?);
    let unlock = visit.unlock();
    let Some(version) = earlier_version::find(visit.open, &actor, id)? else {
        visit.say(Banner::important(format!("{id} is the first version: there is none before it.")));
        return Ok(Response::redirect(format!("/review/{id}")));
    };
    let now = reading::open_again(visit.open, &actor, id, &unlock)?;
    let before = earlier_version::open(visit.open, &actor, &version, &unlock)?;
    let despatch = visit.open.ledger.despatch(id)?;
    let page = Changes {
        id: id.to_string(),
        earlier: match version.id == id {
            true => format!("{id} as it was before it was made again"),
            false => version.id.to_string(),
        },
        title: title(visit, &despatch),
        documents: compared(visit, id, &before.documents, &now.documents)?,
    };
    let head = Head::of(format!("What changed in {id}")).back("Back to the message", format!("/review/{id}"));
    visit.page("message/changes", head, &page)
}

fn compared(
    visit: &Visit<'_>,
    id: DespatchId,
    before: &Documents,
    after: &Documents,
) -> Result<Vec<Compared>, Failure> {
    let find = |documents: &Documents, name: &str| {
        documents.iter().find(|(known, _)| known == name).map(|(_, bytes)| Secret::clone(bytes))
    };
    let gone = before.iter().filter(|(name, _)| find(after, name).is_none());
    let names: Vec<String> = after.iter().chain(gone).map(|(name, _)| name.clone()).collect();
    let mut compared = Vec::new();
    for name in names {
        let (old, new) = (find(before, &name), find(after, &name));
        let verdict = match (&old, &new) {
            (Some(old), Some(new)) if old == new => "the same in both",
            (Some(_), Some(_)) => "changed",
            (None, _) => "new",
            (_, None) => "left out now",
        };
        let same = verdict == "the same in both";
        let text = |bytes: &Option<Secret>| match bytes {
            Some(bytes) if !same => words_of(visit, &name, bytes),
            _ => Ok((String::new(), 0)),
        };
        let ((old, old_pages), (new, new_pages)) = (text(&old)?, text(&new)?);
        let place =
            |documents: &Documents| documents.iter().position(|(known, _)| *known == name).map(|at| at + 1);
        let address = |part: &str, at: Option<usize>, pages: u32, number: u32| match at {
            Some(at) if number <= pages => format!("/review/{id}/{part}/{at}/pages/{number}"),
            _ => String::new(),
        };
        let (was, is) = (place(before), place(after));
        let pictures = (1..=old_pages.max(new_pages)).map(|number| Pair {
            number,
            before: address("earlier", was, old_pages, number),
            after: address("documents", is, new_pages, number),
        });
        let pictures = pictures.collect();
        let (before, after) = side_by_side(&old, &new);
        compared.push(Compared { name, verdict, changed: !same, before, after, pictures });
    }
    Ok(compared)
}

/// The text of a document, page after page, and how many pages it has; none if it is no PDF.
fn words_of(visit: &Visit<'_>, name: &str, bytes: &Secret) -> Result<(String, u32), Failure> {
    if !name.ends_with(".pdf") {
        return Ok((String::from_utf8_lossy(bytes).into_owned(), 0));
    }
    let pictures = visit.pages.pictures();
    let first = pictures.text(name, bytes, 1)?;
    let pages = u32::try_from(first.pages).unwrap_or(u32::MAX).min(PAGES_MAX);
    let mut text = first.text;
    for page in 2..=pages {
        text.push('\n');
        text.push_str(&pictures.text(name, bytes, page)?.text);
    }
    Ok((text, pages))
}

/// Shows one page of the version before as a picture.
///
/// # Errors
/// No key is open; there is no such version or page.
pub fn earlier_picture(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, actor): (DespatchId, _) = (visit.step_as("id")?, visit.actor()?);
    let (number, page): (usize, u32) = (visit.step_as("number")?, visit.step_as("page")?);
    let unlock = visit.unlock();
    let version = earlier_version::find(visit.open, &actor, id)?.ok_or_else(no_page)?;
    let before = earlier_version::open(visit.open, &actor, &version, &unlock)?;
    let document = number.checked_sub(1).and_then(|at| before.documents.get(at));
    let (name, bytes) = document.filter(|(name, _)| name.ends_with(".pdf")).ok_or_else(no_page)?;
    let drawn = visit.pages.pictures().page(name, bytes, page, 0)?;
    Ok(Response::of(Content::Png, drawn.picture))
}

/// The words of both versions, each with what the other lacks marked.
fn side_by_side(before: &str, after: &str) -> (Vec<Word>, Vec<Word>) {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for change in TextDiff::from_words(before, after).iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut old, text, false);
                push(&mut new, text, false);
            }
            ChangeTag::Delete => push(&mut old, text, true),
            ChangeTag::Insert => push(&mut new, text, true),
        }
    }
    (old, new)
}

fn push(words: &mut Vec<Word>, text: &str, marked: bool) {
    match words.last_mut().filter(|last| last.marked == marked) {
        Some(last) => last.text.push_str(text),
        None => words.push(Word { text: text.to_owned(), marked }),
    }
}
