// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES-GCM.
//!
//! Source: PKCS#11 v3.2, "AES-GCM Authenticated Encryption / Decryption"; SP 800-38D.

use super::aes_block::{as_key_size, as_wrapped};
use super::aes_key_gen::{AES_SIZE, aes_key};
use crate::crypto::aes::AesKey;
use crate::crypto::gcm::{self, Sealing, TAG_LEN};
use crate::error::{Error, Result};
use crate::mechanism::{
    GcmParams, Mechanism, ParamShape, Params, Rng, Roles, Setup, Status, Transform,
};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::CKM_AES_GCM;
use crate::secret::SecretBytes;

/// The most that a multi-part decryption holds until it knows the tag.
pub const HELD_LEN_MAX: usize = 64 << 20;

/// What both directions need to know of the parameter.
#[derive(Debug)]
struct Message {
    key: AesKey,
    /// Empty while it is not known: the IV of a decryption may stand behind the tag.
    iv: Vec<u8>,
    aad: Vec<u8>,
    tag_len: usize,
    /// Length of the IV behind the tag; 0 when the caller chose the IV.
    iv_tail_len: usize,
}

impl Message {
    fn new(key: AesKey, params: &Params<'_>) -> Result<Self> {
        let Params::Gcm(params) = params else {
            return Err(Error::MechanismParamInvalid(
                "the parameter must be a CK_GCM_PARAMS".into(),
            ));
        };
        Ok(Self {
            key,
            iv: params.iv.unwrap_or_default().to_vec(),
            aad: params.aad.to_vec(),
            tag_len: tag_len(params.tag_bits)?,
            iv_tail_len: iv_tail_len(params)?,
        })
    }

    const fn overhead(&self) -> usize {
        self.tag_len + self.iv_tail_len
    }
}

/// The length of a tag in bytes.
///
/// # Errors
/// `CKR_MECHANISM_PARAM_INVALID`
// SPEC: "any value between 0 and 128" is the standard's range; of it, the lengths of SP 800-38D are
// taken, because a shorter tag, or none, would authenticate nothing.
pub(super) fn tag_len(bits: u64) -> Result<usize> {
    match bits {
        32 | 64 | 96 | 104 | 112 | 120 | 128 => Ok(usize::try_from(bits / 8).unwrap_or(TAG_LEN)),
        _ => Err(Error::MechanismParamInvalid(
            "ulTagBits must be 32, 64, 96, 104, 112, 120 or 128 (SP 800-38D, 5.2.1.2)".into(),
        )),
    }
}

/// How long an IV stands behind the tag.
// SPEC: pIv NULL is not defined; the older form in use is that the token makes the IV and appends it.
fn iv_tail_len(params: &GcmParams<'_>) -> Result<usize> {
    match (params.iv, params.iv_len) {
        (Some([]), _) => Err(Error::MechanismParamInvalid(
            "an IV has at least 1 byte (SP 800-38D, 5.2.1.1)".into(),
        )),
        (Some(_), _) => Ok(0),
        (None, 0 | 16) => Ok(16),
        (None, 12) => Ok(12),
        (None, _) => Err(Error::MechanismParamInvalid(
            "an IV that the token makes has 12 or 16 bytes".into(),
        )),
    }
}

/// An encryption under way.
#[derive(Debug)]
pub struct GcmEncryption {
    message: Message,
    /// Started by the first part.
    sealing: Option<Sealing>,
}

impl GcmEncryption {
    /// Starts; makes the IV when the caller left that to the token.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`, `CKR_DEVICE_ERROR`
    pub fn new(key: AesKey, params: &Params<'_>, rng: Rng) -> Result<Self> {
        let mut message = Message::new(key, params)?;
        if message.iv_tail_len > 0 {
            message.iv = vec![0; message.iv_tail_len];
            rng.fill(&mut message.iv)?;
        }
        Ok(Self {
            message,
            sealing: None,
        })
    }

    fn start(&self) -> Result<Sealing> {
        let Message { key, iv, aad, .. } = &self.message;
        Sealing::new(key, iv, aad)
    }

    /// Writes the tag, and the IV that the token made, into what is left of the output.
    fn end(&self, sealing: Sealing, output: &mut [u8]) -> Result<()> {
        let Message {
            iv,
            tag_len,
            iv_tail_len,
            ..
        } = &self.message;
        let tag = sealing.tag()?;
        let tail = tag.iter().take(*tag_len);
        let tail = tail.chain(iv.iter().take(*iv_tail_len));
        output
            .iter_mut()
            .zip(tail)
            .for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

impl Transform for GcmEncryption {
    fn single_len(&self, input_len: usize) -> usize {
        input_len.saturating_add(self.message.overhead())
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(self.single_len(input.len()), |output| {
            let (text, tail) = output.split_at_mut(input.len());
            let mut sealing = self.start()?;
            sealing.update(input, text)?;
            self.end(sealing, tail)
        })
    }

    fn update_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        let mut sealing = match self.sealing.take() {
            Some(sealing) => sealing,
            None => self.start()?,
        };
        let output = SecretBytes::try_init(input.len(), |output| sealing.update(input, output));
        // Also after a failure: a second start would use the IV twice.
        self.sealing = Some(sealing);
        output
    }

    fn finish(mut self: Box<Self>) -> Result<SecretBytes> {
        let sealing = match self.sealing.take() {
            Some(sealing) => sealing,
            None => self.start()?,
        };
        SecretBytes::try_init(self.message.overhead(), |output| self.end(sealing, output))
    }
}

/// A decryption under way: "no data should be returned until C_Decrypt or C_DecryptFinal".
#[derive(Debug)]
pub struct GcmDecryption {
    message: Message,
    held: Vec<u8>,
}

impl GcmDecryption {
    /// Starts.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn new(key: AesKey, params: &Params<'_>) -> Result<Self> {
        Ok(Self {
            message: Message::new(key, params)?,
            held: Vec::new(),
        })
    }
}

impl Transform for GcmDecryption {
    fn single_len(&self, input_len: usize) -> usize {
        input_len.saturating_sub(self.message.overhead())
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        let Message {
            key,
            iv,
            aad,
            tag_len,
            iv_tail_len,
        } = &self.message;
        let split = |bytes: &[u8], tail_len: usize| bytes.len().checked_sub(tail_len);
        let too_short =
            || Error::EncryptedDataLenRange("the encrypted data is shorter than its tag".into());
        let (sealed, tail) = split(input, *iv_tail_len)
            .and_then(|len| input.split_at_checked(len))
            .ok_or_else(too_short)?;
        let (text, tag) = split(sealed, *tag_len)
            .and_then(|len| sealed.split_at_checked(len))
            .ok_or_else(too_short)?;
        let iv = if tail.is_empty() { iv } else { tail };
        gcm::open(key, iv, aad, text, tag)
    }

    fn update_len(&self, _input_len: usize) -> usize {
        0
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        if self.held.len().saturating_add(input.len()) > HELD_LEN_MAX {
            return Err(Error::EncryptedDataLenRange(
                format!("a decryption in parts holds at most {HELD_LEN_MAX} bytes").into(),
            ));
        }
        self.held.extend_from_slice(input);
        Ok(SecretBytes::new(Vec::new()))
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        self.single(&self.held)
    }
}

fn encryption(setup: &Setup<'_>) -> Result<GcmEncryption> {
    GcmEncryption::new(aes_key(&setup.key)?, setup.params, setup.rng)
}

fn decryption(setup: &Setup<'_>) -> Result<GcmDecryption> {
    GcmDecryption::new(aes_key(&setup.key)?, setup.params)
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[Mechanism {
    id: CKM_AES_GCM,
    spec: "AES-GCM Authenticated Encryption / Decryption",
    params: ParamShape::Gcm,
    keys: &[CKK_AES],
    key_size: AES_SIZE,
    extra_flags: 0,
    status: Status::Current,
    roles: Roles {
        encrypt: Some(|setup| Ok(Box::new(encryption(setup)?))),
        decrypt: Some(|setup| Ok(Box::new(decryption(setup)?))),
        wrap: Some(|setup, material| {
            encryption(setup)?
                .single(material.expose())
                .map_err(as_key_size)
        }),
        aead: Some(super::aes_gcm_message::AEAD),
        unwrap: Some(|setup, wrapped| decryption(setup)?.single(wrapped).map_err(as_wrapped)),
        ..Roles::NONE
    },
}];
