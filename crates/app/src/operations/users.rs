//! Enters: who may use the pages, and what somebody gives to sign in. Leaves: their accounts, each change, sign-in and
//! refusal on record. Never: tells a wrong name from a wrong passphrase, or makes a reviewer of whom the staff list has as
//! none.

use super::{Actor, Failure, OpenOffice};
use crate::office::Office;
use crate::sign_in::{About, check, hash, must_wait, proves};
use age::secrecy::SecretString;
use chrono::{DateTime, Utc};
use despatch_core::fault::Fault;
use despatch_core::words::StaffId;
use despatch_ledger::{Ledger, SignInWay, UserAccount, UserEvent, UserRole};
use despatch_seal::passphrase::Passphrase;
use despatch_settings::Staff;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The passphrase of every account for the pages of a fictional office.
pub const DEMO_PASSPHRASE: &str = "made up for the demonstration";

/// Somebody who has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    pub staff: StaffId,
    pub name: String,
    pub roles: BTreeSet<UserRole>,
    /// Whether they have to choose a passphrase of their own before anything else.
    pub must_change: bool,
}

/// An account, as a list shows it.
#[derive(Debug, Clone, Serialize)]
pub struct UserView {
    #[serde(flatten)]
    pub account: UserAccount,
    /// The person's name; `None` if the staff list does not have them any more.
    pub name: Option<String>,
}

/// A request to make an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddUser {
    pub staff: StaffId,
    pub roles: BTreeSet<UserRole>,
}

/// A request to change what somebody may do.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SetRoles {
    pub staff: StaffId,
    pub roles: BTreeSet<UserRole>,
}

/// An account with a passphrase for one use.
#[derive(Debug, Serialize)]
pub struct NewUser {
    pub staff: StaffId,
    pub roles: BTreeSet<UserRole>,
    /// For its owner alone, who has to replace it.
    #[serde(skip)]
    pub passphrase: Passphrase,
}

/// Lists every account.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(open: &mut OpenOffice, _: &Actor) -> Result<Vec<UserView>, Failure> {
    let accounts = open.ledger.users()?.into_iter();
    let name = |account: &UserAccount| Some(open.office.config.staff_member(&account.staff)?.name.clone());
    Ok(accounts.map(|account| UserView { name: name(&account), account }).collect())
}

/// Makes an account for a member of staff, with a passphrase for one use.
///
/// # Errors
/// The actor administers no accounts; they are not on the staff list, have an account, or have no reviewer there and are
/// to be one.
pub fn add(open: &mut OpenOffice, actor: &Actor, request: AddUser) -> Result<NewUser, Failure> {
    let (by, at) = (administrator(open, actor)?, open.now().at);
    let AddUser { staff, roles } = request;
    may_have(&open.office, &staff, &roles)?;
    if open.ledger.user(&staff)?.is_some() {
        let cure = "give them another passphrase with `despatch user reset`, or other roles with `despatch user role`";
        return Err(of(&staff, "user.exists", "they have an account already", cure).into());
    }
    let passphrase = Passphrase::generate()?;
    let hash = hash(&SecretString::from(passphrase.expose().to_owned()))?;
    open.ledger.add_user(&staff, &roles, (&hash, true), (&by, at))?;
    Ok(NewUser { staff, roles, passphrase })
}

/// Gives an account other roles.
///
/// # Errors
/// As for [`add`]; they have no account.
pub fn set_roles(open: &mut OpenOffice, actor: &Actor, request: SetRoles) -> Result<UserAccount, Failure> {
    let SetRoles { staff, roles } = request;
    let by = administrator(open, actor)?;
    may_have(&open.office, &staff, &roles)?;
    change(open, &by, &staff, UserEvent::RolesSet { roles })
}

/// Closes an account: its owner's sessions end, and nobody signs in with it.
///
/// # Errors
/// The actor administers no accounts, or they have no account.
pub fn disable(open: &mut OpenOffice, actor: &Actor, staff: &StaffId) -> Result<UserAccount, Failure> {
    let by = administrator(open, actor)?;
    change(open, &by, staff, UserEvent::Disabled)
}

/// Opens an account again, and lets its owner try at once.
///
/// # Errors
/// The actor administers no accounts, or they have no account.
pub fn enable(open: &mut OpenOffice, actor: &Actor, staff: &StaffId) -> Result<UserAccount, Failure> {
    let by = administrator(open, actor)?;
    change(open, &by, staff, UserEvent::Enabled)
}

/// Gives an account another passphrase for one use.
///
/// # Errors
/// The actor administers no accounts, or they have no account.
pub fn reset(open: &mut OpenOffice, actor: &Actor, staff: &StaffId) -> Result<NewUser, Failure> {
    let (by, at) = (administrator(open, actor)?, open.now().at);
    let account = known(open, staff)?;
    let passphrase = Passphrase::generate()?;
    let hash = hash(&SecretString::from(passphrase.expose().to_owned()))?;
    open.ledger.set_user_passphrase(staff, (&hash, true), (&by, at))?;
    Ok(NewUser { staff: account.staff, roles: account.roles, passphrase })
}

/// Lets somebody in who gives the name and the passphrase of an account.
///
/// # Errors
/// It is not the passphrase of any account with that name, the account is closed, or it takes no guess now: one and the
/// same fault, after the same work.
pub fn sign_in(open: &mut OpenOffice, name: &str, passphrase: &SecretString) -> Result<User, Failure> {
    let at = open.now().at;
    let user = prove(open, name, passphrase)?;
    open.ledger.signed_in(&user.staff, SignInWay::Passphrase, at)?;
    Ok(user)
}

/// Lets somebody in whom a proxy named, where the office says that its proxy does.
///
/// # Errors
/// The office takes nobody's name from a proxy; there is no account with that name, or it is closed.
pub fn sign_in_by_proxy(open: &mut OpenOffice, name: &str) -> Result<User, Failure> {
    let at = open.now().at;
    let named = open.office.config.pages.proxy_header.is_some();
    let account = account_of(open, name)?.filter(|account| named && !account.disabled);
    let Some(user) = account.and_then(|account| user_of(&open.office, &account)) else {
        open.ledger.sign_in_refused(None, at)?;
        return Err(not_let_in());
    };
    open.ledger.signed_in(&user.staff, SignInWay::Proxy, at)?;
    // The proxy proves who they are, with whatever passphrase it asks for.
    Ok(User { must_change: false, ..user })
}

/// Returns who a session's owner is now.
///
/// # Errors
/// Their account is closed, or the staff list does not have them any more.
pub fn signed_in(open: &mut OpenOffice, staff: &StaffId) -> Result<User, Failure> {
    let account = open.ledger.user(staff)?.filter(|account| !account.disabled);
    account.and_then(|account| user_of(&open.office, &account)).ok_or_else(not_let_in)
}

/// Records that somebody signed out.
///
/// # Errors
/// The ledger fails.
pub fn sign_out(open: &mut OpenOffice, staff: &StaffId) -> Result<(), Failure> {
    let at = open.now().at;
    Ok(open.ledger.record_user(staff, UserEvent::SignedOut, (staff, at))?)
}

/// Checks a passphrase that somebody who has signed in is asked for once more.
///
/// # Errors
/// As for [`sign_in`].
pub fn check_passphrase(
    open: &mut OpenOffice,
    staff: &StaffId,
    passphrase: &SecretString,
) -> Result<(), Failure> {
    prove(open, staff.as_str(), passphrase).map(drop)
}

/// Replaces somebody's passphrase by one of their own.
///
/// # Errors
/// The old one is wrong, as for [`sign_in`]; or the new one is the old one, too short or too long, among the commonest, or
/// little more than a name.
pub fn change_passphrase(
    open: &mut OpenOffice,
    staff: &StaffId,
    old: &SecretString,
    new: &SecretString,
) -> Result<(), Failure> {
    let at = open.now().at;
    let user = prove(open, staff.as_str(), old)?;
    check(new, &about(&open.office, &user))?;
    if proves(new, open.ledger.user_hash(staff)?.as_deref())? {
        let cause = "it is the one that you have";
        return Err(Failure::Request(Fault::new(
            "passphrase",
            "passphrase.same",
            cause,
            "choose another one",
        )));
    }
    let hash = hash(new)?;
    Ok(open.ledger.set_user_passphrase(staff, (&hash, false), (staff, at))?)
}

/// Makes the accounts of a fictional office, which all have one known passphrase.
///
/// # Errors
/// The ledger fails.
pub(super) fn add_made_up(
    ledger: &mut Ledger,
    staff: &[Staff],
    passphrase: &str,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let hash = hash(&SecretString::from(passphrase.to_owned()))?;
    for (one, last) in staff.iter().zip((0..staff.len()).rev().map(|left| left == 0)) {
        let mut roles: BTreeSet<UserRole> = match one.reviewer {
            true => [UserRole::Reviewer, UserRole::DirectoryKeeper, UserRole::Auditor].into(),
            false => [UserRole::Preparer, UserRole::DirectoryKeeper, UserRole::TemplateOwner].into(),
        };
        if last {
            roles.insert(UserRole::Administrator);
        }
        ledger.add_user(&one.id, &roles, (&hash, false), (&one.id, at))?;
    }
    Ok(())
}

/// Returns who has the account with this name and this passphrase.
fn prove(open: &mut OpenOffice, name: &str, passphrase: &SecretString) -> Result<User, Failure> {
    let at = open.now().at;
    let account = account_of(open, name)?;
    let waits = account.as_ref().is_some_and(|one| must_wait(one.failures, one.last_failure, at));
    let takes = account.as_ref().filter(|one| !one.disabled && !waits);
    let hash = match takes {
        Some(account) => open.ledger.user_hash(&account.staff)?,
        None => None,
    };
    let proved = proves(passphrase, hash.as_deref())?;
    let user = takes.filter(|_| proved).and_then(|account| user_of(&open.office, account));
    if user.is_none() && !waits {
        open.ledger.sign_in_refused(account.as_ref().map(|one| &one.staff), at)?;
    }
    user.ok_or_else(not_let_in)
}

/// The account under the name that somebody typed: their id in the staff list.
fn account_of(open: &mut OpenOffice, name: &str) -> Result<Option<UserAccount>, Failure> {
    match name.trim().to_ascii_lowercase().parse::<StaffId>() {
        Ok(staff) => Ok(open.ledger.user(&staff)?),
        Err(_) => Ok(None),
    }
}

/// Who has an account: a member of staff, with the roles that the staff list allows today.
fn user_of(office: &Office, account: &UserAccount) -> Option<User> {
    let staff = office.config.staff_member(&account.staff)?;
    let mut roles = account.roles.clone();
    if !staff.reviewer {
        roles.remove(&UserRole::Reviewer);
    }
    Some(User { staff: staff.id.clone(), name: staff.name.clone(), roles, must_change: account.must_change })
}

fn about<'a>(office: &'a Office, user: &'a User) -> About<'a> {
    let config = &office.config;
    let own = config
        .staff_member(&user.staff)
        .into_iter()
        .flat_map(|staff| [staff.id.as_str(), &staff.name, &staff.account]);
    let teams = config.teams.values().map(|team| team.letterhead.name.as_str());
    About { names: own.chain(teams).chain([config.mail_domain.as_str()]).collect() }
}

fn not_let_in() -> Failure {
    let cause = "the name or the passphrase is not right";
    let cure =
        "try again; after several wrong ones wait a quarter of an hour, or ask an administrator of the pages";
    Fault::new("sign-in", "sign_in.refused", cause, cure).into()
}

fn of(staff: &StaffId, code: &'static str, cause: &str, cure: &str) -> Fault {
    Fault::new(format!("user {staff}"), code, cause, cure)
}

fn known(open: &mut OpenOffice, staff: &StaffId) -> Result<UserAccount, Failure> {
    open.ledger.user(staff)?.ok_or_else(|| {
        let cure = "see `despatch user list`, or make one with `despatch user add`";
        of(staff, "user.none", "they have no account for the pages", cure).into()
    })
}

fn change(
    open: &mut OpenOffice,
    by: &StaffId,
    staff: &StaffId,
    happened: UserEvent,
) -> Result<UserAccount, Failure> {
    let at = open.now().at;
    known(open, staff)?;
    open.ledger.record_user(staff, happened, (by, at))?;
    known(open, staff)
}

/// Returns who may make and close accounts: a keeper of the office, or an administrator of the pages.
fn administrator(open: &mut OpenOffice, actor: &Actor) -> Result<StaffId, Failure> {
    let by = actor.staff()?;
    let may = by.keeper
        || open
            .ledger
            .user(&by.id)?
            .is_some_and(|account| !account.disabled && account.roles.contains(&UserRole::Administrator));
    if may {
        return Ok(by.id.clone());
    }
    let cause = format!("{} is no administrator of the pages and no keeper of the office", by.id);
    let cure = "ask one of them: `despatch user list` names the administrators";
    Err(Fault::new("account", "user.not_administrator", cause, cure).into())
}

/// Checks that a member of staff may have these roles.
fn may_have(office: &Office, staff: &StaffId, roles: &BTreeSet<UserRole>) -> Result<(), Fault> {
    let Some(member) = office.config.staff_member(staff) else {
        let cure = "whoever runs the office adds them to [[staff]] first";
        return Err(of(staff, "user.not_staff", "they are not on the staff list", cure));
    };
    if roles.is_empty() {
        let cure = "name one role or more; `despatch user disable` closes an account";
        return Err(of(staff, "user.no_role", "an account without a role is of no use", cure));
    }
    if roles.contains(&UserRole::Reviewer) && !member.reviewer {
        let cure = "whoever runs the office gives them reviewer = true in [[staff]] first";
        return Err(of(staff, "user.not_reviewer", "the staff list has them as no reviewer", cure));
    }
    Ok(())
}
