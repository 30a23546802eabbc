// SPDX-License-Identifier: MIT OR Apache-2.0
//! The Authentication Token.
//!
//! Source: PKCS#11 Profiles v3.2, "Authentication Token"; its mandatory test case AUTH-M-1-32.

use cryptoki_sys::{
    CK_BBOOL, CK_OBJECT_HANDLE, CK_SESSION_HANDLE, CK_ULONG, CKA_CLASS, CKA_KEY_TYPE, CKA_LABEL,
    CKA_MODULUS, CKA_MODULUS_BITS, CKA_PRIVATE, CKA_PUBLIC_EXPONENT, CKA_SIGN, CKA_TOKEN,
    CKA_VERIFY, CKK_RSA, CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_SHA256_RSA_PKCS, CKO_PRIVATE_KEY,
    CKO_PUBLIC_KEY, CKP_AUTHENTICATION_TOKEN, CKR_BUFFER_TOO_SMALL, CKR_KEY_HANDLE_INVALID,
    CKR_OPERATION_NOT_INITIALIZED, CKR_SIGNATURE_INVALID,
};

use crate::baseline::information;
use crate::desk::{bytes, claims, find, finish, read};
use crate::library::{Module, attribute, call, isolated, mechanism, ok};

/// The key, the data and the signature of AUTH-M-1-32.
const MODULUS: &str = "dee53f9d7b97ebd0724cf4874cd1d16a24e4fa36642aedd57b7ae1bf238e41288ec90745b86a336eb580add41f359d44e9b526723b14165e797696ca306dd47e576830e16795858d6e6c2ca8474945578df6ea9936424dd9c5535cd92629500170a108b4bd6faeb132f98648b77cef07bf9dcd78838b2e25935cc5b500fec1d9859c201f819266e80fd743c6a2c12d859640979aeac0971da6ec6c1786f3054b870ad9f3bc7019fa36aaefd1ec27803c89b7770b4244fb5bc950d3527771eec110104e01a94cadd37a20536ade3f290e3e7881846cdeed32379832a6658fbd4cc60b6fa7c0d5640fe8be45b5581225fd0d69cc2d7b1e91fce9dafc917fcfd045";
const DATA: &str = "308201830201003056310b300906035504061302415531153013060355040a0c0c4f7267616e69736174696f6e311a3018060355040b0c114f7267616e69736174696f6e20556e69743114301206035504030c0b436f6d6d6f6e204e616d6530820122300d06092a864886f70d01010105000382010f003082010a0282010100dee53f9d7b97ebd0724cf4874cd1d16a24e4fa36642aedd57b7ae1bf238e41288ec90745b86a336eb580add41f359d44e9b526723b14165e797696ca306dd47e576830e16795858d6e6c2ca8474945578df6ea9936424dd9c5535cd92629500170a108b4bd6faeb132f98648b77cef07bf9dcd78838b2e25935cc5b500fec1d9859c201f819266e80fd743c6a2c12d859640979aeac0971da6ec6c1786f3054b870ad9f3bc7019fa36aaefd1ec27803c89b7770b4244fb5bc950d3527771eec110104e01a94cadd37a20536ade3f290e3e7881846cdeed32379832a6658fbd4cc60b6fa7c0d5640fe8be45b5581225fd0d69cc2d7b1e91fce9dafc917fcfd0450203010001a000";
const SIGNATURE: &str = "1a7d66b88de270da0cee9039c0a1eedf1312118b578d7eb9bbb45b0ea64a58d382942cf4009ae094cc03b63dba899d392c52371fffb46f57e442dc4d632b8c8e383df32a9fe2a0f455c54a5f9691bc5b65cfd965a658e76ef38e2c65ed231396dc56c1ba0adf6624d45b5fb8af299fa94a85dc7289732af95a085fd03a66c435de5204f522a3d10b2efe3540e175b379ae1299fb33b166c2d50a155ad7d69467a37fe7e2c040f9a2c9059ddbaf84167e5de2b8dc2eae99ea349af9e05226d5ce62cfdb2a7bf51479ba3761f3603904099423a191a987d8dbc54162aaa3a83ae9f7198dc50cb251c7f57b905015f3876d2be27a79ebd8b0cebd68ddac9113464b";

/// An RSA-2048 key pair in the token, with the labels of the test case.
fn make_pair(module: &Module, session: CK_SESSION_HANDLE) {
    let (bits, yes): (CK_ULONG, CK_BBOOL) = (2048, 1);
    let mut public = [
        attribute(CKA_TOKEN, &yes),
        attribute(CKA_VERIFY, &yes),
        attribute(CKA_MODULUS_BITS, &bits),
        bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]),
        bytes(CKA_LABEL, b"testrsa-pub"),
    ];
    let mut private = [
        attribute(CKA_TOKEN, &yes),
        attribute(CKA_SIGN, &yes),
        bytes(CKA_LABEL, b"testrsa-pri"),
    ];
    let mut how = mechanism(CKM_RSA_PKCS_KEY_PAIR_GEN);
    let (mut one, mut two) = (0, 0);
    let (public, private) = (public.as_mut_ptr(), private.as_mut_ptr());
    ok!(
        module,
        C_GenerateKeyPair(session, &mut how, public, 5, private, 3, &mut one, &mut two)
    );
}

fn named(
    module: &Module,
    session: CK_SESSION_HANDLE,
    class: CK_ULONG,
    label: &[u8],
) -> CK_OBJECT_HANDLE {
    let yes: CK_BBOOL = 1;
    let mut template = [
        attribute(CKA_TOKEN, &yes),
        bytes(CKA_LABEL, label),
        attribute(CKA_CLASS, &class),
    ];
    let found = find(module, session, &mut template);
    assert_eq!(found.len(), 1);
    found[0]
}

fn verify(
    module: &Module,
    session: CK_SESSION_HANDLE,
    key: CK_OBJECT_HANDLE,
    data: &[u8],
    signature: &[u8],
) -> CK_ULONG {
    ok!(
        module,
        C_VerifyInit(session, &mut mechanism(CKM_SHA256_RSA_PKCS), key)
    );
    let (data_len, signature_len) = (data.len() as CK_ULONG, signature.len() as CK_ULONG);
    let (data, signature) = (data.as_ptr().cast_mut(), signature.as_ptr().cast_mut());
    call!(
        module,
        C_Verify(session, data, data_len, signature, signature_len)
    )
}

isolated! {
    fn claim_the_object_with_cko_profile_and_ckp_authentication_token_is_there() {
        let module = Module::started();
        let slot = module.make_token();
        assert!(claims(&module, slot, CKP_AUTHENTICATION_TOKEN));
    }
}

isolated! {
    fn condition_6_signing_works_whole_and_in_parts() {
        let module = Module::started();
        let session = module.logged_in();
        make_pair(&module, session);
        let key = named(&module, session, CKO_PRIVATE_KEY, b"testrsa-pri");
        let public = named(&module, session, CKO_PUBLIC_KEY, b"testrsa-pub");
        let mut data = *b"some data";
        let (place, mut whole, mut parts, mut len) = (data.as_mut_ptr(), [0; 256], [0; 256], 256);
        ok!(module, C_SignInit(session, &mut mechanism(CKM_SHA256_RSA_PKCS), key));
        ok!(module, C_Sign(session, place, 9, whole.as_mut_ptr(), &mut len));
        ok!(module, C_SignInit(session, &mut mechanism(CKM_SHA256_RSA_PKCS), key));
        ok!(module, C_SignUpdate(session, place, 4));
        ok!(module, C_SignUpdate(session, place.add(4), 5));
        ok!(module, C_SignFinal(session, parts.as_mut_ptr(), &mut len));
        assert_eq!((whole, len), (parts, 256));
        assert_eq!(verify(&module, session, public, &data, &whole), 0);
        assert_eq!(verify(&module, session, public, b"other", &whole), CKR_SIGNATURE_INVALID);
    }
}

isolated! {
    fn condition_8_errors_are_handled() {
        let module = Module::started();
        let session = module.logged_in();
        let mut len = 256;
        let mut text = [0; 256];
        let place = text.as_mut_ptr();
        assert_eq!(
            call!(module, C_Sign(session, place, 1, place, &mut len)),
            CKR_OPERATION_NOT_INITIALIZED
        );
        let mut how = mechanism(CKM_SHA256_RSA_PKCS);
        assert_eq!(call!(module, C_SignInit(session, &mut how, 999)), CKR_KEY_HANDLE_INVALID);
        make_pair(&module, session);
        let key = named(&module, session, CKO_PRIVATE_KEY, b"testrsa-pri");
        ok!(module, C_SignInit(session, &mut how, key));
        len = 255;
        assert_eq!(
            call!(module, C_Sign(session, place, 1, place, &mut len)),
            CKR_BUFFER_TOO_SMALL
        );
        assert_eq!(len, 256);
        // "When C_Logout successfully executes, any of the application's handles to private objects
        // become invalid."
        ok!(module, C_Logout(session));
        assert_eq!(call!(module, C_SignInit(session, &mut how, key)), CKR_KEY_HANDLE_INVALID);
    }
}

isolated! {
    fn auth_m_1_32_goes_as_written() {
        let module = Module::started();
        let session = module.logged_in();
        make_pair(&module, session);
        ok!(module, C_CloseSession(session));

        let slot = information(&module);
        let session = module.open(slot);
        module.log_in(session);
        let public = named(&module, session, CKO_PUBLIC_KEY, b"testrsa-pub");
        let (mut modulus, mut exponent) = ([0; 1024], [0; 1024]);
        let mut asked = [
            bytes(CKA_MODULUS, &modulus),
            bytes(CKA_PUBLIC_EXPONENT, &exponent),
        ];
        asked[0].pValue = modulus.as_mut_ptr().cast();
        asked[1].pValue = exponent.as_mut_ptr().cast();
        ok!(module, C_GetAttributeValue(session, public, asked.as_mut_ptr(), 2));
        assert_eq!((asked[0].ulValueLen, asked[1].ulValueLen), (256, 3));
        assert_eq!(exponent[..3], [1, 0, 1]);
        let private = named(&module, session, CKO_PRIVATE_KEY, b"testrsa-pri");
        assert_eq!(read(&module, session, private, CKA_MODULUS), modulus[..256]);
        ok!(module, C_SignInit(session, &mut mechanism(CKM_SHA256_RSA_PKCS), private));
        let mut data = hex::decode(DATA).unwrap();
        let (mut signature, mut len) = ([0; 256], 256);
        let data_len = data.len() as CK_ULONG;
        let place = signature.as_mut_ptr();
        ok!(module, C_Sign(session, data.as_mut_ptr(), data_len, place, &mut len));
        assert_eq!(len, 256);
        assert_eq!(verify(&module, session, public, &data, &signature), 0);
        ok!(module, C_Logout(session));
        finish(&module, session, slot);
    }
}

isolated! {
    /// The private key of the test case is not published; its signature verifies with its public one.
    fn the_signature_of_auth_m_1_32_verifies() {
        let module = Module::started();
        let session = module.logged_in();
        let (class, kind): (CK_ULONG, CK_ULONG) = (CKO_PUBLIC_KEY, CKK_RSA);
        let (no, modulus): (CK_BBOOL, _) = (0, hex::decode(MODULUS).unwrap());
        let mut template = [
            attribute(CKA_CLASS, &class),
            attribute(CKA_KEY_TYPE, &kind),
            attribute(CKA_PRIVATE, &no),
            bytes(CKA_MODULUS, &modulus),
            bytes(CKA_PUBLIC_EXPONENT, &[1, 0, 1]),
        ];
        let mut key = 0;
        ok!(module, C_CreateObject(session, template.as_mut_ptr(), 5, &mut key));
        let (data, signature) = (hex::decode(DATA).unwrap(), hex::decode(SIGNATURE).unwrap());
        assert_eq!(verify(&module, session, key, &data, &signature), 0);
    }
}
