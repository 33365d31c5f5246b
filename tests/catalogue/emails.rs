//! Enters: the examples of every kind. Leaves: proof that each cover email says one thing in text and in HTML.
//! Never: asks the network for anything.

use despatch_directory::opening::OpeningMethod;
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::mail::{ClearMail, Mailer};

/// RFC 5322, section 2.1.1.
const LINE: usize = 78;

#[test]
fn every_email_has_one_content_in_text_and_html_and_asks_nothing_of_the_network() {
    let catalogue = Catalogue::load(None).unwrap();
    let mailer = Mailer::new(&catalogue).unwrap();
    for kind in catalogue.kinds() {
        let ways = OpeningMethod::ALL.map(OpeningMethod::code);
        let each = catalogue.examples(&kind.name).flat_map(|one| ways.map(|way| (one.clone(), way)));
        for ((path, data), opening) in each {
            let clear = despatch_app::pipeline::examples::clear(&data);
            let mail = mailer.write(&kind.name, &ClearMail { opening, ..clear }).unwrap();
            assert!(mail.subject.chars().count() < LINE && mail.subject.starts_with("OFFICIAL"), "{path}");
            let body = mail.html.split_once("<body>").unwrap().1;
            let flat = |text: &str| {
                let plain = text
                    .replace("&#x27;", "'")
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&")
                    .replace("&#x3D;", "=");
                plain.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>()
            };
            let mut words = String::new();
            for piece in body.split('<') {
                words.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
            }
            // Numbers of list items, and a heading that HTML has for whoever jumps from one to the next, differ.
            let numbers = |text: String| text.replace(['1', '2', '3', '4'], "");
            let (text, html) = (numbers(flat(&mail.text)), numbers(flat(&words)));
            let lost: Vec<&str> =
                mail.text.lines().filter(|line| !html.contains(&numbers(flat(line)))).collect();
            assert!(lost.is_empty(), "{path}: the page lacks {lost:?}");
            let wide: Vec<&str> =
                mail.text.lines().filter(|line| !line.contains('@') && line.chars().count() > LINE).collect();
            assert!(wide.is_empty(), "{path}: {wide:?}");
            assert!(
                html.len() < text.len() + 60,
                "{path}: the page says more than the text:\n{html}\n{text}"
            );
            for loads in ["src=", "url(", "@import", "<link", "<script", "http:", "https:", "<img"] {
                assert!(!mail.html.contains(loads), "{path}: {loads}");
            }
            for sign in ["<h1>", "<h2>", "lang=\"en-GB\"", "color-scheme"] {
                assert!(mail.html.contains(sign), "{path}: {sign}");
            }
        }
    }
}
