//! Enters: what a browser sent, once it is parsed and within bounds. Leaves: it as a value for the service.
//! Never: shows a form's values or a session's token when it is printed for debugging: nothing here has `Debug`.

use despatch_core::private::{Secret, secret_bytes};
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// The methods that the pages know. HEAD is answered as GET without its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Method {
    Get,
    Post,
}

/// The secret of one session, as its cookie has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionToken(String);

impl SessionToken {
    /// The length of a token: 32 bytes in hexadecimal.
    pub const LENGTH: usize = 64;

    /// Takes a token as it stands in a cookie; `None` if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == Self::LENGTH && text.bytes().all(hexadecimal)).then(|| Self(text.to_owned()))
    }

    /// The text of the token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for SessionToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A file that a form sent.
#[derive(Serialize, Deserialize)]
pub struct Upload {
    /// The form's field.
    pub field: String,
    /// What the browser calls the file: text to be shown, and never a path.
    pub name: String,
    #[serde(with = "secret_bytes")]
    pub bytes: Secret,
}

/// One request for a page.
#[derive(Serialize, Deserialize)]
pub struct Request {
    pub method: Method,
    /// Begins with a slash; plain words, digits and `-._~/` only ([`super::gate`]).
    pub path: String,
    pub query: Vec<(String, String)>,
    /// The fields of a form, in order; a name may come again.
    pub form: Vec<(String, String)>,
    pub uploads: Vec<Upload>,
    pub session: Option<SessionToken>,
    /// The account that the office's own reverse proxy vouches for, where the settings trust one.
    pub vouched: Option<String>,
}

impl Request {
    /// The first value of a field of the form, without white space around it; empty if there is none.
    pub fn field(&self, name: &str) -> &str {
        self.form.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field of the form.
    pub fn fields<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        self.form.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// A parameter of the address; empty if there is none.
    pub fn parameter(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(parameter, _)| parameter == name);
        found.map_or("", |(_, value)| value.trim())
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        // A passphrase may be among them.
        self.form.iter_mut().for_each(|(_, value)| value.zeroize());
    }
}
