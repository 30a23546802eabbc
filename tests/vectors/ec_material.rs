// SPDX-License-Identifier: MIT OR Apache-2.0
//! Elliptic curve keys between attributes and PKCS#8.
