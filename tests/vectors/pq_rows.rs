// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rows of ML-KEM, ML-DSA and SLH-DSA through the module, as an application drives them.

use keystead::config::Config;
use keystead::error::{Error, Result};
use keystead::mechanism::{Params, all, find};
use keystead::module::{Reply, Room};
use keystead::object::{RawValue, Template};
use keystead::pkcs11::attribute::{
    CKA_CLASS, CKA_DECAPSULATE, CKA_DECAPSULATE_TEMPLATE, CKA_ENCAPSULATE,
    CKA_ENCAPSULATE_TEMPLATE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_PARAMETER_SET, CKA_PRIVATE,
    CKA_PUBLIC_KEY_INFO, CKA_SEED, CKA_SENSITIVE, CKA_TOKEN, CKA_VALUE, CKA_VALUE_LEN,
};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use keystead::pkcs11::flag::{CKF_RW_SESSION, CKF_SERIAL_SESSION};
use keystead::pkcs11::hardware::{
    CKH_DETERMINISTIC_REQUIRED, CKH_HEDGE_PREFERRED, CKH_HEDGE_REQUIRED,
};
use keystead::pkcs11::key_type::{
    CKK_AES, CKK_GENERIC_SECRET, CKK_ML_DSA, CKK_ML_KEM, CKK_SLH_DSA,
};
use keystead::pkcs11::mechanism::{
    CKM_AES_KEY_GEN, CKM_AES_KEY_WRAP_KWP, CKM_HASH_ML_DSA, CKM_HASH_ML_DSA_SHAKE128,
    CKM_HASH_SLH_DSA, CKM_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN, CKM_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN,
    CKM_SHA3_256, CKM_SHA256, CKM_SHA512, CKM_SHAKE_128_KEY_DERIVATION, CKM_SLH_DSA,
    CKM_SLH_DSA_KEY_PAIR_GEN,
};
use keystead::pkcs11::user::{CKU_SO, CKU_USER};
use keystead::pkcs11::{
    AttributeType, KeyType, MechanismType, ObjectClass, ObjectHandle, SessionHandle, SlotId,
};

use crate::device::Module;

const TRUE: &[u8] = &[1];
const FALSE: &[u8] = &[0];
const OPEN: Entries<'static> = &[(CKA_EXTRACTABLE, TRUE), (CKA_SENSITIVE, FALSE)];
pub(super) const ROOMY: Room = Room::Bytes(1 << 20);

/// A module, and a session of its user.
pub(super) struct Token {
    pub(super) module: Module,
    pub(super) session: SessionHandle,
}

pub(super) type Pair = (ObjectHandle, ObjectHandle);
pub(super) type Entries<'a> = &'a [(AttributeType, &'a [u8])];

pub(super) fn template<'a>(entries: &[(AttributeType, &'a [u8])]) -> Template<'a> {
    let entries = entries.iter();
    Template(
        entries
            .map(|(id, bytes)| (*id, RawValue::Bytes(bytes)))
            .collect(),
    )
}

impl Token {
    pub(super) fn new() -> Self {
        let module = Module::with_config(Config::in_memory()).unwrap();
        let slot = SlotId(0);
        module.init_token(slot, b"so-pin", &[b' '; 32]).unwrap();
        let session = module
            .open_session(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION)
            .unwrap();
        module.login(session, CKU_SO, Some(b"so-pin")).unwrap();
        module.init_pin(session, b"user-pin").unwrap();
        module.logout(session).unwrap();
        module.login(session, CKU_USER, Some(b"user-pin")).unwrap();
        Self { module, session }
    }

    pub(super) fn pair(&self, id: MechanismType, set: u64, private: Entries<'_>) -> Result<Pair> {
        let set = set.to_ne_bytes();
        self.module.generate_key_pair(
            self.session,
            find(id).unwrap(),
            &Params::None,
            &template(&[(CKA_PARAMETER_SET, &set)]),
            &template(private),
        )
    }

    fn bytes(&self, key: ObjectHandle, id: AttributeType) -> Vec<u8> {
        let object = self.module.object(self.session, key).unwrap();
        object.attributes().bytes(id).unwrap().to_vec()
    }

    fn sign(
        &self,
        id: MechanismType,
        params: &Params<'_>,
        key: ObjectHandle,
        parts: &[&[u8]],
    ) -> Result<Vec<u8>> {
        let row = find(id).unwrap();
        self.module
            .sign_init(self.session, Some((row, params)), key)?;
        let reply = match parts {
            [whole] => self.module.sign(self.session, whole, ROOMY)?,
            _ => {
                for part in parts {
                    self.module.sign_update(self.session, part)?;
                }
                self.module.sign_final(self.session, ROOMY)?
            }
        };
        let Reply::Bytes(signature) = reply else {
            panic!("a length");
        };
        Ok(signature.expose().to_vec())
    }

    fn verify(
        &self,
        id: MechanismType,
        params: &Params<'_>,
        key: ObjectHandle,
        data: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let row = find(id).unwrap();
        self.module
            .verify_init(self.session, Some((row, params)), key)?;
        self.module.verify(self.session, data, signature)
    }
}

const fn context(hedge: u64, context: &[u8]) -> Params<'_> {
    Params::SignContext { hedge, context }
}

/// A pair whose signatures are quick: ML-DSA-44, SLH-DSA-SHA2-128f.
fn quick(token: &Token) -> [(KeyType, Pair); 2] {
    let ml = token.pair(CKM_ML_DSA_KEY_PAIR_GEN, 1, &[]).unwrap();
    let slh = token.pair(CKM_SLH_DSA_KEY_PAIR_GEN, 3, &[]).unwrap();
    [(CKK_ML_DSA, ml), (CKK_SLH_DSA, slh)]
}

#[test]
fn every_signing_row_signs_in_one_part_and_in_many() {
    let token = Token::new();
    let mut n_rows = 0;
    for (key_type, (public, private)) in quick(&token) {
        let deterministic = context(CKH_DETERMINISTIC_REQUIRED.0, b"ctx");
        let rows = all().filter(|row| row.keys == [key_type] && row.roles.sign.is_some());
        for row in rows.filter(|row| ![CKM_HASH_ML_DSA, CKM_HASH_SLH_DSA].contains(&row.id)) {
            let one = token.sign(row.id, &deterministic, private, &[b"a message"]);
            let many = token.sign(row.id, &deterministic, private, &[b"a m", b"", b"essage"]);
            let one = one.unwrap();
            assert_eq!(one, many.unwrap(), "{}", row.id);
            let verify =
                |params: &Params<'_>, data: &[u8]| token.verify(row.id, params, public, data, &one);
            verify(&context(CKH_HEDGE_REQUIRED.0, b"ctx"), b"a message").unwrap();
            for (wrong, data) in [(&b"ctx"[..], &b"b message"[..]), (b"cty", b"a message")] {
                let refused = verify(&context(0, wrong), data);
                assert!(
                    matches!(refused, Err(Error::SignatureInvalid(_))),
                    "{}",
                    row.id
                );
            }
            n_rows += 1;
        }
    }
    assert_eq!(n_rows, 22);
}

#[test]
fn a_hash_of_the_application_gives_the_signature_of_the_message() {
    use keystead::crypto::prehash::PreHash;
    let token = Token::new();
    let forms = [
        (CKM_SHA256, PreHash::Sha256, "SHA256"),
        (CKM_SHA512, PreHash::Sha512, "SHA512"),
        (CKM_SHA3_256, PreHash::Sha3_256, "SHA3_256"),
        (CKM_SHAKE_128_KEY_DERIVATION, PreHash::Shake128, "SHAKE128"),
    ];
    for (key_type, (_, private)) in quick(&token) {
        let (hashed, name) = match key_type {
            CKK_ML_DSA => (CKM_HASH_ML_DSA, "ML_DSA"),
            _ => (CKM_HASH_SLH_DSA, "SLH_DSA"),
        };
        for (hash, function, suffix) in forms {
            let hedge = CKH_DETERMINISTIC_REQUIRED.0;
            let params = Params::HashSignContext {
                hedge,
                context: b"c",
                hash,
            };
            let digest = function.hash(b"message");
            let given = token.sign(hashed, &params, private, &[digest.expose()]);
            let id = MechanismType::from_name(&format!("CKM_HASH_{name}_{suffix}")).unwrap();
            let whole = token.sign(id, &context(hedge, b"c"), private, &[b"message"]);
            assert_eq!(given.unwrap(), whole.unwrap(), "{id}");
            let short = token.sign(hashed, &params, private, &[&digest.expose()[1..]]);
            assert!(matches!(short, Err(Error::DataLenRange(_))), "{id}");
        }
        let no_hash = token.sign(hashed, &Params::None, private, &[b"x"]);
        assert!(matches!(no_hash, Err(Error::MechanismParamInvalid(_))));
    }
}

#[test]
fn hedging_is_what_the_parameter_asks_for() {
    let token = Token::new();
    let (public, private) = token.pair(CKM_ML_DSA_KEY_PAIR_GEN, 2, &[]).unwrap();
    let sign = |params: &Params<'_>| token.sign(CKM_ML_DSA, params, private, &[b"m"]).unwrap();
    let deterministic = context(CKH_DETERMINISTIC_REQUIRED.0, b"");
    assert_eq!(sign(&deterministic), sign(&deterministic));
    for params in [
        Params::None,
        context(CKH_HEDGE_PREFERRED.0, b""),
        context(CKH_HEDGE_REQUIRED.0, b""),
    ] {
        let (one, two) = (sign(&params), sign(&params));
        assert_ne!(one, two);
        assert_eq!(one.len(), 3309);
        token
            .verify(CKM_ML_DSA, &Params::None, public, b"m", &one)
            .unwrap();
    }
    for bad in [context(3, b""), context(0, &[0; 256])] {
        let refused = token.sign(CKM_HASH_ML_DSA_SHAKE128, &bad, private, &[b"m"]);
        assert!(matches!(refused, Err(Error::MechanismParamInvalid(_))));
    }
    let short = token.verify(CKM_ML_DSA, &Params::None, public, b"m", &[0; 3308]);
    assert!(matches!(short, Err(Error::SignatureLenRange(_))));
}

/// The template of a secret key that a test can look at.
fn secret<'a>(class: &'a [u8], key_type: &'a [u8]) -> Template<'a> {
    template(&[
        (CKA_CLASS, class),
        (CKA_KEY_TYPE, key_type),
        (CKA_SENSITIVE, FALSE),
        (CKA_EXTRACTABLE, TRUE),
    ])
}

#[test]
fn both_sides_of_an_encapsulation_have_the_same_key() {
    let token = Token::new();
    let (class, aes) = (CKO_SECRET_KEY.0.to_ne_bytes(), CKK_AES.0.to_ne_bytes());
    let (row, none) = (find(CKM_ML_KEM).unwrap(), &Params::None);
    let (module, session) = (&token.module, token.session);
    for (set, len) in [(1, 768), (2, 1088), (3, 1568)] {
        let (public, private) = token.pair(CKM_ML_KEM_KEY_PAIR_GEN, set, &[]).unwrap();
        let encapsulate =
            |room| module.encapsulate_key(session, row, none, public, &secret(&class, &aes), room);
        for room in [Room::Query, Room::Bytes(len - 1)] {
            let asked = encapsulate(room);
            assert!(matches!(asked, Err(Error::BufferTooSmall { needed }) if needed == len));
        }
        let (ciphertext, here) = encapsulate(Room::Bytes(len)).unwrap();
        assert_eq!(ciphertext.len(), len);
        let decapsulate = |ciphertext: &[u8]| {
            let wanted = secret(&class, &aes);
            module.decapsulate_key(session, row, none, private, &wanted, ciphertext)
        };
        let there = decapsulate(ciphertext.expose()).unwrap();
        let value = token.bytes(here, CKA_VALUE);
        assert_eq!(value, token.bytes(there, CKA_VALUE));
        assert_eq!(value.len(), 32);
        // Implicit rejection: another key, and no error.
        let mut wrong = ciphertext.expose().to_vec();
        wrong[0] ^= 1;
        let other = decapsulate(&wrong).unwrap();
        assert_ne!(value, token.bytes(other, CKA_VALUE));
        let short = decapsulate(&wrong[1..]);
        assert!(matches!(short, Err(Error::WrappedKeyLenRange(_))));
    }
}

#[test]
fn keys_that_may_not_encapsulate_or_decapsulate_do_not() {
    let token = Token::new();
    let (class, aes) = (CKO_SECRET_KEY.0.to_ne_bytes(), CKK_AES.0.to_ne_bytes());
    let (row, none) = (find(CKM_ML_KEM).unwrap(), &Params::None);
    let (module, session) = (&token.module, token.session);
    let set = 1_u64.to_ne_bytes();
    let (public, private) = module
        .generate_key_pair(
            session,
            find(CKM_ML_KEM_KEY_PAIR_GEN).unwrap(),
            none,
            &template(&[(CKA_PARAMETER_SET, &set), (CKA_ENCAPSULATE, FALSE)]),
            &template(&[(CKA_DECAPSULATE, FALSE)]),
        )
        .unwrap();
    let wanted = secret(&class, &aes);
    let refused = module.encapsulate_key(session, row, none, public, &wanted, ROOMY);
    assert!(matches!(refused, Err(Error::KeyFunctionNotPermitted(_))));
    let refused = module.decapsulate_key(session, row, none, private, &wanted, &[0; 768]);
    assert!(matches!(refused, Err(Error::KeyFunctionNotPermitted(_))));
    let (other, _) = token.pair(CKM_ML_DSA_KEY_PAIR_GEN, 1, &[]).unwrap();
    let refused = module.encapsulate_key(session, row, none, other, &wanted, ROOMY);
    assert!(matches!(refused, Err(Error::KeyTypeInconsistent(_))));
    // Fewer bytes than 16 could be guessed.
    let (public, _) = token.pair(CKM_ML_KEM_KEY_PAIR_GEN, 1, &[]).unwrap();
    let len = 15_u64.to_ne_bytes();
    let generic = CKK_GENERIC_SECRET.0.to_ne_bytes();
    let cut = template(&[
        (CKA_CLASS, &class),
        (CKA_KEY_TYPE, &generic),
        (CKA_VALUE_LEN, &len),
    ]);
    let refused = module.encapsulate_key(session, row, none, public, &cut, ROOMY);
    assert!(matches!(refused, Err(Error::TemplateInconsistent(_))));
}

#[test]
fn the_templates_of_a_kem_key_bind_the_new_key() {
    let token = Token::new();
    let (class, aes) = (CKO_SECRET_KEY.0.to_ne_bytes(), CKK_AES.0.to_ne_bytes());
    let (row, none) = (find(CKM_ML_KEM).unwrap(), &Params::None);
    let (module, session) = (&token.module, token.session);
    let set = 2_u64.to_ne_bytes();
    let inner = || RawValue::Nested(template(&[(CKA_EXTRACTABLE, FALSE)]));
    let mut for_public = template(&[(CKA_PARAMETER_SET, &set)]);
    for_public.0.push((CKA_ENCAPSULATE_TEMPLATE, inner()));
    let mut for_private = template(&[]);
    for_private.0.push((CKA_DECAPSULATE_TEMPLATE, inner()));
    let (public, private) = module
        .generate_key_pair(
            session,
            find(CKM_ML_KEM_KEY_PAIR_GEN).unwrap(),
            none,
            &for_public,
            &for_private,
        )
        .unwrap();
    let wanted = secret(&class, &aes);
    let refused = module.encapsulate_key(session, row, none, public, &wanted, ROOMY);
    assert!(matches!(refused, Err(Error::KeyHandleInvalid(_))));
    let plain = template(&[(CKA_CLASS, &class), (CKA_KEY_TYPE, &aes)]);
    let made = module.encapsulate_key(session, row, none, public, &plain, ROOMY);
    let (ciphertext, _) = made.unwrap();
    let decapsulate =
        |wanted| module.decapsulate_key(session, row, none, private, wanted, ciphertext.expose());
    assert!(matches!(
        decapsulate(&wanted),
        Err(Error::TemplateInconsistent(_))
    ));
    decapsulate(&plain).unwrap();
}

#[test]
fn wrapped_private_keys_come_back_and_parameter_sets_must_be_theirs() {
    let token = Token::new();
    let (module, session) = (&token.module, token.session);
    let len = 32_u64.to_ne_bytes();
    let wrapping = module
        .generate_key(
            session,
            find(CKM_AES_KEY_GEN).unwrap(),
            &Params::None,
            &template(&[(CKA_VALUE_LEN, &len)]),
        )
        .unwrap();
    let kwp = find(CKM_AES_KEY_WRAP_KWP).unwrap();
    let class = CKO_PRIVATE_KEY.0.to_ne_bytes();
    for (key_type, id, set) in [
        (CKK_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN, 3),
        (CKK_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN, 1),
        (CKK_SLH_DSA, CKM_SLH_DSA_KEY_PAIR_GEN, 4),
    ] {
        let (public, private) = token.pair(id, set, OPEN).unwrap();
        let none = &Params::None;
        let wrapped = module.wrap_key(session, kwp, none, wrapping, private, ROOMY);
        let Reply::Bytes(wrapped) = wrapped.unwrap() else {
            panic!("a length");
        };
        let key_type = key_type.0.to_ne_bytes();
        let unwrap = |more: Entries<'_>| {
            let mut entries = vec![(CKA_CLASS, &class[..]), (CKA_KEY_TYPE, &key_type[..])];
            entries.extend_from_slice(more);
            let wanted = template(&entries);
            module.unwrap_key(session, kwp, none, wrapping, wrapped.expose(), &wanted)
        };
        let back = unwrap(&[(CKA_TOKEN, TRUE), (CKA_SENSITIVE, FALSE)]).unwrap();
        for attribute in [CKA_VALUE, CKA_PUBLIC_KEY_INFO] {
            assert_eq!(
                token.bytes(private, attribute),
                token.bytes(back, attribute)
            );
        }
        if id != CKM_SLH_DSA_KEY_PAIR_GEN {
            assert_eq!(token.bytes(private, CKA_SEED), token.bytes(back, CKA_SEED));
        }
        assert_eq!(
            token.bytes(public, CKA_PUBLIC_KEY_INFO),
            token.bytes(back, CKA_PUBLIC_KEY_INFO)
        );
    }
    let unknown = token.pair(CKM_ML_KEM_KEY_PAIR_GEN, 4, &[]);
    assert!(matches!(unknown, Err(Error::ParameterSetNotSupported(_))));
}

/// `C_CreateObject` of a key with these parts.
fn create(
    token: &Token,
    class: ObjectClass,
    key_type: KeyType,
    parts: Entries<'_>,
) -> Result<ObjectHandle> {
    let class = class.0.to_ne_bytes();
    let key_type = key_type.0.to_ne_bytes();
    let mut entries = vec![
        (CKA_CLASS, &class[..]),
        (CKA_KEY_TYPE, &key_type[..]),
        (CKA_PRIVATE, FALSE),
    ];
    if class != CKO_PUBLIC_KEY.0.to_ne_bytes() {
        entries.extend_from_slice(OPEN);
    }
    entries.extend_from_slice(parts);
    token
        .module
        .create_object(token.session, &template(&entries))
}

#[test]
fn keys_come_in_by_seed_by_value_or_by_both() {
    let token = Token::new();
    for (key_type, id) in [
        (CKK_ML_KEM, CKM_ML_KEM_KEY_PAIR_GEN),
        (CKK_ML_DSA, CKM_ML_DSA_KEY_PAIR_GEN),
    ] {
        let set = 2_u64.to_ne_bytes();
        let (public, private) = token.pair(id, 2, OPEN).unwrap();
        let seed = token.bytes(private, CKA_SEED);
        let value = token.bytes(private, CKA_VALUE);
        let set = (CKA_PARAMETER_SET, &set[..]);
        let (seed, value) = ((CKA_SEED, &seed[..]), (CKA_VALUE, &value[..]));
        for parts in [&[set, seed][..], &[set, value], &[set, seed, value]] {
            let key = create(&token, CKO_PRIVATE_KEY, key_type, parts).unwrap();
            assert_eq!(token.bytes(key, CKA_VALUE), value.1);
            let info = token.bytes(public, CKA_PUBLIC_KEY_INFO);
            assert_eq!(token.bytes(key, CKA_PUBLIC_KEY_INFO), info);
        }
        let mut other = seed.1.to_vec();
        other[3] ^= 1;
        let other = (CKA_SEED, &other[..]);
        let mut torn = value.1.to_vec();
        // A byte that a hash in the key covers: in ek, or tr itself.
        let at = if key_type == CKK_ML_KEM {
            torn.len() - 100
        } else {
            70
        };
        torn[at] ^= 1;
        let torn = (CKA_VALUE, &torn[..]);
        let short = (CKA_VALUE, &value.1[1..]);
        for parts in [&[set, other, value][..], &[set, torn], &[set, short]] {
            let refused = create(&token, CKO_PRIVATE_KEY, key_type, parts);
            assert!(
                matches!(refused, Err(Error::AttributeValueInvalid(_))),
                "{key_type}"
            );
        }
        let refused = create(&token, CKO_PRIVATE_KEY, key_type, &[set]);
        assert!(matches!(refused, Err(Error::TemplateIncomplete(_))));
        let public = token.bytes(public, CKA_VALUE);
        let whole = [set, (CKA_VALUE, &public[..])];
        create(&token, CKO_PUBLIC_KEY, key_type, &whole).unwrap();
        let short = [set, (CKA_VALUE, &public[1..])];
        assert!(create(&token, CKO_PUBLIC_KEY, key_type, &short).is_err());
    }
    let (_, private) = token.pair(CKM_SLH_DSA_KEY_PAIR_GEN, 3, OPEN).unwrap();
    let set = 3_u64.to_ne_bytes();
    let mut value = token.bytes(private, CKA_VALUE);
    let parts = [(CKA_PARAMETER_SET, &set[..]), (CKA_VALUE, &value[..])];
    let key = create(&token, CKO_PRIVATE_KEY, CKK_SLH_DSA, &parts).unwrap();
    token
        .sign(CKM_SLH_DSA, &Params::None, key, &[b"m"])
        .unwrap();
    value[63] ^= 1;
    let parts = [(CKA_PARAMETER_SET, &set[..]), (CKA_VALUE, &value[..])];
    let refused = create(&token, CKO_PRIVATE_KEY, CKK_SLH_DSA, &parts);
    assert!(matches!(refused, Err(Error::AttributeValueInvalid(_))));
}
