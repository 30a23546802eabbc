// SPDX-License-Identifier: MIT OR Apache-2.0
//! One file a class or key type: its rows beside the standard's footnote numbers.
