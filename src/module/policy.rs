// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the configured policy leaves of a mechanism: its uses and its keys.
//!
//! Source: PKCS#11 v3.2, "C_GetMechanismList" and "C_GetMechanismInfo"; `mechanism::fips_like`.

use super::Module;
use super::gate::key_bits;
use crate::config::{AesKeyWrapPad, Policy};
use crate::error::{Error, Result};
use crate::mechanism::{
    Approved, KeyBar, Mechanism, PAD_RFC5649, Params, ROLE_FLAGS, SizeUnit, Status, approved,
    find as row, material,
};
use crate::object::{AttributeMap, Use};
use crate::pkcs11::MechanismType;
use crate::pkcs11::flag::{
    CKF_DECAPSULATE, CKF_DECRYPT, CKF_DERIVE, CKF_DIGEST, CKF_ENCAPSULATE, CKF_ENCRYPT,
    CKF_MESSAGE_DECRYPT, CKF_MESSAGE_ENCRYPT, CKF_MESSAGE_SIGN, CKF_MESSAGE_VERIFY,
    CKF_MULTI_MESSAGE, CKF_SIGN, CKF_SIGN_RECOVER, CKF_UNWRAP, CKF_VERIFY, CKF_VERIFY_RECOVER,
    CKF_WRAP,
};
use crate::pkcs11::key_type::CKK_EC;
use crate::pkcs11::mechanism::{
    CKM_AES_KEY_WRAP_PAD, CKM_RSA_PKCS_PSS, CKM_SHA_1, CKM_SHA1_RSA_PKCS_PSS,
    CKM_TLS_KEY_AND_MAC_DERIVE, CKM_TLS_PRF,
};

impl Module {
    /// The row that stands for a mechanism in this configuration.
    pub(super) const fn meant(&self, mechanism: &'static Mechanism) -> &'static Mechanism {
        match (mechanism.id, self.config.aes_key_wrap_pad) {
            (CKM_AES_KEY_WRAP_PAD, AesKeyWrapPad::Rfc5649) => &PAD_RFC5649,
            _ => mechanism,
        }
    }

    /// The uses that the policy leaves, as `CKF_` flags.
    fn uses(&self, mechanism: &Mechanism) -> u64 {
        let all = mechanism.flags();
        let left = match self.config.policy {
            Policy::All => all,
            Policy::Modern => match mechanism.status {
                Status::Current => all,
                Status::Legacy => 0,
            },
            Policy::Fips => {
                all & approved(mechanism.id).fold(CKF_MULTI_MESSAGE, |uses, line| uses | line.uses)
            }
        } & ROLE_FLAGS;
        let messages =
            CKF_MESSAGE_ENCRYPT | CKF_MESSAGE_DECRYPT | CKF_MESSAGE_SIGN | CKF_MESSAGE_VERIFY;
        if left & messages == 0 {
            left & !CKF_MULTI_MESSAGE
        } else {
            left
        }
    }

    /// Whether the configuration offers the mechanism.
    pub(super) fn offers(&self, mechanism: &Mechanism) -> bool {
        self.uses(mechanism) != 0
    }

    /// `CK_MECHANISM_INFO.flags`
    pub(super) fn flags(&self, mechanism: &Mechanism) -> u64 {
        self.uses(mechanism) | mechanism.flags() & !ROLE_FLAGS
    }

    /// `ulMinKeySize`: the row's, or the least that the policy lets through for any use.
    pub(super) fn least_size(&self, mechanism: &Mechanism) -> u64 {
        let size = mechanism.key_size;
        let bits = match self.config.policy {
            Policy::All | Policy::Modern => None,
            Policy::Fips => approved(mechanism.id).map(least_bits).min(),
        };
        size.min.max(match size.unit {
            SizeUnit::None => 0,
            SizeUnit::Bits => bits.unwrap_or(0),
            SizeUnit::Bytes => bits.unwrap_or(0).div_ceil(8),
        })
    }

    /// The role's function, if the mechanism has the role and the policy leaves it.
    pub(super) fn role<F>(&self, mechanism: &Mechanism, flag: u64, role: Option<F>) -> Result<F> {
        let id = mechanism.id;
        let Some(role) = role else {
            return Err(Error::MechanismInvalid(
                format!("{id} cannot be used for this").into(),
            ));
        };
        if self.uses(mechanism) & flag == 0 {
            return Err(self.excluded(mechanism));
        }
        Ok(role)
    }

    /// The answer to a use of a mechanism that the policy has taken away.
    pub(super) fn excluded(&self, mechanism: &Mechanism) -> Error {
        let (id, policy) = (mechanism.id, self.config.policy.name());
        let what = if self.offers(mechanism) {
            " for this"
        } else {
            ""
        };
        Error::MechanismInvalid(format!("policy \"{policy}\" does not offer {id}{what}").into())
    }

    /// Whether the policy lets a parameter through: the hash of CKM_RSA_PKCS_PSS stands in its
    /// parameter, and a row with that hash says whether it may. The function that RSA OAEP or a
    /// derivation names must be one that the policy offers by itself.
    pub(super) fn check_params(
        &self,
        mechanism: &Mechanism,
        params: &Params<'_>,
        flag: u64,
    ) -> Result<()> {
        match (mechanism.id, params) {
            (CKM_RSA_PKCS_PSS, Params::RsaPss { hash, .. }) if *hash == CKM_SHA_1 => {
                let stricter = row(CKM_SHA1_RSA_PKCS_PSS)?;
                self.role(stricter, flag, Some(()))
            }
            (_, Params::RsaPss { hash, .. }) if *hash != CKM_SHA_1 => self.check_function(*hash),
            (_, Params::RsaOaep { .. }) => self.check_oaep(params),
            (_, Params::RsaAesKeyWrap { oaep, .. }) => self.check_oaep(oaep),
            _ => match params.function() {
                Some(function) => self.check_function(function),
                None => Ok(()),
            },
        }
    }

    /// SHA-1 (0 stands for it, too) stays in RSA OAEP, which asks nothing of it that has been broken
    /// (SP 800-131A Rev. 2, 9).
    fn check_oaep(&self, params: &Params<'_>) -> Result<()> {
        match params {
            Params::RsaOaep {
                hash: CKM_SHA_1 | MechanismType(0),
                ..
            } => Ok(()),
            Params::RsaOaep { hash, .. } => self.check_function(*hash),
            _ => Ok(()),
        }
    }

    fn check_function(&self, id: MechanismType) -> Result<()> {
        let by = match id {
            // It is that of TLS 1.0 and 1.1, and no mechanism of its own.
            CKM_TLS_PRF => CKM_TLS_KEY_AND_MAC_DERIVE,
            other => other,
        };
        match row(by) {
            Ok(by) if self.uses(by) & (CKF_DIGEST | CKF_SIGN | CKF_DERIVE) == 0 => {
                let policy = self.config.policy.name();
                Err(Error::MechanismParamInvalid(
                    format!("policy \"{policy}\" does not offer {id} in a parameter").into(),
                ))
            }
            // What there is not, the mechanism refuses itself.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// Whether the policy lets a key through, which may not be made yet.
    pub(super) fn check_material(
        &self,
        mechanism: &Mechanism,
        flag: u64,
        key: &AttributeMap,
    ) -> Result<()> {
        let bar = match self.config.policy {
            Policy::All | Policy::Modern => KeyBar::Any,
            Policy::Fips => approved(mechanism.id)
                .find(|line| line.uses & flag != 0)
                .map_or(KeyBar::Any, |line| line.keys),
        };
        let (id, policy) = (mechanism.id, self.config.policy.name());
        match bar {
            KeyBar::Any => Ok(()),
            KeyBar::Bits(least) => match key_bits(key) {
                Some(bits) if bits < least => Err(Error::KeySizeRange(
                    format!("policy \"{policy}\" asks for {least} bits for this use of {id}")
                        .into(),
                )),
                Some(_) | None => Ok(()),
            },
            KeyBar::Curves(curves) => {
                let is_approved =
                    key.key_type() == Some(CKK_EC) && curves.contains(&material::ec::curve(key)?);
                if is_approved {
                    return Ok(());
                }
                Err(Error::CurveNotSupported(
                    format!("policy \"{policy}\" does not offer {id} on this curve").into(),
                ))
            }
        }
    }
}

const fn least_bits(line: &Approved) -> u64 {
    match line.keys {
        KeyBar::Bits(bits) => bits,
        KeyBar::Any | KeyBar::Curves(_) => 0,
    }
}

/// The flag of a use.
pub(super) const fn flag(purpose: Use) -> u64 {
    match purpose {
        Use::Encrypt => CKF_ENCRYPT | CKF_MESSAGE_ENCRYPT,
        Use::Decrypt => CKF_DECRYPT | CKF_MESSAGE_DECRYPT,
        Use::Sign => CKF_SIGN,
        Use::SignRecover => CKF_SIGN_RECOVER,
        Use::Verify => CKF_VERIFY,
        Use::VerifyRecover => CKF_VERIFY_RECOVER,
        Use::Wrap => CKF_WRAP,
        Use::Unwrap => CKF_UNWRAP,
        Use::Derive | Use::DeriveOrData | Use::PublicHalf => CKF_DERIVE,
        Use::Encapsulate => CKF_ENCAPSULATE,
        Use::Decapsulate => CKF_DECAPSULATE,
        Use::Digest => CKF_DIGEST,
    }
}
