//! Enters: the text of one policy pack. Leaves: the pack, or all its faults, line by line.
//! Never: reads the file itself, or fills in a value that the pack does not give.

use super::read_lists::Uses;
use super::{lists, read_detention, read_events, read_rows};
use crate::calendar::Division;
use crate::events::list::Family;
use crate::packs::marking::Marking;
use crate::packs::pack::{
    CalendarRule, Capacity, Number, Numbers, Pack, Rules, SecondOpinion, SourceDocument, Standard, Standards,
    StatusChange,
};
use despatch_core::fault::Fault;
use despatch_core::settings::{Section, Settings};
use despatch_core::words::{KindName, PackId, Sha256, StandardId};
use std::path::Path;

/// The two spellings of the marking (domain D).
const MARKINGS: [&str; 2] = ["OFFICIAL SENSITIVE", "OFFICIAL-SENSITIVE"];
/// Maximum number of working days in a pack: more is a typing error.
const DAYS_MAX: i64 = 260;
/// Maximum number of messages in a sample: whoever wants more opens them all.
const SAMPLE_MAX: i64 = 1_000;
/// Maximum number of reports a week in a pack: more is a typing error.
const REPORTS_MAX: i64 = 10_000;

impl Pack {
    /// Reads one pack; `file_name` is its path, whose stem must be the pack's id.
    ///
    /// # Errors
    /// A value is missing, malformed or implausible; every fault is returned with its line.
    pub fn parse(file_name: &str, text: &str) -> Result<Pack, Vec<Fault>> {
        let settings = Settings::parse(file_name, text);
        let pack = pack(settings.top(), file_name);
        let faults = settings.into_faults();
        match pack {
            Some(pack) if faults.is_empty() => Ok(pack),
            _ => Err(faults),
        }
    }
}

fn pack(top: Section<'_, '_>, file: &str) -> Option<Pack> {
    let id = top.need::<PackId>("id", PackId::PATTERN);
    if id.as_ref().is_some_and(|id| Path::new(file).file_stem() != Some(id.as_str().as_ref())) {
        let cure = "give the file the name of the id, followed by .toml";
        top.fault_at("id", "pack.id", "the pack's id is not its file's name", cure);
    }
    let title = top.sentence("title");
    let family = top.may_word("family").unwrap_or(Family::SecondOpinion);
    let handling = top.sentence("handling");
    let section = top.need_table("lists");
    let lists = section.as_ref().map(lists::read);
    let (sampled, sample) = (top.list("sampled", KindName::PATTERN), sample(&top));
    let source = top.need_table("source").and_then(source);
    let marking = top.need_table("marking").and_then(marking);
    let status = status(&top);
    let calendar = top.need_table("calendar").and_then(calendar);
    let rules = match family {
        Family::SecondOpinion => second_opinion(&top).map(|rules| Rules::SecondOpinion(Box::new(rules))),
        Family::DetentionReviews => {
            read_detention::read(&top, lists.as_ref()).map(|rules| Rules::Detention(Box::new(rules)))
        }
    };
    let events = read_events::read(&top, family);
    let rows = read_rows::read(&top, lists.as_ref());
    if let (Some(section), Some(lists)) = (section, &lists) {
        let uses = Uses { family, rules: rules.as_ref(), events: &events, rows: &rows };
        uses.check(&section, lists);
        section.end();
    }
    read_events::check_rows(&top, &events, &rows);
    let awaited = read_rows::awaited(&top);
    read_rows::check_sampled(&top, &sampled, &rows);
    top.end();
    Some(Pack {
        id: id?,
        title: title?,
        family,
        status,
        source: source?,
        marking: marking?,
        handling: handling?,
        calendar: calendar?,
        lists: lists?,
        events,
        rules: rules?,
        sampled: sampled.into_iter().collect(),
        sample,
        rows,
        awaited,
        extends: None,
    })
}

fn second_opinion(top: &Section<'_, '_>) -> Option<SecondOpinion> {
    let copy_grade_min = top.word("copy_grade_min");
    let tells_removal_date = top.flag("tells_removal_date").unwrap_or(false);
    let dismissive = top.list("dismissive", "words");
    let numbers = top.need_table("working_days").and_then(numbers);
    let capacity = top.need_table("capacity").and_then(capacity);
    let standards = top.need_table("standards").and_then(standards);
    Some(SecondOpinion {
        copy_grade_min: copy_grade_min?,
        tells_removal_date,
        numbers: numbers?,
        capacity: capacity?,
        standards: standards?,
        dismissive,
    })
}

/// Reads how many messages of a kind are opened in a batch; required where kinds are listed.
fn sample(top: &Section<'_, '_>) -> Option<u32> {
    let number = match top.has("sampled") || top.has("sample") {
        true => top.need_number("sample", 1, SAMPLE_MAX)?,
        false => return None,
    };
    u32::try_from(number).ok()
}

fn source(section: Section<'_, '_>) -> Option<SourceDocument> {
    let name = section.sentence("name");
    let sha256 = section.need::<Sha256>("sha256", "64 lower-case hex digits");
    section.end();
    Some(SourceDocument { name: name?, sha256: sha256? })
}

fn marking(section: Section<'_, '_>) -> Option<Marking> {
    let text = section.sentence("text");
    if text.as_ref().is_some_and(|text| !MARKINGS.contains(&text.as_str())) {
        let cause = "this is not the marking that the guidance prescribes";
        section.fault_at("text", "pack.marking", cause, "write OFFICIAL SENSITIVE or OFFICIAL-SENSITIVE");
    }
    let handling = if section.has("handling") { section.checked("handling") } else { None };
    let descriptors = section.words("descriptors");
    let letters = section.word("letters");
    section.end();
    Some(Marking { text: text?, handling, descriptors, letters: letters? })
}

fn status(top: &Section<'_, '_>) -> Vec<StatusChange> {
    let mut changes: Vec<StatusChange> = Vec::new();
    for section in top.tables("status") {
        let (from, status, by) = (section.need_date("from"), section.word("status"), section.sentence("by"));
        if let (Some(from), Some(status), Some(by)) = (from, status, by) {
            if changes.last().is_some_and(|earlier| earlier.from >= from) {
                let cause = "this change of status is not later than the one before it";
                section.fault("pack.status", cause, "list the changes oldest first, one a day");
            }
            changes.push(StatusChange { from, status, by });
        }
        section.end();
    }
    if !top.has("status") {
        top.fault("pack.status", "the pack has no status", "say since when it is in force");
    }
    changes
}

fn numbers(section: Section<'_, '_>) -> Option<Numbers> {
    let number = |key| section.need_table(key).and_then(number);
    let (refer, assess, assess_after_transfer) =
        (number("refer"), number("assess"), number("assess_after_transfer"));
    let (serve, respond, report) = (number("serve"), number("respond"), number("report"));
    let (rebook, removal_exclusion) = (number("rebook"), number("removal_exclusion"));
    section.end();
    Some(Numbers {
        refer: refer?,
        assess: assess?,
        assess_after_transfer: assess_after_transfer?,
        serve: serve?,
        respond: respond?,
        report: report?,
        rebook: rebook?,
        removal_exclusion: removal_exclusion?,
    })
}

fn capacity(section: Section<'_, '_>) -> Option<Capacity> {
    let reports = section.need_number("reports", 1, REPORTS_MAX);
    let week_starts = section.need("week_starts", "a day of the week, such as \"Monday\"");
    let source = section.sentence("source");
    section.end();
    Some(Capacity { reports: u32::try_from(reports?).ok()?, week_starts: week_starts?, source: source? })
}

fn calendar(section: Section<'_, '_>) -> Option<CalendarRule> {
    let rule: Option<String> = section.need("rule", "\"place\" or \"place and office\"");
    let office: Option<Division> = section.may_word("office");
    let rule = match (rule.as_deref(), office) {
        (Some("place"), None) => Some(CalendarRule::Place),
        (Some("place and office"), Some(office)) => Some(CalendarRule::PlaceAndOffice(office)),
        (Some("place"), Some(_)) => {
            let cause = "the rule counts the place alone, and an office's division is given";
            section.fault_at(
                "office",
                "pack.calendar",
                cause,
                "leave `office` out, or write \"place and office\"",
            );
            None
        }
        (Some("place and office"), None) => {
            let cause = "the rule counts the office's calendar, and its division is not given";
            section.fault("pack.calendar", cause, "add `office`, such as \"england-and-wales\"");
            None
        }
        (Some(_), _) => {
            let cause = "no such rule is known";
            section.fault_at("rule", "pack.calendar", cause, "write \"place\" or \"place and office\"");
            None
        }
        (None, _) => None,
    };
    section.end();
    rule
}

fn standards(section: Section<'_, '_>) -> Option<Standards> {
    let complete = section.flag("complete");
    if !section.has("complete") {
        let cause = "the pack does not say whether its list of standards is complete";
        section.fault("pack.standards", cause, "add `complete = false`, or true once the list is whole");
    }
    let source = section.sentence("source");
    let mut list: Vec<Standard> = Vec::new();
    for one in section.tables("standard") {
        let id = one.need::<StandardId>("id", StandardId::PATTERN);
        let title = one.sentence("title");
        let source = one.sentence("source");
        if let (Some(id), Some(title), Some(source)) = (id, title, source) {
            if list.iter().any(|earlier| earlier.id == id) {
                let cause = format!("the standard {id} is listed twice");
                one.fault_at("id", "pack.standards", cause, "give each standard an id of its own");
            }
            list.push(Standard { id, title, source });
        }
        one.end();
    }
    section.end();
    Some(Standards { complete: complete?, source: source?, list })
}

fn number(section: Section<'_, '_>) -> Option<Number> {
    let days = section.need_number("days", 1, DAYS_MAX);
    let source = section.sentence("source");
    section.end();
    Some(Number { days: u32::try_from(days?).ok()?, source: source? })
}
