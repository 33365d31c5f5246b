//! Enters: the table of pages, and the commands as their help lists them. Leaves: proof that everything that a page does
//! has its command, and the other way round. Never: trusts a list that is written down here.

use crate::support::office::PROGRAM;
use despatch_pages::routes::{ROUTES, WITHOUT_PAGE};
use std::collections::BTreeSet;
use std::process::Command;

/// The names below "Commands:" in the help of a command.
fn below(command: &[&str]) -> Vec<String> {
    let help = Command::new(PROGRAM).args(command).arg("--help").output().expect("it starts");
    let help = String::from_utf8(help.stdout).expect("text");
    let Some((_, rest)) = help.split_once("Commands:\n") else { return Vec::new() };
    let names = rest.lines().take_while(|line| !line.is_empty()).filter(|line| line.starts_with("  "));
    let names = names.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}

/// Whether a command does something without one of those below it, as `case` and `incident` do.
fn works_alone(name: &str) -> bool {
    let help = Command::new(PROGRAM).args([name, "--help"]).output().expect("it starts");
    let help = String::from_utf8(help.stdout).expect("text");
    let usage = help.lines().find_map(|line| line.strip_prefix("Usage: "));
    usage.is_some_and(|usage| !usage.ends_with("COMMAND>") && !usage.ends_with("[COMMAND]"))
}

/// Every command that does something, such as "outbox approve".
fn commands() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for name in below(&[]) {
        let own = below(&[&name]);
        if own.is_empty() || works_alone(&name) {
            found.insert(name.clone());
        }
        found.extend(own.iter().map(|below| format!("{name} {below}")));
    }
    assert!(found.len() > 30, "the help was not understood: {found:?}");
    found
}

#[test]
fn everything_that_a_page_does_has_its_command_and_every_command_its_page() {
    let commands = commands();
    let of_pages: BTreeSet<String> =
        ROUTES.iter().map(|route| route.command.to_owned()).filter(|command| !command.is_empty()).collect();
    let unknown: Vec<&String> = of_pages.difference(&commands).collect();
    assert!(unknown.is_empty(), "pages name commands that do not exist: {unknown:?}");
    let without: BTreeSet<String> = WITHOUT_PAGE.iter().map(|(command, _)| (*command).to_owned()).collect();
    let both: Vec<&String> = of_pages.intersection(&without).collect();
    assert!(both.is_empty(), "commands with a page are said to have none: {both:?}");
    let known: BTreeSet<String> = of_pages.union(&without).cloned().collect();
    let missing: Vec<&String> = commands.difference(&known).collect();
    assert!(missing.is_empty(), "commands without a page, and without a reason for that: {missing:?}");
    let gone: Vec<&String> = without.difference(&commands).collect();
    assert!(gone.is_empty(), "reasons for commands that do not exist: {gone:?}");
}

#[test]
fn no_address_stands_twice_in_the_table() {
    let mut seen = BTreeSet::new();
    for route in ROUTES {
        assert!(seen.insert((route.method, route.path)), "{} stands twice", route.path);
        assert!(route.path.starts_with('/'), "{}", route.path);
    }
}
