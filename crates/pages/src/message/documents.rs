//! Enters: which document and page of a message somebody looks at. Leaves: it as pictures and as text.
//! Never: keeps a document in clear after the answer, or shows one without a view on record.

use super::decide::Decide;
use crate::components::{Details, PagePicture, Pagination, SubItem, SubNavigation, Viewer};
use crate::frame::{Banner, Head, Link};
use crate::naming::title;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::pictures::PPI;
use despatch_app::operations::reading::{self, Documents};
use despatch_core::private::Secret;
use despatch_ledger::DespatchId;
use despatch_web::{Content, Response};
use serde::Serialize;

/// How many pages of a document stand on one page of ours.
const PAGES_AT_ONCE: u32 = 8;

/// One document of a message.
#[derive(Serialize)]
struct Document {
    id: String,
    title: String,
    name: String,
    others: SubNavigation,
    viewer: Option<Viewer>,
    /// The text of the pages, or of a document that is no PDF.
    texts: Vec<Details>,
    plain: String,
    pagination: Option<Pagination>,
    message: Link,
    save: String,
    decide: Decide,
}

/// Opens the documents of a message; the view is on record.
///
/// # Errors
/// No key is open; there is no message.
pub fn open(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, actor): (DespatchId, _) = (visit.step_as("id")?, visit.actor()?);
    let unlock = visit.unlock();
    match reading::open_despatch(visit.open, &actor, id, &unlock) {
        Ok(_) => Ok(Response::redirect(format!("/review/{id}/documents/1"))),
        Err(Failure::Faults(faults)) if faults.iter().any(|fault| fault.code == "page.locked") => {
            visit.say(Banner::important("Your review key is not open. Open it, then open the documents."));
            Ok(Response::redirect("/key"))
        }
        Err(other) => Err(other),
    }
}

/// The documents of a message that this person has opened, and which one the path names.
fn documents(visit: &mut Visit<'_>) -> Result<(DespatchId, Documents, usize), Failure> {
    let (id, number): (DespatchId, usize) = (visit.step_as("id")?, visit.step_as("number")?);
    let (actor, unlock) = (visit.actor()?, visit.unlock());
    let opened = reading::open_again(visit.open, &actor, id, &unlock)?;
    let at = number.checked_sub(1).filter(|at| *at < opened.documents.len()).ok_or_else(no_page)?;
    Ok((id, opened.documents, at))
}

/// Shows one document.
///
/// # Errors
/// No key is open; there is no such document.
pub fn document(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (id, documents, at) = documents(visit)?;
    let (name, bytes) = documents.get(at).ok_or_else(no_page)?;
    if visit.request.parameter("save") == "yes" {
        return Ok(Response::download(content_of(name), bytes.to_vec(), name));
    }
    let from: u32 = Some(visit.request.parameter("from"))
        .filter(|text| !text.is_empty())
        .map_or(Ok(1), str::parse)
        .map_err(|_| no_page())?;
    let own = format!("/review/{id}/documents/{}", at + 1);
    let mut page = Document {
        id: id.to_string(),
        title: String::new(),
        name: name.clone(),
        others: others(id, &documents, at),
        viewer: None,
        texts: Vec::new(),
        plain: String::new(),
        pagination: None,
        message: Link::of("Everything about this message", format!("/review/{id}")),
        save: format!("{own}?save=yes"),
        decide: {
            let despatch = visit.open.ledger.despatch(id)?;
            let opened = visit.has_opened(&despatch)?;
            Decide::of(visit, &despatch, opened, &[])?
        },
    };
    let despatch = visit.open.ledger.despatch(id)?;
    page.title = title(visit, &despatch);
    if name.ends_with(".pdf") {
        show_pages(visit, &mut page, (&own, bytes), from)?;
    } else {
        page.plain = String::from_utf8_lossy(bytes).into_owned();
    }
    let head = Head::of(format!("{name} of {id}")).back("Back to the message", format!("/review/{id}"));
    visit.page("message/document", head, &page)
}

fn show_pages(
    visit: &Visit<'_>,
    page: &mut Document,
    (own, bytes): (&str, &Secret),
    from: u32,
) -> Result<(), Failure> {
    let pictures = visit.pages.pictures();
    let first = pictures.text(&page.name, bytes, from)?;
    let all = u32::try_from(first.pages).unwrap_or(u32::MAX);
    let last = all.min(from.saturating_add(PAGES_AT_ONCE - 1));
    let zoom = visit.request.parameter("zoom").parse().ok();
    let step = if zoom.is_some_and(|zoom: u16| zoom > 150) { 2 } else { 1 };
    let shown = (from..=last).map(|number| PagePicture {
        src: format!("{own}/pages/{number}?zoom={step}"),
        alt: format!("Page {number} of {all}; its text is below"),
        width: None,
        height: None,
    });
    let label = page.name.clone();
    page.viewer = Some(Viewer::new("pages", label, shown.collect(), zoom, |zoom| {
        format!("{own}?from={from}&zoom={zoom}")
    }));
    let mut text = Some(first.text);
    for number in from..=last {
        let words = match text.take() {
            Some(words) => words,
            None => pictures.text(&page.name, bytes, number)?.text,
        };
        let words = if words.trim().is_empty() {
            "This page has no text: look at its picture.".to_owned()
        } else {
            words
        };
        page.texts.push(Details::new(format!("Text of page {number}"), words));
    }
    let views = u64::from(all.div_ceil(PAGES_AT_ONCE));
    let current = u64::from((from - 1) / PAGES_AT_ONCE + 1);
    page.pagination = Pagination::of(current, views, |view| {
        format!("{own}?from={}", (view - 1) * u64::from(PAGES_AT_ONCE) + 1)
    });
    Ok(())
}

fn others(id: DespatchId, documents: &Documents, at: usize) -> SubNavigation {
    let items = documents.iter().enumerate().map(|(other, (name, _))| SubItem {
        text: name.clone(),
        href: format!("/review/{id}/documents/{}", other + 1),
        active: other == at,
        ..SubItem::default()
    });
    SubNavigation {
        label: "Documents of this message".to_owned(),
        items: items.collect(),
        ..SubNavigation::default()
    }
}

fn content_of(name: &str) -> Content {
    if name.ends_with(".pdf") { Content::Pdf } else { Content::Text }
}

/// Shows one page of a document as a picture.
///
/// # Errors
/// No key is open; there is no such page.
pub fn picture(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let number: u32 = visit.step_as("page")?;
    let (_, documents, at) = documents(visit)?;
    let (name, bytes) = documents.get(at).filter(|(name, _)| name.ends_with(".pdf")).ok_or_else(no_page)?;
    let zoom = visit.request.parameter("zoom").parse().unwrap_or(0).min(PPI.len() - 1);
    let drawn = visit.pages.pictures().page(name, bytes, number, zoom)?;
    Ok(Response::of(Content::Png, drawn.picture))
}
