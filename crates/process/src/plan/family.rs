//! Enters: a case, its record and a pack. Leaves: whether the event is one of the pack's, with the fields that it has, of the
//! family of the record, and at a place and with documents that the pack knows. Never: decides what the event requires.

use super::builder::PlanBuilder;
use crate::case::Case;
use despatch_core::fault::Fault;
use serde_json::Value;

/// Checks that the pack owns the event, and that the case is of the event's family.
///
/// # Errors
/// It is not: nothing else of the file can be judged under this pack.
pub(super) fn check(plan: &mut PlanBuilder<'_>, case: &Case) -> Result<(), Vec<Fault>> {
    const AT: &str = "/event/type";
    let event = plan.case.event;
    let family = event.family();
    let past = plan.history.events.iter().chain(plan.copies);
    let other = past.map(|past| past.recorded.fact.name()).find(|name| name.family() != family);
    if let Some(other) = other {
        let cause = format!(
            "the record of this case is of {}, and this event is of {}",
            other.family().label(),
            family.label()
        );
        let cure = "give it a case number of its own: one detention is one case, and one report another; both have the \
                    person's Home Office reference";
        return Err(vec![Fault::new(AT, "case.family", cause, cure)]);
    }
    let Some(owned) = plan.pack.event(event) else {
        let cause = format!("the pack {} does not own {}", plan.pack.id, event.word());
        let cure = "have whoever runs the office set a pack that owns it, or correct the event";
        return Err(vec![Fault::new(AT, "pack.event", cause, cure)]);
    };
    check_lists(plan);
    let given = case.event.given_fields();
    let fields = event.table().fields.iter().filter(|field| !owned.fields.contains(field.name));
    for field in fields {
        let empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if given.get(field.name).is_some_and(|value| !empty(value)) {
            let cause = format!("the pack {} has no field {} in {}", plan.pack.id, field.name, event.word());
            let at = format!("/event/{}", field.name);
            plan.fault(&at, "pack.field", cause, "leave it out, or have the pack list it");
        }
    }
    Ok(())
}

/// Checks that the pack says something of such a place, and of such documents.
fn check_lists(plan: &mut PlanBuilder<'_>) {
    let (pack, attachments) = (plan.pack, plan.case.attachments);
    let lists = &pack.lists;
    let kind = plan.place_kind();
    if !lists.place_kinds.contains(&kind) {
        let cause = format!("the pack {} says nothing of a {}: a person decides", pack.id, kind.label());
        let cure = "take the case to a manager; where the pack's rows are to hold there, have the office list that kind of \
                    place in a pack of its own";
        plan.fault("/detention/place", "pack.place_kind", cause, cure);
    }
    for (number, one) in attachments.iter().enumerate() {
        if !lists.attachments.contains(&one.kind) {
            let cause = format!("the pack {} takes no attachment of the kind {}", pack.id, one.kind.code());
            let cure = "leave it out, give it the kind other_record to keep it with the case, or have the pack list the kind";
            plan.fault(&format!("/attachments/{number}/kind"), "pack.attachment", cause, cure);
        }
    }
}
