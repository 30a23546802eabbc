// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random numbers.
//!
//! Source: PKCS#11 v3.2, "Random number generation functions".

use crate::abi::limits::RANDOM_CHUNK_LEN;
use crate::abi::trace::told;
use crate::abi::types::{CK_BYTE, CK_RV, CK_SESSION_HANDLE, CK_ULONG};
use crate::abi::{guard, input, output};
use crate::error::Error;
use crate::pkcs11::SessionHandle;
use crate::secret::SecretBytes;

/// `C_SeedRandom`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Random number generation functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_SeedRandom(
    session: CK_SESSION_HANDLE,
    seed: *mut CK_BYTE,
    seed_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Bytes("pSeed", seed.cast(), seed_len)
    ];
    guard::call("C_SeedRandom", told, |module| {
        // SAFETY: the application's promise for this call.
        let seed = unsafe { input::bytes(seed, seed_len) }?;
        module.seed_random(SessionHandle(session), seed)
    })
}

/// `C_GenerateRandom`
///
/// # Safety
/// Every pointer is NULL or what PKCS#11 v3.2, "Random number generation functions", says it is,
/// for the time of the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GenerateRandom(
    session: CK_SESSION_HANDLE,
    random: *mut CK_BYTE,
    random_len: CK_ULONG,
) -> CK_RV {
    let told = told![
        Number("hSession", session),
        Filled("RandomData", random.cast(), random_len)
    ];
    guard::call("C_GenerateRandom", told, |module| {
        if random.is_null() && random_len > 0 {
            return Err(Error::ArgumentsBad("RandomData is NULL".into()));
        }
        let len = usize::try_from(random_len).unwrap_or(usize::MAX);
        let mut done = 0;
        loop {
            // A length of 0 still asks once, for the session's sake.
            let chunk_len = (len - done).min(RANDOM_CHUNK_LEN);
            let chunk = SecretBytes::try_init(chunk_len, |chunk| {
                module.generate_random(SessionHandle(session), chunk)
            })?;
            if chunk_len > 0 {
                // SAFETY: `done` is below the length that the application promises.
                let place = unsafe { random.add(done) };
                // SAFETY: the application's promise for this call.
                unsafe { output::elements(chunk.expose(), place) };
            }
            done += chunk_len;
            if done >= len {
                return Ok(());
            }
        }
    })
}
