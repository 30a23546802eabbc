// SPDX-License-Identifier: MIT OR Apache-2.0
//! The CKC_* certificate constants of PKCS#11 v3.2, "Manifest constants".

super::vocabulary! {
    CertificateType, "`CK_CERTIFICATE_TYPE`":
    CKC_X_509 = 0x0,
    CKC_X_509_ATTR_CERT = 0x1,
    CKC_WTLS = 0x2,
    CKC_VENDOR_DEFINED = 0x80000000,
}
