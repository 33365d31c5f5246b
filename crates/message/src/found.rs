//! Enters: what may be parts of a despatch, and the accepted signers. Leaves: the signed list, and where each part on it
//! lies. Never: takes for a part what is not, byte for byte, what was signed for; or chooses between two despatches.

use super::mime::Leaf;
use super::received::{Parts, carried};
use super::words::quoted;
use despatch_core::fault::Fault;
use despatch_core::words::Sha256;
use despatch_seal::list;
use despatch_seal::list::{List, SIGNATURE_NAME};
use despatch_seal::manifest::SUMS_NAME;
use despatch_seal::signing::{Namespace, Signer, verify};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The cure of every refusal, for the recipient.
pub(super) const CALL: &str = "open nothing of it; call the office on a number that you know";

/// The most lists, and the most signatures, that are tried for one despatch.
const TRIED_MAX: usize = 8;

/// A despatch that is whole: its list is signed, and all parts on it are there.
pub(super) struct Found<'a> {
    pub parts: &'a Parts,
    pub list: List,
    pub signer: &'a Signer,
    /// Where each part of the list lies, in the list's order.
    at: Vec<usize>,
    /// Where the list and its signature lie.
    own: [usize; 2],
    /// The SHA-256 of everything in which the parts were looked for.
    hashes: Vec<Sha256>,
    /// What carried it, and what lies beside it.
    pub carried: Vec<String>,
}

/// Looks for the one despatch of a folder or a message.
///
/// # Errors
/// Nothing is signed; something that claims to be of a despatch is not whole; there are several despatches.
pub(super) fn find<'a>(all: &'a [Parts], signers: &'a [Signer]) -> Result<Found<'a>, Fault> {
    let mut found: Vec<Found<'a>> = Vec::new();
    for (at, parts) in all.iter().enumerate().filter(|(_, parts)| parts.claims()) {
        let mut whole = in_one(parts, signers)?;
        whole.carried = carried(all, at);
        if found.iter().all(|known| known.list != whole.list) {
            found.push(whole);
        }
    }
    if found.len() > 1 {
        return Err(several(found.iter().map(|one| one.list.head.despatch.as_str())));
    }
    found.pop().ok_or_else(|| unsigned(all))
}

fn several<'n>(despatches: impl Iterator<Item = &'n str>) -> Fault {
    let names: Vec<&str> = despatches.collect();
    let cause = format!("several despatches lie in it: {}", names.join(", "));
    let cure = "save each email by itself, or the attachments of each into a folder of its own, and give those one \
                by one";
    Fault::new(SUMS_NAME, "open.several", cause, cure)
}

/// The fault of a message in which nothing is signed.
fn unsigned(all: &[Parts]) -> Fault {
    let names = all.iter().flat_map(|parts| &parts.leaves).filter_map(|leaf| leaf.name.as_ref());
    let is_outlook = |name: &&String| {
        let name = name.to_ascii_lowercase();
        name == "winmail.dat" || name.ends_with(".msg")
    };
    if let Some(item) = names.into_iter().find(is_outlook) {
        let cause = format!("its attachments may lie inside {}, which only Outlook reads", quoted(item));
        let cure = "open that in Outlook, save every attachment into one folder, and give that folder";
        return Fault::new(SUMS_NAME, "open.outlook", cause, cure);
    }
    Fault::new(SUMS_NAME, "open.unsigned", "the list of its parts is missing: nothing in it is signed", CALL)
}

/// Looks for the despatch in one email or folder.
fn in_one<'a>(parts: &'a Parts, signers: &'a [Signer]) -> Result<Found<'a>, Fault> {
    let hashes: Vec<Sha256> = parts.leaves.iter().map(|leaf| Sha256::of(&leaf.bytes)).collect();
    let mut whole: Vec<Found<'a>> = Vec::new();
    let mut fault = None;
    for signed in signed_lists(parts, signers)? {
        let Signed { list, signer, own } = signed;
        match whereabouts(parts, &hashes, &list, own) {
            Ok(at) if whole.iter().all(|known| known.list != list) => {
                let (hashes, carried) = (hashes.clone(), Vec::new());
                whole.push(Found { parts, list, signer, at, own, hashes, carried });
            }
            Ok(_) => {}
            Err(why) => fault = fault.or(Some(why)),
        }
    }
    if whole.len() > 1 {
        return Err(several(whole.iter().map(|one| one.list.head.despatch.as_str())));
    }
    match (whole.pop(), fault) {
        (Some(found), _) => Ok(found),
        (None, Some(fault)) => Err(fault),
        (None, None) => Err(unsigned(std::slice::from_ref(parts))),
    }
}

struct Signed<'s> {
    list: List,
    signer: &'s Signer,
    own: [usize; 2],
}

/// Every list that an allowed key signed.
fn signed_lists<'s>(parts: &Parts, signers: &'s [Signer]) -> Result<Vec<Signed<'s>>, Fault> {
    let missing = |name: &str, cause: &str| Fault::new(name, "open.unsigned", cause, CALL);
    let lists = candidates(parts, Leaf::may_be_list, SUMS_NAME);
    let signatures = candidates(parts, Leaf::may_be_signature, SIGNATURE_NAME);
    if lists.is_empty() {
        return Err(missing(SUMS_NAME, "the list of its parts is missing"));
    }
    let mut found = Vec::new();
    let mut fault = missing(SIGNATURE_NAME, "the list's signature is missing");
    let mut is_first = true;
    for (list_at, list) in &lists {
        for (signature_at, signature) in &signatures {
            match signed(list, signature, signers) {
                Ok((list, signer)) => found.push(Signed { list, signer, own: [*list_at, *signature_at] }),
                Err(why) if is_first => fault = why,
                Err(_) => {}
            }
            is_first = false;
        }
    }
    if found.is_empty() { Err(fault) } else { Ok(found) }
}

/// The leaves that may be what is looked for, those of the right name first.
fn candidates<'p>(parts: &'p Parts, may_be: fn(&Leaf) -> bool, name: &str) -> Vec<(usize, &'p [u8])> {
    let mut found: Vec<(usize, &Leaf)> =
        parts.leaves.iter().enumerate().filter(|(_, leaf)| may_be(leaf)).collect();
    found.sort_by_key(|(_, leaf)| leaf.name.as_deref() != Some(name));
    found.into_iter().take(TRIED_MAX).map(|(at, leaf)| (at, leaf.bytes.as_slice())).collect()
}

/// Returns a list, if an allowed key signed it as it is, or with the line ends that a gateway gave it.
fn signed<'s>(bytes: &[u8], signature: &[u8], signers: &'s [Signer]) -> Result<(List, &'s Signer), Fault> {
    let signature = String::from_utf8_lossy(signature);
    let signature: String = signature.lines().map(|line| format!("{}\n", line.trim())).collect();
    let text = line_ends(bytes);
    let signer =
        verify(signers, Namespace::List, text.as_bytes(), signature.trim_start()).map_err(|why| {
            Fault::new(SIGNATURE_NAME, "open.signature", format!("the signature does not count: {why}"), CALL)
        })?;
    let list = list::read(&text).ok_or_else(|| {
        if list::is_of_a_later_form(&text) {
            let cause = "a later version of despatch wrote this list";
            return Fault::new(SUMS_NAME, "open.list", cause, "open it with a later version of despatch");
        }
        Fault::new(SUMS_NAME, "open.list", "it is not a list that despatch writes", CALL)
    })?;
    if list.signed_by != signer.key.fingerprint() {
        let cause = "the list names another key than the one that signed it";
        return Err(Fault::new(SUMS_NAME, "open.signature", cause, CALL));
    }
    Ok((list, signer))
}

/// A list ends each line, the last one too, with a line feed; gateways that take it for text change that.
fn line_ends(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if !text.contains('\r') && text.ends_with('\n') && !text.ends_with("\n\n") {
        return text;
    }
    let text = text.replace("\r\n", "\n");
    Cow::Owned(format!("{}\n", text.trim_end_matches('\n')))
}

/// Finds each part of the list by what it is. Gateways and mail programs give parts other names, or none; but whatever
/// bears the name of a part is that part, or nothing is opened.
fn whereabouts(parts: &Parts, hashes: &[Sha256], list: &List, own: [usize; 2]) -> Result<Vec<usize>, Fault> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, leaf) in parts.leaves.iter().enumerate() {
        by_name.entry(leaf.name.as_deref().unwrap_or_default()).or_default().push(at);
    }
    let named = |name: &str| by_name.get(name).map(Vec::as_slice).unwrap_or_default();
    let changed =
        |name: &str| Fault::new(name, "open.part_changed", "it is not the part that was signed for", CALL);
    for (own, name) in own.into_iter().zip([SUMS_NAME, SIGNATURE_NAME]) {
        let one = parts.leaves.get(own).map(|leaf| line_ends(&leaf.bytes));
        let other = parts.leaves.iter().filter(|leaf| leaf.name.as_deref() == Some(name));
        if other.map(|leaf| line_ends(&leaf.bytes)).any(|other| Some(other) != one) {
            return Err(Fault::new(
                name,
                "open.part_changed",
                "there are two of this name, and they differ",
                CALL,
            ));
        }
    }
    let mut found = Vec::new();
    for (hash, name) in &list.parts {
        if named(name).iter().any(|at| hashes.get(*at) != Some(hash)) {
            return Err(changed(name));
        }
        let at = named(name).first().copied().or_else(|| hashes.iter().position(|found| found == hash));
        found.push(at.ok_or_else(|| {
            Fault::new(name, "open.part_missing", "it is on the list and is not there", CALL)
        })?);
    }
    Ok(found)
}

impl Found<'_> {
    /// The sealed bytes of a part, by its place on the list.
    pub fn bytes(&self, part: usize) -> &[u8] {
        let leaf = self.at.get(part).and_then(|at| self.parts.leaves.get(*at));
        leaf.map(|leaf| leaf.bytes.as_slice()).unwrap_or_default()
    }

    /// Whether what lies at this place is of the despatch: a part, the list, its signature, or a second copy of one.
    pub fn has(&self, at: usize) -> bool {
        let used = self.at.iter().chain(&self.own);
        let hash = self.hashes.get(at);
        used.clone().any(|known| *known == at) || used.clone().any(|known| self.hashes.get(*known) == hash)
    }

    /// What was changed on the way around the parts, which are whole.
    pub fn rewritten(&self) -> Vec<String> {
        let mut said = Vec::new();
        let names = self.list.parts.iter().map(|(_, name)| name.as_str()).chain([SUMS_NAME, SIGNATURE_NAME]);
        let places: Vec<usize> = self.at.iter().chain(&self.own).copied().collect();
        for (name, at) in names.zip(&places) {
            match self.parts.leaves.get(*at).map(|leaf| leaf.name.as_deref()) {
                Some(Some(came)) if came != name => {
                    said.push(format!("its part {name} came under the name {}", quoted(came)));
                }
                Some(None) => said.push(format!("its part {name} came without a name")),
                _ => {}
            }
        }
        if self.parts.email.is_some() && !places.is_sorted() {
            said.push("its parts came in another order".to_owned());
        }
        let copies = (0..self.parts.leaves.len()).filter(|at| self.has(*at) && !places.contains(at)).count();
        if copies > 0 && self.parts.email.is_some() {
            said.push(format!("{copies} of its parts came twice"));
        }
        said
    }
}
