// SPDX-License-Identifier: MIT OR Apache-2.0
//! How large a template and its values may be.
//!
//! The standard sets no limits; these keep one call from filling the token or the host's memory.
//! Source: PKCS#11 v3.2, "Objects".

/// The most entries in one template, nested ones counted by themselves.
pub const TEMPLATE_ENTRIES_MAX: usize = 256;

/// The most templates inside each other: `CKA_WRAP_TEMPLATE` in a template is one.
pub const TEMPLATE_DEPTH_MAX: usize = 2;

/// The most bytes in one attribute, but for those that [`CONTENT_BYTES_MAX`] is for.
pub const ATTRIBUTE_BYTES_MAX: usize = 64 * 1024;

/// The most bytes in `CKA_VALUE` of a data object or a certificate.
pub const CONTENT_BYTES_MAX: usize = 16 * 1024 * 1024;
