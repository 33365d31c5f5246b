//! Enters: an untrusted PDF, and a password if it is to be locked. Leaves: the same pages, tags and metadata in a PDF that
//! only the password opens (AES-256, ISO 32000-2 7.6), in one that carries nothing else, or with others in one to print; or
//! why there is none.
//! Never: runs outside a worker, returns a PDF that opens without its password, or drops what it cannot read.

mod metadata;
mod objects;
mod standard;
mod tokens;

use super::pdf::count;
use super::pdf_unseen::is_metadata;
use despatch_core::words::Sha256;
use despatch_documents::encrypted::says_encrypted;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use hayro_syntax::object::{Dict, Object, Stream};
use hayro_syntax::{LoadPdfError, Pdf, PdfVersion};
use objects::{Numbers, write_entry, write_object};
use standard::{Key, Standard};
use std::io::Write as _;
use std::sync::Arc;
use tokens::write_string;

/// Objects in one object stream: enough to compress well, few enough that a reader decodes little for one object.
const PACKED_TOGETHER: usize = 200;
/// The longest password, in bytes: readers truncate longer ones (ISO 32000-2, 7.6.4.3.3).
const PASSWORD_BYTES: usize = 127;

/// Why a PDF cannot be locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unlockable {
    /// The password is empty, too long, or has a character that readers may encode in two ways.
    Password,
    /// It is encrypted or restricted already.
    Encrypted,
    /// It is not a PDF, or it is incomplete or contradicts itself.
    Broken,
    /// A part of it asks not to be encrypted like the rest.
    Exempt,
    /// It has layers that the file it would be joined with cannot switch off.
    Layers,
    /// The system gave no randomness, or a cipher refused.
    System,
    /// The locked PDF did not open again as it should.
    Unproven,
}

impl Unlockable {
    /// Returns the cause and the cure.
    pub(super) fn label(self) -> (&'static str, &'static str) {
        const AGAIN: &str = "try again; if it recurs, tell whoever looks after despatch";
        match self {
            Self::Password => {
                ("the password is not one that every reader takes", "use a generated passphrase")
            }
            Self::Encrypted => (
                "the PDF is encrypted or restricted already",
                "ask whoever made it for a copy without a password or restrictions",
            ),
            Self::Broken => (
                "the PDF is damaged, or has no pages that can be counted",
                "ask for the file again, or print it to a new PDF",
            ),
            Self::Exempt => ("a part of the PDF must not be encrypted", "print it to a new PDF"),
            Self::Layers => (
                "the PDF has layers, and joined to others it would show those that are switched off",
                "print it to a new PDF, or by itself",
            ),
            Self::System => ("the system gave no randomness", AGAIN),
            Self::Unproven => ("the locked PDF did not open again as it should", AGAIN),
        }
    }
}

/// Locks `pdf` with `password`. Locking the same PDF twice gives unrelated ciphertexts.
///
/// What the catalogue does not reach (earlier versions of the file, deleted parts) is left out; a signature in the file
/// does not survive, as with any program that encrypts; the result is not PDF/A, which forbids encryption.
pub(super) fn lock(pdf: Vec<u8>, password: &str) -> Result<Vec<u8>, Unlockable> {
    let plain_ascii = password.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !plain_ascii || !(1..=PASSWORD_BYTES).contains(&password.len()) {
        return Err(Unlockable::Password);
    }
    let (pdf, pages) = opened(pdf)?;
    let locked = Arc::new(Locked::of(&pdf, Some(&Standard::new(password)?))?);
    let opens_without = Pdf::new(Arc::clone(&locked)).is_ok();
    let again = Pdf::new_with_password(Arc::clone(&locked), password).ok();
    if opens_without || again.as_ref().and_then(count) != Some(pages) {
        return Err(Unlockable::Unproven);
    }
    drop(again);
    Arc::try_unwrap(locked).map_err(|_| Unlockable::Unproven)
}

/// Writes what the catalogue of `pdf` reaches, and nothing else of the file (F32). The same PDF always gives the same
/// bytes; a signature in it does not survive.
pub(super) fn clean(pdf: Vec<u8>) -> Result<Vec<u8>, Unlockable> {
    let (pdf, pages) = opened(pdf)?;
    let cleaned = Arc::new(Locked::of(&pdf, None)?);
    let again = Pdf::new(Arc::clone(&cleaned)).ok();
    if again.as_ref().and_then(count) != Some(pages) {
        return Err(Unlockable::Unproven);
    }
    drop(again);
    Arc::try_unwrap(cleaned).map_err(|_| Unlockable::Unproven)
}

/// Joins PDFs into one to be printed: the pages of all, in order. What only a screen shows or a screen reader reads (tags,
/// bookmarks, fields) is left out.
pub(super) fn join(pdfs: Vec<Vec<u8>>) -> Result<Vec<u8>, Unlockable> {
    let opened: Vec<(Pdf, usize)> = pdfs.into_iter().map(opened).collect::<Result<_, _>>()?;
    let pages = opened.iter().map(|(_, pages)| pages).sum();
    let joined = Arc::new(Locked::join(&opened, pages)?);
    let again = Pdf::new(Arc::clone(&joined)).ok();
    if pages == 0 || again.as_ref().and_then(count) != Some(pages) {
        return Err(Unlockable::Unproven);
    }
    drop(again);
    Arc::try_unwrap(joined).map_err(|_| Unlockable::Unproven)
}

/// Opens a PDF that is not encrypted; returns the number of its pages too.
fn opened(pdf: Vec<u8>) -> Result<(Pdf, usize), Unlockable> {
    // hayro silently opens a PDF whose password is empty.
    if says_encrypted(&pdf) {
        return Err(Unlockable::Encrypted);
    }
    let pdf = Pdf::new(pdf).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Unlockable::Encrypted,
        LoadPdfError::Invalid => Unlockable::Broken,
    })?;
    let pages = count(&pdf).ok_or(Unlockable::Broken)?;
    Ok((pdf, pages))
}

/// The location of an object in the new file.
enum Place {
    /// At this byte offset.
    At(usize),
    /// In this object stream, at this index.
    In(u32, usize),
}

/// The new file as written so far.
struct Locked<'a> {
    /// `None` for a file that is not locked.
    key: Option<&'a Key>,
    bytes: Vec<u8>,
    places: Vec<(u32, Place)>,
    /// Objects for the next object stream, which is encrypted as a whole.
    packed: Vec<(u32, Vec<u8>)>,
}

impl<'a> Locked<'a> {
    fn of(pdf: &Pdf, standard: Option<&'a Standard>) -> Result<Vec<u8>, Unlockable> {
        let newest = pdf.version() == PdfVersion::Pdf20;
        let header = if newest { "%PDF-2.0" } else { "%PDF-1.7" };
        // Non-ASCII bytes, so that programs recognise the file as binary (7.5.2).
        let bytes = [header.as_bytes(), b"\n%\xe2\xe3\xcf\xd3\n"].concat();
        let mut file =
            Locked { key: standard.map(Standard::key), bytes, places: Vec::new(), packed: Vec::new() };

        let mut numbers = Numbers::default();
        let root = numbers.of(pdf.xref().root_id())?;
        while let Some((id, number)) = numbers.next_unwritten() {
            let object: Object<'_> = pdf.xref().get(id).ok_or(Unlockable::Broken)?;
            match object {
                Object::Dict(dict) if number == root => {
                    file.catalogue(number, &dict, newest, &mut numbers)?
                }
                Object::Stream(stream) => file.stream(number, &stream, &mut numbers)?,
                other => {
                    let mut body = Vec::new();
                    write_object(&mut body, &other, &mut numbers, None)?;
                    file.pack(number, body, &mut numbers)?;
                }
            }
        }
        let info = numbers.fresh()?;
        file.pack(info, metadata::information(pdf.metadata()), &mut numbers)?;
        file.write_packed(&mut numbers)?;
        let mut encryption = None;
        if let Some(standard) = standard {
            let number = numbers.fresh()?;
            file.object(number, &standard.dictionary());
            encryption = Some(number);
        }
        file.finish(root, info, encryption, &mut numbers)
    }

    fn join(pdfs: &[(Pdf, usize)], pages: usize) -> Result<Vec<u8>, Unlockable> {
        let bytes = b"%PDF-2.0\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut file = Locked { key: None, bytes, places: Vec::new(), packed: Vec::new() };
        let mut numbers = Numbers::default();
        let (root, tree) = (numbers.fresh()?, numbers.fresh()?);
        file.object(root, format!("<</Type/Catalog/Pages {tree} 0 R>>").as_bytes());
        let mut kids = String::new();
        for (pdf, _) in pdfs {
            let number = file.pages_of(pdf, tree, &mut numbers)?;
            kids.push_str(&format!(" {number} 0 R"));
        }
        file.object(tree, format!("<</Type/Pages/Count {pages}/Kids[{kids}]>>").as_bytes());
        let info = numbers.fresh()?;
        file.object(info, b"<<>>");
        file.write_packed(&mut numbers)?;
        file.finish(root, info, None, &mut numbers)
    }

    /// Writes the pages of a file and all that they show; returns the number of the head of their tree, which now hangs
    /// below `tree`.
    fn pages_of(&mut self, pdf: &Pdf, tree: u32, numbers: &mut Numbers) -> Result<u32, Unlockable> {
        numbers.next_file();
        let catalogue: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).ok_or(Unlockable::Broken)?;
        if catalogue.contains_key(b"OCProperties".as_slice()) {
            return Err(Unlockable::Layers);
        }
        let head = catalogue.get_ref(b"Pages".as_slice()).ok_or(Unlockable::Broken)?;
        let head = numbers.of(head.into())?;
        while let Some((id, number)) = numbers.next_unwritten() {
            let object: Object<'_> = pdf.xref().get(id).ok_or(Unlockable::Broken)?;
            match object {
                Object::Dict(dict) if number == head => {
                    let mut body = format!("<</Parent {tree} 0 R").into_bytes();
                    for (name, value) in dict.entries().filter(|(name, _)| &**name != b"Parent") {
                        write_entry(&mut body, &name, &value, numbers, None)?;
                    }
                    body.extend_from_slice(b">>");
                    self.object(number, &body);
                }
                Object::Stream(stream) => self.stream(number, &stream, numbers)?,
                other => {
                    let mut body = Vec::new();
                    write_object(&mut body, &other, numbers, None)?;
                    self.pack(number, body, numbers)?;
                }
            }
        }
        Ok(head)
    }

    /// The bytes of a stream as they are written.
    fn sealed(&self, plain: &[u8]) -> Result<Vec<u8>, Unlockable> {
        self.key.map_or_else(|| Ok(plain.to_vec()), |key| key.encrypt(plain))
    }

    fn object(&mut self, number: u32, body: &[u8]) {
        self.places.push((number, Place::At(self.bytes.len())));
        self.bytes.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    /// Writes the catalogue outside the object streams: Adobe Reader 8 opens no encrypted file with the catalogue
    /// inside one (as qpdf's authors found). `Perms` is about signatures, which an encrypted copy does not have.
    fn catalogue(
        &mut self,
        number: u32,
        dict: &Dict<'_>,
        newest: bool,
        numbers: &mut Numbers,
    ) -> Result<(), Unlockable> {
        let mut body = b"<<".to_vec();
        for (name, value) in dict.entries() {
            if !matches!(&*name, b"Version" | b"Extensions" | b"Perms") {
                write_entry(&mut body, &name, &value, numbers, self.key)?;
            }
        }
        if !newest && self.key.is_some() {
            // Revision 6 in a file of version 1.7 is Adobe's extension level 8, which ISO 32000-2 adopted.
            body.extend_from_slice(b"/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>");
        }
        body.extend_from_slice(b">>");
        self.object(number, &body);
        Ok(())
    }

    fn stream(&mut self, number: u32, stream: &Stream<'_>, numbers: &mut Numbers) -> Result<(), Unlockable> {
        if is_exempt(stream.dict()) {
            return Err(Unlockable::Exempt);
        }
        let mut entries = Vec::new();
        for (name, value) in stream.dict().entries() {
            if &*name != b"Length" {
                write_entry(&mut entries, &name, &value, numbers, self.key)?;
            }
        }
        let content = stream.raw_data();
        let sealed = match std::str::from_utf8(&content) {
            Ok(text) if is_metadata(stream) => self.sealed(metadata::without_pdfa(text).as_bytes())?,
            _ => self.sealed(&content)?,
        };
        self.object(number, &stream_of(&entries, &sealed));
        Ok(())
    }

    fn pack(&mut self, number: u32, body: Vec<u8>, numbers: &mut Numbers) -> Result<(), Unlockable> {
        self.packed.push((number, body));
        if self.packed.len() == PACKED_TOGETHER { self.write_packed(numbers) } else { Ok(()) }
    }

    /// Writes the packed objects as one object stream (7.5.7).
    fn write_packed(&mut self, numbers: &mut Numbers) -> Result<(), Unlockable> {
        let packed = std::mem::take(&mut self.packed);
        let holder = numbers.fresh()?;
        let (mut index, mut bodies) = (String::new(), Vec::new());
        for (at, (number, body)) in packed.iter().enumerate() {
            index.push_str(&format!("{number} {} ", bodies.len()));
            bodies.extend_from_slice(body);
            bodies.push(b'\n');
            self.places.push((*number, Place::In(holder, at)));
        }
        let sealed = self.sealed(&deflated(&[index.as_bytes(), &bodies].concat())?)?;
        let entries = format!("/Type/ObjStm/N {}/First {}/Filter/FlateDecode", packed.len(), index.len());
        self.object(holder, &stream_of(entries.as_bytes(), &sealed));
        Ok(())
    }

    /// Writes the cross-reference stream (7.5.8), which is never encrypted, and the trailer.
    fn finish(
        mut self,
        root: u32,
        info: u32,
        encryption: Option<u32>,
        numbers: &mut Numbers,
    ) -> Result<Vec<u8>, Unlockable> {
        let own = numbers.fresh()?;
        let start = self.bytes.len();
        self.places.push((own, Place::At(start)));
        self.places.sort_by_key(|(number, _)| *number);
        let too_large = |_| Unlockable::Broken;
        // Object 0 is the head of the list of free objects, which is empty.
        let mut rows = vec![0, 0, 0, 0, 0, 0xff, 0xff];
        for (_, place) in &self.places {
            let (kind, first, second) = match place {
                Place::At(offset) => (1_u8, u32::try_from(*offset).map_err(too_large)?, 0),
                Place::In(holder, at) => (2, *holder, u16::try_from(*at).map_err(too_large)?),
            };
            rows.push(kind);
            rows.extend_from_slice(&first.to_be_bytes());
            rows.extend_from_slice(&second.to_be_bytes());
        }
        let (id, encrypt) = match encryption {
            Some(number) => (standard::random::<16>()?.to_vec(), format!("/Encrypt {number} 0 R")),
            None => (Sha256::of(&self.bytes).to_string().bytes().take(16).collect(), String::new()),
        };
        let mut entries = format!(
            "/Type/XRef/Size {}/W[1 4 2]/Root {root} 0 R/Info {info} 0 R{encrypt}/Filter/FlateDecode/ID[",
            u64::from(own) + 1
        )
        .into_bytes();
        write_string(&mut entries, &id, true);
        write_string(&mut entries, &id, true);
        entries.push(b']');
        let body = stream_of(&entries, &deflated(&rows)?);
        self.object(own, &body);
        self.bytes.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        Ok(self.bytes)
    }
}

fn stream_of(entries: &[u8], content: &[u8]) -> Vec<u8> {
    let length = format!("/Length {}>>\nstream\n", content.len());
    [b"<<", entries, length.as_bytes(), content, b"\nendstream"].concat()
}

/// Whether the stream has a Crypt filter, which may exempt it from encryption (7.4.10).
fn is_exempt(dict: &Dict<'_>) -> bool {
    let is_crypt = |object: &Object<'_>| matches!(object, Object::Name(name) if &**name == b"Crypt");
    ["Filter", "F"].iter().any(|key| match dict.get::<Object<'_>>(key.as_bytes()) {
        Some(Object::Array(filters)) => filters.iter::<Object<'_>>().any(|filter| is_crypt(&filter)),
        Some(filter) => is_crypt(&filter),
        None => false,
    })
}

fn deflated(bytes: &[u8]) -> Result<Vec<u8>, Unlockable> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|_| Unlockable::System)
}
