//! Enters: the bytes of a file that fails. Leaves: its outline, which can be shown to somebody who may not read it.
//! Never: a value, or a name that isn't plainly that of a field.

use super::json::{self, Node};
use std::fmt::Write;

/// Lines of an outline.
const MAX_LINES: usize = 200;

/// The outline of a file: one line a value, with its pointer, its kind and the size of a text or
/// list; `not JSON` with the number of bytes where it is none.
pub fn shape(bytes: &[u8]) -> String {
    let mut lines = Vec::new();
    match json::tree(bytes) {
        Ok(root) => outline(&root, "", &mut lines),
        Err(_) => lines.push(format!("not JSON, {} bytes", bytes.len())),
    }
    lines.join("\n")
}

fn outline(node: &Node, at: &str, lines: &mut Vec<String>) {
    if lines.len() >= MAX_LINES {
        return;
    }
    let mut line = format!("{at} {}", node.kind()).trim_start().to_owned();
    let size = match node {
        Node::Text(text) => write!(line, " of {} characters", text.chars().count()),
        Node::List(nodes) => write!(line, " of {}", nodes.len()),
        Node::Object(fields) => write!(line, " of {}", fields.len()),
        _ => Ok(()),
    };
    if size.is_ok() {
        lines.push(line);
    }
    match node {
        Node::List(nodes) => {
            nodes.iter().enumerate().for_each(|(index, node)| outline(node, &format!("{at}/{index}"), lines));
        }
        Node::Object(fields) => {
            fields.iter().for_each(|(name, node)| outline(node, &json::pointer(at, name), lines));
        }
        _ => {}
    }
}
