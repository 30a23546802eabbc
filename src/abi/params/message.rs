// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parameters of messages and authenticated wraps: some of their places are written to.
//!
//! What is read is copied, because nonce and tag may be read from the places they are written to.
//! Source: PKCS#11 v3.2, "AES GCM and CCM Mechanism parameters", `CK_GCM_MESSAGE_PARAMS`,
//! `CK_GCM_WRAP_PARAMS`.

use core::ffi::c_void;

use super::{Raw, invalid, part};
use crate::abi::input;
use crate::abi::types::{CK_GCM_MESSAGE_PARAMS, CK_GCM_WRAP_PARAMS, CK_MECHANISM, CK_ULONG};
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
                unsafe { Self::gcm(&given, direction) }
            }
        }
    }

    /// # Safety
    /// As [`read`](Self::read).
    unsafe fn gcm(given: &CK_GCM_MESSAGE_PARAMS, direction: Direction) -> Result<Self> {
        let nonce = slot(given.pIv, given.ulIvLen, "pIv")?;
        let tag_len = given.ulTagBits.div_ceil(8);
        if tag_len > 16 {
            return Err(invalid("ulTagBits is more than 128".to_owned()));
        }
        let no_tag = Slot {
            data: core::ptr::null_mut(),
            len: 0,
        };
        let (is_open, tag) = match direction {
            Direction::BeginSeal => (false, no_tag),
            Direction::Seal => (false, slot(given.pTag, tag_len, "pTag")?),
            Direction::BeginOpen => (true, no_tag),
            Direction::Open => (true, slot(given.pTag, tag_len, "pTag")?),
        };
        let (generator, fixed_bits) = if is_open {
            (CKG_NO_GENERATE, 0)
        } else {
            (MgfType(given.ivGenerator), given.ulIvFixedBits)
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
                tag_bits: given.ulTagBits,
                text_len: None,
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
        if let Some(nonce) = &beside.nonce {
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
    let message = unsafe { Message::read(role.shape, data, len, direction) }?;
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

/// Reads a `CK_GCM_WRAP_PARAMS`, told from the other parameters of the mechanism by its size;
/// `None` when it is one of those.
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
    let size = usize::try_from(given.ulParameterLen);
    if shape != Some(MessageShape::Gcm) || size != Ok(size_of::<CK_GCM_WRAP_PARAMS>()) {
        return Ok(None);
    }
    let raw = Raw {
        data: given.pParameter,
        len: given.ulParameterLen,
    };
    // SAFETY: this function's contract; every bit pattern is a value.
    let given: CK_GCM_WRAP_PARAMS = unsafe { raw.structure("CK_GCM_WRAP_PARAMS") }?;
    let as_message = CK_GCM_MESSAGE_PARAMS {
        pIv: given.pIv,
        ulIvLen: given.ulIvLen,
        ulIvFixedBits: given.ulIvFixedBits,
        ivGenerator: given.ivGenerator,
        pTag: core::ptr::null_mut(),
        ulTagBits: given.ulTagBits,
    };
    // SAFETY: this function's contract; the tag is part of the wrapped key and has no place.
    let message = unsafe { Message::gcm(&as_message, direction) }?;
    // SAFETY: this function's contract covers the additional data.
    let aad = unsafe { part(given.pAAD, given.ulAADLen) }?;
    Ok(Some(Generated {
        mechanism: row,
        message,
        aad,
    }))
}
