// SPDX-License-Identifier: MIT OR Apache-2.0
//! The CKU_* user constants of PKCS#11 v3.2, "Manifest constants".

super::vocabulary! {
    UserType, "`CK_USER_TYPE`":
    CKU_SO = 0x0,
    CKU_USER = 0x1,
    CKU_CONTEXT_SPECIFIC = 0x2,
}
