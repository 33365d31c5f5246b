//! Enters: a message as it is sent. Leaves: where it goes beyond what every mail system on the way has to take.
//! Never: reads it with the code that wrote it.

/// RFC 5322, section 2.1.1: a line should have no more, without its CRLF.
const LINE: usize = 78;
/// RFC 2045, section 6.7 and 6.8: an encoded line has no more.
const ENCODED_LINE: usize = 76;
/// RFC 2047, section 2.
const ENCODED_WORD: usize = 75;
/// RFC 2046, section 5.1.1, allows 70; relays that add to one need some of them.
const BOUNDARY: usize = 60;
/// eCryptfs and some archives take 143 bytes of a name, Windows 255 of a path; mail programs shorten longer ones.
const FILE_NAME: usize = 64;
/// What the signed words of an email take; a mail program shows fewer.
const SUBJECT: usize = 200;
/// RFC 5321, sections 4.5.3.1.1 to 3: the local part and the whole of a path.
const ADDRESS: (usize, usize) = (64, 254);

/// Every limit that a message goes beyond.
pub fn beyond_limits(message: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(message).expect("ASCII");
    let mut beyond = Vec::new();
    let mut at_most = |what: &str, value: &str, most: usize| {
        if value.len() > most {
            beyond.push(format!("{what} has {} characters, {most} is the most: {value}", value.len()));
        }
    };
    let mut heads = true;
    for line in text.split("\r\n") {
        // Behind a boundary the head of a part begins, and a head ends with an empty line.
        heads = (heads && !line.is_empty()) || line.starts_with("--=_");
        at_most("a line", line, if heads { LINE } else { ENCODED_LINE });
    }
    for word in text.split(|c: char| c.is_ascii_whitespace()) {
        let word = word.trim_start_matches(['"', '<', '(']);
        if word.starts_with("=?") {
            at_most("an encoded word", word.trim_end_matches([',', ';']), ENCODED_WORD);
        }
    }
    for (parameter, most) in [("boundary=\"", BOUNDARY), ("filename=\"", FILE_NAME)] {
        for value in text.split(parameter).skip(1).map(|rest| rest.split('"').next().unwrap_or(rest)) {
            at_most(parameter, value, most);
        }
    }
    let headers = text.split("\r\n\r\n").next().unwrap_or(text).replace("\r\n ", " ");
    for header in headers.lines() {
        let (name, value) = header.split_once(": ").unwrap_or((header, ""));
        match name {
            "Subject" => at_most("the subject as it is encoded", value, 2 * SUBJECT),
            "From" | "To" | "Message-ID" => {
                let address = value.rsplit('<').next().unwrap_or(value).trim_end_matches('>');
                at_most(name, address, ADDRESS.1);
                at_most(name, address.split('@').next().unwrap_or(address), ADDRESS.0);
            }
            _ => {}
        }
    }
    beyond
}

#[test]
fn each_limit_is_measured() {
    let message = |boundary: usize, name: usize, subject: &str, line: usize, local: usize| {
        let boundary = format!("=_{}", "b".repeat(boundary - 2));
        format!(
            "From: \"A\" <{}@office.example.invalid>\r\nSubject: {subject}\r\nContent-Type: multipart/mixed;\r\n \
             boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Disposition: attachment;\r\n filename=\"{}\"\r\n\r\n\
             {}\r\n--{boundary}--\r\n",
            "l".repeat(local),
            "n".repeat(name),
            "A".repeat(line)
        )
        .into_bytes()
    };
    let none: Vec<String> = Vec::new();
    assert_eq!(beyond_limits(&message(60, 64, "hello", 76, 40)), none);
    for (beyond, found) in [
        (message(61, 64, "hello", 76, 40), "boundary"),
        (message(60, 65, "hello", 76, 40), "filename"),
        (message(60, 64, &format!("=?utf-8?b?{}?=", "A".repeat(66)), 76, 40), "encoded word"),
        (message(60, 64, &vec!["word"; 17].join(" "), 76, 40), "a line"),
        (message(60, 64, &vec!["a word of it"; 40].join("\r\n "), 76, 40), "subject"),
        (message(60, 64, "hello", 77, 40), "a line"),
        (message(60, 64, "hello", 76, 65), "From"),
    ] {
        let told = beyond_limits(&beyond);
        assert!(told.iter().any(|one| one.contains(found)), "{found}: {told:?}");
    }
}
