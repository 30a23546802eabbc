// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES key wrap, plain and padded.
//!
//! Source: PKCS#11 v3.2, "AES Key Wrap"; RFC 3394, RFC 5649, SP 800-38F.

use zeroize::Zeroizing;

use super::aes_block::{Direction, as_key_size, as_wrapped};
use super::aes_key_gen::{AES_SIZE, aes_key};
use crate::crypto::aes::AesKey;
use crate::crypto::key_wrap::{self, INITIAL, INITIAL_HALF, Initial, InitialHalf, SEMIBLOCK_LEN};
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, ParamShape, Params, Roles, Setup, Status, Transform};
use crate::pkcs11::key_type::CKK_AES;
use crate::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP, CKM_AES_KEY_WRAP_KWP, CKM_AES_KEY_WRAP_PAD, CKM_AES_KEY_WRAP_PKCS7,
};
use crate::secret::SecretBytes;

/// What fills the text up to semiblocks, with the initial value.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Nothing (RFC 3394).
    Plain(Initial),
    /// Zeros, and the length in the initial value (RFC 5649).
    Padded(InitialHalf),
    /// 1 to 8 bytes that each say how many they are (PKCS #7).
    Pkcs7(Initial),
}

/// A key wrap; it is single-part only.
#[derive(Debug)]
pub struct KeyWrap {
    key: AesKey,
    form: Form,
    direction: Direction,
}

impl KeyWrap {
    /// Starts.
    #[must_use]
    pub const fn new(key: AesKey, form: Form, direction: Direction) -> Self {
        Self {
            key,
            form,
            direction,
        }
    }

    fn encrypt(&self, text: &[u8]) -> Result<SecretBytes> {
        match &self.form {
            Form::Plain(initial) => key_wrap::wrap(&self.key, initial, text),
            Form::Padded(half) => key_wrap::wrap_padded(&self.key, half, text),
            Form::Pkcs7(initial) => {
                let count = SEMIBLOCK_LEN - text.len() % SEMIBLOCK_LEN;
                let byte = u8::try_from(count).unwrap_or(0);
                let padded = SecretBytes::try_init(text.len() + count, |padded| {
                    let bytes = text.iter().copied().chain(core::iter::repeat(byte));
                    padded
                        .iter_mut()
                        .zip(bytes)
                        .for_each(|(to, from)| *to = from);
                    Ok::<_, Error>(())
                })?;
                key_wrap::wrap(&self.key, initial, padded.expose())
            }
        }
    }

    fn decrypt(&self, wrapped: &[u8]) -> Result<SecretBytes> {
        match &self.form {
            Form::Plain(initial) => key_wrap::unwrap(&self.key, initial, wrapped),
            Form::Padded(half) => key_wrap::unwrap_padded(&self.key, half, wrapped),
            Form::Pkcs7(initial) => {
                // What is behind the integrity check is not secret from who wrapped it.
                let padded = key_wrap::unwrap(&self.key, initial, wrapped)?;
                without_padding(padded.expose()).map(SecretBytes::from_slice)
            }
        }
    }

    fn single_part(&self) -> Error {
        Error::FunctionNotSupported("a key wrap is single-part only (\"AES Key Wrap\")".into())
    }
}

fn without_padding(padded: &[u8]) -> Result<&[u8]> {
    let count = padded.last().map_or(0, |count| usize::from(*count));
    let cut = padded
        .len()
        .checked_sub(count)
        .and_then(|len| padded.split_at_checked(len));
    match cut {
        Some((text, padding))
            if (1..=SEMIBLOCK_LEN).contains(&count)
                && padding.iter().all(|byte| usize::from(*byte) == count) =>
        {
            Ok(text)
        }
        _ => Err(Error::EncryptedDataInvalid(
            "the wrapped data does not end in a padding".into(),
        )),
    }
}

impl Transform for KeyWrap {
    fn single_len(&self, input_len: usize) -> usize {
        match (self.direction, self.form) {
            (Direction::Encrypt, Form::Pkcs7(_)) => {
                (input_len - input_len % SEMIBLOCK_LEN).saturating_add(2 * SEMIBLOCK_LEN)
            }
            (Direction::Encrypt, _) => input_len
                .div_ceil(SEMIBLOCK_LEN)
                .saturating_add(1)
                .saturating_mul(SEMIBLOCK_LEN),
            (Direction::Decrypt, _) => input_len.saturating_sub(SEMIBLOCK_LEN),
        }
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        match self.direction {
            Direction::Encrypt => self.encrypt(input),
            Direction::Decrypt => self.decrypt(input),
        }
    }

    fn update_len(&self, _input_len: usize) -> usize {
        0
    }

    fn update(&mut self, _input: &[u8]) -> Result<SecretBytes> {
        Err(self.single_part())
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Err(self.single_part())
    }
}

/// The optional initial value.
fn initial<const N: usize>(params: &Params<'_>, default: [u8; N]) -> Result<[u8; N]> {
    match params {
        Params::None | Params::Bytes([]) => Ok(default),
        Params::Bytes(iv) => <[u8; N]>::try_from(*iv).map_err(|_| iv_len(N)),
        _ => Err(iv_len(N)),
    }
}

fn iv_len(len: usize) -> Error {
    Error::MechanismParamInvalid(
        format!("the parameter must be an IV of {len} bytes or nothing").into(),
    )
}

fn plain(params: &Params<'_>) -> Result<Form> {
    initial(params, INITIAL).map(Form::Plain)
}

fn pkcs7(params: &Params<'_>) -> Result<Form> {
    initial(params, INITIAL).map(Form::Pkcs7)
}

/// CKM_AES_KEY_WRAP_PAD as the standard had it; the boundary lets 4 bytes in for the other meaning.
fn pad(params: &Params<'_>) -> Result<Form> {
    pkcs7(params)
}

fn padded(params: &Params<'_>) -> Result<Form> {
    initial(params, INITIAL_HALF).map(Form::Padded)
}

/// CKM_AES_KEY_WRAP_PAD in the meaning of RFC 5649. An IV of 8 bytes is taken for one of RFC 5649, whose
/// second half is the length and not the caller's to choose.
fn pad_rfc5649(params: &Params<'_>) -> Result<Form> {
    match params {
        Params::Bytes([a, b, c, d, _, _, _, _]) => Ok(Form::Padded([*a, *b, *c, *d])),
        _ => padded(params),
    }
}

type ReadForm = fn(&Params<'_>) -> Result<Form>;

fn start(setup: &Setup<'_>, form: ReadForm, direction: Direction) -> Result<KeyWrap> {
    Ok(KeyWrap::new(
        aes_key(&setup.key)?,
        form(setup.params)?,
        direction,
    ))
}

fn wrap(setup: &Setup<'_>, form: ReadForm, material: &SecretBytes) -> Result<SecretBytes> {
    let start = start(setup, form, Direction::Encrypt)?;
    if !matches!(start.form, Form::Plain(_)) {
        return start.single(material.expose()).map_err(as_key_size);
    }
    // "A secret key whose length is not a multiple of the AES Key Wrap semiblock size (8 bytes) will be
    // zero padded to fit."
    let len = material
        .len()
        .next_multiple_of(SEMIBLOCK_LEN)
        .max(2 * SEMIBLOCK_LEN);
    let mut padded = Zeroizing::new(vec![0; len]);
    let bytes = material.expose().iter();
    padded
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
    start.single(&padded)
}

fn unwrap(setup: &Setup<'_>, form: ReadForm, wrapped: &[u8]) -> Result<SecretBytes> {
    start(setup, form, Direction::Decrypt)?
        .single(wrapped)
        .map_err(as_wrapped)
}

/// One row.
macro_rules! row {
    ($id:ident, $ivs:expr, $form:ident, $status:ident) => {
        Mechanism {
            id: $id,
            spec: "AES Key Wrap",
            params: ParamShape::OptionalBytes($ivs),
            keys: &[CKK_AES],
            key_size: AES_SIZE,
            extra_flags: 0,
            status: Status::$status,
            roles: Roles {
                encrypt: Some(|setup| Ok(Box::new(start(setup, $form, Direction::Encrypt)?))),
                decrypt: Some(|setup| Ok(Box::new(start(setup, $form, Direction::Decrypt)?))),
                wrap: Some(|setup, material| wrap(setup, $form, material)),
                unwrap: Some(|setup, wrapped| unwrap(setup, $form, wrapped)),
                ..Roles::NONE
            },
        }
    };
}

/// CKM_AES_KEY_WRAP_PAD for a configuration that wants what many tokens do under that number.
pub static PAD_RFC5649: Mechanism = row!(CKM_AES_KEY_WRAP_PAD, &[4, 8], pad_rfc5649, Legacy);

/// The rows.
// SPEC: v3.2 only says that CKM_AES_KEY_WRAP_PAD is deprecated. Versions 2.30 and 2.40 gave it "the usual
// padding", "done by the token before being passed to the AES key wrap algorithm", with an IV of 8 bytes
// and an output "larger than the input": that is RFC 3394 over PKCS #7 padding, which the standard now
// calls CKM_AES_KEY_WRAP_PKCS7, and not RFC 5649, whose IV has 4 bytes.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_AES_KEY_WRAP, &[8], plain, Current),
    row!(CKM_AES_KEY_WRAP_PAD, &[4, 8], pad, Legacy),
    row!(CKM_AES_KEY_WRAP_KWP, &[4], padded, Current),
    row!(CKM_AES_KEY_WRAP_PKCS7, &[8], pkcs7, Current),
];
