// SPDX-License-Identifier: MIT OR Apache-2.0
//! `C_Initialize`, `C_Finalize`, `C_GetInfo`.
//!
//! Source: PKCS#11 v3.2, "General-purpose functions".

use super::{LibraryInfo, later};
use crate::error::Result;

/// One initialised library instance. Tests make as many as they like.
#[derive(Debug)]
pub struct Module(());

/// What `C_Initialize` was told.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The reserved string, if there was a well-formed one.
    pub reserved: Option<String>,
}

impl Module {
    /// Starts an instance with this configuration.
    ///
    /// # Errors
    /// `CKR_DEVICE_ERROR` when the store's directory cannot be made or read.
    pub fn with_config(config: crate::config::Config) -> Result<Self> {
        let _ = config;
        later("C_Initialize")
    }

    /// Starts an instance: reads the configuration and looks for tokens.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` for a bad reserved string, `CKR_GENERAL_ERROR` for a bad configuration.
    pub fn initialize(start: &Start) -> Result<Self> {
        let _ = start;
        later("C_Initialize")
    }

    /// Ends the instance: closes sessions and tokens, wipes keys. Every later call answers
    /// `CKR_CRYPTOKI_NOT_INITIALIZED`; a blocked `wait_for_slot_event` returns.
    ///
    /// # Errors
    /// `CKR_CRYPTOKI_NOT_INITIALIZED`
    pub fn finalize(&self) -> Result<()> {
        later("C_Finalize")
    }

    /// `C_GetInfo`
    ///
    /// # Errors
    /// `CKR_CRYPTOKI_NOT_INITIALIZED`
    pub fn info(&self) -> Result<LibraryInfo> {
        later("C_GetInfo")
    }
}
