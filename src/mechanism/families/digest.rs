// SPDX-License-Identifier: MIT OR Apache-2.0
//! SHA-1, SHA-2, SHA-3, BLAKE2b, and the older MD5 and RIPEMD-160.
//!
//! Source: PKCS#11 v3.2, "Digests".

use crate::crypto::digest::{HashFunction, Hasher, Sha512T, Truncation};
use crate::error::{Error, Result};
use crate::mechanism::{Accumulate, KeySize, Mechanism, ParamShape, Params, Roles, Status};
use crate::pkcs11::MechanismType;
use crate::pkcs11::mechanism::{
    CKM_BLAKE2B_160, CKM_BLAKE2B_256, CKM_BLAKE2B_384, CKM_BLAKE2B_512, CKM_MD5, CKM_RIPEMD160,
    CKM_SHA_1, CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512, CKM_SHA224, CKM_SHA256,
    CKM_SHA384, CKM_SHA512, CKM_SHA512_224, CKM_SHA512_256, CKM_SHA512_T,
};
use crate::secret::SecretBytes;

/// A running digest.
#[derive(Debug)]
pub struct Digest {
    state: Running,
    /// Whether a key has been digested: from then on the state tells more than public data.
    knows_key: bool,
}

#[derive(Debug)]
enum Running {
    Fixed(Hasher),
    Truncated(Sha512T),
}

impl Digest {
    const fn of(state: Running) -> Self {
        Self {
            state,
            knows_key: false,
        }
    }

    /// Starts.
    #[must_use]
    pub fn new(function: HashFunction) -> Self {
        Self::of(Running::Fixed(function.start()))
    }

    /// Starts SHA-512/t, with t in the parameter.
    ///
    /// # Errors
    /// `CKR_MECHANISM_PARAM_INVALID`
    pub fn truncated(params: &Params<'_>) -> Result<Self> {
        let state = Sha512T::new(truncation(params)?)?;
        Ok(Self::of(Running::Truncated(state)))
    }

    /// Goes on from what [`save`](Accumulate::save) gave, for `C_SetOperationState`.
    ///
    /// # Errors
    /// `CKR_SAVED_STATE_INVALID`
    pub fn restore(mechanism: MechanismType, state: &[u8]) -> Result<Self> {
        if mechanism == CKM_SHA512_T {
            return Ok(Self::of(Running::Truncated(Sha512T::restore(state)?)));
        }
        let Some(function) = hash_function(mechanism) else {
            return Err(Error::SavedStateInvalid(
                "the state is of a mechanism whose state cannot be saved".into(),
            ));
        };
        Ok(Self::of(Running::Fixed(Hasher::restore(function, state)?)))
    }
}

/// "It has a parameter, a CK_MAC_GENERAL_PARAMS, which holds the value of t in bits."
pub(super) fn truncation(params: &Params<'_>) -> Result<Truncation> {
    match params {
        Params::Ulong(bits) => Truncation::new(*bits),
        _ => Err(Error::MechanismParamInvalid(
            "the parameter must be a CK_MAC_GENERAL_PARAMS with t in bits".into(),
        )),
    }
}

impl Accumulate for Digest {
    fn output_len(&self) -> usize {
        match &self.state {
            Running::Fixed(state) => state.function().len(),
            Running::Truncated(state) => state.truncation().len(),
        }
    }

    fn single(&self, input: &[u8]) -> Result<SecretBytes> {
        match &self.state {
            Running::Fixed(state) => {
                let mut state = state.clone();
                state.update(input);
                Ok(state.finish())
            }
            Running::Truncated(state) => {
                let mut state = state.clone();
                state.update(input);
                Ok(state.finish())
            }
        }
    }

    fn update(&mut self, input: &[u8]) -> Result<()> {
        match &mut self.state {
            Running::Fixed(state) => state.update(input),
            Running::Truncated(state) => state.update(input),
        }
        Ok(())
    }

    fn update_with_key(&mut self, value: &[u8]) -> Result<()> {
        self.knows_key = true;
        self.update(value)
    }

    fn finish(self: Box<Self>) -> Result<SecretBytes> {
        Ok(match self.state {
            Running::Fixed(state) => state.finish(),
            Running::Truncated(state) => state.finish(),
        })
    }

    fn save(&self) -> Option<SecretBytes> {
        if self.knows_key {
            return None;
        }
        match &self.state {
            Running::Fixed(state) => state.save(),
            Running::Truncated(state) => Some(state.save()),
        }
    }
}

type Start = fn(&Params<'_>) -> Result<Box<dyn Accumulate>>;

const fn row(id: MechanismType, params: ParamShape, status: Status, start: Start) -> Mechanism {
    Mechanism {
        id,
        spec: "Digests",
        params,
        keys: &[],
        key_size: KeySize::NONE,
        extra_flags: 0,
        status,
        roles: Roles {
            digest: Some(start),
            ..Roles::NONE
        },
    }
}

/// The rows of the hash functions, and the way from a mechanism to its function.
macro_rules! rows {
    ($($id:ident: $function:ident, $status:ident;)+) => {
        /// The rows.
        pub(super) static ROWS: &[Mechanism] = &[
            $(row($id, ParamShape::None, Status::$status, |_| {
                Ok(Box::new(Digest::new(HashFunction::$function)))
            }),)+
            row(CKM_SHA512_T, ParamShape::Ulong, Status::Legacy, |params| {
                Ok(Box::new(Digest::truncated(params)?))
            }),
        ];

        /// The hash function of a digest mechanism without parameter.
        pub(super) const fn hash_function(id: MechanismType) -> Option<HashFunction> {
            match id {
                $($id => Some(HashFunction::$function),)+
                _ => None,
            }
        }
    };
}

rows! {
    CKM_MD5: Md5, Legacy;
    CKM_RIPEMD160: Ripemd160, Legacy;
    CKM_SHA_1: Sha1, Legacy;
    CKM_SHA224: Sha224, Current;
    CKM_SHA256: Sha256, Current;
    CKM_SHA384: Sha384, Current;
    CKM_SHA512: Sha512, Current;
    CKM_SHA512_224: Sha512_224, Current;
    CKM_SHA512_256: Sha512_256, Current;
    CKM_SHA3_224: Sha3_224, Current;
    CKM_SHA3_256: Sha3_256, Current;
    CKM_SHA3_384: Sha3_384, Current;
    CKM_SHA3_512: Sha3_512, Current;
    CKM_BLAKE2B_160: Blake2b160, Current;
    CKM_BLAKE2B_256: Blake2b256, Current;
    CKM_BLAKE2B_384: Blake2b384, Current;
    CKM_BLAKE2B_512: Blake2b512, Current;
}
