//! Names in every script that the office writes to. Leaves: the proof that each prints as it is written, that it stays
//! whole through the line, and that what no font has is told before anything is made. Every name is made up.

use super::{REPORT, despatches_of, drop_and_process, opened, tidy_office};
use crate::support::office::{DemoOffice, PROGRAM, appointment};
use crate::support::pdf::{difference, region};
use crate::support::tools::{command, run_with};
use despatch_app::pipeline::examples::{Print, job};
use despatch_letters::catalogue::Catalogue;
use despatch_letters::render::fonts::without_glyph;
use despatch_letters::render::look::Page;
use despatch_letters::render::pool::{Pool, TIME_LIMIT};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One name in each script, and what the person's nationality and language are.
const SCRIPTS: [(&str, &str, &str); 22] = [
    ("latin-european", "Łukasz Þór Žižka-Ÿçelik", "Poland"),
    ("latin-vietnamese", "Nguyễn Thị Ngọc Ánh", "Vietnam"),
    ("cyrillic", "Володимир Їжакевич", "Ukraine"),
    ("greek", "Αλέξανδρος Παραδειγμάτου", "Greece"),
    ("arabic", "محمد عبد الرحمن النموذجي", "Sudan"),
    ("persian", "فاطمه رضایی‌نژاد", "Iran"),
    ("urdu", "محمد علی خان ٹوٹے", "Pakistan"),
    ("pashto", "ګل خان وړوکی ښه", "Afghanistan"),
    ("kurdish", "کەریم ڕەسووڵ", "Iraq"),
    ("ethiopic", "ተስፋዬ ገብረማርያም", "Eritrea"),
    ("hebrew", "אברהם בן־דוד", "Israel"),
    ("devanagari", "राजेश कुमार श्रीवास्तव", "India"),
    ("bengali", "মোহাম্মদ রহমান", "Bangladesh"),
    ("gurmukhi", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "India"),
    ("gujarati", "પટેલ હેતલબેન", "India"),
    ("tamil", "முருகன் சுப்பிரமணியம்", "Sri Lanka"),
    ("telugu", "వెంకటేశ్వర్లు", "India"),
    ("sinhala", "සුනිල් පෙරේරා", "Sri Lanka"),
    ("thai", "สมชาย ใจดี", "Thailand"),
    ("khmer", "សុខ វិបុល", "Cambodia"),
    ("myanmar", "အောင်ဆန်းစု", "Myanmar"),
    ("georgian", "გიორგი ნიმუშაძე", "Georgia"),
];
const MORE_SCRIPTS: [(&str, &str, &str); 5] = [
    ("latin-yoruba", "Ọlábísí Ẹ̀kọ́", "Nigeria"),
    ("armenian", "Արամ Օրինակյան", "Armenia"),
    ("chinese", "王小明", "China"),
    ("japanese", "佐藤さくら", "Japan"),
    ("korean", "김민준", "South Korea"),
];

/// Names that break letters elsewhere: forty in all, with those above.
const AWKWARD: [&str; 16] = [
    "O’Shaughnessy-D'Souza",
    "X",
    "Ng",
    "de la Cruz y Ejemplo, Jr.",
    "Màryám Ọ́ṣun-Àpẹẹrẹ",
    "Ŵyn ap Gŵyl-Ŷs",
    "İbrahim Iğdır ı",
    "Straße Groß ẞ",
    "Dž Lj Njegoš",
    "Αθηνᾶ Ἑλένη ᾠδή",
    "Ћирић Ђорђе Џ",
    "Қазақ Әлия Ғұмар Ң",
    "Mary  (known as “Mimi”) / Example",
    "محمد (Mohammed) الثاني",
    "Jean-François #1 & Co. <b>",
    "ʻOkina Hawaiʻi Ga\u{331}lat",
];

fn awkward() -> Vec<&'static str> {
    let names = SCRIPTS.iter().chain(&MORE_SCRIPTS).map(|(_, name, _)| *name).chain(AWKWARD);
    let names: Vec<&str> = names.collect();
    assert!(names.len() >= 40, "{}", names.len());
    names
}

fn pool(catalogue: &Catalogue) -> Pool {
    Pool::start(Path::new(PROGRAM), &catalogue.files(), 1, TIME_LIMIT).expect("workers")
}

/// The invitation to somebody of this name, as its pages look.
fn invitation(pool: &Pool, catalogue: &Catalogue, name: &str) -> Vec<Page> {
    let kind = catalogue.kind(&"invitation".parse().expect("a name")).expect("the invitation");
    let (path, mut data) = catalogue.examples(&kind.name).next().expect("an example");
    data["person"]["name"] = json!(name);
    data["person"]["latin_name"] = json!(null);
    pool.look(&job(kind, "letter.typ", path, &data, Print::AsGiven), 60)
        .unwrap_or_else(|fault| panic!("{name}: {fault:?}"))
}

#[test]
fn forty_awkward_names_are_set_as_they_are_written() {
    let catalogue = Catalogue::load(None).expect("the templates");
    let pool = pool(&catalogue);
    // What takes two glyphs to write, a Khmer syllable or a letter with a mark of its own, says itself twice; its
    // picture is compared below.
    let of_two_glyphs = |c| ('\u{1780}'..'\u{1800}').contains(&c) || ('\u{300}'..'\u{370}').contains(&c);
    for name in awkward().into_iter().filter(|name| !name.contains(of_two_glyphs)) {
        let pages = invitation(&pool, &catalogue, name);
        let lines: Vec<&str> = pages[0].text.lines().collect();
        let flat = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\u{200e}')).collect::<String>();
        // The words of a page are told from left to right, those of some names are read the other way.
        let turned: Vec<&str> = name.split(' ').rev().collect();
        let ways = [flat(name), flat(&turned.concat())];
        let due: Vec<String> =
            ways.iter().cloned().chain(ways.iter().map(|name| format!("Dear{name}"))).collect();
        let shown = lines.iter().filter(|line| due.contains(&flat(line))).count();
        // Once as the addressee, once after "Dear".
        assert_eq!(shown, 2, "{name}:\n{}", pages[0].text);
    }
}

#[test]
fn a_character_that_no_font_has_is_told_with_its_field_its_name_and_its_script() {
    let case = json!({
        "person": { "name": "ދިވެހި", "nationality": "Maldives \u{1f3dd}" },
        "attachments": [{ "title": "fine" }, { "title": "\u{1401}" }],
    });
    let faults = without_glyph(case.to_string().as_bytes());
    let found: BTreeMap<&str, &str> =
        faults.iter().map(|fault| (fault.at.as_str(), fault.cause.as_str())).collect();
    let places: Vec<&&str> = found.keys().collect();
    assert_eq!(places, [&"/attachments/1/title", &"/person/name", &"/person/nationality"], "{found:?}");
    assert!(found["/person/name"].contains("U+078B (THAANA LETTER DHAALU, script Thaana)"), "{found:?}");
    assert!(
        found["/person/nationality"].contains("U+1F3DD (DESERT ISLAND, a sign of no one script)"),
        "{found:?}"
    );
    assert!(found["/attachments/1/title"].contains("script Canadian Aboriginal"), "{found:?}");
    for name in awkward() {
        assert!(without_glyph(json!({ "name": name }).to_string().as_bytes()).is_empty(), "{name}");
    }
}

#[test]
fn a_case_that_cannot_be_printed_is_told_before_and_after_it_is_dropped_and_makes_nothing() {
    let office = tidy_office();
    let mut case = appointment(1, REPORT);
    case["person"]["name"] = json!("ދިވެހި");
    let finding = drop_and_process(&office, "thaana", &case, &[("report.pdf", REPORT)]);
    assert_eq!(finding["outcome"], "rejected", "{finding}");
    let told = std::fs::read_to_string(office.dir.join("inbox/rejected/thaana.faults.txt"))
        .or_else(|_| std::fs::read_to_string(office.dir.join("inbox/rejected/thaana.json.faults.txt")))
        .expect("the faults");
    assert_eq!(told.matches("/person/name").count(), 1, "once, however many letters: {told}");
    assert!(told.contains("THAANA LETTER"), "{told}");
    assert!(despatches_of(&office, "TEST-00001").is_empty());
}

/// The text that the PDF itself gives, by ActualText and ToUnicode, without white space.
fn own_text(pdf: &[u8]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/line/names/actual_text.py");
    let said = run_with(command("python3").arg(script), pdf).unwrap_or_else(|why| panic!("{why}"));
    String::from_utf8(said).expect("UTF-8").replace('\u{200c}', "").split_whitespace().collect()
}

/// Where the letter is addressed: two lines of the page's left half, in points from the top left.
const ADDRESSEE: [u32; 4] = [55, 155, 300, 60];

#[test]
fn one_name_in_each_script_goes_through_the_whole_line_and_is_read_and_seen_as_it_is() {
    let office: DemoOffice = tidy_office();
    let mut lost = Vec::new();
    let mut cases = Vec::new();
    for (n, (script, name, nationality)) in SCRIPTS.iter().chain(&MORE_SCRIPTS).enumerate() {
        let mut case = appointment(n, REPORT);
        case["person"]["name"] = json!(name);
        case["person"]["nationality"] = json!(nationality);
        case["home_office_reference"] = json!(format!("X{n:07}"));
        office.drop_case(script, &case.to_string(), &[("report.pdf", REPORT)]);
        cases.push((script, name, case["case_id"].as_str().expect("an id").to_owned()));
    }
    office.run(&["run", "--once"]).expect(0);
    let update = std::env::var_os("DESPATCH_UPDATE").is_some();
    for (script, name, id) in cases {
        let despatches = despatches_of(&office, &id);
        let served: &Value =
            despatches.iter().find(|one| one["planned"]["kind"] == "service-pack").expect("the letter");
        let letter = &opened(&office, served)["03-document.pdf"];

        let text = own_text(letter);
        // A joiner may come out one place from where it belongs.
        for word in name.replace('\u{200c}', "").split(' ') {
            let turned: String = word.chars().rev().collect();
            if !text.contains(word) && !text.contains(&turned) {
                lost.push(*script);
            }
        }
        let picture = region(letter, ADDRESSEE);
        let path: PathBuf =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/line/names/{script}.png"));
        if update {
            std::fs::write(&path, &picture).expect("a golden picture");
        }
        let golden = std::fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        assert!(
            difference(&picture, &golden) < 0.001,
            "{script} looks other than tests/line/names/{script}.png"
        );
    }
    lost.dedup();
    assert!(lost.is_empty(), "scripts whose words cannot be read out of the file: {lost:?}");
}
