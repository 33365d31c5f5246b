//! Enters: the words of `outbox list`. Leaves: which despatches are meant.
//! Never: looks at any.

use super::directory::role;
use clap::value_parser;
use despatch_core::words::{CaseId, Role};
use despatch_ledger::State;
use std::str::FromStr;

#[derive(Debug, clap::Args)]
pub struct List {
    /// Only this state, such as held or "awaiting review"
    #[arg(long)]
    pub state: Option<States>,
    /// Only this case
    #[arg(long)]
    pub case: Option<CaseId>,
    /// Only to this role
    #[arg(long, value_parser = role)]
    pub role: Option<Role>,
    /// Which page, the oldest despatches first
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = value_parser!(u32).range(1..))]
    pub page: u32,
    /// Despatches on a page
    #[arg(long, value_name = "NUMBER", default_value_t = 50, value_parser = value_parser!(u32).range(1..=LIMIT_MAX))]
    pub limit: u32,
}

/// The longest page: each despatch on it is read whole.
const LIMIT_MAX: i64 = 10_000;

/// The states that one name stands for: two of them are "being sent".
#[derive(Debug, Clone)]
pub struct States(pub Vec<State>);

impl FromStr for States {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        State::called(text).map(Self)
    }
}
