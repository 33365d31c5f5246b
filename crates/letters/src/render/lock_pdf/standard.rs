//! Enters: a password. Leaves: the standard security handler of PDF 2.0 (version 5, revision 6): a file key, its
//! ciphertexts, and the dictionary from which the password recovers the key.
//! Never: keeps the owner's password, or reuses an initialisation vector.

use super::Unlockable;
use super::tokens::write_string;
use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockEncryptMut, KeyIvInit};
use despatch_core::random;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

/// The permissions of the user's password (ISO 32000-2, table 22), by bit from 1: print (3), copy text (5), extract for
/// accessibility (10), print in full quality (12), and the bits that must be set (7, 8, 13 to 32). Changing (4),
/// annotating (6), filling forms (9) and assembling (11) stay off.
const PERMISSIONS: u32 = 0xffff_f000 | 1 << 11 | 1 << 9 | 1 << 7 | 1 << 6 | 1 << 4 | 1 << 2;
/// The least number of rounds of the hash, and the offset for its last byte after that (algorithm 2.B).
const ROUNDS: u32 = 64;
const LAST_BYTE: u32 = 32;
/// Repetitions of the password and the hash in each round (algorithm 2.B, step a).
const REPEATED: usize = 64;

/// Returns random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Unlockable> {
    let mut bytes = [0; N];
    random::fill(&mut bytes).map_err(|_| Unlockable::System)?;
    Ok(bytes)
}

/// The key of one file.
pub(super) struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// Encrypts a string or a stream (7.6.3.1, AESV3): a random vector, then AES-256 in CBC mode, padded.
    pub(super) fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, Unlockable> {
        let vector = random::<16>()?;
        let sealed = cbc::Encryptor::<aes::Aes256>::new((&*self.0).into(), (&vector).into())
            .encrypt_padded_vec_mut::<Pkcs7>(plain);
        Ok([vector.as_slice(), &sealed].concat())
    }
}

/// The values of a file's encryption dictionary.
pub(super) struct Standard {
    key: Key,
    user: Vec<u8>,
    user_key: Vec<u8>,
    owner: Vec<u8>,
    owner_key: Vec<u8>,
    permissions: Vec<u8>,
}

impl Standard {
    /// Creates a file key that `password` opens. The owner's password, which would lift the restrictions, is random and
    /// discarded.
    pub(super) fn new(password: &str) -> Result<Self, Unlockable> {
        let key = Key(Zeroizing::new(random()?));
        let (user, user_key) = proof(password.as_bytes(), &[], &key)?;
        let forgotten = Zeroizing::new(random::<32>()?);
        let (owner, owner_key) = proof(&*forgotten, &user, &key)?;
        // Algorithm 10: the permissions, "T" for encrypted metadata, the marker "adb", and four random bytes.
        let mut block = [0xff_u8; 16];
        let parts =
            PERMISSIONS.to_le_bytes().into_iter().chain([0xff; 4]).chain(*b"Tadb").chain(random::<4>()?);
        block.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        let permissions = unpadded(&key.0, &block);
        Ok(Self { key, user, user_key, owner, owner_key, permissions })
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Formats the encryption dictionary (tables 20, 21 and 25); its strings are never encrypted.
    pub(super) fn dictionary(&self) -> Vec<u8> {
        let head = format!(
            "<</Filter/Standard/V 5/R 6/Length 256/P {}/EncryptMetadata true/StmF/StdCF/StrF/StdCF\
             /CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>",
            PERMISSIONS.cast_signed()
        );
        let mut out = head.into_bytes();
        let strings = [
            ("/U", &self.user),
            ("/UE", &self.user_key),
            ("/O", &self.owner),
            ("/OE", &self.owner_key),
            ("/Perms", &self.permissions),
        ];
        for (name, string) in strings {
            out.extend_from_slice(name.as_bytes());
            write_string(&mut out, string, true);
        }
        out.extend_from_slice(b">>");
        out
    }
}

/// Returns the proof of a password, and the file key encrypted with it (algorithms 8 and 9). For the owner's password,
/// `user` is the user's proof.
fn proof(password: &[u8], user: &[u8], key: &Key) -> Result<(Vec<u8>, Vec<u8>), Unlockable> {
    let (validation, locking) = (random::<8>()?, random::<8>()?);
    let hash = hash(password, &validation, user)?;
    let proof = [hash.as_slice(), &validation, &locking].concat();
    let intermediate = self::hash(password, &locking, user)?;
    Ok((proof, unpadded(&intermediate, &*key.0)))
}

/// Encrypts with AES-256 in CBC mode from a zero vector, without padding. For a single block this equals the ECB mode
/// of algorithm 10.
fn unpadded(key: &[u8; 32], plain: &[u8]) -> Vec<u8> {
    cbc::Encryptor::<aes::Aes256>::new(key.into(), (&[0; 16]).into())
        .encrypt_padded_vec_mut::<NoPadding>(plain)
}

/// Hashes a password (algorithm 2.B).
fn hash(password: &[u8], salt: &[u8], user: &[u8]) -> Result<Zeroizing<[u8; 32]>, Unlockable> {
    let first = Sha256::new().chain_update(password).chain_update(salt).chain_update(user);
    let mut key = Zeroizing::new(first.finalize().to_vec());
    let mut round = 0;
    loop {
        let repeated = Zeroizing::new([password, &key, user].concat().repeat(REPEATED));
        let parts =
            key.split_first_chunk::<16>().and_then(|(key, rest)| Some((key, rest.first_chunk::<16>()?)));
        let (cipher_key, vector) = parts.ok_or(Unlockable::System)?;
        let mixed = cbc::Encryptor::<aes::Aes128>::new(cipher_key.into(), vector.into())
            .encrypt_padded_vec_mut::<NoPadding>(&repeated);
        // The first 16 bytes as a number, modulo 3: because 256 is 1 modulo 3, the sum of the bytes is enough.
        let sum: u32 = mixed.iter().take(16).map(|byte| u32::from(*byte)).sum();
        *key = match sum % 3 {
            0 => Sha256::digest(&mixed).to_vec(),
            1 => Sha384::digest(&mixed).to_vec(),
            _ => Sha512::digest(&mixed).to_vec(),
        };
        round += 1;
        let last = mixed.last().copied().map_or(0, u32::from);
        if round >= ROUNDS && last <= round - LAST_BYTE {
            return key.first_chunk::<32>().copied().map(Zeroizing::new).ok_or(Unlockable::System);
        }
    }
}
