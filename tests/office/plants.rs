//! Enters: a demo office and a list of slips. Leaves: the office with those slips in it, and where each is to be found.
//! Never: plants what nobody would do by mistake.

use crate::support::office::DemoOffice;
use despatch_testing::swap::Swap;
use std::fs;
use std::path::{Path, PathBuf};

/// One slip of the pen: in `file`, `from` becomes `to` the first time that it stands behind `after`.
pub struct Plant {
    pub name: &'static str,
    pub file: &'static str,
    pub after: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    /// The text on whose line the fault is; empty where the whole file is at fault.
    pub mark: &'static str,
    pub code: &'static str,
    /// A part of the cause.
    pub says: &'static str,
}

const fn plant([name, file, after, from, to, mark, code, says]: [&'static str; 8]) -> Plant {
    Plant { name, file, after, from, to, mark, code, says }
}

pub const PACK: &str = "policy/hoso-2022-09-12.toml";

/// Twenty slips, each in a place of its own.
#[rustfmt::skip]
pub const TWENTY: [Plant; 20] = [
    plant(["too many workers", "despatch.toml", "", "workers = 2", "workers = 200", "workers = 200", "settings.value", "workers"]),
    plant(["a misspelt setting", "despatch.toml", "id = \"dmrt\"", "fax = ", "faks = ", "faks = ", "settings.unknown", "faks"]),
    plant(["a flag as text", "despatch.toml", "id = \"beatrix-lund\"", "reviewer = true", "reviewer = \"yes\"", "reviewer = \"yes\"", "settings.value", "reviewer"]),
    plant(["one account for two people", "despatch.toml", "", "\"demo-wenna-okonjo\"", "\"demo-imran-castellan\"", "\"demo-imran-castellan\"", "staff.account_twice", "demo-imran-castellan"]),
    plant(["a week that starts on no day", PACK, "[capacity]", "week_starts = \"Monday\"", "week_starts = \"Mooday\"", "Mooday", "settings.value", "week_starts"]),
    plant(["a list of domains for a role that is none", "despatch.toml", "[addresses.domains]", "caseworker = ", "case_worker = ", "case_worker = ", "settings.unknown", "case_worker"]),
    plant(["a domain without a dot", "despatch.toml", "[addresses.domains]", "dmrt = [\"office.example.invalid\"]", "dmrt = [\"office\"]", "dmrt = [\"office\"]", "settings.value", "dot"]),
    plant(["a domain with a label left out", "despatch.toml", "[addresses.domains]", "healthcare = [\"nhs.example.invalid\"", "healthcare = [\"nhs..invalid\"", "nhs..invalid", "settings.value", "healthcare"]),
    plant(["a verification that holds for ever", "despatch.toml", "[addresses]", "verify_again_months = 12", "verify_again_months = 1200", "verify_again_months = 1200", "settings.value", "verify_again_months"]),
    plant(["a misspelt list of groups", "despatch.toml", "[addresses]", "groups = [", "gruops = [", "gruops = [", "settings.unknown", "gruops"]),
    plant(["a number of no days", PACK, "[working_days.assess]", "days = 7", "days = 0", "days = 0", "settings.value", "days"]),
    plant(["a marking with a typing error", PACK, "[marking]", "text = \"OFFICIAL SENSITIVE\"", "text = \"OFICIAL SENSITIVE\"", "OFICIAL", "pack.marking", "marking"]),
    plant(["one id for two places", "policy/places.toml", "", "id = \"colnbrook\"", "id = \"brook-house\"", "id = \"brook-house\"", "places.twice", "brook-house"]),
    plant(["a day and a month swapped", "policy/bank-holidays.json", "\"scotland\"", "2026-12-25", "2026-25-12", "", "calendar.date", "not a date"]),
    plant(["a bracket left open", "templates/vulnerability-outcome/cover-note.typ", "", "#let document(data)", "#let broken = [\n#let document(data)", "#let broken", "template.syntax", "unclosed"]),
    plant(["a misspelt field of an email", "templates/referral/subject.hbs", "", "{{reference}}", "{{referense}}", "{{referense}}", "mail.field", "referense"]),
    plant(["a role of a kind that is none", "templates/doctor-bundle/kind.toml", "", "\"doctor\"", "\"docter\"", "\"docter\"", "catalogue.role", "docter"]),
    plant(["a letter that asks for a value that is not there", "templates/assessment-date/cover-note.typ", "#let document(data)", "data.event.referred_on", "data.event.refered_on", "data.event.refered_on", "render.template", "refered_on"]),
    plant(["a public key that is none", "keys/review.pub", "", "age1", "age2", "", "review_key", "no key"]),
    plant(["a private key that is none", "PRIVATE-demo-keys/review.key", "", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-2", "", "review_key", "review key"]),
];

/// More slips, each tried alone.
#[rustfmt::skip]
pub const SINGLES: [Plant; 12] = [
    plant(["a forgotten quote", "despatch.toml", "", "mail_domain = \"", "mail_domain = ", "mail_domain", "settings.syntax", ""]),
    plant(["no policy pack", "despatch.toml", "", "pack = \"hoso-2022-09-12\"", "", "[policy]", "settings.missing", "policy.pack"]),
    plant(["a courier on foot", "despatch.toml", "", "transport = \"folder\"\nfolder = \"sent\"", "transport = \"foot\"", "transport = \"foot\"", "settings.value", "courier"]),
    plant(["a team's address that is none", "despatch.toml", "", "detained-medical-reports@office", "detained-medical-reports-office", "detained-medical-reports-office", "settings.value", "email"]),
    plant(["a person without an account", "despatch.toml", "id = \"wenna-okonjo\"", "account = \"demo-wenna-okonjo\"", "", "", "settings.missing", "staff.account"]),
    plant(["two people of one id", "despatch.toml", "", "id = \"wenna-okonjo\"", "id = \"imran-castellan\"", "", "staff.twice", "imran-castellan"]),
    plant(["a calendar rule that nobody knows", PACK, "[calendar]", "rule = \"place and office\"", "rule = \"plaice\"", "plaice", "pack.calendar", "no such rule"]),
    plant(["a row of a kind that nobody has", PACK, "[[row]]", "kind = \"referral\"", "kind = \"referal\"", "", "kind.unknown", "referal"]),
    plant(["a row without its sentence", PACK, "[[row]]", "stale = \"never\"", "", "", "settings.missing", "stale"]),
    plant(["a list of holidays cut short", "policy/bank-holidays.json", "", "2027-12-27", "2028-12-27", "", "calendar.year", "2027"]),
    plant(["a setting of a kind that is none", "templates/referral/kind.toml", "", "summary = ", "sumary = ", "sumary", "catalogue.toml", "sumary"]),
    plant(["a template that reads a file", "templates/referral/cover-note.typ", "#let document(data)", "#let document(data)", "#let other = read(\"x\")\n#let document(data)", "read(\"x\")", "template.forbidden", "read"]),
];

impl Plant {
    /// Puts the slip into an office; a built-in file is first copied into it, with the kind that it belongs to.
    ///
    /// Returns where `check` should find it: the file, with the line where the slip has one.
    pub fn sow(&self, office: &DemoOffice) -> String {
        bring(&office.dir, self.file);
        let mut at = self.file.to_owned();
        office.edit(self.file, |text| {
            let begin = text.find(self.after).unwrap_or_else(|| panic!("{}: no {:?}", self.name, self.after));
            let (before, behind) = text.split_at(begin);
            assert!(behind.contains(self.from), "{}: no {:?}", self.name, self.from);
            let text = format!("{before}{}", behind.swapped_once(self.from, self.to));
            if !self.mark.is_empty() {
                let line =
                    text[..begin + behind.find(self.from).unwrap_or(0)].rfind('\n').map_or(0, |at| at + 1);
                let found = text[line..].find(self.mark).map(|at| line + at);
                let place = found.or_else(|| text.find(self.mark)).expect("the mark");
                at = format!("{}:{}", self.file, 1 + text[..place].matches('\n').count());
            }
            text
        });
        at
    }

    /// Whether this is the fault that the slip should make.
    pub fn is_told_by(&self, at: &str, fault: &serde_json::Value) -> bool {
        let text = |field: &str| fault[field].as_str().unwrap_or_default().to_owned();
        let place = text("at");
        let rest = place.find(at).map(|start| place[start + at.len()..].to_owned());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
            && text("code") == self.code
            && text("cause").contains(self.says)
            && !text("cure").is_empty()
    }
}

/// Copies a built-in policy file, or the whole kind that a template belongs to, into an office that has none.
pub fn bring(office: &Path, file: &str) {
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mine = office.join(file);
    if mine.exists() {
        return;
    }
    let (from, to): (PathBuf, PathBuf) = match file.strip_prefix("templates/") {
        Some(inner) => {
            let kind = Path::new("templates").join(inner.split('/').next().expect("a kind"));
            (built_in.join(&kind), office.join(kind))
        }
        None => (built_in.join(file), mine),
    };
    copy(&from, &to);
    // The email is one for all kinds: an office's own begins with a copy of that.
    let name = Path::new(file).file_name().expect("a name");
    if !office.join(file).exists() {
        copy(&built_in.join("templates/_shared").join(name), &office.join(file));
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).expect("a folder of the repository") {
            let name = entry.expect("an entry").file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder of the office");
        fs::copy(from, to).expect("a file of the office");
    }
}
