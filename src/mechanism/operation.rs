// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an operation can do; the receiver says the rule.
//!
//! `&self` may be asked again, `&mut self` advances, `self: Box<Self>` ends.
//! Source: PKCS#11 v3.2, "Conventions for functions returning output in a variable-length buffer".

use crate::error::Result;
use crate::secret::SecretBytes;

/// Bytes to bytes: encrypt, decrypt, sign-recover, verify-recover.
pub trait Transform: Send {
    /// Upper bound of what [`single`](Self::single) returns; answers a length query.
    fn single_len(&self, input_len: usize) -> usize;

    /// Everything in one go. Pure: may be called again when the output did not fit.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`, `CKR_ENCRYPTED_DATA_LEN_RANGE`, `CKR_ENCRYPTED_DATA_INVALID`
    fn single(&self, input: &[u8]) -> Result<SecretBytes>;

    /// Exact length of what the next [`update`](Self::update) with `input_len` bytes returns.
    fn update_len(&self, input_len: usize) -> usize;

    /// Feeds a part.
    ///
    /// # Errors
    /// As [`single`](Self::single); `CKR_FUNCTION_NOT_SUPPORTED` for single-part mechanisms.
    fn update(&mut self, input: &[u8]) -> Result<SecretBytes>;

    /// Ends; the machine parks the result until it fits.
    ///
    /// # Errors
    /// As [`single`](Self::single).
    fn finish(self: Box<Self>) -> Result<SecretBytes>;
}

/// Bytes to a value of fixed length: digest, sign, MAC.
pub trait Accumulate: Send {
    /// Exact output length in bytes; checked before anything runs.
    fn output_len(&self) -> usize;

    /// Everything in one go. Pure.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`, `CKR_DATA_INVALID`
    fn single(&self, input: &[u8]) -> Result<SecretBytes>;

    /// Feeds a part.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    fn update(&mut self, input: &[u8]) -> Result<()>;

    /// Feeds the value of a key, after which no state leaves.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    fn update_with_key(&mut self, value: &[u8]) -> Result<()> {
        self.update(value)
    }

    /// Ends.
    ///
    /// # Errors
    /// As [`single`](Self::single).
    fn finish(self: Box<Self>) -> Result<SecretBytes>;

    /// The state for `C_GetOperationState`, where the mechanism has one that may leave.
    fn save(&self) -> Option<SecretBytes> {
        None
    }
}

/// Bytes and a signature to yes or no: verify.
pub trait Check: Send {
    /// Everything in one go.
    ///
    /// # Errors
    /// `CKR_SIGNATURE_INVALID`, `CKR_SIGNATURE_LEN_RANGE`, `CKR_DATA_LEN_RANGE`
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()>;

    /// Feeds a part.
    ///
    /// # Errors
    /// `CKR_DATA_LEN_RANGE`
    fn update(&mut self, input: &[u8]) -> Result<()>;

    /// Ends.
    ///
    /// # Errors
    /// As [`single`](Self::single).
    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()>;
}
