//! A hundred made-up people: what is said of each is made of a few words that stand nowhere else, so that one search
//! looks for them all.

use crate::support::office::{appointment, report_received};
use crate::wrong_person::paper::Paper;
use despatch_core::words::Sha256;
use serde_json::{Value, json};

pub const CASES: usize = 100;

const GIVEN: [&str; 10] = [
    "Zephyrinah",
    "Quixoltanz",
    "Wynfrithia",
    "Żelisławczyk",
    "ገብረክርስቶስ",
    "Παρασκευοπούλου",
    "Лихоборцевна",
    "عبدالمتعالي",
    "გიორგობიანი",
    "Nguyễnquỳnh",
];
const FAMILY: [&str; 10] = [
    "Oberthwaite",
    "Vandermeulenaar",
    "Hlatshwayomba",
    "Björgvinsdóttir",
    "ወልደማርያም",
    "Αθανασιάδου",
    "Перепёлкинский",
    "Yamadzhiyska",
    "Անդրանիկյան",
    "Quetzalcoatlan",
];
/// Each with the ways in which a letter, a log or a database might write it.
const BORN: [&str; 6] = ["1973-04-19", "1968-11-27", "1991-08-30", "1985-02-17", "1979-12-25", "1996-06-28"];
const NATIONALITIES: [&str; 5] =
    ["Ruritanian", "Freedonian", "Sylvanian-Syldavian", "Grand Fenwickian", "Bohemialander"];
const LANGUAGES: [&str; 4] = ["Quenyanese", "Volapükian", "Esperantidian", "Interlinguan"];

/// Everything by which somebody could tell who they are, where, and what it is about.
pub const WORDS: &[&str] = &[
    "Zephyrinah",
    "Quixoltanz",
    "Wynfrithia",
    "Żelisławczyk",
    "ገብረክርስቶስ",
    "Παρασκευοπούλου",
    "Лихоборцевна",
    "عبدالمتعالي",
    "გიორგობიანი",
    "Nguyễnquỳnh",
    "Oberthwaite",
    "Vandermeulenaar",
    "Hlatshwayomba",
    "Björgvinsdóttir",
    "ወልደማርያም",
    "Αθανασιάδου",
    "Перепёлкинский",
    "Yamadzhiyska",
    "Անդրանիկյան",
    "Quetzalcoatlan",
    "1973-04-19",
    "19 April 1973",
    "19/04/1973",
    "19.04.1973",
    "19730419",
    "April 19, 1973",
    "19th April 1973",
    "1968-11-27",
    "27 November 1968",
    "27/11/1968",
    "27.11.1968",
    "19681127",
    "November 27, 1968",
    "27th November 1968",
    "1991-08-30",
    "30 August 1991",
    "30/08/1991",
    "30.08.1991",
    "19910830",
    "August 30, 1991",
    "30th August 1991",
    "1985-02-17",
    "17 February 1985",
    "17/02/1985",
    "17.02.1985",
    "19850217",
    "February 17, 1985",
    "17th February 1985",
    "1979-12-25",
    "25 December 1979",
    "25/12/1979",
    "25.12.1979",
    "19791225",
    "December 25, 1979",
    "25th December 1979",
    "1996-06-28",
    "28 June 1996",
    "28/06/1996",
    "28.06.1996",
    "19960628",
    "June 28, 1996",
    "28th June 1996",
    "Ruritanian",
    "Freedonian",
    "Sylvanian-Syldavian",
    "Grand Fenwickian",
    "Bohemialander",
    "Quenyanese",
    "Volapükian",
    "Esperantidian",
    "Interlinguan",
    "HOR-77001",
    "HOR-77002",
    "HOR-77003",
    "HOR-77004",
    "HOR-77005",
    "HOR-77006",
    "HOR-77007",
    "HOR-77008",
    "HOR-77009",
    "HOR-77010",
    "lavender interview room",
    "Marchetti-Bellweather",
    "flashbackery",
    "zolpidemate",
    "insomniac nights",
    "self-harming thoughts",
    "secret-appendix",
    "Psychiatric appendix",
    "Ring the copper bell",
    "lighthouse corridor",
    "A cousin was beaten",
    "mistyped-birthplace",
    "healed fracture of the ulna",
    "hypervigilance",
];

/// A case file with what lies beside it.
pub struct Canary {
    pub name: String,
    pub case: String,
    /// The same, for `despatch correct`: another time.
    pub mended: String,
    pub files: Vec<(String, Vec<u8>)>,
}

impl Canary {
    /// The `n`th of the hundred. Of each ten, two are faulty and two cannot go to one of their recipients yet.
    pub fn new(n: usize) -> Canary {
        let report = report(n);
        let booked = matches!(n % 10, 4 | 5 | 8 | 9);
        let mut case = if booked { appointment(n, &report) } else { report_received(n, &report) };
        case["person"]["name"] = json!(name(n));
        case["person"]["date_of_birth"] = json!(BORN[n % BORN.len()]);
        case["person"]["nationality"] = json!(NATIONALITIES[n % NATIONALITIES.len()]);
        case["person"]["language"] = json!(LANGUAGES[n % LANGUAGES.len()]);
        case["home_office_reference"] = json!(reference(n));
        case["attachments"][0]["file"] = json!("secret-appendix.pdf");
        case["attachments"][0]["title"] = json!("Psychiatric appendix");
        if booked {
            case["event"]["interpreter"]["language"] = json!(LANGUAGES[n % LANGUAGES.len()]);
            case["event"]["location"] = json!("the lavender interview room");
            case["event"]["joining_instructions"] = json!("Ring the copper bell in the lighthouse corridor");
        } else {
            case["event"]["report"]["author"] = json!("Dr Ottilie Marchetti-Bellweather");
        }
        match n % 10 {
            6 => case["detention"]["place"] = json!("mistyped-birthplace"),
            8 => case["representative"]["entry"] = json!("millstone-chambers"),
            9 => case["event"]["doctor"]["entry"] = json!("dr-ebbsworth"),
            _ => {}
        }
        let mut mended = case.clone();
        mended["event"]["time"] = json!("15:45");
        let text = case.to_string();
        // Broken in the middle, as a case file that was cut short.
        let case = if n % 10 == 7 { text[..text.len() * 2 / 3].to_owned() } else { text };
        Canary {
            name: format!("case-{n:03}"),
            case,
            mended: mended.to_string(),
            files: vec![("secret-appendix.pdf".to_owned(), report)],
        }
    }
}

/// A mended file that says which one it replaces.
pub fn corrected(first: &Canary) -> Canary {
    let mut case: Value = serde_json::from_str(&first.mended).expect("JSON");
    case["replaces"] = json!(Sha256::of(first.case.as_bytes()).to_string());
    let case = case.to_string();
    Canary { name: "mended".to_owned(), mended: case.clone(), case, files: first.files.clone() }
}

fn name(n: usize) -> String {
    format!("{} {}", GIVEN[n % GIVEN.len()], FAMILY[(n / 10 + n) % FAMILY.len()])
}

fn reference(n: usize) -> String {
    format!("HOR-77{:03}/{n}", n % 10 + 1)
}

fn report(n: usize) -> Vec<u8> {
    let lines = [
        "Psychiatric appendix".to_owned(),
        format!("Name: {}", name(n)),
        format!("Date of birth: {}", BORN[n % BORN.len()]),
        format!("Home Office reference: {}", reference(n)),
        "There are insomniac nights, flashbackery and self-harming thoughts; zolpidemate was given."
            .to_owned(),
        "A cousin was beaten. There is a healed fracture of the ulna, and hypervigilance.".to_owned(),
        "Dr Ottilie Marchetti-Bellweather".to_owned(),
    ];
    Paper::of(&lines).pdf()
}
