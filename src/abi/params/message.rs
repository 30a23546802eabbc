// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of messages and authenticated wraps: some of their places are written to.
//!
//! What is read is copied, because nonce and tag may be read from the places they are written to.
//! Source: PKCS#11 v3.2, "AES GCM and CCM Mechanism parameters", `CK_GCM_MESSAGE_PARAMS`,
//! `CK_GCM_WRAP_PARAMS`, `CK_CCM_MESSAGE_PARAMS`, `CK_CCM_WRAP_PARAMS`; "ChaCha20/Poly1305 and
//! Salsa20/Poly1305 Mechanism parameters", `CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS`.

use core::ffi::c_void;

use super::cipher::nonce_len;
use super::{Raw, invalid, part};
use crate::abi::input;
use crate::abi::types::{
    CK_CCM_MESSAGE_PARAMS, CK_CCM_WRAP_PARAMS, CK_GCM_MESSAGE_PARAMS, CK_GCM_WRAP_PARAMS,
    CK_MECHANISM, CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS, CK_ULONG,
};
use crate::error::{Error, Result};
use crate::mechanism::{self, Mechanism, MessageParams, MessageShape};
use crate::module::Beside;
use crate::pkcs11::mgf::{CKG_GENERATE_COUNTER_XOR, CKG_NO_GENERATE};
use crate::pkcs11::{MechanismType, MgfType};

/// What a message does with its parameter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::abi) enum Direction {
    /// The nonce goes out; there is no tag yet.
    BeginSeal,
    /// Nonce and tag go out.
    Seal,
    /// The nonce comes in; "set the tag data before the final" part. Generator and fixed bits "are
    /// ignored".
    BeginOpen,
    /// Nonce and tag come in.
    Open,
}

/// The parameter of one message, and where nonce and tag go.
pub(in crate::abi) struct Message {
    /// The parameter without pointers.
    pub(in crate::abi) params: MessageParams,
    nonce: Slot,
    tag: Slot,
}

/// Bytes of the application that a call may set.
#[derive(Clone, Copy)]
struct Slot {
    data: *mut u8,
    len: usize,
}

impl Slot {
    /// No place.
    const NONE: Self = Self {
        data: core::ptr::null_mut(),
        len: 0,
    };

    /// Writes what the mechanism made; the length was fixed by the same parameter.
    fn put(self, bytes: &[u8]) -> Result<()> {
        if bytes.len() > self.len || self.data.is_null() {
            return Err(Error::GeneralError(
                "a nonce or tag is longer than its place".into(),
            ));
        }
        // SAFETY: `Message::read`'s contract gives `len` writable bytes; `copy` allows any overlap.
        unsafe { core::ptr::copy(bytes.as_ptr(), self.data, bytes.len()) };
        Ok(())
    }
}

/// What the structures have in common.
struct Given {
    nonce: *mut u8,
    /// In bytes.
    nonce_len: CK_ULONG,
    fixed_bits: CK_ULONG,
    generator: MgfType,
    tag: *mut u8,
    tag_bits: CK_ULONG,
    text_len: Option<CK_ULONG>,
}

impl Given {
    const fn gcm(given: &CK_GCM_MESSAGE_PARAMS) -> Self {
        Self {
            nonce: given.pIv,
            nonce_len: given.ulIvLen,
            fixed_bits: given.ulIvFixedBits,
            generator: MgfType(given.ivGenerator),
            tag: given.pTag,
            tag_bits: given.ulTagBits,
            text_len: None,
        }
    }

    fn ccm(given: &CK_CCM_MESSAGE_PARAMS) -> Result<Self> {
        let tag_bits = given.ulMACLen.checked_mul(8);
        Ok(Self {
            nonce: given.pNonce,
            nonce_len: given.ulNonceLen,
            fixed_bits: given.ulNonceFixedBits,
            generator: MgfType(given.nonceGenerator),
            tag: given.pMAC,
            tag_bits: tag_bits.ok_or_else(|| invalid("ulMACLen is endless".to_owned()))?,
            text_len: Some(given.ulDataLen),
        })
    }

    /// There is no generator: "Set the Nonce data pNonce in the parameter block."
    fn chacha_poly(given: &CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS) -> Result<Self> {
        Ok(Self {
            nonce: given.pNonce,
            nonce_len: nonce_len(given.ulNonceLen)?,
            fixed_bits: 0,
            generator: CKG_NO_GENERATE,
            tag: given.pTag,
            tag_bits: 128,
            text_len: None,
        })
    }
}

impl Message {
    /// Reads the parameter of a message.
    ///
    /// # Safety
    /// `data` is NULL or points to `len` bytes; the pointers inside point to as many readable and
    /// writable bytes as the lengths beside them say, until the value is dropped.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub(in crate::abi) unsafe fn read(
        shape: MessageShape,
        data: *mut c_void,
        len: CK_ULONG,
        direction: Direction,
    ) -> Result<Self> {
        let raw = Raw { data, len };
        match shape {
            MessageShape::Gcm => {
                // SAFETY: this function's contract; every bit pattern is a value.
                let given: CK_GCM_MESSAGE_PARAMS =
                    unsafe { raw.structure("CK_GCM_MESSAGE_PARAMS") }?;
                // SAFETY: this function's contract.
                unsafe { Self::parse(&Given::gcm(&given), direction) }
            }
            MessageShape::Ccm => {
                // SAFETY: this function's contract; every bit pattern is a value.
                let given: CK_CCM_MESSAGE_PARAMS =
                    unsafe { raw.structure("CK_CCM_MESSAGE_PARAMS") }?;
                // SAFETY: this function's contract.
                unsafe { Self::parse(&Given::ccm(&given)?, direction) }
            }
            MessageShape::ChaChaPoly => {
                // SAFETY: this function's contract; every bit pattern is a value.
                let given: CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS =
                    unsafe { raw.structure("CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS") }?;
                // SAFETY: this function's contract.
                unsafe { Self::parse(&Given::chacha_poly(&given)?, direction) }
            }
        }
    }

    /// # Safety
    /// As [`read`](Self::read).
    unsafe fn parse(given: &Given, direction: Direction) -> Result<Self> {
        let nonce = slot(given.nonce, given.nonce_len, "the place of the nonce")?;
        let tag_len = given.tag_bits.div_ceil(8);
        if tag_len > 16 {
            return Err(invalid("a tag has at most 128 bits".to_owned()));
        }
        let (is_open, with_tag) = match direction {
            Direction::BeginSeal => (false, false),
            Direction::Seal => (false, true),
            Direction::BeginOpen => (true, false),
            Direction::Open => (true, true),
        };
        let tag = match with_tag {
            true => slot(given.tag, tag_len, "the place of the tag")?,
            false => Slot::NONE,
        };
        let (generator, fixed_bits) = if is_open {
            (CKG_NO_GENERATE, 0)
        } else {
            (given.generator, given.fixed_bits)
        };
        // SAFETY: this function's contract covers the nonce.
        let given_nonce = unsafe { given_nonce(nonce, generator, fixed_bits) }?;
        let given_tag = if is_open && tag.len > 0 {
            // SAFETY: this function's contract covers the tag.
            unsafe { part(tag.data, tag_len) }?.to_vec()
        } else {
            Vec::new()
        };
        Ok(Self {
            params: MessageParams {
                nonce: given_nonce,
                fixed_bits,
                generator,
                tag: given_tag,
                tag_bits: given.tag_bits,
                text_len: given.text_len,
            },
            nonce,
            tag,
        })
    }

    /// Writes nonce and tag, after the call has succeeded.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when they are longer than their places.
    pub(in crate::abi) fn put(&self, beside: &Beside) -> Result<()> {
        // "pIv is an input parameter" without a generator, and may stand in memory that is read-only.
        if let Some(nonce) = &beside.nonce
            && self.params.generator != CKG_NO_GENERATE
        {
            self.nonce.put(nonce)?;
        }
        if let Some(tag) = &beside.tag {
            self.tag.put(tag)?;
        }
        Ok(())
    }
}

fn slot(data: *mut u8, len: CK_ULONG, name: &str) -> Result<Slot> {
    let len = usize::try_from(len)
        .ok()
        .filter(|len| isize::try_from(*len).is_ok())
        .filter(|len| *len == 0 || !data.is_null())
        .ok_or_else(|| invalid(format!("{name} is NULL or endless")))?;
    Ok(Slot { data, len })
}

/// The bits of the nonce that count; the rest may be unset memory.
///
/// # Safety
/// `place` is readable.
unsafe fn given_nonce(place: Slot, generator: MgfType, fixed_bits: CK_ULONG) -> Result<Vec<u8>> {
    let whole = matches!(generator, CKG_NO_GENERATE | CKG_GENERATE_COUNTER_XOR);
    let fixed = usize::try_from(fixed_bits.div_ceil(8)).unwrap_or(usize::MAX);
    let read = if whole {
        place.len
    } else {
        fixed.min(place.len)
    };
    let len = CK_ULONG::try_from(read).unwrap_or(0);
    // SAFETY: this function's contract; not more than the place holds.
    let mut nonce = unsafe { part(place.data, len) }?.to_vec();
    nonce.resize(place.len, 0);
    Ok(nonce)
}

/// The row of a mechanism that works message by message; NULL ends the active process.
///
/// SPEC: what `pParameter` is at Init is not said for AES-GCM; it is not looked at, as each message
/// brings its own.
///
/// # Safety
/// `mechanism` is NULL or points to a `CK_MECHANISM`.
///
/// # Errors
/// `CKR_MECHANISM_INVALID`
pub(in crate::abi) unsafe fn message_row(
    mechanism: *const CK_MECHANISM,
) -> Result<Option<&'static Mechanism>> {
    if mechanism.is_null() {
        return Ok(None);
    }
    // SAFETY: this function's contract.
    let given = unsafe { input::value(mechanism, "the mechanism is NULL") }?;
    mechanism::find(MechanismType(given.mechanism)).map(Some)
}

/// The mechanism and parameter of an authenticated wrap.
///
/// # Safety
/// `mechanism` is NULL or points to a `CK_MECHANISM` whose parameter is as [`Message::read`] says.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` for NULL, `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`.
pub(in crate::abi) unsafe fn wrap_request(
    mechanism: *const CK_MECHANISM,
    direction: Direction,
) -> Result<(&'static Mechanism, Message)> {
    // SAFETY: this function's contract.
    let given = unsafe { input::value(mechanism, "the mechanism is NULL") }?;
    let row = mechanism::find(MechanismType(given.mechanism))?;
    let Some(role) = row.roles.aead else {
        return Err(Error::MechanismInvalid(
            format!("{} wraps without authentication", row.id).into(),
        ));
    };
    let (data, len) = (given.pParameter, given.ulParameterLen);
    // SAFETY: this function's contract.
    let mut message = unsafe { Message::read(role.shape, data, len, direction) }?;
    // "the length will be defined by the token based on the key being wrapped"
    message.params.text_len = None;
    Ok((row, message))
}

/// The parameter of a `C_WrapKey` whose nonce the token makes.
pub(in crate::abi) struct Generated<'call> {
    /// The row.
    pub(in crate::abi) mechanism: &'static Mechanism,
    /// Nonce and tag length.
    pub(in crate::abi) message: Message,
    /// Associated data.
    pub(in crate::abi) aad: &'call [u8],
}

/// Reads a `CK_GCM_WRAP_PARAMS` or `CK_CCM_WRAP_PARAMS`, told from the other parameters of the
/// mechanism by its size; `None` when it is one of those.
///
/// # Safety
/// `mechanism` is NULL or points to a `CK_MECHANISM` whose parameter is as [`Message::read`] says.
///
/// # Errors
/// `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`.
pub(in crate::abi) unsafe fn generated<'call>(
    mechanism: *const CK_MECHANISM,
    direction: Direction,
) -> Result<Option<Generated<'call>>> {
    // SAFETY: this function's contract.
    let given = unsafe { input::value(mechanism, "the mechanism is NULL") }?;
    let row = mechanism::find(MechanismType(given.mechanism))?;
    let shape = row.roles.aead.map(|role| role.shape);
    let raw = Raw {
        data: given.pParameter,
        len: given.ulParameterLen,
    };
    let is = |size: usize| usize::try_from(raw.len) == Ok(size);
    let (given, aad, aad_len) = match shape {
        Some(MessageShape::Gcm) if is(size_of::<CK_GCM_WRAP_PARAMS>()) => {
            // SAFETY: this function's contract; every bit pattern is a value.
            gcm_wrap(unsafe { raw.structure("CK_GCM_WRAP_PARAMS") }?)
        }
        Some(MessageShape::Ccm) if is(size_of::<CK_CCM_WRAP_PARAMS>()) => {
            // SAFETY: this function's contract; every bit pattern is a value.
            ccm_wrap(unsafe { raw.structure("CK_CCM_WRAP_PARAMS") }?)?
        }
        _ => return Ok(None),
    };
    // SAFETY: this function's contract; the tag is part of the wrapped key and has no place.
    let message = unsafe { Message::parse(&given, direction) }?;
    // SAFETY: this function's contract covers the additional data.
    let aad = unsafe { part(aad, aad_len) }?;
    Ok(Some(Generated {
        mechanism: row,
        message,
        aad,
    }))
}

fn gcm_wrap(given: CK_GCM_WRAP_PARAMS) -> (Given, *mut u8, CK_ULONG) {
    let as_message = CK_GCM_MESSAGE_PARAMS {
        pIv: given.pIv,
        ulIvLen: given.ulIvLen,
        ulIvFixedBits: given.ulIvFixedBits,
        ivGenerator: given.ivGenerator,
        pTag: core::ptr::null_mut(),
        ulTagBits: given.ulTagBits,
    };
    (Given::gcm(&as_message), given.pAAD, given.ulAADLen)
}

fn ccm_wrap(given: CK_CCM_WRAP_PARAMS) -> Result<(Given, *mut u8, CK_ULONG)> {
    let as_message = CK_CCM_MESSAGE_PARAMS {
        ulDataLen: given.ulDataLen,
        pNonce: given.pNonce,
        ulNonceLen: given.ulNonceLen,
        ulNonceFixedBits: given.ulNonceFixedBits,
        nonceGenerator: given.nonceGenerator,
        pMAC: core::ptr::null_mut(),
        ulMACLen: given.ulMACLen,
    };
    let message = Given {
        // "tokens SHALL ignore any value provided in this field"
        text_len: None,
        ..Given::ccm(&as_message)?
    };
    Ok((message, given.pAAD, given.ulAADLen))
}
