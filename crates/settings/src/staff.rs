//! Enters: the `[[staff]]` of `despatch.toml`. Leaves: who works in the office, with what each may do and as whom they sign, or
//! every fault with its line. Never: takes a cover for a grade of their own.

use chrono::NaiveDate;
use despatch_core::address::EmailAddress;
use despatch_core::settings::Section;
use despatch_core::words::StaffId;
use despatch_process::detention::{Authority, Cover, Signer};
use std::collections::BTreeSet;

despatch_core::closed! {
    /// What waits for a member of staff who wants to be told by email.
    NoticeKind {
        /// Messages that they may approve.
        ToReview = "to_review", "messages to review";
        /// Messages whose limit ends, and that have not gone.
        Limits = "limits", "limits that end";
        /// Copies for healthcare teams that nobody has approved.
        HealthcareCopies = "healthcare_copies", "copies for healthcare teams";
    }
}

impl NoticeKind {
    /// Whether it is told at once, however short a time ago they were told of something.
    pub fn is_pressing(self) -> bool {
        self != NoticeKind::ToReview
    }
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub id: StaffId,
    pub name: String,
    /// May approve what others prepared.
    pub reviewer: bool,
    /// Is responsible for the record, the keys and the backups; where the settings name nobody, all are.
    pub keeper: bool,
    /// The operating system account.
    pub account: String,
    /// Where to tell them of what concerns their own work, without a word about anybody.
    pub email: Option<EmailAddress>,
    /// What waits for them of which they want an email.
    pub notices: BTreeSet<NoticeKind>,
    /// Their own grade or office, if they authorise anything.
    pub grade: Option<Authority>,
    /// The higher posts that they cover, and when.
    pub cover: Vec<PostCover>,
}

/// The cover of a higher post: no other than HRA and TCA counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostCover {
    pub by: Cover,
    pub grade: Authority,
    /// Its first day.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
}

impl Staff {
    /// Returns as whom they sign on a day: as of the highest post that they cover on it, or as of their own; `None` if the
    /// settings give them no grade.
    pub fn signer_on(&self, day: NaiveDate) -> Option<Signer> {
        let own = Signer { substantive: self.grade?, cover: Cover::None, covered: None };
        let covers = self.cover.iter().filter(|cover| (cover.from..=cover.to).contains(&day));
        let signers = covers.map(|cover| Signer { cover: cover.by, covered: Some(cover.grade), ..own });
        Some(signers.fold(own, |best, one| if best.may_sign(one.acts_as()) { best } else { one }))
    }
}

/// Reads the staff list; `None` stands for an unreadable entry.
pub(super) fn read(top: &Section<'_, '_>) -> Vec<Option<Staff>> {
    let mut staff: Vec<Option<Staff>> = Vec::new();
    for section in top.tables("staff") {
        let one = read_one(&section);
        let others = || staff.iter().flatten();
        if let Some(one) = &one {
            if others().any(|other| other.id == one.id) {
                let cause = format!("two members of staff are called {}", one.id);
                section.fault_at("id", "staff.twice", cause, "give each an id of their own");
            }
            if others().any(|other| other.account == one.account) {
                let cause = format!("{} shares the account {} with another", one.id, one.account);
                section.fault_at(
                    "account",
                    "staff.account_twice",
                    cause,
                    "give each person an account of their own",
                );
            }
        }
        section.end();
        staff.push(one);
    }
    // Somebody whose entry is unreadable may be the reviewer.
    if staff.iter().all(|one| one.as_ref().is_some_and(|one| !one.reviewer)) {
        top.fault_at("staff", "staff.no_reviewer", "nobody may approve", "give somebody reviewer = true");
    }
    if staff.iter().flatten().all(|one| !one.keeper) {
        staff.iter_mut().flatten().for_each(|one| one.keeper = true);
    }
    staff
}

fn read_one(section: &Section<'_, '_>) -> Option<Staff> {
    let id = section.need("id", StaffId::PATTERN);
    let name = section.need("name", "the person's name");
    let reviewer = section.flag("reviewer").unwrap_or(false);
    let keeper = section.flag("keeper").unwrap_or(false);
    let account = section.need("account", "the person's account on this machine");
    let email = section.may("email", "an email address");
    let notices: BTreeSet<NoticeKind> = section.words("notices").into_iter().collect();
    if !notices.is_empty() && !section.has("email") {
        let cure = "add their address: email = \"…\"";
        section.fault_at("notices", "settings.missing", "they have no email", cure);
    }
    let grade = section.may_word::<Authority>("grade");
    let cover = section.tables("cover").into_iter().filter_map(|cover| read_cover(cover, grade)).collect();
    Some(Staff { id: id?, name: name?, reviewer, keeper, account: account?, email, notices, grade, cover })
}

/// Reads the cover of a higher post by somebody whose own grade is `own`.
fn read_cover(section: Section<'_, '_>, own: Option<Authority>) -> Option<PostCover> {
    let by = section.word::<Cover>("type");
    if by == Some(Cover::None) {
        let cure = "write \"HRA\" or \"TCA\", or take the cover out";
        section.fault_at("type", "staff.cover", "no other cover than HRA and TCA counts", cure);
    }
    let grade = section.word::<Authority>("grade");
    if grade.is_some_and(|grade| own.is_none_or(|own| own.is_enough_for(grade))) {
        let cause = "the covered grade is not above their own";
        section.fault_at("grade", "staff.cover", cause, "correct one of the two grades");
    }
    let (from, to) = (section.need_date("from"), section.need_date("to"));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        section.fault_at(
            "to",
            "staff.cover",
            "the cover ends before it begins",
            "correct one of the two days",
        );
    }
    section.end();
    Some(PostCover { by: by?, grade: grade?, from: from?, to: to? })
}
