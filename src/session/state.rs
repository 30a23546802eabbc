// SPDX-License-Identifier: MIT OR Apache-2.0
//! The state of a session: who is logged in, and whether the session may write.
//!
//! Source: PKCS#11 v3.2, "Read-only session states" and "Read/write session states".

use super::Access;
use crate::object::Actor;
use crate::pkcs11::SessionState;
use crate::pkcs11::state::{
    CKS_RO_PUBLIC_SESSION, CKS_RO_USER_FUNCTIONS, CKS_RW_PUBLIC_SESSION, CKS_RW_SO_FUNCTIONS,
    CKS_RW_USER_FUNCTIONS,
};

/// `CK_SESSION_INFO.state`
#[must_use]
pub const fn state(access: Access, actor: Actor) -> SessionState {
    match (access, actor) {
        (Access::ReadOnly, Actor::Public) => CKS_RO_PUBLIC_SESSION,
        (Access::ReadOnly, Actor::User) => CKS_RO_USER_FUNCTIONS,
        (Access::ReadWrite, Actor::Public) => CKS_RW_PUBLIC_SESSION,
        (Access::ReadWrite, Actor::User) => CKS_RW_USER_FUNCTIONS,
        // The SO has read/write sessions only; login and open see to it.
        (Access::ReadOnly | Access::ReadWrite, Actor::SecurityOfficer) => CKS_RW_SO_FUNCTIONS,
    }
}
