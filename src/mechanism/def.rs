// SPDX-License-Identifier: MIT OR Apache-2.0
//! One mechanism: the only place that knows it exists.

use core::cell::Cell;
use std::sync::Arc;

use super::{Accumulate, AeadRole, Check, ParamShape, Params, Rng, Transform};
use crate::error::Result;
use crate::object::{AttributeMap, Lineage, Object, Template, UsableKey, Use};
use crate::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCAPSULATE, CKF_ENCRYPT,
    CKF_GENERATE, CKF_GENERATE_KEY_PAIR, CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT,
    CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY, CKF_MULTI_MESSAGE, CKF_SIGN, CKF_SIGN_RECOVER,
    CKF_UNWRAP, CKF_VERIFY, CKF_VERIFY_RECOVER, CKF_WRAP,
};
use crate::pkcs11::{AttributeType, KeyType, MechanismType, ObjectClass, ObjectHandle};
use crate::secret::SecretBytes;

/// What an `Init` works from.
#[derive(Debug)]
pub struct Setup<'a> {
    /// The row.
    pub mechanism: &'static Mechanism,
    /// The key that policy has let through; operations keep a clone, which is a snapshot.
    pub key: UsableKey,
    /// The parsed parameter.
    pub params: &'a Params<'a>,
    /// Randomness.
    pub rng: Rng,
}

/// What a generation works from. It sets the key material in the maps it is given.
#[derive(Debug)]
pub struct Generation<'a> {
    /// The row.
    pub mechanism: &'static Mechanism,
    /// The parsed parameter.
    pub params: &'a Params<'a>,
    /// Randomness.
    pub rng: Rng,
}

/// The two halves of a key pair while it is made.
#[derive(Debug)]
pub struct Pair<'a> {
    /// The public half, admitted.
    pub public: &'a mut AttributeMap,
    /// The private half, admitted.
    pub private: &'a mut AttributeMap,
}

/// What a derivation works from.
pub struct Derivation<'a> {
    /// The row.
    pub mechanism: &'static Mechanism,
    /// The base key.
    pub base: UsableKey,
    /// The parsed parameter.
    pub params: &'a Params<'a>,
    /// Class of the new object.
    pub class: ObjectClass,
    /// Key type of the new key.
    pub key_type: KeyType,
    /// Wanted length in bytes: CKA_VALUE_LEN, or what the key type fixes; `None` = all there is.
    pub value_len: Option<usize>,
    /// Finds the further keys that a parameter names.
    pub other_key: &'a dyn Fn(ObjectHandle) -> Result<Arc<Object>>,
    /// Randomness.
    pub rng: Rng,
}

impl core::fmt::Debug for Derivation<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Derivation")
            .field("mechanism", &self.mechanism.id)
            .finish_non_exhaustive()
    }
}

/// What a derivation gives.
#[derive(Debug)]
pub enum Derived {
    /// The value of the one new key, of the wanted length.
    Value(SecretBytes),
}

/// What a batch derivation gives for one new object.
#[derive(Debug)]
pub enum Made {
    /// The value of a secret key, of the wanted length.
    Value(SecretBytes),
    /// The value of a data object.
    Data(SecretBytes),
    /// The material attributes of a public key.
    Public(AttributeMap),
}

/// The keys that a derivation works from.
#[derive(Debug)]
pub struct Parents<'a> {
    /// `hBaseKey`
    pub base: &'a Object,
    /// The keys that the parameter names, in its order.
    pub others: &'a [&'a Object],
}

/// One object that a derivation will make, known before anything is computed.
#[derive(Debug)]
pub struct Offspring<'a> {
    /// The application's template for it.
    pub template: Template<'a>,
    /// The class, if the mechanism fixes it.
    pub class: Option<ObjectClass>,
    /// The key type, if the mechanism fixes it.
    pub key_type: Option<KeyType>,
    /// The length in bytes, if the mechanism or a template without place for it fixes it.
    pub len: Option<usize>,
    /// What the mechanism contributes where no template says.
    pub defaults: AttributeMap,
    /// Its flags about sensitivity and extractability.
    pub lineage: Lineage,
    /// Where to note that this template is the one to blame.
    pub offends: Option<&'a Cell<bool>>,
}

impl<'a> Offspring<'a> {
    /// An object of which the mechanism says nothing but the lineage.
    #[must_use]
    pub fn plain(template: &Template<'a>, lineage: Lineage) -> Self {
        Self {
            template: template.clone(),
            class: None,
            key_type: None,
            len: None,
            defaults: AttributeMap::new(),
            lineage,
            offends: None,
        }
    }

    /// Takes attributes over from the base key where no template says.
    #[must_use]
    pub fn defaulting_to(mut self, base: &Object, ids: &[AttributeType]) -> Self {
        for id in ids {
            if let Some(value) = base.attributes().value(*id) {
                self.defaults.set(*id, value.duplicate());
            }
        }
        self
    }
}

/// One object that has been admitted and waits for its material.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Its class.
    pub class: ObjectClass,
    /// Its key type, for keys.
    pub key_type: Option<KeyType>,
    /// Its length in bytes: CKA_VALUE_LEN, or what the key type fixes.
    pub len: Option<usize>,
}

/// What a derivation of several objects gives.
#[derive(Debug)]
pub struct Batch {
    /// One for each planned object, in their order.
    pub objects: Vec<Made>,
    /// What goes back to the application besides handles.
    pub extra: Extra,
}

impl Batch {
    /// One secret key.
    #[must_use]
    pub fn one(value: SecretBytes) -> Self {
        Self {
            objects: vec![Made::Value(value)],
            extra: Extra::None,
        }
    }
}

/// What a derivation tells the application besides handles.
#[derive(Debug)]
pub enum Extra {
    /// Nothing.
    None,
    /// The protocol version in a premaster secret.
    Version([u8; 2]),
    /// The initialisation vectors of the client and of the server.
    Ivs(SecretBytes, SecretBytes),
}

/// A derivation that plans before it computes.
#[derive(Clone, Copy, Debug)]
pub struct BatchRole {
    /// What the base key must be fit for.
    pub purpose: Use,
    /// Says what will be made.
    pub plan: Plan,
    /// Makes the material.
    pub compute: Compute,
}

type TransformInit = fn(&Setup<'_>) -> Result<Box<dyn Transform>>;
type DigestInit = fn(&Params<'_>) -> Result<Box<dyn Accumulate>>;
type SignInit = fn(&Setup<'_>) -> Result<Box<dyn Accumulate>>;
type VerifyInit = fn(&Setup<'_>) -> Result<Box<dyn Check>>;
type Generate = fn(&Generation<'_>, &mut AttributeMap) -> Result<()>;
type GeneratePair = fn(&Generation<'_>, Pair<'_>) -> Result<()>;
/// Encrypts key material; the result is the wrapped key.
type Wrap = fn(&Setup<'_>, &SecretBytes) -> Result<SecretBytes>;
/// Decrypts a wrapped key; the result is key material.
type Unwrap = fn(&Setup<'_>, &[u8]) -> Result<SecretBytes>;
type Derive = fn(&Derivation<'_>) -> Result<Derived>;
type Plan = for<'a> fn(&Parents<'_>, &'a Params<'a>, &Template<'a>) -> Result<Vec<Offspring<'a>>>;
type Compute = fn(&Derivation<'_>, &[Wanted]) -> Result<Batch>;
/// Gives the ciphertext and the value of the new key.
type Encapsulate = fn(&Setup<'_>, &Wanted) -> Result<(SecretBytes, SecretBytes)>;
/// Opens a ciphertext; the result is the value of the new key.
type Decapsulate = fn(&Setup<'_>, &[u8], &Wanted) -> Result<SecretBytes>;

/// What a mechanism can do. `CKF_` flags are computed from this, never written by hand.
#[derive(Clone, Copy, Debug)]
pub struct Roles {
    /// `C_EncryptInit`
    pub encrypt: Option<TransformInit>,
    /// `C_DecryptInit`
    pub decrypt: Option<TransformInit>,
    /// `C_MessageEncryptInit`, `C_MessageDecryptInit`, `C_WrapKeyAuthenticated` and its opposite
    pub aead: Option<AeadRole>,
    /// `C_DigestInit`
    pub digest: Option<DigestInit>,
    /// `C_SignInit`
    pub sign: Option<SignInit>,
    /// `C_SignRecoverInit`
    pub sign_recover: Option<TransformInit>,
    /// `C_VerifyInit`
    pub verify: Option<VerifyInit>,
    /// `C_VerifyRecoverInit`
    pub verify_recover: Option<TransformInit>,
    /// `C_GenerateKey`: a secret key
    pub generate: Option<Generate>,
    /// `C_GenerateKey`: domain parameters
    pub generate_domain: Option<Generate>,
    /// `C_GenerateKeyPair`
    pub generate_pair: Option<GeneratePair>,
    /// `C_WrapKey`
    pub wrap: Option<Wrap>,
    /// `C_UnwrapKey`
    pub unwrap: Option<Unwrap>,
    /// `C_DeriveKey`: one secret key from the caller's template
    pub derive: Option<Derive>,
    /// `C_DeriveKey`, where the mechanism has more to say about what is made
    pub derive_batch: Option<BatchRole>,
    /// `C_EncapsulateKey`
    pub encapsulate: Option<Encapsulate>,
    /// `C_DecapsulateKey`
    pub decapsulate: Option<Decapsulate>,
}

impl Roles {
    /// No role.
    pub const NONE: Self = Self {
        encrypt: None,
        decrypt: None,
        aead: None,
        digest: None,
        sign: None,
        sign_recover: None,
        verify: None,
        verify_recover: None,
        generate: None,
        generate_domain: None,
        generate_pair: None,
        wrap: None,
        unwrap: None,
        derive: None,
        derive_batch: None,
        encapsulate: None,
        decapsulate: None,
    };

    /// The `CKF_` flags these roles imply; a role without a flag does not compile.
    #[must_use]
    pub const fn flags(&self) -> u64 {
        let Self {
            encrypt,
            decrypt,
            aead,
            digest,
            sign,
            sign_recover,
            verify,
            verify_recover,
            generate,
            generate_domain,
            generate_pair,
            wrap,
            unwrap,
            derive,
            derive_batch,
            encapsulate,
            decapsulate,
        } = self;
        const fn on(present: bool, flag: u64) -> u64 {
            if present { flag } else { 0 }
        }
        on(encrypt.is_some(), CKF_ENCRYPT)
            | on(decrypt.is_some(), CKF_DECRYPT)
            | on(
                aead.is_some(),
                CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MULTI_MESSAGE,
            )
            | on(digest.is_some(), CKF_DIGEST)
            | on(sign.is_some(), CKF_SIGN)
            | on(sign_recover.is_some(), CKF_SIGN_RECOVER)
            | on(verify.is_some(), CKF_VERIFY)
            | on(verify_recover.is_some(), CKF_VERIFY_RECOVER)
            | on(
                generate.is_some() || generate_domain.is_some(),
                CKF_GENERATE,
            )
            | on(generate_pair.is_some(), CKF_GENERATE_KEY_PAIR)
            | on(wrap.is_some(), CKF_WRAP)
            | on(unwrap.is_some(), CKF_UNWRAP)
            | on(derive.is_some() || derive_batch.is_some(), CKF_DERIVE)
            | on(encapsulate.is_some(), CKF_ENCAPSULATE)
            | on(decapsulate.is_some(), CKF_DECAPSULATE)
    }
}

/// Every flag that stands for a role; the others of `CK_MECHANISM_INFO` tell about curves.
pub const ROLE_FLAGS: u64 = CKF_ENCRYPT
    | CKF_DECRYPT
    | CKF_DIGEST
    | CKF_SIGN
    | CKF_SIGN_RECOVER
    | CKF_VERIFY
    | CKF_VERIFY_RECOVER
    | CKF_GENERATE
    | CKF_GENERATE_KEY_PAIR
    | CKF_WRAP
    | CKF_UNWRAP
    | CKF_DERIVE
    | CKF_ENCAPSULATE
    | CKF_DECAPSULATE
    | CKF_MESSAGE_ENCRYPT
    | CKF_MESSAGE_DECRYPT
    | CKF_MESSAGE_SIGN
    | CKF_MESSAGE_VERIFY
    | CKF_MULTI_MESSAGE;

/// The unit of a key size, as the mechanism's section says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SizeUnit {
    /// The mechanism takes no key.
    None,
    /// Bits.
    Bits,
    /// Bytes.
    Bytes,
}

/// Smallest and largest key, as `CK_MECHANISM_INFO` reports them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeySize {
    /// `ulMinKeySize`
    pub min: u64,
    /// `ulMaxKeySize`
    pub max: u64,
    /// The unit.
    pub unit: SizeUnit,
}

impl KeySize {
    /// No key.
    pub const NONE: Self = Self {
        min: 0,
        max: 0,
        unit: SizeUnit::None,
    };

    /// A range in bits.
    #[must_use]
    pub const fn bits(min: u64, max: u64) -> Self {
        Self {
            min,
            max,
            unit: SizeUnit::Bits,
        }
    }

    /// A range in bytes.
    #[must_use]
    pub const fn bytes(min: u64, max: u64) -> Self {
        Self {
            min,
            max,
            unit: SizeUnit::Bytes,
        }
    }
}

/// Whether a mechanism is for today or for yesterday; policies filter on it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// Fit for new use.
    Current,
    /// Kept for what exists.
    Legacy,
}

/// One mechanism.
#[derive(Debug)]
pub struct Mechanism {
    /// `CKM_...`
    pub id: MechanismType,
    /// Its section of PKCS#11 v3.2 by title.
    pub spec: &'static str,
    /// Its parameter.
    pub params: ParamShape,
    /// The key types it works with; for generation, the key type it makes.
    pub keys: &'static [KeyType],
    /// The key sizes it works with.
    pub key_size: KeySize,
    /// `CKF_EC_...` and other flags that no role implies.
    pub extra_flags: u64,
    /// Current or legacy.
    pub status: Status,
    /// What it can do.
    pub roles: Roles,
}

impl Mechanism {
    /// What signs and verifies does so message by message too, if its parameter can be kept.
    const fn message_flags(&self) -> u64 {
        if !super::keeps(self.params) {
            return 0;
        }
        let sign = if self.roles.sign.is_some() {
            CKF_MESSAGE_SIGN | CKF_MULTI_MESSAGE
        } else {
            0
        };
        let verify = if self.roles.verify.is_some() {
            CKF_MESSAGE_VERIFY | CKF_MULTI_MESSAGE
        } else {
            0
        };
        sign | verify
    }

    /// `CK_MECHANISM_INFO.flags`
    #[must_use]
    pub const fn flags(&self) -> u64 {
        self.roles.flags() | self.message_flags() | self.extra_flags
    }
}
