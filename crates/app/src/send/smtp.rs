//! Enters: a relay's settings, two addresses and a message's final bytes. Leaves: a [`Verdict`].
//! Never: speaks without TLS, upgrades a plain connection (lettre 0.11.23 accepts forged replies across STARTTLS),
//! accepts a certificate that does not verify, or shows a password.

use super::Verdict;
use age::secrecy::{ExposeSecret, SecretString};
use despatch_core::address::EmailAddress;
use despatch_core::fault::Fault;
use despatch_message::check_wire;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use std::fmt::{self, Display};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

/// How long to wait at each step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, and for each answer up to and including the one to EHLO.
    pub connect: Duration,
    /// For each answer from there to the one to DATA (RFC 5321, section 4.5.3.2: 5 minutes).
    pub command: Duration,
    /// For the answer to the dot (section 4.5.3.2.6: 10 minutes), and for each write of the body. A shorter wait causes
    /// duplicates, because a relay that is still storing the message would be taken for one that lost it.
    pub dot: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(300),
            dot: Duration::from_secs(600),
        }
    }
}

/// The settings of an office's relay.
#[derive(Debug, Clone)]
pub struct Settings {
    pub host: String,
    /// Usually 465: TLS from the first byte (RFC 8314, section 3.3).
    pub port: u16,
    /// The name given in EHLO.
    pub hello_name: String,
    /// PEM. If set, only its certificates are trusted; otherwise the system's roots are.
    pub tls_ca: Option<Vec<u8>>,
    /// The name that the certificate must have, if it is not `host`.
    pub tls_name: Option<String>,
    /// User and password.
    pub credentials: Option<(String, SecretString)>,
    pub timeouts: Timeouts,
}

/// A relay whose settings have been checked.
#[derive(Clone)]
pub struct Relay {
    host: String,
    port: u16,
    hello: ClientId,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    timeouts: Timeouts,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{})", self.host, self.port)
    }
}

/// Thrown through lettre's loop when the dot must not be sent.
struct NoDot;

impl Relay {
    /// Checks the settings and reads the certificates; opens no connection.
    ///
    /// # Errors
    /// A name is not a host name, or the certificate file contains no certificate.
    pub fn new(settings: Settings) -> Result<Self, Fault> {
        let Settings { host, port, hello_name, tls_ca, tls_name, credentials, timeouts } = settings;
        for (at, name) in
            [("host", Some(&host)), ("hello_name", Some(&hello_name)), ("tls_name", tls_name.as_ref())]
        {
            if name.is_some_and(|name| !is_host(name)) {
                return Err(unfit(
                    at,
                    "it is not a host name or an IP address",
                    "give a name such as mail.example",
                ));
            }
        }
        let builder = TlsParameters::builder(tls_name.unwrap_or_else(|| host.clone()));
        let builder = match &tls_ca {
            None => builder,
            Some(pem) => {
                let cure = "give a file of PEM certificates, each between BEGIN and END CERTIFICATE";
                let ca =
                    Certificate::from_pem(pem).map_err(|_| unfit("tls_ca", "it is not valid PEM", cure))?;
                if !pem.windows(27).any(|text| text == b"-----BEGIN CERTIFICATE-----") {
                    return Err(unfit("tls_ca", "it holds no certificate", cure));
                }
                builder.certificate_store(CertificateStore::None).add_root_certificate(ca)
            }
        };
        let tls = builder.build().map_err(|error| {
            unfit(
                "tls_ca",
                &format!("TLS can't be set up: {error}"),
                "check the certificates that are trusted",
            )
        })?;
        let credentials =
            credentials.map(|(user, password)| Credentials::new(user, password.expose_secret().to_owned()));
        let hello = hello_name.parse().map_or(ClientId::Domain(hello_name), |ip| match ip {
            std::net::IpAddr::V4(ip) => ClientId::Ipv4(ip),
            std::net::IpAddr::V6(ip) => ClientId::Ipv6(ip),
        });
        Ok(Self { host, port, hello, tls, credentials, timeouts })
    }

    /// Delivers `message`, byte for byte, to one recipient over a connection of its own.
    ///
    /// `dot_pending` is called once, after every byte of the message was written and before the dot that makes
    /// the relay accept it: the caller commits its DotPending state there. If it fails, the connection is cut
    /// and the relay discards the message. Everything uncertain after it is [`Verdict::InDoubt`].
    ///
    /// A connection for each message costs a handshake each; a batch can share one later. The relay, once its
    /// certificate is verified, is trusted not to answer ahead of a command: lettre reads answers through a buffer, and
    /// the next one in it is taken as the answer to the dot.
    pub fn deliver<E: Display>(
        &self,
        from: &EmailAddress,
        to: &EmailAddress,
        message: &[u8],
        dot_pending: &mut dyn FnMut() -> Result<(), E>,
    ) -> Verdict {
        // lettre writes CRLF before the dot: given the message's own last CRLF as well, it would add a line.
        let body = match (check_wire(message), message.strip_suffix(b"\r\n")) {
            (Ok(()), Some(body)) => body,
            (Err(fault), _) => return refused(&fault.cause),
            (Ok(()), None) => return refused(&"the message does not end with CRLF"),
        };
        let mut connection = match self.open() {
            Ok(connection) => connection,
            // Even a 5xx here is about the office's account or the relay, not about this message.
            Err(error) => return deferred(&format!("no session with the relay: {}", told(&error))),
        };
        match self.envelope(&mut connection, from, to) {
            Ok(()) => self.body(connection, body, dot_pending),
            Err(verdict) => {
                leave(connection);
                verdict
            }
        }
    }

    /// Connects: TLS, greeting, EHLO and, if there are credentials, AUTH.
    fn open(&self) -> Result<SmtpConnection, Error> {
        let server = (self.host.as_str(), self.port);
        let timeout = Some(self.timeouts.connect);
        let mut connection = SmtpConnection::connect(server, timeout, &self.hello, Some(&self.tls), None)?;
        if let Some(credentials) = &self.credentials
            && let Err(error) = connection.auth(DEFAULT_MECHANISMS, credentials)
        {
            leave(connection);
            return Err(error);
        }
        Ok(connection)
    }

    /// Sends MAIL, RCPT and DATA and checks the answer to each: 354 answers only DATA, so a surplus answer before it is
    /// noticed here.
    fn envelope(
        &self,
        connection: &mut SmtpConnection,
        from: &EmailAddress,
        to: &EmailAddress,
    ) -> Result<(), Verdict> {
        connection.set_timeout(Some(self.timeouts.command)).map_err(|error| deferred(&error))?;
        expect(connection.command(Mail::new(Some(envelope_address(from)?), Vec::new())), &[250])?;
        expect(connection.command(Rcpt::new(envelope_address(to)?, Vec::new())), &[250, 251])?;
        expect(connection.command(Data), &[354])
    }

    fn body<E: Display>(
        &self,
        mut connection: SmtpConnection,
        body: &[u8],
        dot_pending: &mut dyn FnMut() -> Result<(), E>,
    ) -> Verdict {
        if let Err(error) = connection.set_timeout(Some(self.timeouts.dot)) {
            return deferred(&error);
        }
        let (mut asked, mut unsaved) = (false, None);
        let before_dot = std::iter::from_fn(|| {
            asked = true;
            if let Err(error) = dot_pending() {
                unsaved = Some(error.to_string());
                // lettre sends the dot as soon as the iterator ends, and offers no other way out of its loop.
                resume_unwind(Box::new(NoDot));
            }
            None
        });
        let chunks = body.chunks(CHUNK).chain(before_dot);
        let answer = match catch_unwind(AssertUnwindSafe(|| connection.message_iter(chunks))) {
            Ok(answer) => answer,
            Err(thrown) if thrown.is::<NoDot>() => {
                drop(connection);
                let why = unsaved.unwrap_or_default();
                return deferred(&format!("cut off before the dot, which could not be recorded: {why}"));
            }
            Err(thrown) => resume_unwind(thrown),
        };
        match answer {
            Ok(reply) if reply.has_code(250) => {
                leave(connection);
                Verdict::Accepted { reply: line(&reply) }
            }
            Ok(reply) => in_doubt(&format!("the relay answered {} to the dot", line(&reply))),
            Err(error) if error.is_permanent() => Verdict::Refused { reply: told(&error) },
            Err(error) if error.is_transient() || !asked => Verdict::Deferred { reply: told(&error) },
            Err(error) => in_doubt(&format!("no certain answer to the dot: {}", told(&error))),
        }
    }
}

/// How much of the message is handed to lettre at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// The time limit for QUIT, on which nothing depends.
const GOODBYE: Duration = Duration::from_secs(5);

/// Closes the session with QUIT; its result does not matter.
fn leave(mut connection: SmtpConnection) {
    if connection.set_timeout(Some(GOODBYE)).is_ok() {
        let _ = connection.quit();
    }
}

fn envelope_address(address: &EmailAddress) -> Result<Address, Verdict> {
    Address::new(address.local(), address.domain()).map_err(|error| refused(&error))
}

/// Returns `Ok` only for an answer with one of `codes`.
fn expect(answer: Result<Response, Error>, codes: &[u16]) -> Result<(), Verdict> {
    match answer {
        Ok(reply) if codes.iter().any(|&code| reply.has_code(code)) => Ok(()),
        Ok(reply) => Err(deferred(&format!("an answer out of turn: {}", line(&reply)))),
        Err(error) if error.is_permanent() => Err(Verdict::Refused { reply: told(&error) }),
        Err(error) => Err(deferred(&told(&error))),
    }
}

fn deferred(why: &impl Display) -> Verdict {
    Verdict::Deferred { reply: clean(&why.to_string()) }
}

fn refused(why: &impl Display) -> Verdict {
    Verdict::Refused { reply: clean(&why.to_string()) }
}

fn in_doubt(why: &str) -> Verdict {
    Verdict::InDoubt { why: clean(why) }
}

/// A negative reply as the relay gave it ("550 5.1.1 no such mailbox"), or the failure in the library's words.
fn told(error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    match (error.status(), source) {
        (Some(code), Some(text)) => clean(&format!("{code} {text}")),
        _ => clean(&error.to_string()),
    }
}

fn line(reply: &Response) -> String {
    clean(&format!("{} {}", reply.code(), reply.message().collect::<Vec<_>>().join(" ")))
}

/// Cuts a text to one line of at most 300 printable ASCII characters. It can contain the recipient's address: for the
/// ledger and the reviewer, not for a log.
fn clean(text: &str) -> String {
    text.chars().take(300).map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).collect()
}

fn is_host(name: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.parse::<std::net::IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(label))
}

fn unfit(at: &str, cause: &str, cure: &str) -> Fault {
    Fault::new(format!("relay.{at}"), "relay.unfit", cause, cure)
}
