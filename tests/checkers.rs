//! The independent programs that other tests rely on: each finds what it is there to find.

use crate::support::postfix::{Postfix, strip_added_headers};
use crate::support::tools::{command, run, run_with};

/// Sends standard input with Python's own mail client: nothing of ours on either side.
const SENDER: &str = r#"
import smtplib, ssl, sys
port, ca, to = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
with smtplib.SMTP_SSL("localhost", port, context=ssl.create_default_context(cafile=ca), timeout=20) as server:
    server.sendmail("team@office.example.invalid", to, sys.stdin.buffer.read())
"#;

const MESSAGE: &[u8] = b"From: team@office.example.invalid\r\n\
    To: clinic@nhs.example.invalid\r\n\
    Subject: OFFICIAL SENSITIVE: made up\r\n\
    Received: is a word that a message may hold in a header of its own\r\n\
    Message-ID: <1@office.example.invalid>\r\n\
    Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\
    MIME-Version: 1.0\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\
    \r\n\
    First line,=20\r\n\
    .a dot first\r\n\
    .\r\n\
    Received: not a header\r\n\
    \r\n\
    last line\r\n";

fn send(server: &Postfix, recipient: &str) -> Result<Vec<u8>, String> {
    let port = server.port().to_string();
    let mut python = command("python3");
    python.args(["-c", SENDER, &port]);
    python.arg(server.ca_pem_path()).arg(recipient);
    run_with(&mut python, MESSAGE)
}

#[test]
fn a_real_mail_server_delivers_a_message_as_it_was_sent() {
    let server = Postfix::start();
    send(&server, "clinic@nhs.example.invalid").expect("the server takes it");
    let delivered = server.wait_for(1);
    assert_eq!(delivered.len(), 1);
    assert_eq!(
        String::from_utf8_lossy(&strip_added_headers(&delivered[0])),
        String::from_utf8_lossy(MESSAGE)
    );
    assert!(server.log().contains("status=sent"), "{}", server.log());
}

#[test]
fn the_mail_server_delivers_nothing_outside_and_refuses_as_told() {
    let server = Postfix::start();
    let other = Postfix::start();
    assert_ne!(server.port(), other.port());
    for (recipient, code) in [
        ("someone@example.org", "554"),
        ("busy@nhs.example.invalid", "450"),
        ("gone@nhs.example.invalid", "550"),
    ] {
        let refusal = send(&server, recipient).expect_err(recipient);
        assert!(refusal.contains(code), "{recipient}: {refusal}");
    }
    send(&other, "det@example.invalid").expect("the other server takes it");
    assert_eq!(other.wait_for(1).len(), 1);
    assert!(server.delivered().is_empty());
}

#[test]
fn only_the_server_s_own_authority_vouches_for_it() {
    let server = Postfix::start();
    let other = Postfix::start();
    let handshake = |name: &str, server: &Postfix, trusted: &Postfix| {
        let mut openssl = command("openssl");
        openssl.args(["s_client", "-verify_return_error", "-verify_hostname", name]);
        openssl.arg("-connect").arg(format!("127.0.0.1:{}", server.port()));
        openssl.arg("-CAfile").arg(trusted.ca_pem_path());
        run(&mut openssl)
    };
    handshake("localhost", &server, &server).expect("its own authority vouches for it");
    handshake("localhost", &server, &other).expect_err("another's does not");
    handshake("relay.example.invalid", &server, &server).expect_err("nor under another name");
}
