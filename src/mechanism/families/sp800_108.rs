// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key derivation from a key by a pseudo-random function (SP 800-108), also of several keys at once.
//!
//! Source: PKCS#11 v3.2, "SP800-108 Key Derivation".

use super::base_key::{SECRETS, hash, value};
use super::generic_secret::VALUE_LEN_MAX;
use crate::crypto::aes::AesKey;
use crate::crypto::kdf::kbkdf::{self, Field, Format, Mode};
use crate::crypto::mac::Mac;
use crate::error::{Error, Result};
use crate::mechanism::{
    Batch, BatchRole, Derivation, Extra, KbkdfField, KbkdfNumber, KbkdfParams, KeySize, Made,
    Mechanism, Offspring, ParamShape, Params, Parents, Roles, Status, Wanted,
};
use crate::object::{Lineage, Object, Template, Use};
use crate::pkcs11::MechanismType;
use crate::pkcs11::attribute::{CKA_EXTRACTABLE, CKA_SENSITIVE};
use crate::pkcs11::class::CKO_SECRET_KEY;
use crate::pkcs11::key_type::{CKK_AES, CKK_DES2, CKK_DES3};
use crate::pkcs11::mechanism::{
    CKM_AES_CMAC, CKM_DES3_CMAC, CKM_SP800_108_COUNTER_KDF, CKM_SP800_108_DOUBLE_PIPELINE_KDF,
    CKM_SP800_108_FEEDBACK_KDF,
};
use crate::pkcs11::value::{
    CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS, CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS,
};
use crate::secret::SecretBytes;

/// One row.
macro_rules! row {
    ($id:ident, $spec:literal, $shape:ident, $mode:expr) => {
        Mechanism {
            id: $id,
            spec: $spec,
            params: ParamShape::$shape,
            keys: SECRETS,
            key_size: KeySize::bits(8, VALUE_LEN_MAX * 8),
            extra_flags: 0,
            status: Status::Current,
            roles: Roles {
                derive_batch: Some(BatchRole {
                    purpose: Use::Derive,
                    plan,
                    compute: |derivation, wanted| {
                        let params = params(derivation.params)?;
                        compute(derivation, params, $mode(params), wanted)
                    },
                }),
                ..Roles::NONE
            },
        }
    };
}

/// The rows.
pub(super) static ROWS: &[Mechanism] = &[
    row!(CKM_SP800_108_COUNTER_KDF, "Counter Mode KDF", Kbkdf, |_| {
        Mode::Counter
    }),
    row!(
        CKM_SP800_108_FEEDBACK_KDF,
        "Feedback Mode KDF",
        KbkdfFeedback,
        feedback
    ),
    row!(
        CKM_SP800_108_DOUBLE_PIPELINE_KDF,
        "Double Pipeline Mode KDF",
        Kbkdf,
        |_| Mode::DoublePipeline
    ),
];

const fn feedback<'a>(params: &'a KbkdfParams<'_>) -> Mode<'a> {
    Mode::Feedback(params.iv)
}

fn invalid(why: &'static str) -> Error {
    Error::MechanismParamInvalid(why.into())
}

fn params<'a, 'call>(params: &'a Params<'call>) -> Result<&'a KbkdfParams<'call>> {
    match params {
        Params::Kbkdf(params) => Ok(params),
        _ => Err(invalid("the parameter is no CK_SP800_108_KDF_PARAMS")),
    }
}

/// "If omitted, these attributes each take on the value of these attributes as they are defined in
/// the base key."
fn plan<'a>(
    parents: &Parents<'_>,
    given: &'a Params<'a>,
    template: &Template<'a>,
) -> Result<Vec<Offspring<'a>>> {
    let own = |template: &Template<'a>| {
        let mut planned = Offspring::plain(template, Lineage::FreeOfAny)
            .defaulting_to(parents.base, &[CKA_SENSITIVE, CKA_EXTRACTABLE]);
        planned.class = Some(CKO_SECRET_KEY);
        planned
    };
    let mut plan = vec![own(template)];
    for additional in &params(given)?.additional {
        let mut planned = own(&additional.template);
        planned.offends = Some(&additional.offends);
        plan.push(planned);
    }
    Ok(plan)
}

/// "for an AES-CMAC PRF the base key must be of type CKK_AES"; an HMAC takes keys of any type.
fn prf(id: MechanismType, base: &Object) -> Result<Mac> {
    match (id, base.key_type()) {
        (CKM_AES_CMAC, Some(CKK_AES)) => Mac::cmac(&AesKey::new(value(base)?)?),
        (CKM_DES3_CMAC, Some(CKK_DES2 | CKK_DES3)) => Mac::cmac_des3(value(base)?),
        (CKM_AES_CMAC | CKM_DES3_CMAC, _) => Err(Error::KeyTypeInconsistent(
            format!("{id} works with keys of its own cipher").into(),
        )),
        _ => Mac::hmac(hash(id)?, value(base)?),
    }
}

fn compute(
    derivation: &Derivation<'_>,
    params: &KbkdfParams<'_>,
    mode: Mode<'_>,
    wanted: &[Wanted],
) -> Result<Batch> {
    let prf = prf(params.prf, derivation.base.object())?;
    let mut shares = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        // SPEC: a key whose length nobody says has that of the function's output.
        let len = wanted.len.unwrap_or(prf.len());
        if len == 0 || u64::try_from(len).is_ok_and(|len| len > VALUE_LEN_MAX) {
            return Err(Error::KeySizeRange(
                format!("a derived key has 1 to {VALUE_LEN_MAX} bytes").into(),
            ));
        }
        shares.push(len);
    }
    let n_segments: usize = shares.iter().map(|len| len.div_ceil(prf.len())).sum();
    let total = Total {
        keys: shares.iter().sum(),
        segments: n_segments.saturating_mul(prf.len()),
    };
    let parts = parts(derivation, params, mode, &total)?;
    let fields: Vec<Field<'_>> = parts.iter().map(Part::field).collect();
    let output = kbkdf::derive(&prf, mode, &fields, n_segments)?;
    // "All keys must be created from disjoint segments."
    let mut rest = output.expose();
    let mut objects = Vec::with_capacity(shares.len());
    for len in shares {
        let whole = len.div_ceil(prf.len()).saturating_mul(prf.len());
        let taken = rest.split_at_checked(whole);
        let Some((segments, next)) = taken else {
            return Err(Error::GeneralError("a derivation gave too little".into()));
        };
        let key = segments.get(..len).unwrap_or_default();
        objects.push(Made::Value(SecretBytes::from_slice(key)));
        rest = next;
    }
    Ok(Batch {
        objects,
        extra: Extra::None,
    })
}

/// The two lengths of the derived keying material, in bytes.
struct Total {
    keys: usize,
    segments: usize,
}

/// A field of the input that owns what it holds.
enum Part<'a> {
    Counter(Format),
    Previous,
    Bytes(&'a [u8]),
    Owned(SecretBytes),
}

impl Part<'_> {
    fn field(&self) -> Field<'_> {
        match self {
            Self::Counter(format) => Field::Counter(*format),
            Self::Previous => Field::Previous,
            Self::Bytes(bytes) => Field::Fixed(bytes),
            Self::Owned(bytes) => Field::Fixed(bytes.expose()),
        }
    }
}

/// Which fields there must and may be: "Counter Mode data field requirements" and its sisters.
fn parts<'a>(
    derivation: &Derivation<'_>,
    params: &KbkdfParams<'a>,
    mode: Mode<'_>,
    total: &Total,
) -> Result<Vec<Part<'a>>> {
    let is_counter = matches!(mode, Mode::Counter);
    let (mut n_iterations, mut n_counters, mut n_lengths) = (0, 0, 0);
    let mut parts = Vec::with_capacity(params.fields.len());
    for field in &params.fields {
        parts.push(match *field {
            KbkdfField::Iteration(Some(number)) if is_counter => {
                n_iterations += 1;
                Part::Counter(format(number, 32)?)
            }
            KbkdfField::Iteration(None) if !is_counter => {
                n_iterations += 1;
                Part::Previous
            }
            KbkdfField::Iteration(_) => {
                return Err(invalid(
                    "the iteration variable has a counter format in counter mode only",
                ));
            }
            KbkdfField::Counter(_) if is_counter => {
                return Err(invalid("CK_SP800_108_COUNTER is not for counter mode"));
            }
            KbkdfField::Counter(number) => {
                n_counters += 1;
                Part::Counter(format(number, 32)?)
            }
            KbkdfField::Length(method, number) => {
                n_lengths += 1;
                let len = match method {
                    CK_SP800_108_DKM_LENGTH_SUM_OF_KEYS => total.keys,
                    CK_SP800_108_DKM_LENGTH_SUM_OF_SEGMENTS => total.segments,
                    _ => return Err(invalid("dkmLengthMethod is unknown")),
                };
                let bits = u64::try_from(len).unwrap_or(u64::MAX).saturating_mul(8);
                let written = format(number, 64)?.write(bits);
                let written = written.ok_or_else(|| invalid("the DKM length has no room"))?;
                Part::Owned(SecretBytes::new(written))
            }
            KbkdfField::Bytes(bytes) => Part::Bytes(bytes),
            KbkdfField::Key(handle) => {
                let key = (derivation.other_key)(handle)?;
                Part::Owned(SecretBytes::from_slice(value(&key)?))
            }
        });
    }
    if n_iterations != 1 || n_counters > 1 || n_lengths > 1 {
        return Err(invalid(
            "there must be one iteration variable, and at most one counter and one DKM length",
        ));
    }
    Ok(parts)
}

// SPEC: widths are whole bytes: SP 800-108 asks for no more, and no vectors know others.
fn format(number: KbkdfNumber, bits_max: u64) -> Result<Format> {
    let bits = number.bits;
    if bits == 0 || bits > bits_max || !bits.is_multiple_of(8) {
        return Err(invalid(
            "ulWidthInBits is no number of whole bytes in range",
        ));
    }
    Ok(Format {
        little_endian: number.little_endian,
        len: usize::try_from(bits / 8).unwrap_or(8),
    })
}
