// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parameters going out: what a derivation writes into its parameter, after it has succeeded.
//!
//! Source: PKCS#11 v3.2, `CK_DERIVED_KEY`, `CK_SSL3_KEY_MAT_OUT`.

use crate::abi::output::{Place, elements};
use crate::abi::types::{CK_OBJECT_HANDLE, CK_SSL3_KEY_MAT_OUT, CK_ULONG, CK_VERSION};
use crate::error::{Error, Result};
use crate::mechanism::{Params, TlsKeyMaterial};
use crate::module::{Extra, Offshoots};

/// `CK_INVALID_HANDLE`
const INVALID_HANDLE: CK_ULONG = 0;

/// The places in a parameter that a call writes to.
pub(in crate::abi) enum Returns {
    /// None.
    None,
    /// `phKey` of each additional key
    Handles(Vec<Place<CK_OBJECT_HANDLE>>),
    /// `pVersion`
    Version(Place<CK_VERSION>),
    /// `pReturnedKeyMaterial`
    KeyMaterial(KeyMaterialPlaces),
}

/// `CK_SSL3_KEY_MAT_OUT`
pub(in crate::abi) struct KeyMaterialPlaces {
    place: Place<CK_SSL3_KEY_MAT_OUT>,
    out: CK_SSL3_KEY_MAT_OUT,
    has_macs: bool,
    has_keys: bool,
    iv_len: usize,
}

impl KeyMaterialPlaces {
    /// Remembers where keys and IVs go.
    ///
    /// # Safety
    /// `out` is what stands at `place`, and its IVs have room for `params.iv_len` bytes each until
    /// the value is dropped.
    pub(super) const unsafe fn new(
        place: Place<CK_SSL3_KEY_MAT_OUT>,
        out: CK_SSL3_KEY_MAT_OUT,
        params: &TlsKeyMaterial<'_>,
    ) -> Self {
        Self {
            place,
            out,
            has_macs: params.mac_len > 0,
            has_keys: params.key_len > 0,
            iv_len: params.iv_len,
        }
    }

    fn put(&self, made: &Offshoots) -> Result<()> {
        let mut handles = made.handles.iter().map(|handle| handle.0);
        let mut next = |present: bool| match present {
            true => handles.next().ok_or_else(other_than_asked),
            false => Ok(INVALID_HANDLE),
        };
        let mut out = self.out;
        out.hClientMacSecret = next(self.has_macs)?;
        out.hServerMacSecret = next(self.has_macs)?;
        out.hClientKey = next(self.has_keys)?;
        out.hServerKey = next(self.has_keys)?;
        if self.iv_len > 0 {
            let Extra::Ivs(client, server) = &made.extra else {
                return Err(other_than_asked());
            };
            for (iv, place) in [(client, out.pIVClient), (server, out.pIVServer)] {
                if iv.len() != self.iv_len {
                    return Err(other_than_asked());
                }
                // SAFETY: `new`'s contract gives that much room; `elements` allows any alignment.
                unsafe { elements(iv.expose(), place) };
            }
        }
        self.place.put(out);
        Ok(())
    }
}

impl Returns {
    /// Whether the keys come back in the parameter, so that `phKey` may be NULL.
    pub(in crate::abi) const fn has_all_handles(&self) -> bool {
        match self {
            Self::KeyMaterial(_) => true,
            Self::None | Self::Handles(_) | Self::Version(_) => false,
        }
    }

    /// Writes what the derivation made.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when the module made something else than was asked for.
    pub(in crate::abi) fn put(&self, made: &Offshoots) -> Result<()> {
        match self {
            Self::None => Ok(()),
            Self::Handles(places) => {
                let handles = made.handles.get(1..).unwrap_or_default();
                if places.len() != handles.len() {
                    return Err(other_than_asked());
                }
                for (place, handle) in places.iter().zip(handles) {
                    place.put(handle.0);
                }
                Ok(())
            }
            Self::Version(place) => {
                let Extra::Version([major, minor]) = made.extra else {
                    return Err(other_than_asked());
                };
                place.put(CK_VERSION { major, minor });
                Ok(())
            }
            Self::KeyMaterial(places) => places.put(made),
        }
    }

    /// "the corresponding phKey value will be set to CK_INVALID_HANDLE to identify the offending
    /// template"
    pub(in crate::abi) fn put_failure(&self, params: &Params<'_>) {
        if let (Self::Handles(places), Params::Kbkdf(params)) = (self, params) {
            for (place, additional) in places.iter().zip(&params.additional) {
                if additional.offends.get() {
                    place.put(INVALID_HANDLE);
                }
            }
        }
    }
}

fn other_than_asked() -> Error {
    Error::GeneralError("a derivation made something else than was asked for".into())
}
