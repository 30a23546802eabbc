// SPDX-License-Identifier: MIT OR Apache-2.0
//! AES key wrap with any initial value: RFC 3394 (KW) and RFC 5649 (KWP); SP 800-38F, 6.2 and 6.3.
//!
//! The `aes-kw` crate knows the default initial values only, so the wrapping function of SP 800-38F stands
//! here over the block cipher; the tests hold it against that crate.
#![forbid(unsafe_code)]

use subtle::{Choice, ConstantTimeEq as _, ConstantTimeGreater as _, ConstantTimeLess as _};
use zeroize::Zeroizing;

use super::aes::{AesKey, BLOCK_LEN};
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// Length of a semiblock in bytes.
pub const SEMIBLOCK_LEN: usize = 8;

/// The initial value of KW.
pub type Initial = [u8; SEMIBLOCK_LEN];

/// The half of the initial value of KWP that does not say the length.
pub type InitialHalf = [u8; SEMIBLOCK_LEN / 2];

/// RFC 3394, 2.2.3.1
pub const INITIAL: Initial = [0xa6; SEMIBLOCK_LEN];

/// RFC 5649, 3
pub const INITIAL_HALF: InitialHalf = [0xa6, 0x59, 0x59, 0xa6];

/// W(S): `initial` in front of `rest`, which is two semiblocks or more. SP 800-38F, algorithm 1.
fn w(key: &AesKey, initial: &mut Initial, rest: &mut [u8]) -> Result<()> {
    let count = (rest.len() / SEMIBLOCK_LEN) as u64;
    let mut counter = 0u64;
    while counter < 6 * count {
        for semiblock in rest.chunks_exact_mut(SEMIBLOCK_LEN) {
            counter += 1;
            let block = Zeroizing::new(join(initial, semiblock));
            let mut output = Zeroizing::new([0; BLOCK_LEN]);
            key.encrypt_ecb(block.as_slice(), output.as_mut_slice())?;
            let (first, second) = output.split_at(SEMIBLOCK_LEN);
            semiblock.copy_from_slice(second);
            *initial = count_in(first, counter);
        }
    }
    Ok(())
}

/// The inverse of [`w`]. SP 800-38F, algorithm 2.
fn w_inverse(key: &AesKey, initial: &mut Initial, rest: &mut [u8]) -> Result<()> {
    let mut counter = 6 * (rest.len() / SEMIBLOCK_LEN) as u64;
    while counter > 0 {
        for semiblock in rest.rchunks_exact_mut(SEMIBLOCK_LEN) {
            let block = Zeroizing::new(join(&count_in(initial, counter), semiblock));
            counter -= 1;
            let mut output = Zeroizing::new([0; BLOCK_LEN]);
            key.decrypt_ecb(block.as_slice(), output.as_mut_slice())?;
            let (first, second) = output.split_at(SEMIBLOCK_LEN);
            semiblock.copy_from_slice(second);
            initial.copy_from_slice(first);
        }
    }
    Ok(())
}

fn join(first: &Initial, second: &[u8]) -> [u8; BLOCK_LEN] {
    let mut block = [0; BLOCK_LEN];
    let bytes = first.iter().chain(second);
    block
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = *from);
    block
}

fn count_in(semiblock: &[u8], counter: u64) -> Initial {
    let mut counted = counter.to_be_bytes();
    counted
        .iter_mut()
        .zip(semiblock)
        .for_each(|(to, from)| *to ^= from);
    counted
}

fn data_len(reason: &'static str) -> Error {
    Error::DataLenRange(reason.into())
}

fn wrong() -> Error {
    Error::EncryptedDataInvalid("the integrity check of the key wrap failed".into())
}

/// Wraps `text`, which is two semiblocks or more, under an initial value.
///
/// # Errors
/// `CKR_DATA_LEN_RANGE`
pub fn wrap(key: &AesKey, initial: &Initial, text: &[u8]) -> Result<SecretBytes> {
    if text.len() < 2 * SEMIBLOCK_LEN || !text.len().is_multiple_of(SEMIBLOCK_LEN) {
        return Err(data_len(
            "KW takes 16, 24, 32, ... bytes (SP 800-38F, 5.3.1)",
        ));
    }
    wrap_semiblocks(key, initial, text)
}

/// `text`, filled up with zeros, behind the initial value.
fn wrap_semiblocks(key: &AesKey, initial: &Initial, text: &[u8]) -> Result<SecretBytes> {
    let padded = text.len().next_multiple_of(SEMIBLOCK_LEN);
    SecretBytes::try_init(SEMIBLOCK_LEN + padded, |output| {
        let (head, rest) = output.split_at_mut(SEMIBLOCK_LEN);
        rest.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        let mut initial = *initial;
        w(key, &mut initial, rest)?;
        head.copy_from_slice(&initial);
        Ok(())
    })
}

/// Unwraps what [`wrap`] gave; the initial value must be the same.
///
/// # Errors
/// `CKR_ENCRYPTED_DATA_INVALID`, `CKR_ENCRYPTED_DATA_LEN_RANGE`
pub fn unwrap(key: &AesKey, initial: &Initial, wrapped: &[u8]) -> Result<SecretBytes> {
    if wrapped.len() < 3 * SEMIBLOCK_LEN || !wrapped.len().is_multiple_of(SEMIBLOCK_LEN) {
        return Err(Error::EncryptedDataLenRange(
            "KW gives 24, 32, 40, ... bytes (SP 800-38F, 5.3.1)".into(),
        ));
    }
    let (found, text) = unwrap_semiblocks(key, wrapped)?;
    if found.ct_eq(initial).into() {
        return Ok(text);
    }
    Err(wrong())
}

/// The initial value and the semiblocks behind it.
fn unwrap_semiblocks(key: &AesKey, wrapped: &[u8]) -> Result<(Initial, SecretBytes)> {
    let Some((first, rest)) = wrapped.split_first_chunk::<SEMIBLOCK_LEN>() else {
        return Err(wrong());
    };
    let mut initial = *first;
    let text = SecretBytes::try_init(rest.len(), |text| {
        text.copy_from_slice(rest);
        w_inverse(key, &mut initial, text)
    })?;
    Ok((initial, text))
}

/// Wraps `text`, which is 1 to 2^32-1 bytes, and its length.
///
/// # Errors
/// `CKR_DATA_LEN_RANGE`
pub fn wrap_padded(key: &AesKey, half: &InitialHalf, text: &[u8]) -> Result<SecretBytes> {
    let Ok(len @ 1..) = u32::try_from(text.len()) else {
        return Err(data_len("KWP takes 1 to 2^32-1 bytes (SP 800-38F, 5.3.1)"));
    };
    let mut initial = [0; SEMIBLOCK_LEN];
    let bytes = half.iter().copied().chain(len.to_be_bytes());
    initial
        .iter_mut()
        .zip(bytes)
        .for_each(|(to, from)| *to = from);
    if text.len() > SEMIBLOCK_LEN {
        return wrap_semiblocks(key, &initial, text);
    }
    let block = Zeroizing::new(join(&initial, text));
    SecretBytes::try_init(BLOCK_LEN, |output| {
        key.encrypt_ecb(block.as_slice(), output)
    })
}

/// Unwraps what [`wrap_padded`] gave; all that can be wrong is found in one pass.
///
/// # Errors
/// `CKR_ENCRYPTED_DATA_INVALID`, `CKR_ENCRYPTED_DATA_LEN_RANGE`
pub fn unwrap_padded(key: &AesKey, half: &InitialHalf, wrapped: &[u8]) -> Result<SecretBytes> {
    if wrapped.len() < BLOCK_LEN || !wrapped.len().is_multiple_of(SEMIBLOCK_LEN) {
        return Err(Error::EncryptedDataLenRange(
            "KWP gives 16, 24, 32, ... bytes (SP 800-38F, 5.3.1)".into(),
        ));
    }
    let (initial, text) = if wrapped.len() == BLOCK_LEN {
        let block = SecretBytes::try_init(BLOCK_LEN, |block| key.decrypt_ecb(wrapped, block))?;
        let (first, second) = block.expose().split_at(SEMIBLOCK_LEN);
        let initial = Initial::try_from(first).map_err(|_| wrong())?;
        (initial, SecretBytes::from_slice(second))
    } else {
        unwrap_semiblocks(key, wrapped)?
    };
    let [a, b, c, d, e, f, g, h] = initial;
    let len = u32::from_be_bytes([e, f, g, h]);
    let padded = u32::try_from(text.len()).map_err(|_| wrong())?;
    let mut valid = [a, b, c, d].ct_eq(half);
    valid &= !len.ct_gt(&padded) & len.ct_gt(&(padded - 8));
    for (place, byte) in (1u32..).zip(text.expose()).skip(text.len() - SEMIBLOCK_LEN) {
        let is_text: Choice = !len.ct_lt(&place);
        valid &= is_text | byte.ct_eq(&0);
    }
    if valid.into() {
        return Ok(text.truncated(usize::try_from(len).map_err(|_| wrong())?));
    }
    Err(wrong())
}
