//! Enters: nothing by itself. Leaves: the closed words that describe a detention.
//! Never: says what follows from one.

use crate::fields::closed::closed;
use crate::fields::reader::patterns;

closed! {
    /// Which command manages the case, and so which table of reviews applies.
    DetainedTeam {
        NonFno = "non_fno", "not Foreign National Offender Returns Command";
        FnoRc = "fno_rc", "Foreign National Offender Returns Command";
    }
}

closed! {
    /// Where the person was when they were detained.
    Origin {
        Community = "community", "from the community";
        Port = "port", "at a port";
        Prison = "prison", "from prison";
    }
}

closed! {
    /// Whether the person is an adult.
    Age {
        Adult = "adult", "adult";
        Under18 = "under_18", "under 18";
        Disputed = "disputed", "age disputed";
    }
}

closed! {
    /// The group as the Detainee Escorting and Population Management Unit states it; never derived.
    Group {
        Male = "male", "male";
        Female = "female", "female";
        Family = "family", "family without children under 18";
        FamilyUnder18 = "family_under_18", "family with children under 18";
    }
}

closed! {
    /// Whether there is or has been a claim for asylum, or a suggestion of one.
    Asylum {
        None = "none", "no claim and no suggestion of one";
        Past = "past", "a claim in the past";
        Suggested = "suggested", "a claim suggested";
        Made = "made", "a claim made";
    }
}

closed! {
    /// For whom a limit of stay holds.
    Population {
        Anyone = "anyone", "anyone";
        ChildAlone = "child_alone", "an unaccompanied child";
        FamilyUnder18 = "family_under_18", "a family with children under 18";
        /// Examined on leaving the country (Immigration Act 1971, Schedule 2, paragraph 16(1B)).
        Embarking = "embarking", "somebody examined on embarkation";
        /// Detained from prison once the sentence was over; Returns Command manages the case. Beside what else they are.
        FreedOffender = "freed_offender", "a foreign national offender who was released from sentence";
    }
}

closed! {
    /// The form by which the person is given written reasons, spelt as the general instructions spell it.
    ReasonsForm {
        Is91r = "is91r", "IS91R";
        Is151f = "is_151f", "IS 151F";
        Is151fSthf = "is_151f_sthf", "IS 151F (STHF)";
    }
}

closed! {
    /// The rule under which healthcare staff report.
    ReportRule {
        Dcr35 = "dcr_35", "rule 35 of the Detention Centre Rules 2001";
        Sthf32 = "sthf_32", "rule 32 of the Short-term Holding Facility Rules 2018";
    }
}

closed! {
    /// Which part of the rule a report is made under. The record has the number alone.
    Limb {
        Health = "1", "health likely to be injuriously affected by detention";
        Intent = "2", "suspected suicidal intentions";
        Torture = "3", "concern that the person may have been a victim of torture";
    }
}

closed! {
    /// Who made a report.
    ReportAuthor {
        Doctor = "doctor", "a doctor";
        Nurse = "nurse", "a nurse";
    }
}

closed! {
    /// What is decided about somebody.
    Deciding {
        Detain = "detain", "to detain, or to keep detained";
        Release = "release", "to release";
    }
}

closed! {
    /// What makes a decision one for somebody higher.
    Matter {
        Spouse = "spouse_of_british_citizen", "the spouse or civil partner of a British citizen";
        StrongRepresentations = "strong_representations", "strong representations for bail continue";
        SeparatesFamily = "separates_family", "the family is separated";
        CourtBail = "court_bail", "a court granted bail";
        TimeServed = "time_served", "the sentence is served";
        FoodRefusal = "food_refusal", "food or fluid is refused";
    }
}

closed! {
    /// The degree of a risk (general instructions, "Risk of harm").
    Degree {
        Low = "low", "low";
        Medium = "medium", "medium";
        High = "high", "high";
        VeryHigh = "very_high", "very high";
    }
}

closed! {
    /// What weighs for detention against the evidence of vulnerability (docs/readings.md, "Adults at risk").
    ImmigrationFactor {
        RemovalForecast = "removal_forecast", "removal can be forecast with some certainty, within a reasonable timescale";
        PublicProtection = "public_protection", "there is a public protection issue";
        NonCompliance = "non_compliance", "non-compliance suggests that the outcome sought would not be achieved without detention";
        RemovalSoon = "removal_soon", "removal is fixed or can be fixed quickly, within a reasonable timescale, and voluntary return was not complied with";
        RefusedEntry = "refused_entry", "entry was refused";
        ProtectionJustifies = "protection_justifies", "public protection concerns justify detention";
        NotRemovableFree = "not_removable_unless_detained", "non-compliance suggests that the person is highly likely not to be removable unless detained";
        NonComplianceBeside = "non_compliance_beside_protection", "evidence of non-compliance is less compelling, and there are public protection issues as well";
        RemovalSet = "removal_set", "removal is set for the immediate future, with no barriers, arrangements made, and no compliance with voluntary or ensured return";
        SignificantProtection = "significant_protection", "there is a significant or current public protection concern, a sentence of four years or more, or a serious national security issue";
    }
}

closed! {
    /// What a review considers (general instructions, "Factors influencing a decision to detain").
    ReviewFactor {
        Removal = "removal_likelihood_and_time", "the likelihood of removal, and after what time";
        Absconded = "absconded", "previous absconding";
        BailBreached = "bail_breached", "failure to comply with conditions of immigration bail";
        Attempt = "determined_attempt", "a determined attempt to breach the immigration laws";
        Compliance = "past_compliance", "a history of complying with immigration control";
        Ties = "uk_ties", "ties with the United Kingdom";
        Expectations = "expectations", "expectations about the outcome of the case";
        Harm = "harm_risk", "a risk of offending or harm to the public";
        Under18 = "under_18", "being under 18";
        AdultAtRisk = "adult_at_risk", "being an adult at risk";
    }
}

closed! {
    /// Whose evidence of vulnerability it is.
    EvidenceSource {
        Own = "self", "the person's own account";
        Professional = "professional", "a professional";
        Official = "official", "an official";
    }
}

closed! {
    /// What a Case Progression Panel recommends.
    Recommendation {
        Maintain = "maintain", "maintain detention";
        MaintainWithActions = "maintain_with_actions", "maintain detention with casework actions";
        Release = "release", "release";
    }
}

closed! {
    /// What is decided of a report of healthcare staff.
    ReportOutcome {
        Maintain = "maintain_as_adult_at_risk", "detention is maintained, and the person is an adult at risk";
        Release = "recommend_release", "release is recommended";
    }
}

closed! {
    /// For what a pregnant woman is detained: the limit is of detention for removal or deportation.
    PowerFor {
        Removal = "removal_or_deportation", "removal or deportation";
        Other = "other", "another purpose";
    }
}

closed! {
    /// What a minister's authority extends.
    Extends {
        Stay = "stay", "the stay at the place";
        Pregnancy = "pregnancy", "the detention of a pregnant woman";
    }
}

closed! {
    /// How a detention ended.
    Ending {
        Released = "released", "released";
        Removed = "removed", "removed from the United Kingdom";
        Died = "died", "the person died";
    }
}

fn is_nationality_code(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

despatch_core::id!(
    /// A nationality: ISO 3166-1, two capital letters (XK for Kosovo).
    NationalityCode, is_nationality_code, "the two capital letters of ISO 3166-1, like FR for France"
);

patterns! {
    NationalityCode: Nothing, false, NationalityCode::PATTERN, (2, 2), "^[A-Z]{2}$";
}
