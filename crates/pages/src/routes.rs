//! Enters: nothing by itself. Leaves: the one table of pages: address, who may, which command does the same, and where it
//! is answered. Never: answers anything.

use crate::visit::{Steps, Visit};
use crate::{
    authorise, batches, calls, case, config, cover, directory, drafts, find, health, home, incidents, key,
    mend, message, overview, packs, passphrase, print, record, retention, review, sign_in, start, templates,
    users, withdraw, work,
};
use despatch_app::operations::Failure;
use despatch_ledger::UserRole;
use despatch_web::{Method, Response};

/// Answers one request.
pub type Page = fn(&mut Visit<'_>) -> Result<Response, Failure>;

/// Who may ask for a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Everybody,
    SignedIn,
    /// Whoever has one of these roles.
    Roles(&'static [UserRole]),
}

/// One page, or one thing that a page does.
pub struct Route {
    pub method: Method,
    /// A step that begins with a colon stands for any word.
    pub path: &'static str,
    pub who: Who,
    /// The command that does the same; empty for what only a browser needs.
    pub command: &'static str,
    pub page: Page,
}

const REVIEWERS: Who = Who::Roles(&[UserRole::Reviewer]);
const PREPARERS: Who = Who::Roles(&[UserRole::Preparer]);
const CASEWORK: Who = Who::Roles(&[UserRole::Preparer, UserRole::Reviewer]);
const DIRECTORY: Who = Who::Roles(&[UserRole::DirectoryKeeper, UserRole::Administrator]);
/// Whoever may be the second person about an entry of the directory.
const VERIFIERS: Who =
    Who::Roles(&[UserRole::DirectoryKeeper, UserRole::Administrator, UserRole::Reviewer, UserRole::Preparer]);
const RULES: Who = Who::Roles(&[UserRole::TemplateOwner, UserRole::Administrator]);
const RECORD: Who = Who::Roles(&[UserRole::Auditor, UserRole::Administrator]);
const ADMINISTRATORS: Who = Who::Roles(&[UserRole::Administrator]);

const fn get(path: &'static str, who: Who, command: &'static str, page: Page) -> Route {
    Route { method: Method::Get, path, who, command, page }
}

const fn post(path: &'static str, who: Who, command: &'static str, page: Page) -> Route {
    Route { method: Method::Post, path, who, command, page }
}

/// Every page.
pub static ROUTES: &[Route] = &[
    get("/sign-in", Who::Everybody, "", sign_in::show),
    post("/sign-in", Who::Everybody, "", sign_in::sign_in),
    post("/sign-out", Who::SignedIn, "", sign_in::sign_out),
    get("/passphrase", Who::SignedIn, "", passphrase::show),
    post("/passphrase", Who::SignedIn, "", passphrase::change),
    get("/passphrase/again", Who::SignedIn, "", passphrase::again),
    post("/passphrase/again", Who::SignedIn, "", passphrase::prove),
    get("/", Who::SignedIn, "", home::show),
    get("/notices", Who::SignedIn, "", home::notices),
    get("/key", Who::SignedIn, "unlock", key::show),
    post("/key/open", REVIEWERS, "unlock", key::open),
    post("/key/close", Who::SignedIn, "unlock", key::close),
    get("/review", REVIEWERS, "outbox list", review::show),
    post("/review/close", REVIEWERS, "outbox close", review::close_moot),
    post("/review/approve", REVIEWERS, "outbox approve", review::approve_several),
    get("/review/:id", Who::SignedIn, "outbox show", message::show),
    post("/review/:id/open", REVIEWERS, "outbox open", message::open),
    get("/review/:id/documents/:number", REVIEWERS, "outbox open", message::document),
    get("/review/:id/documents/:number/pages/:page", REVIEWERS, "outbox open", message::picture),
    get("/review/:id/changes", REVIEWERS, "outbox open", message::changes),
    get("/review/:id/earlier/:number/pages/:page", REVIEWERS, "outbox open", message::earlier_picture),
    post("/review/:id/approve", REVIEWERS, "outbox approve", message::approve),
    post("/review/:id/return", REVIEWERS, "outbox return", message::give_back),
    post("/review/:id/hold", REVIEWERS, "outbox hold", message::hold),
    post("/review/:id/cancel", REVIEWERS, "outbox cancel", message::cancel),
    post("/review/:id/release", REVIEWERS, "outbox release", message::release),
    post("/review/:id/urgent", REVIEWERS, "outbox urgent", message::release_urgently),
    post("/review/:id/reviewed", REVIEWERS, "outbox reviewed", message::reviewed),
    post("/review/:id/authorise", Who::SignedIn, "authorise", message::authorise),
    post("/review/:id/received", Who::SignedIn, "outbox received", message::received),
    post("/review/:id/unopened", Who::SignedIn, "outbox unopened", message::unopened),
    post("/review/:id/words", REVIEWERS, "outbox words", message::words),
    get("/start", PREPARERS, "new", start::show),
    get("/start/:event", PREPARERS, "new", start::case),
    post("/start/:event", PREPARERS, "new", start::begin),
    get("/drafts", PREPARERS, "drafts list", drafts::list),
    get("/drafts/unlock", PREPARERS, "drafts open", drafts::key::show),
    post("/drafts/unlock", PREPARERS, "drafts open", drafts::key::open),
    post("/drafts/forget", PREPARERS, "drafts remove", drafts::key::forget),
    get("/drafts/:id", PREPARERS, "drafts open", drafts::form::show),
    post("/drafts/:id", PREPARERS, "new", drafts::form::answer),
    get("/drafts/:id/questions/:question", PREPARERS, "new", drafts::form::question),
    post("/drafts/:id/questions/:question", PREPARERS, "new", drafts::form::answer_one),
    post("/drafts/:id/way", PREPARERS, "", drafts::form::set_way),
    get("/drafts/:id/plan", PREPARERS, "plan", drafts::plan),
    post("/drafts/:id/drop", PREPARERS, "drop", drafts::drop_case),
    get("/drafts/:id/remove", PREPARERS, "drafts remove", drafts::ask_remove),
    post("/drafts/:id/remove", PREPARERS, "drafts remove", drafts::remove),
    get("/rejected", Who::SignedIn, "rejected", mend::rejected),
    get("/rejected/:which", Who::SignedIn, "rejected", mend::one_rejected),
    post("/rejected/:which", PREPARERS, "new", mend::mend),
    get("/mend/:id", PREPARERS, "correct", mend::returned),
    post("/mend/:id", PREPARERS, "correct", mend::correct),
    get("/print", CASEWORK, "outbox print", print::show),
    post("/print", CASEWORK, "outbox print", print::give),
    get("/calls", CASEWORK, "outbox calls", calls::list),
    post("/calls", CASEWORK, "outbox calls", calls::find),
    get("/calls/:id", CASEWORK, "outbox telephoned", calls::show),
    post("/calls/:id", CASEWORK, "outbox telephoned", calls::note),
    get("/withdraw", PREPARERS, "withdraw", withdraw::which),
    post("/withdraw", PREPARERS, "withdraw", withdraw::find),
    get("/withdraw/:number", PREPARERS, "withdraw", withdraw::show),
    post("/withdraw/:number", PREPARERS, "withdraw", withdraw::take_back),
    post("/authorise/:number", Who::SignedIn, "authorise", authorise::sign),
    get("/find", Who::SignedIn, "find", find::show),
    post("/find", Who::SignedIn, "find", find::search),
    get("/work", Who::SignedIn, "work", work::show),
    get("/work/calendar", Who::SignedIn, "deadlines", work::calendar),
    post("/work/notes", Who::SignedIn, "case", work::tick),
    get("/cover", Who::SignedIn, "cover list", cover::show),
    post("/cover/absent", Who::SignedIn, "cover absent", cover::absent),
    post("/cover/out-of-hours", Who::SignedIn, "cover out-of-hours", cover::out_of_hours),
    post("/cover/end", Who::SignedIn, "cover end", cover::end),
    get("/cases/:case", Who::SignedIn, "case", case::show),
    post("/cases/:case/take", Who::SignedIn, "case take", case::take_it),
    post("/cases/:case/hand-over", Who::SignedIn, "case hand-over", case::give),
    post("/cases/:case/restrict", Who::SignedIn, "case restrict", case::close_to_others),
    post("/cases/:case/unrestrict", Who::SignedIn, "case unrestrict", case::open_to_all),
    post("/cases/:case/incident", Who::SignedIn, "incident", case::open_incident_of),
    get("/batches", Who::SignedIn, "batch list", batches::list),
    get("/batches/new", PREPARERS, "batch", batches::ask),
    post("/batches/new", PREPARERS, "batch", batches::give),
    get("/batches/new/template", PREPARERS, "batch template", batches::template),
    get("/batches/new/columns", PREPARERS, "batch", batches::columns),
    post("/batches/new/columns", PREPARERS, "batch", batches::map),
    get("/batches/new/look", PREPARERS, "batch", batches::look),
    get("/batches/new/copy", PREPARERS, "batch", batches::copy),
    post("/batches/new/proof", PREPARERS, "batch", batches::proof),
    post("/batches/new/run", PREPARERS, "batch", batches::run),
    get("/batches/:batch", Who::SignedIn, "batch show", batches::show),
    get("/batches/:batch/report/:form", Who::SignedIn, "batch show", batches::report),
    post("/batches/:batch/hold", CASEWORK, "batch hold", batches::hold),
    post("/batches/:batch/release", CASEWORK, "batch release", batches::release),
    post("/batches/:batch/cancel", CASEWORK, "batch cancel", batches::cancel),
    post("/batches/:batch/sample", REVIEWERS, "batch sample", batches::sample),
    post("/batches/:batch/approve", REVIEWERS, "batch approve", batches::approve),
    get("/overview", Who::SignedIn, "overview", overview::show),
    get("/directory", Who::SignedIn, "directory list", directory::list),
    get("/directory/add/entry", DIRECTORY, "directory add", directory::new),
    post("/directory/add/entry", DIRECTORY, "directory add", directory::add),
    get("/directory/all/check", Who::SignedIn, "directory check", directory::check),
    get("/directory/all/csv", Who::SignedIn, "directory export", directory::export),
    post("/directory/all/import", DIRECTORY, "directory import", directory::import),
    get("/directory/:entry", Who::SignedIn, "directory show", directory::entry),
    post("/directory/:entry/change", DIRECTORY, "directory change", directory::change),
    post("/directory/:entry/keys", DIRECTORY, "directory key", directory::keys),
    post("/directory/:entry/authority", Who::SignedIn, "directory authority", directory::authority),
    get("/directory/:entry/steps", Who::SignedIn, "directory onboard", directory::steps),
    post("/directory/:entry/words", VERIFIERS, "directory words", directory::words),
    post("/directory/:entry/verify", VERIFIERS, "directory verify", directory::verify_entry),
    post("/directory/:entry/test", VERIFIERS, "directory trial", directory::test),
    post("/directory/:entry/opened", VERIFIERS, "directory opened", directory::opened),
    post("/directory/:entry/expire", DIRECTORY, "directory expire", directory::expire),
    post("/directory/:entry/unfreeze", VERIFIERS, "incident unfreeze", directory::unfreeze_entry),
    post("/directory/:entry/reseal", REVIEWERS, "directory reseal", directory::reseal_entry),
    get("/incidents", Who::SignedIn, "incident list", incidents::list),
    get("/incidents/:number", Who::SignedIn, "incident show", incidents::show),
    post("/incidents/:number/reported", Who::SignedIn, "incident reported", incidents::reported),
    post("/incidents/:number/deleted", Who::SignedIn, "incident deleted", incidents::deleted),
    post("/incidents/:number/closed", Who::SignedIn, "incident close", incidents::closed),
    post("/incidents/:number/letter", Who::SignedIn, "incident letter", incidents::make_letter),
    get("/packs", Who::SignedIn, "policy list", packs::list),
    get("/packs/all/compare", Who::SignedIn, "policy diff", packs::compare),
    get("/packs/:pack", Who::SignedIn, "policy show", packs::show),
    post("/packs/:pack/adopt", RULES, "policy adopt", packs::adopt_pack),
    post("/packs/:pack/withdraw", RULES, "policy withdraw", packs::withdraw_pack),
    post("/packs/:pack/move", RULES, "policy move", packs::move_to),
    get("/templates", Who::SignedIn, "template list", templates::list),
    get("/templates/:kind", Who::SignedIn, "template gallery", templates::show),
    get("/templates/:kind/pictures/:number", Who::SignedIn, "template gallery", templates::picture),
    get("/templates/:kind/compare", Who::SignedIn, "template diff", templates::compare),
    get("/record", RECORD, "audit events", record::show),
    post("/record/verify", RECORD, "audit verify", record::verify_all),
    post("/record/checkpoint", RECORD, "audit checkpoint", record::checkpoint_now),
    post("/record/export", RECORD, "audit export", record::export_case),
    get("/health", Who::SignedIn, "health", health::show),
    get("/health/keys", Who::SignedIn, "keys list", health::keys),
    post("/health/check", Who::SignedIn, "check", health::check_all),
    post("/health/clock", ADMINISTRATORS, "clock", health::clock),
    get("/retention", RECORD, "litigation list", retention::show),
    post("/retention/hold", RECORD, "litigation hold", retention::put_on_hold),
    post("/retention/lift", RECORD, "litigation lift", retention::lift_hold),
    post("/retention/purge", RECORD, "purge", retention::purge_all),
    post("/retention/erase", RECORD, "erase", retention::erase),
    post("/retention/erase/confirm", RECORD, "erase", retention::erase_now),
    get("/config", RULES, "config list", config::list),
    post("/config", RULES, "config put", config::propose),
    get("/config/file", RULES, "config show", config::show),
    post("/config/confirm", RULES, "config confirm", config::confirm_it),
    get("/users", ADMINISTRATORS, "user list", users::show),
    post("/users/add", ADMINISTRATORS, "user add", users::add),
    post("/users/role", ADMINISTRATORS, "user role", users::set_roles),
    post("/users/disable", ADMINISTRATORS, "user disable", users::disable),
    post("/users/enable", ADMINISTRATORS, "user enable", users::enable),
    post("/users/reset", ADMINISTRATORS, "user reset", users::reset),
];

/// The commands that no page does, each with the reason.
pub const WITHOUT_PAGE: [(&str, &str); 17] = [
    ("backup", "a timer of the machine gives it, into the folder that the settings name"),
    ("demo", "it makes the office whose pages these are"),
    ("init", "there is no office yet, and so no page"),
    ("keys drill", "it needs the key that is kept away from the office"),
    ("keys rotate-review", "it needs passphrases that no page may have"),
    ("keys signing", "it makes the key by which the service starts"),
    ("open", "recipients give it, on machines of their own"),
    ("preview", "it reads a file of the template owner's"),
    ("reconcile", "whoever restored the office settles it before the service starts"),
    ("restore", "there is no office yet, and so no page"),
    ("run", "it serves these pages"),
    ("schema", "it is for programs that write case files"),
    ("send", "a service of its own gives it"),
    ("serve", "it serves these pages"),
    ("template check", "it renders every example, for whoever changes templates in files"),
    ("template new", "it writes files for a template owner to edit; pages put them forward"),
    ("template show", "it writes the files of a version for a template owner"),
];

/// Finds the route of a request; `Err(true)` if its path is known for another method.
///
/// # Errors
/// There is none.
pub fn find(method: Method, path: &str) -> Result<(&'static Route, Steps), bool> {
    let mut known = false;
    for route in ROUTES {
        if let Some(steps) = steps(route.path, path) {
            if route.method == method {
                return Ok((route, steps));
            }
            known = true;
        }
    }
    Err(known)
}

fn steps(pattern: &'static str, path: &str) -> Option<Steps> {
    let mut found = Steps::new();
    let (mut patterns, mut parts) = (pattern.split('/'), path.split('/'));
    loop {
        match (patterns.next(), parts.next()) {
            (None, None) => return Some(found),
            (Some(pattern), Some(part)) => match pattern.strip_prefix(':') {
                Some(name) => found.push((name, part.to_owned())),
                None if pattern == part => {}
                None => return None,
            },
            _ => return None,
        }
    }
}
