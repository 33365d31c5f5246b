//! Enters: what somebody wants of an entry. Leaves: it done, with a word about what follows; or what is wrong, beside its
//! field. Never: takes an address or a key on one person's word: a second one verifies it.

use super::entry::page as entry_page;
use super::fields::{keys_field, said_fields};
use super::list::page as list_page;
use crate::blocks::{Block, Form, Sheet, Verbatim};
use crate::components::{Button, Field, Input, Select};
use crate::forms::{self, Refused, date_field, done};
use crate::frame::Head;
use crate::visit::Visit;
use despatch_app::operations::decisions::{Release, release};
use despatch_app::operations::directory::{
    self, AddEntry, ChangeEntry, ConfirmOpened, EntriesPut, ExpireEntry, ImportEntries, RecordAuthority,
    ReplaceKeys, Said, VerifyEntry, waiting_for,
};
use despatch_app::operations::incidents::{Unfreeze, unfreeze};
use despatch_app::operations::{Failure, Unlocks};
use despatch_app::send::Verdict;
use despatch_core::words::{CaseId, EntryId, Role, count, date_words};
use despatch_ledger::Unfrozen;
use despatch_web::{Request, Response};

const NEW: &str = "Add an entry";

fn said(request: &Request) -> Result<Said, Failure> {
    let text = |name: &str| Some(request.field(name).to_owned()).filter(|text| !text.is_empty());
    let cases: Result<Vec<CaseId>, Failure> = request
        .field("cases")
        .split_whitespace()
        .map(|id| {
            id.parse().map_err(|why: &str| {
                Failure::request("case", "page.field", why, "write ids such as DEMO-0901")
            })
        })
        .collect();
    Ok(Said {
        name: text("name"),
        organisation: text("organisation"),
        email: forms::optional(request, "address", "an email address")
            .map_err(|failure| renamed(failure, "email"))?,
        telephone: text("telephone"),
        group: text("group").map(|group| group == "yes"),
        places: request.fields("places").filter_map(|id| id.parse().ok()).collect(),
        cases: cases?,
        method: forms::optional(request, "method", "a way to open messages")?,
    })
}

/// The failure of a field that the request calls by another name.
fn renamed(failure: Failure, field: &str) -> Failure {
    match failure {
        Failure::Request(fault) => Failure::request(field, fault.code, fault.cause, fault.cure),
        other => other,
    }
}

fn typed_keys(request: &Request) -> Vec<String> {
    request.field("keys").split_whitespace().map(str::to_owned).collect()
}

/// What a form calls the fields of an entry.
const NAMES: [(&str, &str); 4] =
    [("email", "address"), ("key", "keys"), ("place", "places"), ("case", "cases")];

/// The summary names fields as the form does; the fields themselves are found under the request's names.
fn links(refused: &Refused, dates: &[&str]) -> Vec<crate::frame::Link> {
    let mut links = refused.links(dates);
    for link in &mut links {
        for (name, field) in NAMES {
            if link.href == format!("#{name}") {
                link.href = format!("#{field}");
            }
        }
    }
    links
}

/// Shows the form for a new entry.
///
/// # Errors
/// Nobody is signed in.
pub fn new(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    new_page(visit, &Refused::default())
}

fn new_page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let request = visit.request;
    let id = Input::new("entry", "How case files will name it")
        .hint("Such as dr-rathore-quill")
        .value(request.field("entry"));
    let roles =
        std::iter::once(("", "Choose a role")).chain(Role::ALL.map(|role| (role.code(), role.label())));
    let role = Select::new("role", "Their role in the cases").options(roles).value(request.field("role"));
    let mut fields = vec![
        Field::Input(id.error(refused.at("entry")).verbatim().autocomplete("off")),
        Field::Select(role.error(refused.at("role"))),
    ];
    fields.extend(said_fields(visit, None, refused));
    fields.push(keys_field(visit, refused));
    fields.push(Field::DateInput(date_field(
        request,
        ("expires", "The last day on which it holds, if it ends"),
        refused,
    )));
    fields.push(Field::Buttons(vec![Button::new("Add it: a second person verifies it then")]));
    let head = Head::of(NEW).back("Directory", "/directory").errors(links(refused, &["expires"]));
    let blocks = vec![Block::Form(Form::new("/directory/add/entry", fields))];
    visit.page("directory/directory", head, &Sheet::new(NEW, blocks))
}

/// Adds an entry.
///
/// # Errors
/// The ledger fails.
pub fn add(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let asked = || -> Result<AddEntry, Failure> {
        let role = Role::ALL.into_iter().find(|role| role.code() == request.field("role"));
        Ok(AddEntry {
            entry: forms::value(request, "entry", "small letters, digits and hyphens")?,
            role: role
                .ok_or_else(|| Failure::request("role", "page.field", "it is missing", "choose a role"))?,
            said: said(request)?,
            keys: typed_keys(request),
            expires: forms::date(request, "expires")?,
        })
    };
    match asked().and_then(|asked| directory::add(visit.open, &actor, asked)) {
        Ok(put) => Ok(put_done(visit, &put)),
        Err(failure) => new_page(visit, &Refused::of(failure)?),
    }
}

fn put_done(visit: &Visit<'_>, put: &EntriesPut) -> Response {
    let [one] = put.entries.as_slice() else {
        let of = |came| count(put.number(came), "entry");
        let words =
            format!("{} added, {} changed, {} as before.", of("added"), of("changed"), of("as before"));
        return done(visit, words, "/directory?show=unverified");
    };
    let held = match one.held.len() {
        0 => String::new(),
        number => format!(" {} held until then.", count(number, "message")),
    };
    let words = format!("{}: {}. Another person verifies it now.{held}", one.entry, one.came);
    done(visit, words, format!("/directory/{}", one.entry))
}

/// Changes an entry.
///
/// # Errors
/// The ledger fails.
pub fn change(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let id: EntryId = visit.step_as("entry")?;
    let changed = said(request)
        .and_then(|said| directory::change(visit.open, &actor, ChangeEntry { entry: id.clone(), said }));
    match changed {
        Ok(put) => Ok(put_done(visit, &put)),
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?),
    }
}

/// Replaces the keys of an entry.
///
/// # Errors
/// The ledger fails.
pub fn keys(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let id: EntryId = visit.step_as("entry")?;
    let keys = typed_keys(visit.request);
    match directory::replace_keys(visit.open, &actor, ReplaceKeys { entry: id.clone(), keys }) {
        Ok(put) => Ok(put_done(visit, &put)),
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?),
    }
}

/// Records that somebody saw a representative's authority for a case.
///
/// # Errors
/// The ledger fails.
pub fn authority(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let id: EntryId = visit.step_as("entry")?;
    let asked = || -> Result<RecordAuthority, Failure> {
        let case = forms::value(request, "authority_case", "a case’s id")?;
        Ok(RecordAuthority { entry: id.clone(), case, dated: forms::needed_date(request, "dated")? })
    };
    match asked().and_then(|asked| directory::record_authority(visit.open, &actor, asked)) {
        Ok(seen) => {
            let words = format!(
                "On record: {id} has the person’s authority of {} for {}.",
                date_words(seen.dated),
                seen.case_id
            );
            Ok(done(visit, words, format!("/directory/{id}")))
        }
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?),
    }
}

/// Shows the words that open an entry's test message, to be told on the telephone.
///
/// # Errors
/// The ledger fails.
pub fn words(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let id: EntryId = visit.step_as("entry")?;
    let unlock = visit.unlock();
    match directory::passphrase(visit.open, &actor, id.clone(), &unlock) {
        Ok((passphrase, entry)) => {
            let title = format!("The words for {}", entry.name);
            let telephone =
                entry.telephone.unwrap_or_else(|| "the number that the office had before".to_owned());
            let blocks = vec![
                Block::paragraph(format!("Ring {telephone}, read each word, and have it read back.")),
                Block::Verbatim(Verbatim { label: title.clone(), text: passphrase.expose().to_owned() }),
            ];
            let head = Head::of(title.clone()).back("The entry", format!("/directory/{id}"));
            visit.page("directory/directory", head, &Sheet::new(title, blocks))
        }
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?),
    }
}

/// Records that a recipient confirmed an entry.
///
/// # Errors
/// The ledger fails.
pub fn verify_entry(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let id: EntryId = visit.step_as("entry")?;
    let asked = || -> Result<VerifyEntry, Failure> {
        Ok(VerifyEntry {
            entry: id.clone(),
            email: forms::value(request, "email", "the address as they said it")?,
            fingerprints: request.field("fingerprints").split_whitespace().map(str::to_owned).collect(),
            way: forms::value(request, "way", "how you reached them")?,
            how: request.field("how").to_owned(),
            until: forms::date(request, "verified_until")?,
        })
    };
    match asked().and_then(|asked| directory::verify(visit.open, &actor, asked)) {
        Ok(verified) => {
            let waiting = match verified.waiting.len() {
                0 => String::new(),
                number => format!(" {} for it can be made again.", count(number, "message")),
            };
            Ok(done(visit, format!("{id} is verified by you.{waiting}"), format!("/directory/{id}")))
        }
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?),
    }
}

/// Sends a test message.
///
/// # Errors
/// The ledger fails.
pub fn test(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let id: EntryId = visit.step_as("entry")?;
    let signing = visit.unlock();
    match directory::send_test_message(visit.open, &actor, id.clone(), &signing) {
        Ok(sent) => {
            let words = match &sent.verdict {
                Verdict::Accepted { .. } if sent.has_passphrase => {
                    "It is sent. First tell the recipient its words on the telephone; then have them read out its numbers."
                }
                Verdict::Accepted { .. } => "It is sent. Have the recipient read out its numbers.",
                Verdict::InDoubt { .. } => "It may have been sent: nobody knows.",
                Verdict::Deferred { .. } | Verdict::Refused { .. } => {
                    "It did not go, and nothing tries again by itself: mend that, and send another."
                }
            };
            Ok(done(visit, words, format!("/directory/{id}")))
        }
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?),
    }
}

/// Records that a test message could be opened.
///
/// # Errors
/// The ledger fails.
pub fn opened(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let id: EntryId = visit.step_as("entry")?;
    let numbers = visit.request.field("numbers").to_owned();
    match directory::confirm_opened(visit.open, &actor, ConfirmOpened { entry: id.clone(), numbers }) {
        Ok(_) => Ok(done(visit, format!("{id} could open the test message."), format!("/directory/{id}"))),
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?),
    }
}

/// Ends an entry.
///
/// # Errors
/// The ledger fails.
pub fn expire(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let id: EntryId = visit.step_as("entry")?;
    let reason = request.field("expire_reason").to_owned();
    let ended = forms::date(request, "last")
        .and_then(|on| directory::expire(visit.open, &actor, ExpireEntry { entry: id.clone(), on, reason }));
    match ended {
        Ok(expired) => {
            let words = format!(
                "{id} holds until {}; {} held.",
                date_words(expired.last),
                count(expired.held.len(), "message")
            );
            Ok(done(visit, words, format!("/directory/{id}")))
        }
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?.named(&[("reason", "expire_reason")])),
    }
}

/// Asks to lift the freeze of an entry, or confirms that somebody else asked.
///
/// # Errors
/// The ledger fails.
pub fn unfreeze_entry(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let id: EntryId = visit.step_as("entry")?;
    let reason = visit.request.field("unfreeze_reason").to_owned();
    match unfreeze(visit.open, &actor, Unfreeze { entry: id.clone(), reason }) {
        Ok(lifted) => {
            let words = match lifted {
                Unfrozen::Proposed => "You asked for it; a second person confirms it now.",
                Unfrozen::Confirmed => "The freeze is lifted.",
            };
            Ok(done(visit, words, format!("/directory/{id}")))
        }
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?.named(&[("reason", "unfreeze_reason")])),
    }
}

/// Makes again what is held because of an entry alone.
///
/// # Errors
/// The ledger fails.
pub fn reseal_entry(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let id: EntryId = visit.step_as("entry")?;
    let ids = waiting_for(visit.open, &actor, &id)?.ours;
    let (unlock, reason) = (visit.unlock(), visit.request.field("reseal_reason").to_owned());
    let unlocks = Unlocks { review: &unlock, signing: &unlock };
    match release(visit.open, &actor, Release { ids, reason, overridden: Vec::new() }, unlocks) {
        Ok(decided) => {
            let mut faults = Vec::new();
            let mut made = 0_usize;
            for one in decided {
                match one.outcome {
                    Ok(_) => made += 1,
                    Err(Failure::Faults(more)) => faults.extend(more),
                    Err(other) => return Err(other),
                }
            }
            if faults.is_empty() {
                return Ok(done(
                    visit,
                    format!("{} made again, for review.", count(made, "message")),
                    format!("/directory/{id}"),
                ));
            }
            entry_page(visit, id, &Refused::of(faults.into())?)
        }
        Err(failure) => entry_page(visit, id, &Refused::of(failure)?.named(&[("reason", "reseal_reason")])),
    }
}

/// Imports the entries of a file.
///
/// # Errors
/// The ledger fails.
pub fn import(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor) = (visit.request, visit.actor()?);
    let asked = || -> Result<ImportEntries, Failure> {
        let none =
            || Failure::request("file", "page.file", "no file was chosen", "choose a CSV or TOML file");
        let upload = request.uploads.iter().find(|upload| upload.field == "file" && !upload.bytes.is_empty());
        let upload = upload.ok_or_else(none)?;
        let text = std::str::from_utf8(&upload.bytes).map_err(|_| {
            Failure::request("file", "page.file", "it is not UTF-8", "save it as CSV in UTF-8")
        })?;
        Ok(ImportEntries { name: upload.name.clone(), text: text.to_owned() })
    };
    match asked().and_then(|asked| directory::import(visit.open, &actor, asked)) {
        Ok(put) => Ok(put_done(visit, &put)),
        Err(failure) => list_page(visit, &Refused::of(failure)?),
    }
}
