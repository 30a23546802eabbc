// SPDX-License-Identifier: MIT OR Apache-2.0
//! The kind of an object that comes out of the store.

use crate::error::{Error, Result};
use crate::object::{AttributeMap, Kind};

/// The kind whose rules these attributes obey.
pub(super) fn of(attributes: &AttributeMap) -> Result<&'static Kind> {
    let _ = attributes;
    Err(Error::DeviceError("no object kind fits".into()))
}
