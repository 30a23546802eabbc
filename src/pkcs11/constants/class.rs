// SPDX-License-Identifier: MIT OR Apache-2.0
//! The CKO_* class constants of PKCS#11 v3.2, "Manifest constants".

super::vocabulary! {
    ObjectClass, "`CK_OBJECT_CLASS`":
    CKO_DATA = 0x0,
    CKO_CERTIFICATE = 0x1,
    CKO_PUBLIC_KEY = 0x2,
    CKO_PRIVATE_KEY = 0x3,
    CKO_SECRET_KEY = 0x4,
    CKO_HW_FEATURE = 0x5,
    CKO_DOMAIN_PARAMETERS = 0x6,
    CKO_MECHANISM = 0x7,
    CKO_OTP_KEY = 0x8,
    CKO_PROFILE = 0x9,
    CKO_VALIDATION = 0xa,
    CKO_TRUST = 0xb,
    CKO_VENDOR_DEFINED = 0x80000000,
}
