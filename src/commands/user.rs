//! Enters: who may use the pages. Leaves: their account, on record, with a passphrase for one use where one was made.
//! Never: takes a passphrase.

use crate::context::{CommandContext, Exit, user_role};
use crate::printing::{Print, listed, strong};
use clap::Subcommand;
use despatch_app::operations::Failure;
use despatch_app::operations::users::{
    AddUser, NewUser, SetRoles, UserView, add, disable, enable, list, reset, set_roles,
};
use despatch_core::words::{StaffId, moment_words};
use despatch_ledger::{UserAccount, UserRole};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// Say which members of staff may use the pages, and for what
#[derive(Debug, clap::Args, Serialize, Deserialize)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand, Serialize, Deserialize)]
enum Command {
    /// Make an account, with a passphrase for one use
    Add {
        /// The member of staff
        staff: StaffId,
        /// What they may do; give it again for each role
        #[arg(long = "role", value_name = "ROLE", required = true, value_parser = user_role)]
        roles: Vec<UserRole>,
    },
    /// Close an account; its sessions end
    Disable {
        /// The member of staff
        staff: StaffId,
    },
    /// Open an account again, or let somebody try again who guessed too often
    Enable {
        /// The member of staff
        staff: StaffId,
    },
    /// Say anew what somebody may do
    Role {
        /// The member of staff
        staff: StaffId,
        /// What they may do from now on; give it again for each role
        #[arg(long = "role", value_name = "ROLE", required = true, value_parser = user_role)]
        roles: Vec<UserRole>,
    },
    /// Give an account another passphrase for one use
    Reset {
        /// The member of staff
        staff: StaffId,
    },
    /// Every account
    List,
}

/// Runs `despatch user`.
///
/// # Errors
/// The office cannot be opened; the operation refuses the request.
pub(super) fn run(args: Args, context: &CommandContext) -> Result<Exit, Failure> {
    let (mut open, actor, print) = context.open()?;
    let (open, actor) = (&mut open, &actor);
    match args.command {
        Command::Add { staff, roles } => {
            let roles = roles.into_iter().collect();
            tell(&add(open, actor, AddUser { staff, roles })?, print);
        }
        Command::Reset { staff } => tell(&reset(open, actor, &staff)?, print),
        Command::Disable { staff } => changed(&disable(open, actor, &staff)?, "Closed", print),
        Command::Enable { staff } => changed(&enable(open, actor, &staff)?, "Open", print),
        Command::Role { staff, roles } => {
            let roles = roles.into_iter().collect();
            changed(&set_roles(open, actor, SetRoles { staff, roles })?, "Changed", print);
        }
        Command::List => {
            let users = list(open, actor)?;
            print.json(&json!({ "users": users }));
            let head = ["who", "name", "roles", "last signed in", "state"];
            print.table(&head, users.iter().map(row), "Nobody may use the pages.");
        }
    }
    Ok(Exit::Done)
}

/// Prints a passphrase for one use: nobody sees it again.
fn tell(new: &NewUser, print: Print) {
    let passphrase = new.passphrase.expose();
    print.json(&json!({ "user": new, "passphrase": passphrase }));
    print.line(&strong(passphrase));
    print.line(&format!(
        "Give these words to {} alone: they let in once, and a passphrase of their own takes their place.",
        new.staff
    ));
    print.line(&format!("Roles: {}.", words(&new.roles)));
}

fn changed(account: &UserAccount, what: &str, print: Print) {
    print.json(account);
    print.line(&format!("{what}: the account of {} ({}).", account.staff, words(&account.roles)));
}

fn words(roles: &BTreeSet<UserRole>) -> String {
    listed(&roles.iter().map(|role| role.label()).collect::<Vec<_>>())
}

fn row(view: &UserView) -> Vec<String> {
    let UserView { account, name } = view;
    let state = match (account.disabled, name, account.must_change) {
        (true, _, _) => "closed",
        (false, None, _) => "not on the staff list",
        (false, Some(_), true) => "has a passphrase for one use",
        (false, Some(_), false) => "open",
    };
    let signed_in = account.signed_in.map_or_else(|| "never".to_owned(), moment_words);
    let name = name.clone().unwrap_or_default();
    vec![account.staff.to_string(), name, words(&account.roles), signed_in, state.to_owned()]
}
