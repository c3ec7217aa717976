//! The keys that sign and check checkpoints: Ed25519 (RFC 8032), in the PEM files of RFC 8410, which
//! `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout` write too.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::AuditError;
use crate::base64::{self, STANDARD};

/// PKCS #8 in DER before the 32 bytes of a private key, and SubjectPublicKeyInfo before those of a
/// public one (RFC 8410, sections 7 and 4).
const PRIVATE_DER: [u8; 16] = [
    0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
];
const PUBLIC_DER: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

const WRONG_PRIVATE: &str = "not a private key: a PEM file of an Ed25519 key is needed, as `hydra audit keygen` or \
     `openssl genpkey -algorithm ed25519` write it";
const WRONG_PUBLIC: &str = "not a public key: a PEM file of an Ed25519 key is needed, as `hydra audit keygen` or \
     `openssl pkey -in audit.key -pubout` write it";

/// The key that signs checkpoints. Whoever has it can make a chain that verifies: keep it where
/// only the writer can read it. It is wiped from memory when it is dropped.
///
/// ```
/// use hydra_protect::audit::SigningKey;
/// let key = SigningKey::generate()?;
/// let same = SigningKey::from_pem(&key.to_pem())?;
/// assert_eq!(key.verifying_key(), same.verifying_key());
/// assert!(!format!("{key:?}").contains(&*key.to_pem()));
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new key, from the system's random numbers.
    ///
    /// # Errors
    /// The system has none.
    pub fn generate() -> Result<SigningKey, AuditError> {
        let mut seed = Zeroizing::new([0; 32]);
        fill(&mut *seed)?;
        Ok(SigningKey(ed25519_dalek::SigningKey::from_bytes(&seed)))
    }

    /// The key of a PEM text.
    ///
    /// # Errors
    /// It is not the PEM text of an Ed25519 private key.
    pub fn from_pem(text: &str) -> Result<SigningKey, AuditError> {
        let der =
            Zeroizing::new(from_pem::<48>(PRIVATE, text).ok_or(AuditError::Key(WRONG_PRIVATE))?);
        let seed = der.strip_prefix(&PRIVATE_DER);
        let seed: &[u8; 32] = seed
            .and_then(|seed| seed.try_into().ok())
            .ok_or(AuditError::Key(WRONG_PRIVATE))?;
        Ok(SigningKey(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// The key as a PEM text, which is wiped from memory when it is dropped.
    pub fn to_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(to_pem(PRIVATE, &PRIVATE_DER, self.0.as_bytes()))
    }

    /// The key that checks what this one signs.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// The key in the file at `path`, or, where there is none, a new one, which is put there with
    /// the mode 0600; its public key is put beside it, with the ending `.pub`, where there is none.
    ///
    /// # Errors
    /// The file cannot be read or written, is no key, or others than its owner may read it.
    pub fn load_or_generate(path: &Path) -> Result<SigningKey, AuditError> {
        let key = match std::fs::read_to_string(path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                must_be_private(path)?;
                SigningKey::from_pem(&text)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = SigningKey::generate()?;
                match write_new(path, 0o600, key.to_pem().as_bytes()) {
                    // Another process was faster: there is one key.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        return SigningKey::load_or_generate(path);
                    }
                    written => written?,
                }
                key
            }
            Err(error) => return Err(error.into()),
        };
        match write_new(
            &public_path(path),
            0o644,
            key.verifying_key().to_pem().as_bytes(),
        ) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
            _ => Ok(key),
        }
    }

    pub(super) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.0.sign(text).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey")
            .field(&self.verifying_key().fingerprint())
            .finish()
    }
}

/// The public key: it proves what the other key signed, and can sign nothing.
///
/// ```
/// use hydra_protect::audit::{SigningKey, VerifyingKey};
/// let key = SigningKey::generate()?.verifying_key();
/// let pem = key.to_pem();
/// assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
/// assert_eq!(VerifyingKey::from_pem(&pem)?, key);
/// assert_eq!(key.fingerprint().len(), 16);
/// # Ok::<(), hydra_protect::audit::AuditError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// The key of a PEM text.
    ///
    /// # Errors
    /// It is not the PEM text of an Ed25519 public key.
    pub fn from_pem(text: &str) -> Result<VerifyingKey, AuditError> {
        let der = from_pem::<44>(PUBLIC, text);
        let bytes = der.as_ref().and_then(|der| der.strip_prefix(&PUBLIC_DER));
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .and_then(|bytes| VerifyingKey::from_bytes(&bytes))
            .ok_or(AuditError::Key(WRONG_PUBLIC))
    }

    /// The key in the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or is no such key.
    pub fn load(path: &Path) -> Result<VerifyingKey, AuditError> {
        VerifyingKey::from_pem(&std::fs::read_to_string(path)?)
    }

    /// The key as a PEM text.
    pub fn to_pem(&self) -> String {
        to_pem(PUBLIC, &PUBLIC_DER, self.0.as_bytes())
    }

    /// Sixteen characters that tell this key from others: 96 bits of SHA-256 of the key.
    pub fn fingerprint(&self) -> String {
        base64::text(&self.id())
    }

    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<VerifyingKey> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes).ok()?;
        // A weak key's signatures hold for many texts.
        (!key.is_weak()).then_some(VerifyingKey(key))
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub(super) fn id(&self) -> [u8; 12] {
        let mut id = [0; 12];
        id.copy_from_slice(&Sha256::digest(self.0.as_bytes())[..12]);
        id
    }

    pub(super) fn holds(&self, text: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.0.verify_strict(text, &signature).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifyingKey")
            .field(&self.fingerprint())
            .finish()
    }
}

/// Where the public key of a key file is: `audit.key` has `audit.pub`.
///
/// ```
/// use hydra_protect::audit::public_path;
/// assert_eq!(public_path("log/audit.key".as_ref()), std::path::Path::new("log/audit.pub"));
/// ```
pub fn public_path(key: &Path) -> PathBuf {
    key.with_extension("pub")
}

/// Fills bytes with random ones.
pub(super) fn fill(bytes: &mut [u8]) -> Result<(), AuditError> {
    getrandom::fill(bytes).map_err(|error| AuditError::Io(io::Error::other(error.to_string())))
}

fn to_pem(name: &str, head: &[u8], key: &[u8; 32]) -> String {
    let der = Zeroizing::new([head, key].concat());
    let mut body = Zeroizing::new(vec![0; base64::length(der.len())]);
    base64::encode(STANDARD, &der, &mut body);
    // 44 and 48 bytes: the one ends with a sign of padding, the other fits.
    let padding = &"=="[..(3 - der.len() % 3) % 3];
    let body = body.iter().copied().map(char::from);
    let mut pem = String::with_capacity(160);
    pem.extend(["-----BEGIN ", name, "-----\n"]);
    pem.extend(body);
    pem.extend([padding, "\n-----END ", name, "-----\n"]);
    pem
}

fn from_pem<const N: usize>(name: &str, text: &str) -> Option<[u8; N]> {
    let body = text
        .trim()
        .strip_prefix(&format!("-----BEGIN {name}-----"))?;
    let body = body.strip_suffix(&format!("-----END {name}-----"))?;
    let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    base64::decode(STANDARD, body.trim_end_matches('=').as_bytes())
}

fn write_new(path: &Path, mode: u32, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path)?;
    // A key that is there in part must not be taken for one.
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.inspect_err(|_| drop(std::fs::remove_file(path)))
}

#[cfg(unix)]
fn must_be_private(path: &Path) -> Result<(), AuditError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    Err(AuditError::Key(
        "others than the owner may read or write the key file; chmod 600 it, and if others had the \
         time to read it, begin with a new key",
    ))
}

#[cfg(not(unix))]
fn must_be_private(_: &Path) -> Result<(), AuditError> {
    Ok(())
}
