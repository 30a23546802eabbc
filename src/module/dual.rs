// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two operations on one pass of data: the cipher's exact length is checked before either moves.
//!
//! Source: PKCS#11 v3.2, "Dual-function cryptographic functions".

use super::{Module, Reply, Room};
use crate::error::{Error, Result};
use crate::mechanism::Transform;
use crate::pkcs11::SessionHandle;
use crate::secret::SecretBytes;
use crate::session::{Kind, Slot};

type Cipher = Slot<Box<dyn Transform>>;

/// Whether the cipher's output fits; `Some` is the answer to a call that must go no further.
fn answer_early(cipher: &mut Cipher, input_len: usize, room: Room) -> Result<Option<Reply>> {
    let needed = cipher.update_len(input_len)?;
    match room {
        Room::Query => Ok(Some(Reply::Length(needed))),
        Room::Bytes(offered) if offered < needed => Err(Error::BufferTooSmall { needed }),
        Room::Bytes(_) => Ok(None),
    }
}

/// The output of a cipher that has just moved.
fn output(reply: Reply) -> SecretBytes {
    match reply {
        Reply::Bytes(bytes) => bytes,
        Reply::Length(_) => SecretBytes::new(Vec::new()),
    }
}

impl Module {
    /// Feeds the plaintext to both: `C_DigestEncryptUpdate`, `C_SignEncryptUpdate`.
    fn feed_and_encrypt<Op>(
        &self,
        session: SessionHandle,
        other: Kind<Op>,
        feed: fn(&mut Slot<Op>, &[u8]) -> Result<()>,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let open = self.open(session)?;
        open.session.run_both(
            |all| &mut all.encrypt,
            other,
            |cipher, slot| {
                both_open(cipher, slot)?;
                if let Some(reply) = answer_early(cipher, part.len(), room)? {
                    return Ok(reply);
                }
                feed(slot, part)?;
                cipher.update(part, room)
            },
        )
    }

    /// Decrypts and feeds the plaintext: `C_DecryptDigestUpdate`, `C_DecryptVerifyUpdate`.
    fn decrypt_and_feed<Op>(
        &self,
        session: SessionHandle,
        other: Kind<Op>,
        feed: fn(&mut Slot<Op>, &[u8]) -> Result<()>,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        let open = self.open(session)?;
        open.session.run_both(
            |all| &mut all.decrypt,
            other,
            |cipher, slot| {
                both_open(cipher, slot)?;
                if let Some(reply) = answer_early(cipher, part.len(), room)? {
                    return Ok(reply);
                }
                let plaintext = output(cipher.update(part, room)?);
                feed(slot, plaintext.expose())?;
                Ok(Reply::Bytes(plaintext))
            },
        )
    }

    /// `C_DigestEncryptUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, and the mechanisms' own.
    pub fn digest_encrypt_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        self.feed_and_encrypt(
            session,
            |all| &mut all.digest,
            |slot, part| slot.update(part),
            part,
            room,
        )
    }

    /// `C_DecryptDigestUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, and the mechanisms' own.
    pub fn decrypt_digest_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        self.decrypt_and_feed(
            session,
            |all| &mut all.digest,
            |slot, part| slot.update(part),
            part,
            room,
        )
    }

    /// `C_SignEncryptUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, `CKR_USER_NOT_LOGGED_IN`, and the
    /// mechanisms' own.
    pub fn sign_encrypt_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        self.feed_and_encrypt(
            session,
            |all| &mut all.sign,
            |slot, part| slot.update(part),
            part,
            room,
        )
    }

    /// `C_DecryptVerifyUpdate`
    ///
    /// # Errors
    /// `CKR_OPERATION_NOT_INITIALIZED`, `CKR_BUFFER_TOO_SMALL`, `CKR_USER_NOT_LOGGED_IN`, and the
    /// mechanisms' own.
    pub fn decrypt_verify_update(
        &self,
        session: SessionHandle,
        part: &[u8],
        room: Room,
    ) -> Result<Reply> {
        self.decrypt_and_feed(
            session,
            |all| &mut all.verify,
            |slot, part| slot.update(part),
            part,
            room,
        )
    }
}

/// Both operations must be there before one of them moves; a call without its pair ends neither.
fn both_open<A, B>(one: &Slot<A>, two: &Slot<B>) -> Result<()> {
    if one.is_open() && two.is_open() {
        return Ok(());
    }
    Err(Error::OperationNotInitialized(
        "a dual function needs both of its operations".into(),
    ))
}
