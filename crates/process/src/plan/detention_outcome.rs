//! Enters: what the rules found about a detention. Leaves: what its letters print of that.
//! Never: names anybody, or holds a text of the case.

use crate::detention::authority::Authority;
use crate::detention::london_time::LondonTime;
use crate::detention::stages::Stage;
use crate::detention::terms::{DetainedTeam, Origin, ReasonsForm, ReportRule};
use crate::fields::{FieldValue, date_value};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the rules found about a detention, for its letters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DetentionOutcome {
    pub detained_at: Option<LondonTime>,
    pub origin: Option<Origin>,
    pub team: Option<DetainedTeam>,
    /// The review that the event concerns.
    pub stage: Option<Stage>,
    pub done_on: Option<NaiveDate>,
    pub next_review: Option<ReviewNote>,
    /// Reviews whose last day has passed, oldest first.
    pub overdue: Vec<ReviewNote>,
    pub reasons_by: Option<NaiveDate>,
    pub reasons_plan_by: Option<NaiveDate>,
    pub form: Option<ReasonsForm>,
    /// Who may sign this step.
    pub needs: Option<Authority>,
    /// Nobody has yet who may.
    pub lacking: bool,
    pub report: Option<ReportNote>,
    pub limits: Vec<LimitNote>,
}

/// A review that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewNote {
    pub stage: Stage,
    pub due: NaiveDate,
    pub due_at: Option<LondonTime>,
    pub plan_by: Option<NaiveDate>,
    pub needs: Authority,
}

/// The two clocks of a report of healthcare staff.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportNote {
    pub rule: ReportRule,
    pub within_hours: LondonTime,
    pub within_days: NaiveDate,
    pub plan_by: NaiveDate,
}

/// A limit that runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitNote {
    /// In the words of the pack.
    pub what: String,
    pub until: LondonTime,
    /// It is what is normal, and no limit.
    #[serde(default)]
    pub norm: bool,
    /// The longer limit applies.
    #[serde(default)]
    pub longer: bool,
    pub alarms: Vec<LondonTime>,
    pub source: String,
}

fn may_date(date: Option<NaiveDate>) -> Value {
    date.map_or(Value::Null, date_value)
}

fn may_time(time: Option<LondonTime>) -> Value {
    time.map_or(Value::Null, |time| time.data())
}

impl ReviewNote {
    fn data(&self) -> Value {
        json!({
            "stage_words": self.stage.words(),
            "due": date_value(self.due),
            "due_at": self.due_at.map_or(Value::Null, LondonTime::end_data),
            "plan_by": may_date(self.plan_by),
            "grade_words": self.needs.who(),
        })
    }
}

impl DetentionOutcome {
    /// Returns it as templates receive it.
    pub fn data(&self) -> Value {
        let report = self.report.as_ref().map(|report| {
            json!({
                "rule_words": report.rule.label(),
                "within_hours": report.within_hours.end_data(),
                "within_days": date_value(report.within_days),
                "plan_by": date_value(report.plan_by),
            })
        });
        let limit = |limit: &LimitNote| {
            let alarms: Vec<Value> = limit.alarms.iter().map(FieldValue::data).collect();
            let until = limit.until.end_data();
            json!({
                "what": limit.what, "until": until, "norm": limit.norm, "longer": limit.longer, "alarms": alarms,
                "source": limit.source,
            })
        };
        json!({
            "detained_at": may_time(self.detained_at),
            "origin_words": self.origin.map(Origin::label),
            "team_words": self.team.map(DetainedTeam::label),
            "stage_words": self.stage.map(Stage::words),
            "done_on": may_date(self.done_on),
            "next_review": self.next_review.as_ref().map(ReviewNote::data),
            "overdue": self.overdue.iter().map(ReviewNote::data).collect::<Vec<_>>(),
            "reasons_by": may_date(self.reasons_by),
            "reasons_plan_by": may_date(self.reasons_plan_by),
            "form": self.form.map(ReasonsForm::label),
            "needs": self.needs.map(Authority::who),
            "lacking": self.needs.filter(|_| self.lacking).map(Authority::who),
            "report": report,
            "limits": self.limits.iter().map(limit).collect::<Vec<_>>(),
        })
    }
}
