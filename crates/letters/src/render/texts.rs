//! Enters: the data of a document. Leaves: each text in it, with the JSON pointer to it. Never: copies a text.

use serde_json::Value;

/// Calls `tell` with the pointer to each text of `data` and the text, in order.
pub(super) fn each_text<'a>(data: &'a Value, tell: &mut dyn FnMut(&str, &'a str)) {
    visit(data, &mut String::new(), tell);
}

fn visit<'a>(data: &'a Value, at: &mut String, tell: &mut dyn FnMut(&str, &'a str)) {
    let length = at.len();
    let mut inside = |name: &str, item: &'a Value| {
        at.extend(["/", name]);
        visit(item, at, tell);
        at.truncate(length);
    };
    match data {
        Value::String(text) => tell(at, text),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| inside(&index.to_string(), item));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, item)| inside(name, item)),
        _ => {}
    }
}
