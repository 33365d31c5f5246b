//! Text files as Windows writes them.

use despatch_core::private::{Secret, first_line};
use despatch_core::text::{text_in, utf8_of};

const WORDS: &str = "AGE-SECRET-KEY é 𝄞\r\nline two\r\n";

fn utf16(mark: [u8; 2], unit: fn(u16) -> [u8; 2], words: &str) -> Vec<u8> {
    mark.into_iter().chain(words.encode_utf16().flat_map(unit)).collect()
}

#[test]
fn a_text_is_read_in_each_encoding_that_marks_itself() {
    let with_mark = format!("\u{feff}{WORDS}").into_bytes();
    let little = utf16([0xff, 0xfe], u16::to_le_bytes, WORDS);
    let big = utf16([0xfe, 0xff], u16::to_be_bytes, WORDS);
    for bytes in [WORDS.as_bytes().to_vec(), with_mark, little, big] {
        assert_eq!(utf8_of(&bytes).unwrap().as_slice(), WORDS.as_bytes());
        assert_eq!(first_line(&Secret::new(bytes)).as_str(), "AGE-SECRET-KEY é 𝄞");
    }
    assert!(utf8_of(b"").unwrap().is_empty());
}

#[test]
fn what_only_says_that_it_is_utf16_is_refused_and_what_says_nothing_stays() {
    for broken in [&b"\xff\xfea"[..], b"\xff\xfe\0\0a\0\0\0", b"\xff\xfe\x00\xd8a\0"] {
        assert!(utf8_of(broken).is_err(), "{broken:?}");
    }
    let binary = b"age-encryption.org/v1\n\xff\xfe\0";
    assert_eq!(utf8_of(binary).unwrap().as_slice(), binary);
    assert!(text_in(b"a\0b\0").unwrap_err().contains("UTF-16"));
    assert!(!text_in(b"caf\xe9").unwrap_err().contains("UTF-16"));
    assert_eq!(text_in("é".as_bytes()), Ok("é"));
}
