// SPDX-License-Identifier: MIT OR Apache-2.0
//! The CKH_* hardware constants of PKCS#11 v3.2, "Manifest constants".

super::vocabulary! {
    HardwareType, "`CK_HW_FEATURE_TYPE`":
    CKH_MONOTONIC_COUNTER = 0x1,
    CKH_CLOCK = 0x2,
    CKH_USER_INTERFACE = 0x3,
    CKH_VENDOR_DEFINED = 0x80000000,
    CKH_HEDGE_PREFERRED = 0x0,
    CKH_HEDGE_REQUIRED = 0x1,
    CKH_DETERMINISTIC_REQUIRED = 0x2,
}
