// SPDX-License-Identifier: MIT OR Apache-2.0
//! How much the boundary takes in from one call.
//!
//! Source: PKCS#11 v3.2 leaves these limits to the library ("Functions", `CKR_HOST_MEMORY`).

/// Attributes in one template.
pub(super) const TEMPLATE_ENTRIES_MAX: usize = 1024;

/// Bytes in one attribute value.
pub(super) const ATTRIBUTE_LEN_MAX: usize = 8 * 1024 * 1024;

/// How deep templates stand in templates: an unwrap template may itself hold one.
pub(super) const TEMPLATE_NESTING_MAX: usize = 2;

/// Bytes of the reserved string of `C_Initialize`.
pub(super) const RESERVED_LEN_MAX: usize = 64 * 1024;

/// Random bytes that are made at a time.
pub(super) const RANDOM_CHUNK_LEN: usize = 16 * 1024;
