//! Enters: tables `[pages]`, and wishes to be told. Leaves: what each means, or the fault that says why it is refused.
//! Never: opens a port.

use crate::support::office::DemoOffice;
use despatch_settings::{Config, Listen, NoticeKind, PageSettings, PageUnlock};
use std::fs;

/// Reads the settings of the demo office with these lines after them.
fn read(more: &str) -> Result<Config, Vec<&'static str>> {
    let office = DemoOffice::new();
    let text = fs::read_to_string(office.dir.join("despatch.toml")).unwrap();
    let read = Config::read("despatch.toml", &format!("{text}\n{more}\n"));
    read.config.ok_or_else(|| read.faults.iter().map(|fault| fault.code).collect())
}

fn pages(lines: &str) -> Result<PageSettings, Vec<&'static str>> {
    read(&format!("[pages]\n{lines}")).map(|config| config.pages)
}

#[test]
fn an_office_has_no_pages_unless_it_says_so_and_then_on_this_machine_alone() {
    let without = read("").unwrap().pages;
    assert!(!without.on && without.address().is_none());
    let pages = pages("").unwrap();
    assert_eq!(pages, PageSettings { on: true, ..without });
    assert_eq!(pages.address().as_deref(), Some("http://127.0.0.1:8717"));
    assert_eq!(pages.unlock, PageUnlock::Helper);
}

#[test]
fn what_stands_behind_a_proxy_says_so_and_by_which_name_it_is_reached() {
    let behind = "behind_proxy = true\nhosts = [\"Despatch.example.invalid\"]\n";
    let socket = pages(&format!(
        "{behind}listen = \"unix:/run/despatch/pages.sock\"\nproxy_header = \"Remote-User\"\nunlock = \"page\""
    ));
    let socket = socket.unwrap();
    assert_eq!(socket.listen, Listen::Unix("/run/despatch/pages.sock".into()));
    assert_eq!((socket.proxy_header.as_deref(), socket.unlock), (Some("remote-user"), PageUnlock::Page));
    assert_eq!(socket.address().as_deref(), Some("https://despatch.example.invalid"));
    pages(&format!("{behind}listen = \"10.1.2.3:8717\"")).unwrap();
    pages("listen = \"[::1]:9000\"").unwrap();
}

#[test]
fn what_would_open_the_pages_to_others_is_refused() {
    let behind = "behind_proxy = true\nhosts = [\"despatch.example.invalid\"]\n";
    for (lines, code) in [
        ("listen = \"0.0.0.0:8717\"", "pages.open"),
        ("listen = \"[::]:8717\"", "pages.open"),
        ("listen = \"192.0.2.1:80\"", "pages.open"),
        ("listen = \"unix:/run/despatch/pages.sock\"", "pages.open"),
        ("listen = \"localhost\"", "settings.value"),
        ("listen = \"127.0.0.1\"", "settings.value"),
        ("behind_proxy = true", "settings.missing"),
        ("hosts = [\"https://despatch.example.invalid\"]", "settings.value"),
        ("hosts = [\"a.example.invalid/x\"]", "settings.value"),
        ("hosts = [\"*\"]", "settings.value"),
        ("unlock = \"server\"", "settings.value"),
        ("proxy_header = \"Remote-User\"", "pages.header"),
        ("sessions = 12", "settings.unknown"),
    ] {
        assert_eq!(pages(lines), Err(vec![code]), "{lines}");
    }
    for (lines, code) in [
        ("listen = \"unix:pages.sock\"", "settings.path"),
        ("listen = \"unix:/run/p.sock\"\nproxy_header = \"Cookie\"", "settings.value"),
        ("listen = \"unix:/run/p.sock\"\nproxy_header = \"Sec-Fetch-Site\"", "settings.value"),
        ("listen = \"unix:/run/p.sock\"\nproxy_header = \"X User\"", "settings.value"),
        ("listen = \"127.0.0.1:8717\"\nproxy_header = \"Remote-User\"", "pages.header"),
    ] {
        assert_eq!(pages(&format!("{behind}{lines}")), Err(vec![code]), "{lines}");
    }
}

#[test]
fn whoever_wants_to_be_told_has_an_address() {
    let person = |more: &str| {
        read(&format!(
            "[[staff]]\nid = \"kit-example\"\nname = \"Kit Example\"\naccount = \"demo-kit\"\n{more}"
        ))
    };
    let told =
        person("email = \"kit@office.example.invalid\"\nnotices = [\"to_review\", \"limits\"]").unwrap();
    let wanted: Vec<NoticeKind> = told.staff.last().unwrap().notices.iter().copied().collect();
    assert_eq!(wanted, [NoticeKind::ToReview, NoticeKind::Limits]);
    assert_eq!(person("notices = [\"to_review\"]").unwrap_err(), ["settings.missing"]);
    person("email = \"kit@office.example.invalid\"\nnotices = [\"everything\"]").unwrap_err();
}
