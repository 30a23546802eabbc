// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the vectors run on: the safe API here, the shared library where a file is borrowed.

pub(crate) use keystead::module::Module;
