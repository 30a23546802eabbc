// SPDX-License-Identifier: MIT OR Apache-2.0
//! The CKG_* mgf constants of PKCS#11 v3.2, "Manifest constants".

super::vocabulary! {
    MgfType, "`CK_RSA_PKCS_MGF_TYPE`, `CK_GENERATOR_FUNCTION`":
    CKG_NO_GENERATE = 0x0,
    CKG_GENERATE = 0x1,
    CKG_GENERATE_COUNTER = 0x2,
    CKG_GENERATE_RANDOM = 0x3,
    CKG_GENERATE_COUNTER_XOR = 0x4,
    CKG_MGF1_SHA1 = 0x1,
    CKG_MGF1_SHA256 = 0x2,
    CKG_MGF1_SHA384 = 0x3,
    CKG_MGF1_SHA512 = 0x4,
    CKG_MGF1_SHA224 = 0x5,
    CKG_MGF1_SHA3_224 = 0x6,
    CKG_MGF1_SHA3_256 = 0x7,
    CKG_MGF1_SHA3_384 = 0x8,
    CKG_MGF1_SHA3_512 = 0x9,
}
