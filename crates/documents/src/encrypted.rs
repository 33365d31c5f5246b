//! Enters: the bytes of a PDF. Leaves: whether its trailer says that it is locked.
//! Never: mistakes words on a page for the trailer's.

/// Returns whether a trailer has an encryption dictionary; a file that opens without a password may have one too. A
/// trailer is never compressed (ISO 32000-1, 7.5.8.2).
pub fn says_encrypted(bytes: &[u8]) -> bool {
    const WORD: &[u8] = b"/Encrypt";
    let follows = |at: usize| {
        let rest: Vec<u8> = bytes.iter().skip(at + WORD.len()).take(40).copied().collect();
        let rest = String::from_utf8_lossy(&rest);
        let rest = rest.trim_start();
        let mut words = rest.split_whitespace();
        let number = |word: Option<&str>| word.is_some_and(|word| word.bytes().all(|b| b.is_ascii_digit()));
        rest.starts_with("<<")
            || number(words.next())
                && number(words.next())
                && words.next().is_some_and(|w| w.starts_with('R'))
    };
    memchr::memmem::find_iter(bytes, WORD).any(follows)
}
