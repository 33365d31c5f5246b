//! Enters: the parameter that names whoever asks. Leaves: the part of a statement that leaves out what they may not see.
//! Never: a statement of its own.

/// The cases that this member of staff may not see, by the number of its parameter; without one, every restricted case.
macro_rules! hidden_cases {
    ($staff:literal) => {
        concat!(
            "SELECT case_id FROM restriction WHERE case_id NOT IN \
             (SELECT case_id FROM restriction_reader WHERE staff = ",
            $staff,
            ")"
        )
    };
}
/// The case files of those cases: what lists leave out without reading another column than their index has.
macro_rules! hidden_files {
    ($staff:literal) => {
        concat!(
            "SELECT number FROM submission WHERE case_id IN (",
            $crate::queries::hidden::hidden_cases!($staff),
            ")"
        )
    };
}
/// The subjects of the events of the cases of a condition.
macro_rules! subjects_of {
    ($cases:expr) => {
        concat!(
            "SELECT 'case ' || number FROM submission WHERE case_id IN (",
            $cases,
            ") \
             UNION ALL SELECT id FROM despatch WHERE case_id IN (",
            $cases,
            ") \
             UNION ALL SELECT 'casework ' || meant.case_id FROM (",
            $cases,
            ") AS meant \
             UNION ALL SELECT 'retention ' || meant.case_id FROM (",
            $cases,
            ") AS meant \
             UNION ALL SELECT 'authority ' || meant.case_id FROM (",
            $cases,
            ") AS meant \
             UNION ALL SELECT 'record ' || meant.case_id FROM (",
            $cases,
            ") AS meant"
        )
    };
}
pub(crate) use {hidden_cases, hidden_files, subjects_of};
