// SPDX-License-Identifier: MIT OR Apache-2.0
//! ChaCha20, Poly1305 and both together.
//!
//! Source: PKCS#11 v3.2, "ChaCha20", "Poly1305", "Chacha20/Poly1305 and Salsa20/Poly1305 Authenticated
//! Encryption / Decryption"; RFC 8439.

use super::aead::Held;
use super::chacha20_message::AEAD;
use super::generic_secret::fill;
use super::mac_check::{MacSigner, Recomputed};
use super::streaming::{Stream, Streaming};
use crate::crypto::chacha::{ChaCha, KEY_LEN};
use crate::crypto::poly::{ChaChaPoly, Poly, TAG_LEN};
use crate::error::{Error, Result};
use crate::mechanism::{
    Generation, KeySize, Mechanism, ParamShape, Params, Roles, Setup, Status, Transform,
};
use crate::object::{AttributeMap, UsableKey};
use crate::pkcs11::attribute::{CKA_VALUE, CKA_VALUE_LEN};
use crate::pkcs11::key_type::{CKK_CHACHA20, CKK_POLY1305};
use crate::pkcs11::mechanism::{
    CKM_CHACHA20, CKM_CHACHA20_KEY_GEN, CKM_CHACHA20_POLY1305, CKM_POLY1305, CKM_POLY1305_KEY_GEN,
};
use crate::secret::SecretBytes;

impl Stream for ChaCha {
    fn run(&mut self, input: &[u8], output: &mut [u8]) -> Result<()> {
        self.apply(input, output)
    }
}

pub(super) fn value(key: &UsableKey) -> Result<&[u8]> {
    let value = key.object().attributes().bytes(CKA_VALUE);
    value.ok_or_else(|| Error::GeneralError("a key has no CKA_VALUE".into()))
}

fn cipher(setup: &Setup<'_>) -> Result<Streaming<ChaCha>> {
    let Params::ChaCha20 { nonce, counter } = *setup.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter must be a CK_CHACHA20_PARAMS".into(),
        ));
    };
    ChaCha::new(value(&setup.key)?, nonce, counter).map(Streaming)
}

fn authenticator(setup: &Setup<'_>) -> Result<MacSigner<Poly>> {
    Poly::new(value(&setup.key)?).map(MacSigner::whole)
}

fn message(setup: &Setup<'_>) -> Result<ChaChaPoly> {
    let Params::ChaChaPoly { nonce, aad } = *setup.params else {
        return Err(Error::MechanismParamInvalid(
            "the parameter must be a CK_SALSA20_CHACHA20_POLY1305_PARAMS".into(),
        ));
    };
    ChaChaPoly::new(value(&setup.key)?, nonce, aad)
}

/// An authenticated encryption under way.
struct Encryption(ChaChaPoly);

impl Transform for Encryption {
    fn single_len(&self, input_len: usize) -> usize {
        input_len.saturating_add(TAG_LEN)
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(self.single_len(input.len()), |output| {
            let (text, tag) = output.split_at_mut(input.len());
            let mut running = self.0.clone();
            running.encrypt(input, text)?;
            tag.iter_mut()
                .zip(running.tag())
                .for_each(|(to, from)| *to = from);
            Ok(())
        })
    }

    fn update_len(&self, input_len: usize) -> usize {
        input_len
    }

    fn update(&mut self, input: &[u8]) -> Result<SecretBytes> {
        SecretBytes::try_init(input.len(), |output| self.0.encrypt(input, output))
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(SecretBytes::from_slice(&self.0.tag()))
    }
}

fn open(message: &ChaChaPoly, input: &[u8]) -> Result<SecretBytes> {
    let Some((sealed, tag)) = input.split_last_chunk::<TAG_LEN>() else {
        return Err(Error::EncryptedDataLenRange(
            "the encrypted data is shorter than its tag".into(),
        ));
    };
    message.clone().open(sealed, tag)
}

fn decryption(setup: &Setup<'_>) -> Result<Held> {
    let message = message(setup)?;
    Ok(Held::new(TAG_LEN, move |input| open(&message, input)))
}

fn generate(generation: &Generation<'_>, attributes: &mut AttributeMap) -> Result<()> {
    match attributes.ulong(CKA_VALUE_LEN) {
        None | Some(32) => fill(generation, attributes, KEY_LEN),
        Some(_) => Err(Error::AttributeValueInvalid(
            "CKA_VALUE_LEN of a ChaCha20 or Poly1305 key must be 32".into(),
        )),
    }
}

/// One row.
macro_rules! row {
    (
        $id:ident, $spec:literal, $shape:ident, $key:ident, $size:expr,
        { $($role:ident: $function:expr,)+ }
    ) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::$shape,
            keys: &[$key],
            key_size: $size,
            extra_flags: 0,
            status: Status::Current,
            roles: Roles {
                $($role: Some($function),)+
                ..Roles::NONE
            },
        }
    };
}

/// "the supported range of key sizes in bytes" of the generations
const BYTES: KeySize = KeySize::bytes(32, 32);
/// "the supported range of ChaCha20 key sizes, in bits" of the ciphers
const BITS: KeySize = KeySize::bits(256, 256);

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_CHACHA20_KEY_GEN, "ChaCha20 key generation", None, CKK_CHACHA20, BYTES, {
        generate: generate,
    }),
    row!(CKM_CHACHA20, "ChaCha20 mechanism", ChaCha20, CKK_CHACHA20, BITS, {
        encrypt: |setup| Ok(Box::new(cipher(setup)?)),
        decrypt: |setup| Ok(Box::new(cipher(setup)?)),
        wrap: |setup, material| cipher(setup)?.wrap(material),
        unwrap: |setup, wrapped| cipher(setup)?.unwrap(wrapped),
    }),
    row!(CKM_POLY1305_KEY_GEN, "Poly1305", None, CKK_POLY1305, BYTES, {
        generate: generate,
    }),
    // SPEC: the section's first table has ticks for encryption and wrapping; its text and its last table are those of
    // a MAC.
    row!(CKM_POLY1305, "Poly1305 mechanism", None, CKK_POLY1305, BITS, {
        sign: |setup| Ok(Box::new(authenticator(setup)?)),
        verify: |setup| Ok(Box::new(Recomputed(authenticator(setup)?))),
    }),
    row!(
        CKM_CHACHA20_POLY1305,
        "ChaCha20/Poly1305 and Salsa20/Poly1305 Mechanism parameters",
        ChaChaPoly,
        CKK_CHACHA20,
        BITS,
        {
            encrypt: |setup| Ok(Box::new(Encryption(message(setup)?))),
            decrypt: |setup| Ok(Box::new(decryption(setup)?)),
            aead: AEAD,
        }
    ),
];
