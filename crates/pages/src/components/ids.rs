//! Enters: the name of a field. Leaves: its id. Never: gives two fields of a form one id, unless they have one name.

/// Makes an id of a name such as `/person/name` or `dates[2]`: error summaries link to it.
pub fn id_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    name.chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}
