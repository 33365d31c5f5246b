//! Addresses of email: which are taken, in which form, and why others are refused.

use despatch_core::address::EmailAddress;

#[test]
fn addresses_that_mail_can_go_to_are_taken_and_their_domain_is_lower_case() {
    for (text, taken) in [
        ("duty@nhs.example.invalid", "duty@nhs.example.invalid"),
        ("Duty.Doctor@NHS.Example.Invalid", "Duty.Doctor@nhs.example.invalid"),
        ("o'neil+cases_1@a-b.invalid", "o'neil+cases_1@a-b.invalid"),
        ("1@2.invalid", "1@2.invalid"),
    ] {
        assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), taken);
    }
    let (one, two): (EmailAddress, EmailAddress) =
        ("A@x.invalid".parse().unwrap(), "a@X.invalid".parse().unwrap());
    assert!(one.same_mailbox(&two));
}

#[test]
fn hostile_and_unusable_addresses_are_refused_with_cause_and_cure() {
    let long_local = format!("{}@x.invalid", "a".repeat(65));
    let long_label = format!("a@{}.invalid", "b".repeat(64));
    let long = format!("a@{}invalid", "bcdefgh.".repeat(32));
    for (text, reason) in [
        ("", "no @"),
        ("nobody", "no @"),
        ("@x.invalid", "before the @"),
        ("a@", "no dot"),
        ("a@b", "no dot"),
        ("a@localhost", "no dot"),
        ("a@b@c.invalid", "more than one @"),
        ("a@x.invalid,b@y.invalid", "more than one @"),
        ("a@x.invalid\r\nBcc: b@y.invalid", "line break"),
        ("a@x.invalid\0", "control"),
        ("a b@x.invalid", "space"),
        (" a@x.invalid", "space"),
        ("Name <a@x.invalid>", "space"),
        ("<a@x.invalid>", "before the @"),
        ("\"a\"@x.invalid", "before the @"),
        ("\"><script>\"@b.invalid", "before the @"),
        ("a(comment)@x.invalid", "before the @"),
        ("a%b.invalid@x.invalid", "before the @"),
        ("x.invalid!a@y.invalid", "before the @"),
        ("-oProxy@x.invalid", "hyphen"),
        (".a@x.invalid", "dot"),
        ("a.@x.invalid", "dot"),
        ("a..b@x.invalid", "dot"),
        ("a`id`@x.invalid", "before the @"),
        ("a@[127.0.0.1]", "IP address"),
        ("a@[IPv6:::1]", "IP address"),
        ("a@127.0.0.1", "IP address"),
        ("a@x.123", "number"),
        ("a@x..invalid", "empty"),
        ("a@.x.invalid", "empty"),
        ("a@x.invalid.", "empty"),
        ("a@-x.invalid", "inner hyphens"),
        ("a@x_y.invalid", "inner hyphens"),
        ("a@x.invalid>", "inner hyphens"),
        ("a@xn--80ak6aa92e.invalid", "internationalised"),
        ("a@XN--80AK6AA92E.invalid", "internationalised"),
        ("a@nhѕ.invalid", "ASCII"),
        ("a@x\u{200b}y.invalid", "ASCII"),
        ("á@x.invalid", "ASCII"),
        ("a\u{202e}@x.invalid", "ASCII"),
        (&long_local, "64"),
        (&long_label, "too long"),
        (&long, "254"),
    ] {
        let refusal = text.parse::<EmailAddress>().expect_err(text);
        assert!(refusal.cause.contains(reason), "{text}: {refusal}");
        assert!(!refusal.cure.is_empty());
    }
}
