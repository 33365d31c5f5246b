//! Enters: the value of a cell. Leaves: the cell as it is written into any sheet, and the value back again.
//! Never: a cell that a spreadsheet runs: every sheet of the program is written through here (F23).

/// What begins a formula in some spreadsheet, after white space too; the wide forms count where they are typed.
const BEGINS: [char; 10] = ['=', '+', '-', '@', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Spreadsheets show what follows as text.
const QUOTE: char = '\'';

/// Returns whether a spreadsheet may run a cell: it begins like a formula, or with white space or a control character
/// that could be passed over.
pub(super) fn is_formula(cell: &str) -> bool {
    cell.starts_with(BEGINS)
        || cell.starts_with(|c: char| c.is_control() || c.is_whitespace())
            && cell.trim_start_matches(|c: char| c.is_control() || c.is_whitespace()).starts_with(BEGINS)
        || cell.starts_with(['\t', '\r', '\n'])
}

/// Writes a value so that no spreadsheet runs it, and [`unquoted`] gives it back. A value that begins with quotes before
/// such a beginning gets one more, so that the two stay apart.
pub(super) fn quoted(value: String) -> String {
    if is_formula(value.trim_start_matches(QUOTE)) { format!("{QUOTE}{value}") } else { value }
}

/// The value of a cell that [`quoted`] wrote.
pub(super) fn unquoted(cell: &str) -> &str {
    match cell.strip_prefix(QUOTE) {
        Some(value) if is_formula(value.trim_start_matches(QUOTE)) => value,
        _ => cell,
    }
}
