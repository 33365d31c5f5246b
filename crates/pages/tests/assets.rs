//! Enters: the files that a browser fetches. Leaves: proof that they are those that their README lists, that nothing of
//! them is for GOV.UK alone, and that no script of them writes HTML.

use despatch_core::words::Sha256;
use despatch_pages::assets::{ASSETS, asset};

const README: &str = include_str!("../../../pages/_assets/README.md");

fn text(name: &str) -> &'static str {
    let found = asset(name).unwrap_or_else(|| panic!("there is no {name}"));
    std::str::from_utf8(found.bytes).expect("text")
}

#[test]
fn every_asset_is_there_and_nothing_else_is_given_out() {
    for (name, media_type) in ASSETS {
        let found = asset(name).unwrap_or_else(|| panic!("there is no {name}"));
        assert_eq!(found.media_type, media_type);
        assert!(!found.bytes.is_empty(), "{name} is empty");
    }
    for other in ["README.md", "renew.mjs", "../_shared/layout.hbs", "", ".", "govuk-frontend.LICENCE.txt"] {
        assert_eq!(asset(other), None, "{other:?} was given out");
    }
}

#[test]
fn what_comes_from_npm_is_what_the_readme_lists() {
    let mut listed = 0;
    for row in README.lines().filter(|line| line.starts_with("| `")) {
        let mut cells = row.split('|').map(|cell| cell.trim().trim_matches('`'));
        let name = cells.nth(1).expect("a name");
        let ours = cells.nth(2).expect("a hash");
        let bytes = asset(name).unwrap_or_else(|| panic!("there is no {name}")).bytes;
        assert_eq!(Sha256::of(bytes).to_string(), ours, "{name} is not the file that is listed");
        listed += 1;
    }
    assert_eq!(listed, 3);
}

#[test]
fn nothing_that_is_for_gov_uk_alone_and_no_other_host_is_in_a_style() {
    for (name, _) in ASSETS.iter().filter(|(name, _)| name.ends_with(".css")) {
        let css = text(name).to_ascii_lowercase();
        for word in ["gds transport", "crown", "crest", "logotype", "@font-face", "@import", "url("] {
            assert!(!css.contains(word), "{name} names {word}");
        }
    }
}

#[test]
fn no_script_writes_html() {
    for (name, _) in ASSETS.iter().filter(|(name, _)| name.ends_with(".js")) {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "srcdoc",
        ] {
            assert!(!text(name).contains(word), "{name} has {word}");
        }
    }
}
