//! Enters: what somebody answers in the form of a draft. Leaves: the draft with it, and the form again, the next question
//! or the plan. Never: takes an answer for one that nobody asked for, or loses one.

use super::draw::{self, DO, SectionView, UPLOAD};
use super::key;
use super::opened::{Opened, opened};
use super::stale;
use crate::components::Field;
use crate::frame::{Banner, Head, Link};
use crate::start::plain;
use crate::visit::{Visit, no_page};
use despatch_app::operations::Failure;
use despatch_app::operations::drafts::{self, Background, Draft, Origin, Way};
use despatch_app::operations::new_case::inputs::{Input, Kind, pointer_of};
use despatch_app::operations::new_case::placed::Placed;
use despatch_core::fault::Fault;
use despatch_web::Response;
use serde::Serialize;

/// The whole form on one page.
#[derive(Serialize)]
struct FormPage {
    heading: &'static str,
    action: String,
    draft: String,
    version: u64,
    sections: Vec<SectionView>,
    /// What is told before the first question.
    told: String,
    one_by_one: bool,
}

/// One question.
#[derive(Serialize)]
struct QuestionPage {
    /// Where the question is the heading by itself, this is empty.
    heading: String,
    caption: String,
    action: String,
    draft: String,
    version: u64,
    fields: Vec<Field>,
    is_upload: bool,
    number: usize,
    all: usize,
}

/// Shows the form of a draft: the whole of it, or the first question that nobody has seen.
///
/// # Errors
/// There is no such draft; the ledger or the disk fails.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let Some(Opened { key, draft, background }) = opened(visit)? else { return Ok(key::ask()) };
    let actor = visit.actor()?;
    let inputs = draft.kept.form.inputs(background.known());
    if drafts::way(visit.open, &actor)? == Way::OneByOne && !draft.kept.checked {
        let unseen =
            inputs.iter().find(|input| is_asked_alone(input, &inputs) && !draft.kept.form.is_seen(&input.at));
        if let Some(first) = unseen {
            return Ok(Response::redirect(question_path(&draft, first)));
        }
    }
    let faults = match draft.kept.checked {
        true => faults_of(visit, &draft, &key)?,
        false => Vec::new(),
    };
    // It was asked for, not sent.
    Ok(whole(visit, &draft, &background, &faults)?.with_status(200))
}

/// What is wrong with a draft: in the file alone, and if that is in order, in the eyes of the office.
fn faults_of(visit: &mut Visit<'_>, draft: &Draft, key: &drafts::DraftKey) -> Result<Vec<Fault>, Failure> {
    let faults = draft.kept.form.faults();
    if !faults.is_empty() {
        return Ok(faults);
    }
    let actor = visit.actor()?;
    match drafts::plan(visit.open, &actor, key, draft) {
        Ok(_) => Ok(Vec::new()),
        Err(Failure::Faults(faults)) => Ok(faults),
        Err(other) => Err(other),
    }
}

/// Shows the whole form, each fault beside its question.
pub(super) fn whole(
    visit: &mut Visit<'_>,
    draft: &Draft,
    background: &Background,
    faults: &[Fault],
) -> Result<Response, Failure> {
    let form = &draft.kept.form;
    let inputs = form.inputs(background.known());
    let placed = Placed::of(faults, &inputs);
    let told = match &draft.kept.origin {
        Origin::New => String::new(),
        Origin::Rejected(_) => "This case file was rejected. What is wrong stands beside each answer; mend it, and drop it again.".to_owned(),
        Origin::Returned(number) => format!("This corrects case file {number}. Say at the end what changes, for those who had the earlier letters."),
    };
    let page = FormPage {
        heading: plain(form.event()),
        action: format!("/drafts/{}", draft.id),
        draft: draft.id.to_string(),
        version: draft.kept.version,
        sections: draw::sections(&inputs, &placed),
        told,
        one_by_one: false,
    };
    let head = Head::of(page.heading).back("Your drafts", "/drafts").errors(draw::errors(&inputs, &placed));
    visit.page("drafts/form", head, &page)
}

/// Takes what was answered in the whole form, and does what the button says.
///
/// # Errors
/// There is no such draft; the ledger or the disk fails.
pub fn answer(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let Some(Opened { key, mut draft, background }) = opened(visit)? else { return Ok(key::ask()) };
    let actor = visit.actor()?;
    let shown: Vec<String> =
        draft.kept.form.inputs(background.known()).into_iter().map(|one| one.at).collect();
    draft.kept.form.shown(shown.iter().map(String::as_str));
    let kept = draft.kept.form.clone();
    draft.kept.form.take(&visit.request.form, background.known());
    let others = stale::answers(visit, &draft, (&kept, &background), "")?;
    if !others.is_empty() {
        let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
        return Ok(whole(visit, &draft, &background, &others)?.with_status(409));
    }
    let action = visit.request.field(DO).to_owned();
    let refused = uploaded(visit, &mut draft, &key)?;
    if !refused.is_empty() {
        drafts::save(visit.open, &actor, &key, &mut draft)?;
        let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
        return whole(visit, &draft, &background, &refused);
    }
    let here = format!("/drafts/{}", draft.id);
    if change(visit, &mut draft, &key, &action)? {
        drafts::save(visit.open, &actor, &key, &mut draft)?;
        return Ok(Response::redirect(here));
    }
    if action == "save" {
        drafts::save(visit.open, &actor, &key, &mut draft)?;
        visit.say(Banner::done("The draft is kept. Nobody but you can read it."));
        return Ok(Response::redirect("/drafts"));
    }
    draft.kept.checked = true;
    drafts::save(visit.open, &actor, &key, &mut draft)?;
    let faults = faults_of(visit, &draft, &key)?;
    if faults.is_empty() {
        return Ok(Response::redirect(format!("{here}/plan")));
    }
    let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
    whole(visit, &draft, &background, &faults)
}

/// Adds what was uploaded; returns why something was not.
fn uploaded(visit: &mut Visit<'_>, draft: &mut Draft, key: &drafts::DraftKey) -> Result<Vec<Fault>, Failure> {
    let (mut refused, mut warned) = (Vec::new(), Vec::new());
    let actor = visit.actor()?;
    let request = visit.request;
    let files = request.uploads.iter().filter(|file| file.field == UPLOAD && !file.bytes.is_empty());
    for file in files {
        match drafts::attach(visit.open, &actor, key, draft, (&file.name, &file.bytes)) {
            Ok((found, warnings)) => {
                warned.extend(warnings.into_iter().map(|words| format!("{}: {words}.", found.name)));
            }
            Err(Failure::Faults(faults)) => refused.extend(faults),
            Err(other) => return Err(other),
        }
    }
    if !warned.is_empty() {
        visit.say(Banner::important(format!("A reviewer will be asked about this. {}", warned.join(" "))));
    }
    Ok(refused)
}

/// Adds to a list or takes out of it, if the button says so.
fn change(
    visit: &mut Visit<'_>,
    draft: &mut Draft,
    key: &drafts::DraftKey,
    action: &str,
) -> Result<bool, Failure> {
    let actor = visit.actor()?;
    let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
    match action.split(':').collect::<Vec<&str>>().as_slice() {
        ["upload"] => {}
        ["add", list] => draft.kept.form.add(list, background.known()),
        ["remove", list, index] => {
            let index = index.parse().map_err(|_| no_page())?;
            match *list == despatch_app::operations::new_case::form::ATTACHMENTS {
                true => drafts::detach(visit.open, &actor, key, draft, index)?,
                false => drop(draft.kept.form.take_out(list, index)),
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Whether a question has a page of its own: what is in a list is asked on the list's.
fn is_asked_alone(input: &Input, inputs: &[Input]) -> bool {
    let lists = inputs.iter().filter(|one| matches!(one.kind, Kind::List(..)));
    lists.into_iter().all(|list| !input.at.starts_with(&format!("{}/", list.at)))
}

fn question_path(draft: &Draft, input: &Input) -> String {
    format!("/drafts/{}/questions/{}", draft.id, input.name)
}

/// Shows one question.
///
/// # Errors
/// There is no such draft or question; the ledger or the disk fails.
pub fn question(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let Some(Opened { draft, background, .. }) = opened(visit)? else { return Ok(key::ask()) };
    alone(visit, &draft, &background, &[])
}

/// Shows one question with what is wrong with its answer.
fn alone(
    visit: &mut Visit<'_>,
    draft: &Draft,
    background: &Background,
    faults: &[Fault],
) -> Result<Response, Failure> {
    let inputs = draft.kept.form.inputs(background.known());
    let asked: Vec<&Input> = inputs.iter().filter(|input| is_asked_alone(input, &inputs)).collect();
    let at = pointer_of(visit.step("question"));
    let place = asked.iter().position(|input| input.at == at).ok_or_else(no_page)?;
    let input = asked.get(place).ok_or_else(no_page)?;
    let mut placed = Placed::of(faults, &inputs);
    placed.beside.retain(|(of, _)| belongs(of, &input.at));
    placed.rest.clear();
    let is_list = matches!(input.kind, Kind::List(..));
    let before = place.checked_sub(1).and_then(|before| asked.get(before));
    let back = before.map_or_else(|| "/drafts".to_owned(), |before| question_path(draft, before));
    let caption = if input.group.is_empty() { input.section.clone() } else { input.group.clone() };
    let page = QuestionPage {
        heading: if is_list { input.label.to_owned() } else { String::new() },
        caption,
        action: question_path(draft, input),
        draft: draft.id.to_string(),
        version: draft.kept.version,
        fields: draw::question(&inputs, input, &placed),
        is_upload: is_list,
        number: place + 1,
        all: asked.len(),
    };
    let head = Head::of(input.label).back("Back", back).errors(draw::errors(&inputs, &placed));
    visit.page("drafts/question", head, &page)
}

/// Whether a pointer is that of a question, or of something in its list.
fn belongs(at: &str, question: &str) -> bool {
    at == question || at.starts_with(&format!("{question}/"))
}

/// Takes the answer to one question, and goes on to the next.
///
/// # Errors
/// There is no such draft or question; the ledger or the disk fails.
pub fn answer_one(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let Some(Opened { key, mut draft, background }) = opened(visit)? else { return Ok(key::ask()) };
    let actor = visit.actor()?;
    let at = pointer_of(visit.step("question"));
    let before = draft.kept.form.inputs(background.known());
    let asked = before.iter().find(|input| input.at == at).ok_or_else(no_page)?;
    let unsaid = asked.kind == Kind::Gate && !visit.request.form.iter().any(|(name, _)| *name == asked.name);
    let kept = draft.kept.form.clone();
    draft.kept.form.take(&visit.request.form, background.known());
    let others = stale::answers(visit, &draft, (&kept, &background), &at)?;
    if !others.is_empty() {
        let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
        return Ok(alone(visit, &draft, &background, &others)?.with_status(409));
    }
    let action = visit.request.field(DO).to_owned();
    let mut faults = uploaded(visit, &mut draft, &key)?;
    if faults.is_empty() && change(visit, &mut draft, &key, &action)? {
        drafts::save(visit.open, &actor, &key, &mut draft)?;
        return Ok(Response::redirect(question_path(&draft, asked)));
    }
    if action == "save" {
        drafts::save(visit.open, &actor, &key, &mut draft)?;
        visit.say(Banner::done("The draft is kept. Nobody but you can read it."));
        return Ok(Response::redirect("/drafts"));
    }
    faults.extend(draft.kept.form.faults());
    if unsaid {
        faults.push(Fault::new(at.as_str(), "field.missing", "nothing was chosen", "say yes or no"));
    }
    let background = Background::of_form(visit.open, &actor, &draft.kept.form)?;
    let inputs = draft.kept.form.inputs(background.known());
    let placed = Placed::of(&faults, &inputs);
    if placed.beside.iter().any(|(of, _)| belongs(of, &at)) {
        drafts::save(visit.open, &actor, &key, &mut draft)?;
        return alone(visit, &draft, &background, &faults);
    }
    draft.kept.form.shown([at.as_str()]);
    let next =
        inputs.iter().find(|input| is_asked_alone(input, &inputs) && !draft.kept.form.is_seen(&input.at));
    let path = match next {
        Some(next) => question_path(&draft, next),
        None => format!("/drafts/{}/plan", draft.id),
    };
    draft.kept.checked |= next.is_none();
    drafts::save(visit.open, &actor, &key, &mut draft)?;
    Ok(Response::redirect(path))
}

/// Changes between one question a page and all on one.
///
/// # Errors
/// The disk fails.
pub fn set_way(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let way = Way::of_code(visit.request.field("way")).ok_or_else(no_page)?;
    drafts::set_way(visit.open, &visit.actor()?, way)?;
    Ok(Response::redirect(format!("/drafts/{}", visit.step("id"))))
}

/// Where the summary of errors leads when nothing else does.
pub(super) fn to_form(draft: &Draft) -> Link {
    Link::of("Change the answers", format!("/drafts/{}", draft.id))
}
