// SPDX-License-Identifier: MIT OR Apache-2.0
//! The CKS_* state constants of PKCS#11 v3.2, "Manifest constants".

super::vocabulary! {
    SessionState, "`CK_STATE`":
    CKS_RO_PUBLIC_SESSION = 0x0,
    CKS_RO_USER_FUNCTIONS = 0x1,
    CKS_RW_PUBLIC_SESSION = 0x2,
    CKS_RW_USER_FUNCTIONS = 0x3,
    CKS_RW_SO_FUNCTIONS = 0x4,
    CKS_LAST_VALIDATION_OK = 0x1,
}
