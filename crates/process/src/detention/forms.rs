//! Enters: where the person is, which review was done, and who manages the case. Leaves: the form that gives the person
//! written reasons, none, or that a person decides.
//! Never: guesses where the table says nothing.

use super::Stage;
use super::rules::{ReasonsRules, ReviewSort};
use super::terms::{DetainedTeam, ReasonsForm};
use crate::places::PlaceKind;

/// What the table answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormAnswer {
    Form(ReasonsForm),
    /// The review calls for no letter.
    None,
    /// The source does not say.
    PersonDecides,
}

impl ReasonsRules {
    /// Returns the form for a review that maintains detention: the first line of the table that fits.
    pub fn form(&self, place: PlaceKind, stage: Stage, team: DetainedTeam) -> FormAnswer {
        let sort = ReviewSort::of(stage);
        let fits = self.forms.iter().find(|line| {
            line.places.contains(&place) && line.reviews.contains(&sort) && line.teams.contains(&team)
        });
        match fits {
            None => FormAnswer::PersonDecides,
            Some(line) => line.form.map_or(FormAnswer::None, FormAnswer::Form),
        }
    }
}
