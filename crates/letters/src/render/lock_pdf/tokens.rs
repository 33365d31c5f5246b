//! Enters: the bytes of a name or a string. Leaves: their PDF syntax. Never: encrypts anything.

/// Writes a name, with each byte that is not a regular character as two hex digits (7.3.5).
pub(super) fn write_name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("#{byte:02x}").as_bytes());
        }
    }
}

/// Writes a string, in hex or literally (7.3.4).
pub(super) fn write_string(out: &mut Vec<u8>, string: &[u8], hex: bool) {
    if hex {
        out.push(b'<');
        string.iter().for_each(|byte| out.extend_from_slice(format!("{byte:02x}").as_bytes()));
        out.push(b'>');
        return;
    }
    out.push(b'(');
    for byte in string {
        match byte {
            b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            // A reader would read a bare carriage return as a line feed.
            b'\r' => out.extend_from_slice(b"\\r"),
            _ => out.push(*byte),
        }
    }
    out.push(b')');
}
