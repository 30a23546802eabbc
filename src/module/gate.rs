// SPDX-License-Identifier: MIT OR Apache-2.0
//! What every use of a mechanism with a key checks, in one place.
//!
//! Source: PKCS#11 v3.2, "C_EncryptInit" and its sisters; "C_GetMechanismInfo" for the sizes.

use std::sync::Arc;

use super::Module;
use super::open::{Open, Part};
use super::policy::flag;
use crate::error::{Error, Result};
use crate::mechanism::{Mechanism, Params, Setup, SizeUnit};
use crate::object::{AttributeMap, Object, Use, authorize};
use crate::pkcs11::ObjectHandle;
use crate::pkcs11::attribute::{
    CKA_ALWAYS_AUTHENTICATE, CKA_MODULUS, CKA_MODULUS_BITS, CKA_PRIME, CKA_VALUE, CKA_VALUE_LEN,
};
use crate::pkcs11::class::CKO_SECRET_KEY;
use crate::pkcs11::key_type::CKK_RSA;
use crate::pkcs11::mechanism::CKM_RSA_X_509;
use crate::session::{Consent, Kind};

/// A mechanism and its parameter; `None` ends an active operation (`pMechanism` NULL).
pub(super) type Request<'a> = Option<(&'static Mechanism, &'a Params<'a>)>;

/// The key of a call: its handle, its part and its use.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyUse {
    pub(super) handle: ObjectHandle,
    pub(super) part: Part,
    pub(super) purpose: Use,
}

impl Module {
    /// Resolves and checks a key for a mechanism.
    pub(super) fn setup<'a>(
        &self,
        open: &Open,
        mechanism: &'static Mechanism,
        params: &'a Params<'a>,
        key: KeyUse,
    ) -> Result<Setup<'a>> {
        let object = open.key(key.handle, key.part)?;
        has_place_for_consent(mechanism, &object, key.purpose)
            .map_err(|error| key.part.explain(error))?;
        let use_flag = flag(key.purpose);
        self.check_params(mechanism, params, use_flag)?;
        let key = check_key(mechanism, &object, key.purpose)
            .and_then(|()| self.check_material(mechanism, use_flag, object.attributes()))
            .and_then(|()| authorize(object, key.purpose, mechanism.id))
            .map_err(|error| key.part.explain(error))?;
        Ok(Setup {
            mechanism,
            key,
            params,
            rng: self.rng,
        })
    }

    /// Every keyed `C_XInit`: `pick` names the role, `kind` the place in the session.
    pub(super) fn begin<Op, F>(
        &self,
        open: &Open,
        kind: Kind<Op>,
        request: Request<'_>,
        key: KeyUse,
        pick: impl FnOnce(&Mechanism) -> Option<F>,
    ) -> Result<()>
    where
        F: FnOnce(&Setup<'_>) -> Result<Op>,
    {
        let Some((mechanism, params)) = request else {
            return open.session.operations(|all| kind(all).cancel());
        };
        let mechanism = self.meant(mechanism);
        open.session.begin(kind, || {
            let start = self.role(mechanism, flag(key.purpose), pick(mechanism))?;
            let setup = self.setup(open, mechanism, params, key)?;
            let consent = consent(setup.key.object(), key.purpose);
            Ok((start(&setup)?, consent))
        })
    }
}

/// "If CK_TRUE, the user has to supply the PIN for each use (sign or decrypt) with the key."
/// Refuses what would be a decryption without the PIN of CKA_ALWAYS_AUTHENTICATE.
// SPEC: "the user has to supply the PIN for each use (sign or decrypt)", and neither C_DecapsulateKey
// nor C_UnwrapKey has a place for it. The raw operation of RSA is such a use under any name, and so
// is a decapsulation with an RSA key; unwrapping keys otherwise is not restricted by the text.
fn has_place_for_consent(mechanism: &Mechanism, key: &Object, purpose: Use) -> Result<()> {
    let decrypts = match purpose {
        Use::Decapsulate => key.key_type() == Some(CKK_RSA),
        Use::Unwrap => mechanism.id == CKM_RSA_X_509,
        _ => false,
    };
    if decrypts && key.attributes().is_true(CKA_ALWAYS_AUTHENTICATE) {
        return Err(Error::KeyFunctionNotPermitted(
            "CKA_ALWAYS_AUTHENTICATE asks for the PIN, for which this call has no place".into(),
        ));
    }
    Ok(())
}

fn consent(key: &Object, purpose: Use) -> Consent {
    let asks = match purpose {
        Use::Decrypt | Use::Sign | Use::SignRecover => {
            key.attributes().is_true(CKA_ALWAYS_AUTHENTICATE)
        }
        Use::Decapsulate
        | Use::Derive
        | Use::DeriveOrData
        | Use::Digest
        | Use::Encapsulate
        | Use::Encrypt
        | Use::PublicHalf
        | Use::Unwrap
        | Use::Verify
        | Use::VerifyRecover
        | Use::Wrap => false,
    };
    if asks {
        Consent::Wanted
    } else {
        Consent::NotNeeded
    }
}

fn check_key(mechanism: &Mechanism, key: &Arc<Object>, purpose: Use) -> Result<()> {
    if purpose.takes_data(key.class()) {
        return Ok(());
    }
    let Some(key_type) = key.key_type() else {
        return Err(Error::KeyHandleInvalid("the object is not a key".into()));
    };
    if !mechanism.keys.contains(&key_type) {
        return Err(Error::KeyTypeInconsistent(
            format!("{} does not work with {key_type}", mechanism.id).into(),
        ));
    }
    let size = mechanism.key_size;
    let bits = key_bits(key.attributes());
    let value = match size.unit {
        SizeUnit::None => None,
        SizeUnit::Bits => bits,
        SizeUnit::Bytes => bits.map(|bits| bits.div_ceil(8)),
    };
    match value {
        Some(value) if !(size.min..=size.max).contains(&value) => Err(Error::KeySizeRange(
            format!(
                "{} takes keys of {} to {}",
                mechanism.id, size.min, size.max
            )
            .into(),
        )),
        Some(_) | None => Ok(()),
    }
}

/// The size of a key whose size is not fixed by its type and parameters (of the others, only
/// supported ones exist), or of one that will be made from these attributes.
pub(super) fn key_bits(attributes: &AttributeMap) -> Option<u64> {
    let bits = |bytes: &[u8]| {
        u64::try_from(bytes.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(8)
    };
    if attributes.class() == Some(CKO_SECRET_KEY) {
        let planned = attributes.ulong(CKA_VALUE_LEN);
        let planned = planned.map(|bytes| bytes.saturating_mul(8));
        return attributes.bytes(CKA_VALUE).map(bits).or(planned);
    }
    if let Some(planned) = attributes.ulong(CKA_MODULUS_BITS)
        && !attributes.has(CKA_MODULUS)
    {
        return Some(planned);
    }
    let modulus = attributes
        .bytes(CKA_MODULUS)
        .or_else(|| attributes.bytes(CKA_PRIME))?;
    let start = modulus.iter().position(|byte| *byte != 0)?;
    let digits = modulus.get(start..)?;
    let unused = digits
        .first()
        .map_or(0, |byte| u64::from(byte.leading_zeros()));
    Some(bits(digits).saturating_sub(unused))
}
