//! Enters: the record of a detention, and a pack's rules. Leaves: the clocks that run from now on, what they say to the
//! letters, and what a person must decide or sign first.
//! Never: keeps back what frees the person, or decides what an event itself is about.

use super::PolicyHold;
use super::builder::{Held, PlanBuilder};
use super::detention_outcome::{DetentionOutcome, LimitNote, ReviewNote};
use crate::attachments::AttachmentKind;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::detention::authority::{Authority, Signer};
use crate::detention::limits::{Limit, Stay, of_stay};
use crate::detention::london_time::LondonTime;
use crate::detention::reviews::{Done, Due};
use crate::detention::rules::DetentionRules;
use crate::detention::state::{Began, HourLimit, StayOnRecord};
use crate::purpose::Purpose;
use chrono::NaiveDate;
use despatch_core::words::{date_words, weekday_words};

/// What a file brings to show that a step is authorised.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Proof {
    /// As whom they signed, as the file says.
    pub signer: Option<Signer>,
    /// What they signed is attached.
    pub signed_paper: bool,
}

/// Whether a stay that goes on is authorised.
pub(crate) struct StayAuthorised {
    pub authorised: bool,
    /// Who may authorise it, where it needs that and nobody has.
    pub needs: Option<Authority>,
}

/// What keeps a person in detention, or tells them that they stay.
pub(crate) const MAINTAINS: &[Purpose] = &[Purpose::WrittenReasons, Purpose::ReportResponse];

impl<'a> PlanBuilder<'a> {
    /// Returns what the pack says of detention. Every plan begins with the check that the pack owns the event, so to an
    /// event of that family it is there.
    pub(crate) fn detention_rules(&self) -> Option<&'a DetentionRules> {
        self.pack.detention()
    }

    /// Returns the findings for the letters.
    pub(crate) fn detention(&mut self) -> &mut DetentionOutcome {
        self.outcome.detention.get_or_insert_default()
    }

    /// Adds a fault if the moment is later than today.
    pub(crate) fn moment_not_future(&mut self, at: &str, moment: LondonTime) {
        if moment.date() > self.today {
            let cause = format!("{} is in the future", moment.words());
            self.fault(at, "date.future", cause, "correct the moment");
        }
    }

    /// Returns how the detention began: without that no clock can be counted. An event after the end is a contradiction.
    pub(crate) fn must_have_begun(&mut self, at: &str) -> Option<Began> {
        if let Some(ended) = self.state.detention.ended_at {
            let cause = format!("the record says that the detention ended at {}", ended.words());
            self.contradiction(at, "history.ended", cause);
        }
        let Some(began) = self.state.detention.began else {
            let cause = "the record does not say when the detention began, and every clock counts from there";
            let cure = "drop detention_began of this case first, then this file again";
            self.fault("/event/type", "detention.no_start", cause, cure);
            return None;
        };
        let outcome = self.detention();
        outcome.detained_at = Some(began.detained.at);
        outcome.origin = Some(began.detained.origin);
        outcome.team = Some(began.detained.team);
        Some(began)
    }

    /// Adds a contradiction if something is said to have happened before the detention began.
    pub(crate) fn not_before_detention(&mut self, at: &str, began: Began, on: NaiveDate) {
        if on < began.detained.at.date() {
            let cause = format!("the record has the detention begin at {}", began.detained.at.words());
            self.contradiction(at, "history.order", cause);
        }
    }

    /// Starts the clocks of every review that is outstanding once `done` are done.
    pub(crate) fn start_reviews(&mut self, at: &str, began: Began, done: &[Done]) -> Option<()> {
        let rules = self.detention_rules()?;
        let found = rules.reviews.outstanding(began.detained, done, &self.calendars);
        let outstanding = self.covered(at, found)?;
        let note = |due: &Due| ReviewNote {
            stage: due.stage,
            due: due.on,
            due_at: due.at,
            plan_by: due.plan_by,
            needs: due.needs,
        };
        let today = self.today;
        let outcome = self.detention();
        outcome.next_review = outstanding.first().map(note);
        outcome.overdue = outstanding.iter().filter(|due| due.on < today).map(note).collect();
        self.clocks.extend(outstanding.into_iter().map(review_clock));
        Some(())
    }

    /// Keeps the clocks that run once somebody authorises the review of this event, which is the last of `done`.
    pub(crate) fn keep_once_authorised(&mut self, at: &str, began: Began, done: &[Done]) -> Option<()> {
        let rules = self.detention_rules()?;
        let found = rules.reviews.outstanding(began.detained, done, &self.calendars);
        let outstanding = self.covered(at, found)?;
        let instead = outstanding.into_iter().map(review_clock).collect();
        self.once_authorised = Some((DeadlineRule::DetentionReview, instead));
        Some(())
    }

    /// Starts the clock of the next written reasons, from the day on which the last were given.
    pub(crate) fn start_reasons(&mut self, at: &str, last: NaiveDate) -> Option<()> {
        let rules = &self.detention_rules()?.reasons;
        let due = rules.after(last, &self.calendars);
        let due = self.covered(at, due)?;
        let outcome = self.detention();
        outcome.reasons_by = Some(due.serve_by);
        outcome.reasons_plan_by = Some(due.plan_by);
        let rule = DeadlineRule::WrittenReasons;
        self.clocks.push(Deadline {
            plan_by: Some(due.plan_by),
            ..Deadline::of_day(rule, due.serve_by, rule.label(), &rules.source, due.arithmetic)
        });
        Some(())
    }

    /// Starts the clock of the next Case Progression Panel, from the beginning of detention or from the last panel.
    pub(crate) fn start_panel(&mut self, last: NaiveDate) -> Option<()> {
        let rules = self.detention_rules()?;
        let (rule, due) = (DeadlineRule::CasePanel, rules.panel_by(last));
        let arithmetic = format!("{} calendar months after {}", rules.panel.months, date_words(last));
        self.clocks.push(Deadline::of_day(rule, due, rule.label(), &rules.panel.source, arithmetic));
        Some(())
    }

    /// Tells the letters the clock of written reasons that is running.
    pub(crate) fn tell_reasons(&mut self) {
        let of_reasons = |clock: &&Deadline| clock.rule == DeadlineRule::WrittenReasons;
        let running = self.state.clocks.iter().find(of_reasons).map(|clock| (clock.due, clock.plan_by));
        let outcome = self.detention();
        outcome.reasons_by = running.map(|(due, _)| due);
        outcome.reasons_plan_by = running.and_then(|(_, plan_by)| plan_by);
    }

    /// Starts the clocks of the limits of a stay. One that goes on after a time needs an authority: the clock of that runs
    /// until it is proved.
    pub(crate) fn start_stay(
        &mut self,
        began: Began,
        on_record: StayOnRecord,
        proof: Proof,
    ) -> Option<StayAuthorised> {
        let rules = self.detention_rules()?;
        let stay = Stay {
            place: self.case.place,
            population: began.population,
            freed_offender: began.is_freed_offender(),
            arrived_at: on_record.arrived_at,
            detained_at: began.detained.at,
            removal_at: on_record.removal_at,
            minister: on_record.minister,
        };
        let mut signed = StayAuthorised { authorised: on_record.authorised, needs: None };
        for found in of_stay(&rules.stay_limits, &stay) {
            let limit = found.limit(&stay);
            let rule = if found.norm { DeadlineRule::StayNorm } else { DeadlineRule::StayLimit };
            self.start_limit(rule, &found.what, &limit, &found.source);
            let by = found.authority_by(&stay).filter(|by| !on_record.authorised && *by < limit.until);
            if let (Some(by), Some(authority)) = (by, found.authority) {
                match self.lack_of(authority.needs, proof, "the signed authority") {
                    None => {
                        signed.authorised = true;
                        continue;
                    }
                    Some(lack) if proof.signer.is_some() => self.warn(format!(
                        "A stay that goes on needs the authority of {}: {lack}. Have somebody of the staff who may sign \
                         authorise it by their own account (`despatch authorise`), or attach what they signed with the kind \
                         \"stay_authority\" and correct this file; the clock goes on until then.",
                        authority.needs.who()
                    )),
                    Some(_) => {}
                }
                signed.needs = Some(authority.needs);
                self.once_authorised = Some((DeadlineRule::StayAuthority, Vec::new()));
                let what = format!("have {} authorised by {}", found.what, authority.needs.who());
                let until = Limit { from: limit.from, until: by, extended: false };
                self.start_limit(DeadlineRule::StayAuthority, &what, &until, &found.source);
            }
        }
        Some(signed)
    }

    /// Starts the clock of the limit that the person's state sets, if the detention is one that it is of.
    pub(crate) fn start_hour_limit(&mut self, began: Began, set: HourLimit) -> Option<()> {
        let rules = &self.detention_rules()?.pregnancy;
        if set.limited {
            let limit = rules.limit(set.satisfied_at, began.detained.at, set.minister);
            self.start_limit(DeadlineRule::PregnancyLimit, "the detention", &limit, &rules.source);
        }
        Some(())
    }

    fn start_limit(&mut self, rule: DeadlineRule, what: &str, limit: &Limit, source: &str) {
        let alarms = self.detention_rules().map(|rules| rules.alarms.of(limit)).unwrap_or_default();
        let until = limit.until;
        let more = if limit.extended { ", the longer limit" } else { "" };
        let arithmetic = format!("from {} to {}{more}", limit.from.words(), until.end_words());
        let task = match rule {
            DeadlineRule::StayAuthority => what.to_owned(),
            _ => format!("{}: {what} ends", rule.label()),
        };
        self.detention().limits.push(LimitNote {
            what: what.to_owned(),
            until,
            norm: rule == DeadlineRule::StayNorm,
            longer: limit.extended,
            alarms: alarms.clone(),
            source: source.to_owned(),
        });
        self.clocks.push(Deadline {
            at: Some(until),
            alarms,
            ..Deadline::of_day(rule, until.last_day(), &task, source, arithmetic)
        });
        if until.last_day() < self.today {
            let ended = until.end_words();
            self.warn(match rule {
                DeadlineRule::StayNorm => {
                    format!("{what} ended on {ended}: have the person moved as soon as practicable.")
                }
                _ => format!("The limit of {what} lapsed on {ended}: the person may not be kept."),
            });
        }
    }

    /// Takes note that the event keeps the person in detention, and returns whether it may: not from the day after a limit
    /// has lapsed. A plan is of a day, so that it is the same when its messages are made again; on the limit's own day the
    /// messages are made, and the hour decides at their approval and at their sending.
    pub(crate) fn may_maintain(&mut self) -> bool {
        self.maintains = true;
        let Some(until) = self.state.limit() else {
            return true;
        };
        if until.last_day() < self.today {
            self.warn(format!(
                "A limit of the detention lapsed on {}: no letter that maintains it is made. The person is to be released, \
                 or moved to where they may be kept.",
                until.end_words()
            ));
            return false;
        }
        if until.last_day() == self.today {
            self.warn(format!(
                "A limit of the detention lapses today, on {}. Approve and send what maintains it before that, if the person \
                 is still lawfully kept: from then on it is held, and the person is to be released, or moved to where they \
                 may be kept.",
                until.end_words()
            ));
        }
        true
    }

    /// Returns why a step is not authorised, if it is not: neither did somebody authorise it who may by their own account,
    /// nor is it proved by `paper`, which they signed.
    fn lack_of(&self, needed: Authority, proof: Proof, paper: &str) -> Option<String> {
        if self.history.authorised_by.is_some_and(|signer| signer.may_sign(needed)) {
            return None;
        }
        match proof.signer {
            None => Some("nobody has authorised it".to_owned()),
            Some(signer) if !signer.may_sign(needed) => {
                Some("it was authorised by a grade below that".to_owned())
            }
            Some(_) if !proof.signed_paper => {
                Some(format!("{paper} is not attached, and a file cannot assert who signed"))
            }
            Some(_) => None,
        }
    }

    /// Returns whether the case brings a document of this kind.
    pub(crate) fn is_attached(&self, kind: AttachmentKind) -> bool {
        self.case.attachments.iter().any(|one| one.kind == kind)
    }

    /// Returns whether a minister's authority counts: the file gives its day, and brings what the minister signed.
    pub(crate) fn minister_is_proved(&mut self, on: Option<NaiveDate>) -> bool {
        let proved = on.is_some() && self.is_attached(AttachmentKind::MinisterAuthority);
        if on.is_some() && !proved {
            self.warn(
                "The file says that a minister authorised a longer time, and a file cannot assert that: the shorter limit \
                 counts until the signed authority is attached (minister_authority).",
            );
        }
        proved
    }

    /// Returns whether a step is authorised by somebody who may, by their own account or proved by the signed paper.
    /// Otherwise what it makes waits for that, as a hold which says who may sign; the clocks go on.
    pub(crate) fn must_be_authorised(
        &mut self,
        needed: Authority,
        proof: Proof,
        purposes: &'static [Purpose],
    ) -> bool {
        self.detention().needs = Some(needed);
        let Some(lack) = self.lack_of(needed, proof, "the signed review") else {
            return true;
        };
        self.detention().lacking = true;
        let words = format!(
            "This needs the authority of {}: {lack}. Have somebody of the staff who may sign authorise it by their own account \
             (`despatch authorise`), or attach the signed review with the kind \"dcpr\" and correct this file, at once; the \
             clock goes on until then.",
            needed.who()
        );
        self.warn(words.clone());
        let hold = PolicyHold { code: "authority".to_owned(), words, firm: true };
        self.holds.push(Held { purposes, safety_too: false, hold });
        false
    }

    /// Holds messages because the text leaves a decision open: a person decides between the readings.
    pub(crate) fn leave_to_a_person(
        &mut self,
        purposes: &'static [Purpose],
        what: &str,
        readings: &[String],
    ) {
        let each: Vec<String> =
            (1..).zip(readings).map(|(number, reading)| format!("({number}) {reading}")).collect();
        let words = format!("A person decides: {what}. The readings: {}.", each.join("; "));
        self.hold(purposes, "person_decides", words);
    }

    /// Notes for CID and Atlas, and for the reviewer, that something happened on a day.
    pub(crate) fn note_on(&mut self, what: &str, on: NaiveDate) {
        self.note(format!("{what} on {}.", weekday_words(on)));
    }
}

/// Returns the clock of a review that is outstanding.
fn review_clock(due: Due) -> Deadline {
    let what = format!("{}, by {}", due.stage.words(), due.needs.who());
    Deadline {
        at: due.at,
        plan_by: due.plan_by,
        ..Deadline::of_day(DeadlineRule::DetentionReview, due.on, &what, &due.source, due.arithmetic)
    }
}
