// SPDX-License-Identifier: MIT OR Apache-2.0
//! MACs as signatures: one running state, and the check that compares in constant time.
//!
//! Source: PKCS#11 v3.2, "Functions for signing and MACing", "Functions for verifying signatures and MACs".

use crate::crypto::block_mac::Authenticator;
use crate::crypto::mac::Mac;
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, Check, Params};
use crate::secret::SecretBytes;

/// A MAC of which the first bytes are the signature.
#[derive(Debug)]
pub struct MacSigner<M = Mac> {
    state: M,
    len: usize,
}

impl<M: Authenticator> MacSigner<M> {
    /// The whole MAC.
    #[must_use]
    pub fn whole(state: M) -> Self {
        let len = state.output_len();
        Self { state, len }
    }

    /// The first `len` bytes of the MAC.
    #[must_use]
    pub fn first(state: M, len: usize) -> Self {
        let len = len.min(state.output_len());
        Self { state, len }
    }

    /// The first bytes of the MAC, as many as `CK_MAC_GENERAL_PARAMS` says.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn general(state: M, params: &Params<'_>) -> Result<Self> {
        let Params::Ulong(wanted) = params else {
            return Err(Error::MechanismParamInvalid(
                "the parameter must be a CK_MAC_GENERAL_PARAMS".into(),
            ));
        };
        // SPEC: the tables allow a length of 0; a MAC that says nothing is refused.
        match usize::try_from(*wanted) {
            Ok(len @ 1..) if len <= state.output_len() => Ok(Self { state, len }),
            _ => Err(Error::MechanismParamInvalid(
                format!("the MAC length must be 1 to {} bytes", state.output_len()).into(),
            )),
        }
    }
}

impl<M: Authenticator> Accumulate for MacSigner<M> {
    fn output_len(&self) -> usize {
        self.len
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        let mut state = self.state.clone();
        state.feed(input)?;
        Ok(state.end()?.truncated(self.len))
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.state.feed(input)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        let Self { state, len } = *self;
        Ok(state.end()?.truncated(len))
    }
}

/// The check of whatever can be computed a second time.
#[derive(Debug)]
pub struct Recomputed<A>(pub A);

impl<A: Accumulate> Recomputed<A> {
    fn check_len(&self, signature: &[u8]) -> Result<()> {
        if signature.len() == self.0.output_len() {
            return Ok(());
        }
        Err(Error::SignatureLenRange(
            format!("the MAC must have {} bytes", self.0.output_len()).into(),
        ))
    }
}

fn compare(computed: &SecretBytes, signature: &[u8]) -> Result<()> {
    if computed.ct_eq(signature) {
        return Ok(());
    }
    Err(Error::SignatureInvalid("the MAC is a different one".into()))
}

impl<A: Accumulate> Check for Recomputed<A> {
    fn single(self: Box<Self>, input: &[u8], signature: &[u8]) -> Result<()> {
        self.check_len(signature)?;
        compare(&self.0.single(input)?, signature)
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        self.0.update(input)
    }

    fn finish(self: Box<Self>, signature: &[u8]) -> Result<()> {
        self.check_len(signature)?;
        compare(&Box::new(self.0).finish()?, signature)
    }
}
