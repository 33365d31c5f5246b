//! Enters: who may use the pages, and as what. Leaves: accounts made, closed and given other roles.
//! Never: shows a passphrase twice, or one that somebody chose.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Checkboxes, Choice, Field, Hidden, Part, Select, Table, Text};
use crate::forms::{self, Refused, done};
use crate::frame::{Banner, Head};
use crate::visit::{Visit, no_page};
use despatch_app::operations::users::{self, AddUser, SetRoles, UserView};
use despatch_app::operations::{Failure, users::NewUser};
use despatch_core::words::{StaffId, capital, moment_words};
use despatch_ledger::UserRole;
use despatch_web::Response;
use std::collections::BTreeSet;

const TITLE: &str = "Accounts";

/// Shows every account.
///
/// # Errors
/// The ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let known = users::list(visit.open, &actor)?;
    let head = ["Who", "Roles", "State", "Last signed in"].map(Cell::from).to_vec();
    let table = Table::new("Who may use the pages", head, known.iter().map(row).collect());
    let mut blocks = vec![Block::table_or(table, "Nobody has an account yet.")];
    for one in &known {
        blocks.push(Block::unfolds(format!("Change the account of {}", one.account.staff), change(one)));
    }
    let without = visit.open.office.config.staff.iter();
    let without = without.filter(|staff| known.iter().all(|one| one.account.staff != staff.id));
    let options: Vec<(String, String)> =
        without.map(|staff| (staff.id.to_string(), format!("{} ({})", staff.name, staff.id))).collect();
    blocks.push(Block::heading("Make an account"));
    if options.is_empty() {
        blocks.push(Block::paragraph("Everybody on the staff list has an account."));
    } else {
        let fields = vec![
            Field::Select(Select::new("who", "For whom").options(options).error(refused.at("who"))),
            Field::Checkboxes(roles("role", "What they may do", &BTreeSet::new()).error(refused.at("role"))),
            Field::Buttons(vec![Button::new("Make the account")]),
        ];
        blocks.push(Block::Form(Form::new("/users/add", fields)));
    }
    let head = Head::of(TITLE).errors(refused.links(&[]));
    visit.page("users/users", head, &Sheet::new(TITLE, blocks))
}

fn row(one: &UserView) -> Vec<Cell> {
    let account = &one.account;
    let who = one.name.as_deref().unwrap_or("no longer on the staff list");
    let (state, colour) = match (account.disabled, account.must_change) {
        (true, _) => ("Closed", "grey"),
        (false, true) => ("Waits for a passphrase of their own", "yellow"),
        (false, false) => ("Open", "green"),
    };
    let roles: Vec<&str> = account.roles.iter().map(|role| role.label()).collect();
    vec![
        format!("{who} ({})", account.staff).into(),
        roles.join(", ").into(),
        Text::from(vec![Part::tag(state, colour)]).into(),
        account.signed_in.map_or_else(|| "never".to_owned(), moment_words).into(),
    ]
}

fn roles(name: &str, question: &str, has: &BTreeSet<UserRole>) -> Checkboxes {
    let choice =
        |role: &UserRole| Choice::new(role.code(), capital(role.label())).checked(has.contains(role));
    Checkboxes::new(name, question, UserRole::ALL.iter().map(choice).collect()).size("s")
}

/// What can be done with one account. The fields of each form have names of their own on the page.
fn change(one: &UserView) -> Vec<Block> {
    let account = &one.account;
    let who = || Field::Hidden(Hidden { name: "who".to_owned(), value: account.staff.to_string() });
    let button = |words: String| Field::Buttons(vec![Button::new(words).secondary()]);
    let way = if account.disabled { ("enable", "Open") } else { ("disable", "Close") };
    let checkboxes = Checkboxes {
        id_prefix: format!("role-{}", account.staff),
        ..roles("role", "What they may do", &account.roles)
    };
    vec![
        Block::Form(Form::new(
            "/users/role",
            vec![who(), Field::Checkboxes(checkboxes), button(format!("Give {} these roles", account.staff))],
        )),
        Block::Form(Form::new(
            format!("/users/{}", way.0),
            vec![who(), button(format!("{} the account of {}", way.1, account.staff))],
        )),
        Block::Form(Form::new(
            "/users/reset",
            vec![who(), button(format!("Give {} a passphrase for one use", account.staff))],
        )),
    ]
}

/// The roles that a form chose.
fn chosen(visit: &Visit<'_>) -> Result<BTreeSet<UserRole>, Failure> {
    let known = |code: &str| UserRole::ALL.into_iter().find(|role| role.code() == code).ok_or_else(no_page);
    visit.request.fields("role").map(known).collect()
}

fn who(visit: &Visit<'_>) -> Result<StaffId, Failure> {
    forms::value(visit.request, "who", "a member of staff")
}

/// Makes an account.
///
/// # Errors
/// The ledger fails.
pub fn add(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, roles) = (visit.actor()?, chosen(visit)?);
    let made = who(visit).and_then(|staff| users::add(visit.open, &actor, AddUser { staff, roles }));
    told(visit, made)
}

/// Gives somebody a passphrase for one use.
///
/// # Errors
/// The ledger fails.
pub fn reset(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let made = who(visit).and_then(|staff| users::reset(visit.open, &actor, &staff));
    if let Ok(made) = &made {
        visit.pages.sessions().end_others(&made.staff, None);
    }
    told(visit, made)
}

/// Says the passphrase for one use, once.
fn told(visit: &mut Visit<'_>, made: Result<NewUser, Failure>) -> Result<Response, Failure> {
    match made {
        Ok(made) => {
            let words = format!(
                "Give these words to {} alone. They let in once, and are shown once: {}",
                made.staff,
                made.passphrase.expose()
            );
            visit.say(Banner::done(words));
            Ok(Response::redirect("/users"))
        }
        Err(failure) => page(visit, &Refused::of(failure)?.named(&[("staff", "who"), ("roles", "role")])),
    }
}

/// Gives somebody other roles.
///
/// # Errors
/// The ledger fails.
pub fn set_roles(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, roles) = (visit.actor()?, chosen(visit)?);
    let set = who(visit).and_then(|staff| users::set_roles(visit.open, &actor, SetRoles { staff, roles }));
    match set {
        Ok(account) => Ok(done(visit, format!("{} has these roles now.", account.staff), "/users")),
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

/// Closes an account, and ends its sessions.
///
/// # Errors
/// The ledger fails.
pub fn disable(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    match who(visit).and_then(|staff| users::disable(visit.open, &actor, &staff)) {
        Ok(account) => {
            visit.pages.sessions().end_others(&account.staff, None);
            Ok(done(visit, format!("The account of {} is closed.", account.staff), "/users"))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

/// Opens a closed account again.
///
/// # Errors
/// The ledger fails.
pub fn enable(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    match who(visit).and_then(|staff| users::enable(visit.open, &actor, &staff)) {
        Ok(account) => Ok(done(visit, format!("The account of {} is open.", account.staff), "/users")),
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}
