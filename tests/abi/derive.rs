// SPDX-License-Identifier: MIT OR Apache-2.0
//! Derivations whose parameter is written to, and what stands there when they fail.
//!
//! Source: PKCS#11 v3.2, "SP800-108 Key Derivation", "HKDF Mechanisms", "IKE Mechanisms".
#![allow(
    unused_assignments,
    reason = "the library reads what was written, through pointers"
)]

use std::ptr::null_mut;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_BBOOL, CK_DERIVED_KEY, CK_HKDF_PARAMS, CK_IKE_PRF_DERIVE_PARAMS,
    CK_IKE1_EXTENDED_DERIVE_PARAMS, CK_IKE1_PRF_DERIVE_PARAMS, CK_IKE2_PRF_PLUS_DERIVE_PARAMS,
    CK_MECHANISM, CK_OBJECT_HANDLE, CK_PRF_DATA_PARAM, CK_RV, CK_SESSION_HANDLE,
    CK_SP800_108_COUNTER_FORMAT, CK_SP800_108_ITERATION_VARIABLE, CK_SP800_108_KDF_PARAMS,
    CK_ULONG, CKA_CLASS, CKA_DERIVE, CKA_EXTRACTABLE, CKA_KEY_TYPE, CKA_SENSITIVE, CKA_VALUE,
    CKA_VALUE_LEN, CKF_HKDF_SALT_DATA, CKF_HKDF_SALT_KEY, CKF_HKDF_SALT_NULL, CKK_AES,
    CKK_GENERIC_SECRET, CKK_HKDF, CKM_HKDF_DATA, CKM_HKDF_DERIVE, CKM_IKE_PRF_DERIVE,
    CKM_IKE1_EXTENDED_DERIVE, CKM_IKE1_PRF_DERIVE, CKM_IKE2_PRF_PLUS_DERIVE, CKM_SHA256,
    CKM_SHA256_HMAC, CKM_SP800_108_COUNTER_KDF, CKO_DATA, CKO_SECRET_KEY, CKR_ARGUMENTS_BAD,
    CKR_KEY_HANDLE_INVALID, CKR_KEY_SIZE_RANGE, CKR_MECHANISM_PARAM_INVALID, CKR_OK,
};

use crate::library::{Module, attribute, call, isolated, ok};

/// What stands in a handle's place before a call.
pub(crate) const BEFORE: CK_OBJECT_HANDLE = 0xdead;
pub(crate) const INVALID_HANDLE: CK_OBJECT_HANDLE = 0;

pub(crate) const YES: CK_BBOOL = 1;
pub(crate) const NO: CK_BBOOL = 0;

pub(crate) struct Bench {
    pub(crate) module: Module,
    pub(crate) session: CK_SESSION_HANDLE,
}

pub(crate) fn how<T>(id: CK_ULONG, params: &mut T) -> CK_MECHANISM {
    CK_MECHANISM {
        mechanism: id,
        pParameter: std::ptr::from_mut(params).cast(),
        ulParameterLen: size_of::<T>() as CK_ULONG,
    }
}

fn bytes(id: CK_ULONG, value: &[u8]) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: id,
        pValue: value.as_ptr().cast_mut().cast(),
        ulValueLen: value.len() as CK_ULONG,
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let module = Module::started();
        let session = module.logged_in();
        Self { module, session }
    }

    pub(crate) fn object(&self, class: CK_ULONG, more: &[CK_ATTRIBUTE]) -> CK_OBJECT_HANDLE {
        let mut template = vec![attribute(CKA_CLASS, &class)];
        template.extend_from_slice(more);
        let (list, count, mut made) = (template.as_mut_ptr(), template.len() as CK_ULONG, 0);
        ok!(
            self.module,
            C_CreateObject(self.session, list, count, &mut made)
        );
        made
    }

    /// A readable key that derives.
    pub(crate) fn key(&self, key_type: CK_ULONG, value: &[u8]) -> CK_OBJECT_HANDLE {
        let more = [
            attribute(CKA_KEY_TYPE, &key_type),
            bytes(CKA_VALUE, value),
            attribute(CKA_DERIVE, &YES),
            attribute(CKA_SENSITIVE, &NO),
            attribute(CKA_EXTRACTABLE, &YES),
        ];
        self.object(CKO_SECRET_KEY, &more)
    }

    pub(crate) fn derive(
        &self,
        how: &mut CK_MECHANISM,
        base: CK_OBJECT_HANDLE,
        template: &[CK_ATTRIBUTE],
        made: *mut CK_OBJECT_HANDLE,
    ) -> CK_RV {
        let mut template = template.to_vec();
        let (list, count) = (template.as_mut_ptr(), template.len() as CK_ULONG);
        call!(
            self.module,
            C_DeriveKey(self.session, how, base, list, count, made)
        )
    }

    /// Derives a readable value of this length.
    pub(crate) fn derived<T>(
        &self,
        id: CK_ULONG,
        params: &mut T,
        base: CK_OBJECT_HANDLE,
        len: u64,
    ) -> Vec<u8> {
        let key_type = CKK_GENERIC_SECRET;
        let wanted = [
            attribute(CKA_VALUE_LEN, &len),
            attribute(CKA_KEY_TYPE, &key_type),
            attribute(CKA_SENSITIVE, &NO),
            attribute(CKA_EXTRACTABLE, &YES),
        ];
        let mut made = BEFORE;
        assert_eq!(
            self.derive(&mut how(id, params), base, &wanted, &mut made),
            CKR_OK
        );
        self.value(made)
    }

    pub(crate) fn read(&self, object: CK_OBJECT_HANDLE, id: CK_ULONG) -> Vec<u8> {
        let mut room = vec![0_u8; 256];
        let mut wanted = bytes(id, &room);
        wanted.pValue = room.as_mut_ptr().cast();
        ok!(
            self.module,
            C_GetAttributeValue(self.session, object, &mut wanted, 1)
        );
        room.truncate(wanted.ulValueLen as usize);
        room
    }

    pub(crate) fn value(&self, object: CK_OBJECT_HANDLE) -> Vec<u8> {
        self.read(object, CKA_VALUE)
    }

    /// Every object that there is.
    pub(crate) fn objects(&self) -> Vec<CK_OBJECT_HANDLE> {
        let (mut found, mut count) = (vec![0; 100], 0);
        ok!(self.module, C_FindObjectsInit(self.session, null_mut(), 0));
        let place = found.as_mut_ptr();
        ok!(
            self.module,
            C_FindObjects(self.session, place, 100, &mut count)
        );
        ok!(self.module, C_FindObjectsFinal(self.session));
        found.truncate(count as usize);
        found
    }
}

isolated! {
    fn additional_keys_are_all_made_or_the_offending_one_is_told() {
        let bench = Bench::new();
        let base = bench.key(CKK_GENERIC_SECRET, &[7; 32]);
        let before = bench.objects();
        let mut counter = CK_SP800_108_COUNTER_FORMAT { bLittleEndian: NO, ulWidthInBits: 32 };
        let mut fields = [CK_PRF_DATA_PARAM {
            type_: CK_SP800_108_ITERATION_VARIABLE,
            pValue: (&raw mut counter).cast(),
            ulValueLen: size_of::<CK_SP800_108_COUNTER_FORMAT>() as CK_ULONG,
        }];
        let (aes, right, wrong): (CK_ULONG, CK_ULONG, CK_ULONG) = (CKK_AES, 32, 17);
        let mut good = [attribute(CKA_KEY_TYPE, &aes), attribute(CKA_VALUE_LEN, &right)];
        let mut bad = [attribute(CKA_KEY_TYPE, &aes), attribute(CKA_VALUE_LEN, &wrong)];
        let mut places = [BEFORE; 3];
        let [one, two, three] = &mut places;
        let (one, two, three) = (&raw mut *one, &raw mut *two, &raw mut *three);
        let entry = |template: &mut [CK_ATTRIBUTE; 2], place| CK_DERIVED_KEY {
            pTemplate: template.as_mut_ptr(),
            ulAttributeCount: 2,
            phKey: place,
        };
        let mut more = [entry(&mut good, one), entry(&mut bad, two), entry(&mut good, three)];
        let mut params = CK_SP800_108_KDF_PARAMS {
            prfType: CKM_SHA256_HMAC,
            ulNumberOfDataParams: 1,
            pDataParams: fields.as_mut_ptr(),
            ulAdditionalDerivedKeys: 3,
            pAdditionalDerivedKeys: more.as_mut_ptr(),
        };
        let mut mechanism = how(CKM_SP800_108_COUNTER_KDF, &mut params);
        let mut made = BEFORE;
        let rv = bench.derive(&mut mechanism, base, &good, &mut made);
        assert_ne!(rv, CKR_OK);
        let seen = unsafe { [one.read(), two.read(), three.read()] };
        assert_eq!((made, seen), (BEFORE, [BEFORE, INVALID_HANDLE, BEFORE]));
        assert_eq!(bench.objects(), before);

        // No template of theirs is to blame when the caller's own is.
        unsafe { two.write(BEFORE) };
        more[1] = entry(&mut good, two);
        assert_ne!(bench.derive(&mut mechanism, base, &bad, &mut made), CKR_OK);
        let seen = unsafe { [one.read(), two.read(), three.read()] };
        assert_eq!((made, seen), (BEFORE, [BEFORE; 3]));
        more[2].phKey = null_mut();
        let rv = bench.derive(&mut mechanism, base, &good, &mut made);
        assert_eq!((rv, made), (CKR_MECHANISM_PARAM_INVALID, BEFORE));
        assert_eq!(bench.objects(), before);

        more[2].phKey = three;
        assert_eq!(bench.derive(&mut mechanism, base, &good, &mut made), CKR_OK);
        let seen = unsafe { [one.read(), two.read(), three.read()] };
        let values: Vec<_> = [&[made][..], &seen]
            .concat()
            .iter()
            .map(|key| bench.value(*key))
            .collect();
        assert_eq!(bench.objects().len(), before.len() + 4);
        params.ulAdditionalDerivedKeys = 0;
        params.pAdditionalDerivedKeys = null_mut();
        let whole = bench.derived(CKM_SP800_108_COUNTER_KDF, &mut params, base, 128);
        assert_eq!(values.concat(), whole);
    }
}

fn hkdf(salt_type: CK_ULONG, salt: &mut [u8], info: &mut [u8]) -> CK_HKDF_PARAMS {
    CK_HKDF_PARAMS {
        bExtract: YES,
        bExpand: YES,
        prfHashMechanism: CKM_SHA256,
        ulSaltType: salt_type,
        pSalt: salt.as_mut_ptr(),
        ulSaltLen: salt.len() as CK_ULONG,
        hSaltKey: INVALID_HANDLE,
        pInfo: info.as_mut_ptr(),
        ulInfoLen: info.len() as CK_ULONG,
    }
}

isolated! {
    fn hkdf_takes_its_salt_from_a_key_and_its_input_from_data() {
        let bench = Bench::new();
        let (mut salt, mut info) = ([3; 20], *b"info");
        let base = bench.key(CKK_HKDF, &[7; 32]);
        let salt_key = bench.key(CKK_GENERIC_SECRET, &salt);
        let mut given = hkdf(CKF_HKDF_SALT_DATA, &mut salt, &mut info);
        let expected = bench.derived(CKM_HKDF_DERIVE, &mut given, base, 42);
        let mut keyed = hkdf(CKF_HKDF_SALT_KEY, &mut [], &mut info);
        keyed.hSaltKey = salt_key;
        assert_eq!(bench.derived(CKM_HKDF_DERIVE, &mut keyed, base, 42), expected);
        keyed.hSaltKey = BEFORE;
        let mut made = BEFORE;
        let rv = bench.derive(&mut how(CKM_HKDF_DERIVE, &mut keyed), base, &[], &mut made);
        assert_eq!((rv, made), (CKR_KEY_HANDLE_INVALID, BEFORE));

        // "a data object which has the same size as the underlying hash function"
        let data = bench.object(CKO_DATA, &[bytes(CKA_VALUE, &[7; 32])]);
        assert_eq!(bench.derived(CKM_HKDF_DERIVE, &mut given, data, 42), expected);
        keyed.hSaltKey = salt_key;
        assert_eq!(bench.derived(CKM_HKDF_DERIVE, &mut keyed, data, 42), expected);
        let len: CK_ULONG = 42;
        let wanted = [attribute(CKA_VALUE_LEN, &len)];
        let mut mechanism = how(CKM_HKDF_DATA, &mut given);
        assert_eq!(bench.derive(&mut mechanism, data, &wanted, &mut made), CKR_OK);
        assert_eq!(bench.value(made), expected);
        assert_eq!(bench.read(made, CKA_CLASS), CKO_DATA.to_ne_bytes());

        let before = bench.objects();
        let short = bench.object(CKO_DATA, &[bytes(CKA_VALUE, &[7; 31])]);
        made = BEFORE;
        let rv = bench.derive(&mut how(CKM_HKDF_DERIVE, &mut given), short, &wanted, &mut made);
        assert_eq!((rv, made), (CKR_KEY_SIZE_RANGE, BEFORE));
        ok!(bench.module, C_DestroyObject(bench.session, short));
        let mut unsalted = hkdf(CKF_HKDF_SALT_NULL, &mut [], &mut info);
        let mut unextracted = hkdf(CKF_HKDF_SALT_DATA, &mut salt, &mut info);
        unextracted.bExtract = NO;
        for params in [&mut unsalted, &mut unextracted] {
            let rv = bench.derive(&mut how(CKM_HKDF_DERIVE, params), data, &wanted, &mut made);
            assert_eq!((rv, made), (CKR_MECHANISM_PARAM_INVALID, BEFORE));
        }
        // No other derivation starts from data.
        let mut seed = [0_u8; 4];
        let mut plus = CK_IKE2_PRF_PLUS_DERIVE_PARAMS {
            prfMechanism: CKM_SHA256_HMAC,
            bHasSeedKey: NO,
            hSeedKey: INVALID_HANDLE,
            pSeedData: seed.as_mut_ptr(),
            ulSeedDataLen: 4,
        };
        let mut mechanism = how(CKM_IKE2_PRF_PLUS_DERIVE, &mut plus);
        let rv = bench.derive(&mut mechanism, data, &wanted, &mut made);
        assert_eq!((rv, made), (CKR_KEY_HANDLE_INVALID, BEFORE));
        assert_eq!(bench.objects(), before);
    }
}

isolated! {
    fn the_keys_of_ike_come_through_their_structures() {
        let bench = Bench::new();
        let (mut ni, mut nr) = ([1; 16], [2; 24]);
        let [exchanged, other] = [[7; 32], [8; 32]].map(|value| bench.key(CKK_GENERIC_SECRET, &value));
        let mut first = CK_IKE_PRF_DERIVE_PARAMS {
            prfMechanism: CKM_SHA256_HMAC,
            bDataAsKey: YES,
            bRekey: NO,
            pNi: ni.as_mut_ptr(),
            ulNiLen: 16,
            pNr: nr.as_mut_ptr(),
            ulNrLen: 24,
            hNewKey: INVALID_HANDLE,
        };
        // An HKDF extraction is the same function.
        let mut salt = [&ni[..], &nr].concat();
        let mut extract = hkdf(CKF_HKDF_SALT_DATA, &mut salt, &mut []);
        extract.bExpand = NO;
        let seed = bench.derived(CKM_IKE_PRF_DERIVE, &mut first, exchanged, 32);
        assert_eq!(seed, bench.derived(CKM_HKDF_DERIVE, &mut extract, exchanged, 32));
        // ... and an expansion that of version 2.
        let seed = bench.key(CKK_GENERIC_SECRET, &seed);
        let mut plus = CK_IKE2_PRF_PLUS_DERIVE_PARAMS {
            prfMechanism: CKM_SHA256_HMAC,
            bHasSeedKey: YES,
            hSeedKey: other,
            pSeedData: nr.as_mut_ptr(),
            ulSeedDataLen: 24,
        };
        let mut info = [&[8; 32][..], &nr].concat();
        let mut expand = hkdf(CKF_HKDF_SALT_NULL, &mut [], &mut info);
        expand.bExtract = NO;
        let long = bench.derived(CKM_IKE2_PRF_PLUS_DERIVE, &mut plus, seed, 100);
        assert_eq!(long, bench.derived(CKM_HKDF_DERIVE, &mut expand, seed, 100));

        let before = bench.objects();
        let mut made = BEFORE;
        first.bRekey = YES;
        first.hNewKey = other;
        let rv = bench.derive(&mut how(CKM_IKE_PRF_DERIVE, &mut first), exchanged, &[], &mut made);
        assert_eq!((rv, made), (CKR_ARGUMENTS_BAD, BEFORE));
        first.bDataAsKey = NO;
        first.hNewKey = BEFORE;
        let rv = bench.derive(&mut how(CKM_IKE_PRF_DERIVE, &mut first), exchanged, &[], &mut made);
        assert_eq!((rv, made), (CKR_KEY_HANDLE_INVALID, BEFORE));
        first.bRekey = 2;
        let rv = bench.derive(&mut how(CKM_IKE_PRF_DERIVE, &mut first), exchanged, &[], &mut made);
        assert_eq!((rv, made), (CKR_MECHANISM_PARAM_INVALID, BEFORE));
        assert_eq!(bench.objects(), before);

        let mut chained = CK_IKE1_PRF_DERIVE_PARAMS {
            prfMechanism: CKM_SHA256_HMAC,
            bHasPrevKey: NO,
            hKeygxy: exchanged,
            hPrevKey: BEFORE,
            pCKYi: ni.as_mut_ptr(),
            ulCKYiLen: 8,
            pCKYr: nr.as_mut_ptr(),
            ulCKYrLen: 8,
            keyNumber: 1,
        };
        let mut input = [&[7; 32][..], &ni[..8], &nr[..8]].concat();
        let mut expand = hkdf(CKF_HKDF_SALT_NULL, &mut [], &mut input);
        expand.bExtract = NO;
        let short = bench.derived(CKM_IKE1_PRF_DERIVE, &mut chained, seed, 32);
        assert_eq!(short, bench.derived(CKM_HKDF_DERIVE, &mut expand, seed, 32));
        let mut long = CK_IKE1_EXTENDED_DERIVE_PARAMS {
            prfMechanism: CKM_SHA256_HMAC,
            bHasKeygxy: YES,
            hKeygxy: exchanged,
            pExtraData: null_mut(),
            ulExtraDataLen: 0,
        };
        let made = bench.derived(CKM_IKE1_EXTENDED_DERIVE, &mut long, seed, 64);
        assert_eq!(made.len(), 64);
        assert_ne!(made[..32], made[32..]);
    }
}
