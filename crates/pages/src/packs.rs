//! Enters: the policy packs of the office. Leaves: what each says, what two differ in, and the decisions about them.
//! Never: lets one person alone put a pack into use.

use crate::blocks::{Block, Form, Sheet};
use crate::components::{Button, Cell, Field, Hidden, Part, Select, SummaryList, Table, Text, fact};
use crate::forms::{self, Refused, case_path, date_field, done};
use crate::frame::Head;
use crate::visit::Visit;
use crate::work::line;
use despatch_app::operations::Failure;
use despatch_app::operations::policy::diff::{DiffPacks, Difference, PackDiff, diff};
use despatch_app::operations::policy::{
    AdoptPack, MoveCase, PackShown, PackView, ProposedTerms, WithdrawPack, adopt, list as all, move_case,
    show as one, withdraw,
};
use despatch_core::words::{PackId, count, date_words};
use despatch_process::PackRecord;
use despatch_process::detention::DetentionRules;
use despatch_process::packs::pack::{IMPLIED, Number, Pack, Row, Rules, SecondOpinion, StatusChange};
use despatch_web::Response;
use serde::Serialize;

const TITLE: &str = "Packs";

/// Shows every pack.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let packs = all(visit.open, &actor)?;
    let row = |pack: &PackView| {
        let usable = match &pack.why_not {
            None => vec![Part::tag("may be used", "green")],
            Some(fault) => vec![Part::tag("may not be used", "red"), Part::text(format!(" {}", fault.cause))],
        };
        let used = if pack.for_new_cases { "new cases" } else { "" };
        let name = vec![
            Part::link(pack.id.as_str(), format!("/packs/{}", pack.id)),
            Part::line(),
            Part::text(pack.title.as_str()),
        ];
        vec![Cell::from(name), status_words(pack.status.as_ref()).into(), usable.into(), used.into()]
    };
    let head = ["Pack", "Edition", "Use", "Used for"].map(Cell::from).to_vec();
    let mut blocks = vec![Block::table_or(
        Table::new("Policy packs", head, packs.iter().map(row).collect()),
        "There is none.",
    )];
    let options = || packs.iter().map(|pack| (pack.id.to_string(), pack.id.to_string()));
    let fields = vec![
        Field::Select(Select::new("a", "One").options(options())),
        Field::Select(Select::new("b", "The other").options(options())),
        Field::Buttons(vec![Button::new("Compare").secondary()]),
    ];
    blocks.push(Block::unfolds(
        "What two packs differ in",
        vec![Block::Form(Form::asking("/packs/all/compare", fields))],
    ));
    visit.page("packs/packs", Head::of(TITLE), &Sheet::new(TITLE, blocks))
}

fn status_words(status: Option<&StatusChange>) -> String {
    status.map_or_else(
        || "not yet in force".to_owned(),
        |change| format!("{} since {}", change.status.label(), date_words(change.from)),
    )
}

/// Shows one pack.
///
/// # Errors
/// The office has no such pack, or the ledger cannot be read.
pub fn show(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    page(visit, &Refused::default())
}

fn page(visit: &mut Visit<'_>, refused: &Refused) -> Result<Response, Failure> {
    let (actor, id) = (visit.actor()?, visit.step_as::<PackId>("pack")?);
    let shown = one(visit.open, &actor, id.clone())?;
    let mut blocks = vec![Block::Summary(facts(&shown))];
    blocks.extend(decisions(visit, &shown, refused));
    blocks.extend(contents(visit, &shown.pack));
    let head = Head::of(shown.pack.title.clone()).back(TITLE, "/packs").errors(refused.links(&["until"]));
    let caption = format!("Pack {id}");
    visit.page("packs/packs", head, &Sheet::new(shown.pack.title.clone(), blocks).caption(caption))
}

fn facts(shown: &PackShown) -> SummaryList {
    let usable =
        shown.why_not.as_ref().map_or_else(|| "yes".to_owned(), |fault| format!("no: {}", fault.cause));
    let mut rows = vec![
        fact("Edition", status_words(shown.status_today.as_ref())),
        fact(
            "Source",
            vec![
                Part::text(shown.pack.source.name.as_str()),
                Part::line(),
                Part::code(shown.pack.source.sha256.to_string()),
            ],
        ),
        fact("May be used today", usable),
    ];
    rows.extend(decided(&shown.decided).into_iter().map(|words| fact("Decided", words)));
    if let Some(extends) = &shown.pack.extends {
        let mut parts = vec![Part::link(extends.pack.as_str(), format!("/packs/{}", extends.pack))];
        for change in &extends.changes {
            parts.extend([
                Part::line(),
                Part::code(change.value.as_str()),
                Part::text(format!(": {}", change.reason)),
            ]);
        }
        rows.push(fact("Changes single values of", parts));
    }
    SummaryList::new(rows)
}

/// The decisions about a pack, a line each.
fn decided(record: &PackRecord) -> Vec<String> {
    let adoption = |one: &despatch_process::Adoption| {
        let by: Vec<String> = one.by.iter().map(ToString::to_string).collect();
        let (by, until) = (by.join(" and "), date_words(one.expires));
        match one.by.len() {
            2.. => format!("adopted by {by}, from {} until {until}: {}", date_words(one.from), one.reason),
            _ => format!(
                "proposed by {by}, until {until}: {}; it waits for a second member of staff",
                one.reason
            ),
        }
    };
    let adopted = record.adoption.iter().chain(&record.renewal).map(adoption);
    let withdrawn = record
        .withdrawn
        .iter()
        .map(|one| format!("withdrawn by {} on {}: {}", one.by, date_words(one.on), one.reason));
    adopted.chain(withdrawn).collect()
}

fn decisions(visit: &Visit<'_>, shown: &PackShown, refused: &Refused) -> Vec<Block> {
    let path = |what: &str| format!("/packs/{}/{what}", shown.pack.id);
    let mut blocks = vec![Block::heading("Decide about it")];
    if let Some(proposed) = shown.decided.proposed() {
        let words = format!(
            "Confirm what {} proposed, until {}",
            proposed.by.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            date_words(proposed.expires)
        );
        let hidden = Hidden { name: "confirm".to_owned(), value: "yes".to_owned() };
        let fields = vec![Field::Hidden(hidden), Field::Buttons(vec![Button::new(words)])];
        blocks.push(Block::Form(Form::new(path("adopt"), fields)));
    }
    let fields = vec![
        line(visit, "reason", "Why it is used although it is not in force", "It stays on record", refused),
        Field::DateInput(date_field(
            visit.request,
            ("until", "The last day on which it may be used"),
            refused,
        )),
        Field::Buttons(vec![Button::new("Propose it: a second person confirms").secondary()]),
    ];
    blocks.push(Block::unfolds("Propose to adopt it", vec![Block::Form(Form::new(path("adopt"), fields))]));
    let fields = vec![
        line(visit, "withdraw_reason", "Why it is no longer to be used", "It stays on record", refused),
        Field::Buttons(vec![Button::new("Withdraw it, and hold what was made under it").warning()]),
    ];
    blocks.push(Block::unfolds("Withdraw it", vec![Block::Form(Form::new(path("withdraw"), fields))]));
    let fields = vec![
        line(visit, "case", "Case", "Such as DEMO-0901", refused),
        line(visit, "move_reason", "Why this pack counts for it from now on", "It stays on record", refused),
        Field::Buttons(vec![Button::new("Move the case to this pack").secondary()]),
    ];
    blocks.push(Block::unfolds("Put a case under it", vec![Block::Form(Form::new(path("move"), fields))]));
    blocks
}

/// Everything that a pack holds.
fn contents(visit: &Visit<'_>, pack: &Pack) -> Vec<Block> {
    let mut blocks = vec![Block::heading("What it says")];
    match &pack.rules {
        Rules::SecondOpinion(rules) => blocks.push(Block::WideTable(working_days(rules))),
        Rules::Detention(rules) => blocks.push(values(rules)),
    }
    blocks.push(rows(visit, pack));
    blocks.extend(pack.second_opinion().map(standards));
    blocks.push(Block::unfolds("The words in every email", vec![Block::paragraph(pack.handling.as_str())]));
    blocks
}

fn working_days(rules: &SecondOpinion) -> Table {
    let numbers = &rules.numbers;
    let named: [(&str, &Number); 8] = [
        ("Refer the report", &numbers.refer),
        ("Assess", &numbers.assess),
        ("Assess after a transfer", &numbers.assess_after_transfer),
        ("Serve the letter", &numbers.serve),
        ("Respond", &numbers.respond),
        ("Report", &numbers.report),
        ("Book again", &numbers.rebook),
        ("Before a removal", &numbers.removal_exclusion),
    ];
    let rows = named
        .iter()
        .map(|(name, one)| vec![Cell::from(*name), Cell::number(one.days), sentence(&one.source).into()]);
    let head = ["What", "Days", "The sentence that says so"].map(Cell::from).to_vec();
    Table::new("Numbers of working days", head, rows.collect())
}

/// The values of a pack on detention, each with the path by which an office's own pack changes it.
fn values(rules: &DetentionRules) -> Block {
    let rows = rules.values().into_iter().map(|(path, text)| vec![Cell::from(path), text.into()]);
    let head = ["Value", "What it is"].map(Cell::from).to_vec();
    let table = Table::new("Reviews, reasons, reports and limits", head, rows.collect());
    Block::unfolds(count(table.rows.len(), "value"), vec![Block::WideTable(table)])
}

fn rows(visit: &Visit<'_>, pack: &Pack) -> Block {
    let title = |row: &Row| {
        let kind = visit.open.office.catalogue.kind(&row.kind);
        kind.map_or_else(|| row.kind.to_string(), |kind| kind.title.clone())
    };
    let rows = pack.rows.iter().map(|row| {
        let events: Vec<&str> = row.events.iter().map(|event| event.label()).collect();
        let when =
            if row.when.is_empty() { String::new() } else { format!("; only if {}", words(&row.when)) };
        vec![
            Cell::from(row.number.to_string()),
            vec![Part::text(title(row)), Part::line(), Part::quiet(row.kind.to_string())].into(),
            row.role.label().into(),
            format!("{}{when}", events.join("; or ")).into(),
            sentence(&row.source).into(),
        ]
    });
    let head = ["Row", "What is made", "For", "On", "The sentence that says so"].map(Cell::from).to_vec();
    let made = Table::new("Rows", head, rows.collect());
    let rows = pack.awaited.iter().map(|one| {
        vec![Cell::from(one.number.to_string()), one.reason.as_str().into(), sentence(&one.source).into()]
    });
    let head =
        ["Row", "Why this office writes nothing", "The sentence that says so"].map(Cell::from).to_vec();
    let awaited = Table::new("Rows that this office awaits", head, rows.collect());
    Block::unfolds(
        count(made.rows.len() + awaited.rows.len(), "row"),
        vec![Block::WideTable(made), Block::WideTable(awaited)],
    )
}

fn standards(rules: &SecondOpinion) -> Block {
    let standards = &rules.standards;
    let list: Vec<Text> =
        standards.list.iter().map(|one| Text::from(format!("{}: {}", one.id, one.title))).collect();
    Block::unfolds(
        format!("Standards for reports: the list is {}whole", if standards.complete { "" } else { "not " }),
        vec![Block::List(list)],
    )
}

fn sentence(source: &str) -> String {
    if source == IMPLIED {
        "implied by the guidance, not written in it".to_owned()
    } else {
        format!("“{source}”")
    }
}

fn words<'v, T: Serialize + 'v>(values: impl IntoIterator<Item = &'v T>) -> String {
    let word = |value: &T| {
        serde_json::to_value(value).ok().and_then(|value| Some(value.as_str()?.replace('_', " ")))
    };
    values.into_iter().filter_map(word).collect::<Vec<_>>().join(", ")
}

/// Shows what two packs differ in.
///
/// # Errors
/// The office has not both of them.
pub fn compare(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let actor = visit.actor()?;
    let named =
        |name: &str| visit.request.parameter(name).parse::<PackId>().map_err(|_| crate::visit::no_page());
    let found = diff(visit.open, &actor, DiffPacks { a: named("a")?, b: named("b")? })?;
    let title = format!("{} and {}", found.a, found.b);
    let head = Head::of(title.clone()).back(TITLE, "/packs");
    visit.page("packs/packs", head, &Sheet::new(title, differences(&found)))
}

fn differences(found: &PackDiff) -> Vec<Block> {
    if found.values.is_empty() && found.rows.is_empty() {
        return vec![Block::paragraph("They say the same.")];
    }
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "(not there)".to_owned());
    let row = |one: &Difference| {
        let because: Vec<&str> = found.reasons(&one.path).collect();
        vec![
            Cell::from(one.path.as_str()),
            side(&one.a).into(),
            side(&one.b).into(),
            because.join("; ").into(),
        ]
    };
    let (a, b) = (found.a.to_string(), found.b.to_string());
    let head = vec![Cell::from("Value"), a.as_str().into(), b.as_str().into(), "Because".into()];
    let mut blocks = vec![Block::table_or(
        Table::new("Values", head, found.values.iter().map(row).collect()),
        "The same values.",
    )];
    for of in &found.rows {
        let only = of.only_in.as_ref().map_or_else(String::new, |pack| format!(" (only in {pack})"));
        let head = vec![Cell::from("Value"), a.as_str().into(), b.as_str().into(), "Because".into()];
        let table = Table::new(format!("{}{only}", of.row), head, of.differences.iter().map(row).collect());
        blocks.push(Block::WideTable(table));
    }
    blocks
}

/// Proposes to adopt a pack, or confirms what somebody else proposed.
///
/// # Errors
/// The ledger fails.
pub fn adopt_pack(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor, pack) = (visit.request, visit.actor()?, visit.step_as::<PackId>("pack")?);
    let asked = || -> Result<AdoptPack, Failure> {
        if request.field("confirm") == "yes" {
            return Ok(AdoptPack { pack: pack.clone(), terms: None });
        }
        let terms = ProposedTerms {
            reason: request.field("reason").to_owned(),
            until: forms::needed_date(request, "until")?,
        };
        Ok(AdoptPack { pack: pack.clone(), terms: Some(terms) })
    };
    match asked().and_then(|asked| adopt(visit.open, &actor, asked)) {
        Ok(adopted) => {
            let words = match adopted.outcome {
                "adopted" => format!("{pack} is adopted by two people and may be used."),
                _ => format!("{pack} is proposed; a second member of staff confirms it now."),
            };
            Ok(done(visit, words, format!("/packs/{pack}")))
        }
        Err(failure) => page(visit, &Refused::of(failure)?),
    }
}

/// Withdraws a pack.
///
/// # Errors
/// The ledger fails.
pub fn withdraw_pack(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (actor, pack) = (visit.actor()?, visit.step_as::<PackId>("pack")?);
    let reason = visit.request.field("withdraw_reason").to_owned();
    match withdraw(visit.open, &actor, WithdrawPack { pack: pack.clone(), reason }) {
        Ok(withdrawn) => {
            let (cases, held) =
                (count(withdrawn.cases.len(), "case"), count(withdrawn.held.len(), "message"));
            let words = format!(
                "{pack} is withdrawn. Under it: {cases}; held: {held}. Move each case to another pack."
            );
            Ok(done(visit, words, format!("/packs/{pack}")))
        }
        Err(failure) => page(visit, &Refused::of(failure)?.named(&[("reason", "withdraw_reason")])),
    }
}

/// Puts a case under a pack.
///
/// # Errors
/// The ledger fails.
pub fn move_to(visit: &mut Visit<'_>) -> Result<Response, Failure> {
    let (request, actor, pack) = (visit.request, visit.actor()?, visit.step_as::<PackId>("pack")?);
    let reason = request.field("move_reason").to_owned();
    let moved = forms::value(request, "case", "a case’s id")
        .and_then(|case| move_case(visit.open, &actor, MoveCase { case, pack: pack.clone(), reason }));
    match moved {
        Ok(moved) => {
            let words = format!(
                "New events of {} follow {pack}. Held of it: {}.",
                moved.case_id,
                count(moved.held.len(), "message")
            );
            Ok(done(visit, words, case_path(&moved.case_id)))
        }
        Err(failure) => page(visit, &Refused::of(failure)?.named(&[("reason", "move_reason")])),
    }
}
