//! Made-up people of the set, and those with whom each could be mistaken.

use chrono::{Days, NaiveDate};
use despatch_process::case;
use despatch_process::case::Case;
use despatch_testing::cases::appointment;
use serde_json::json;

/// Somebody who is detained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub name: String,
    pub born: NaiveDate,
    pub reference: String,
    /// Our own reference.
    pub case: String,
}

/// Name, birth date, reference, and the name of a twin.
const PEOPLE: [(&str, &str, &str, &str); 10] = [
    ("Selamawit Gebremeskel Quartermaine", "1990-05-17", "X0000001", "Rahel Gebremeskel Quartermaine"),
    ("Okello Brandreth", "1985-01-02", "Y7654321", "Odongo Brandreth"),
    ("Mohamed Hassan Abdi", "1992-07-01", "M1048876", "Khalid Hassan Abdi"),
    ("Ioana Vespertine", "1979-08-30", "V2203349", "Elena Vespertine"),
    ("Nguyễn Thị Ngọc Ánh", "1996-11-23", "N3391204", "Nguyễn Thị Ngọc Bích"),
    ("Chidi O'Sullivan-Bell", "1988-03-12", "C5510283", "Emeka O'Sullivan-Bell"),
    ("Łukasz Žižka", "1983-06-05", "L6619002", "Tomasz Žižka"),
    ("Maria de la Cruz", "1994-02-14", "D7727310", "Lucia de la Cruz"),
    ("Abdul Rahman Khan", "1980-12-31", "K8834421", "Hafiz Rahman Khan"),
    ("Grace Will", "1991-09-09", "G9941532", "Joy Will"),
];

/// How many people there are.
pub const COUNT: usize = PEOPLE.len();

/// The `n`th person, in a circle.
pub fn person(n: usize) -> Who {
    let (name, born, reference, _) = PEOPLE[n % COUNT];
    who(name, born, reference, &format!("EMR-2026-{:03}", n % COUNT + 1))
}

pub fn who(name: &str, born: &str, reference: &str, case: &str) -> Who {
    Who {
        name: name.to_owned(),
        born: born.parse().expect("a date"),
        reference: reference.to_owned(),
        case: case.to_owned(),
    }
}

/// The `n`th person's twin: all but one of the names, the same day, a reference that follows.
pub fn twin(n: usize) -> Who {
    Who { name: PEOPLE[n % COUNT].3.to_owned(), reference: next(&person(n).reference), ..other_case(n) }
}

/// A sibling: all but one of the names, another day.
pub fn sibling(n: usize) -> Who {
    Who { born: person(n).born + Days::new(731), ..twin(n) }
}

/// Somebody else of the same name.
pub fn namesake(n: usize) -> Who {
    let other = person(n + 1);
    Who { born: other.born, reference: format!("Z{}", &other.reference[1..]), ..other_case(n) }
}

/// Somebody else of the same name who was born on the same day.
pub fn namesake_of_the_day(n: usize) -> Who {
    Who { born: person(n).born, ..namesake(n) }
}

fn other_case(n: usize) -> Who {
    Who { case: format!("EMR-2026-{:03}", n % COUNT + 501), ..person(n) }
}

/// The reference that follows: families are often numbered so.
fn next(reference: &str) -> String {
    let (head, last) = reference.split_at(reference.len() - 1);
    format!("{head}{}", (last.parse::<u8>().expect("a digit") + 1) % 10)
}

impl Who {
    pub fn family(&self) -> &str {
        self.name.rsplit(' ').next().unwrap_or_default()
    }

    pub fn given(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }

    /// FAMILY, Given names.
    pub fn turned(&self) -> String {
        match self.name.rsplit_once(' ') {
            Some((given, family)) => format!("{}, {given}", family.to_uppercase()),
            None => self.name.to_uppercase(),
        }
    }

    pub fn on(&self, format: &str) -> String {
        self.born.format(format).to_string()
    }

    /// 17/05/1990.
    pub fn slashed(&self) -> String {
        self.on("%d/%m/%Y")
    }

    /// 17 May 1990.
    pub fn worded(&self) -> String {
        self.on("%-d %B %Y")
    }

    /// Their case, on the demo's day.
    pub fn file(&self) -> Case {
        let mut file = appointment(1, b"a report");
        file["person"]["name"] = json!(self.name);
        file["person"]["date_of_birth"] = json!(self.born);
        file["home_office_reference"] = json!(self.reference);
        file["case_id"] = json!(self.case);
        case::parse(file.to_string().as_bytes()).unwrap_or_else(|faults| panic!("{self:?}: {faults:?}"))
    }
}
