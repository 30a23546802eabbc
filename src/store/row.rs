// SPDX-License-Identifier: MIT OR Apache-2.0
//! One object as a row: sealed when it is private, plain with a MAC and a checksum when it is public.
//!
//! Inside stand the tags of the object's index rows, so that they can be removed and checked without knowing
//! what an attribute means.

use super::Access;
use super::backend::ObjectRow;
use super::cells::{TokenId, agree};
use super::keyring::Keyring;
use super::wire::{Reader, Writer};
use crate::crypto::keyed::sha256;
use crate::crypto::seal;
use crate::error::{Error, Result};
use crate::secret::SecretBytes;

/// What the index calls a value of an attribute.
pub(super) type Tag = [u8; 16];

const FORMAT: u8 = 1;
const CHECK_LEN: usize = 8;
const MAC_LEN: usize = 32;

/// What is known of an object without opening it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Head {
    pub(super) access: Access,
    /// Whether a data key vouches for it; private objects always are.
    pub(super) attested: bool,
    pub(super) generation: u64,
    pub(super) class: u64,
}

/// An object whose row was opened and checked.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) head: Head,
    pub(super) tags: Vec<Tag>,
    pub(super) body: SecretBytes,
}

fn damaged(id: u64) -> Error {
    Error::DeviceError(format!("the row of object {id} is damaged or was tampered with").into())
}

impl Head {
    fn fields(self) -> Vec<u8> {
        Writer::default()
            .u8(FORMAT)
            .bool(self.access == Access::Private)
            .bool(self.attested)
            .u64(self.generation)
            .u64(self.class)
            .done()
    }

    fn encode(self, token: &TokenId, id: u64) -> Vec<u8> {
        let mut bytes = self.fields();
        let check = sha256(&[b"keystead head", token, &id.to_be_bytes(), &bytes]);
        bytes.extend(check.iter().take(CHECK_LEN));
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        (reader.u8()? == FORMAT).then_some(())?;
        let access = match reader.bool()? {
            true => Access::Private,
            false => Access::Public,
        };
        Some(Self {
            access,
            attested: reader.bool()?,
            generation: reader.u64()?,
            class: reader.u64()?,
        })
    }

    /// Reads the head of object `id`.
    pub(super) fn read(bytes: &[u8], token: &TokenId, id: u64) -> Result<Self> {
        let head = Self::decode(bytes).ok_or_else(|| damaged(id))?;
        if head.encode(token, id) != bytes {
            return Err(damaged(id));
        }
        Ok(head)
    }
}

fn context(head: Head, token: &TokenId, id: u64) -> Vec<u8> {
    Writer::default()
        .bytes(b"keystead object")
        .bytes(token)
        .u64(id)
        .bytes(&head.fields())
        .done()
}

fn content(tags: &[Tag], body: &SecretBytes) -> Result<SecretBytes> {
    let count = u32::try_from(tags.len())
        .map_err(|_| Error::GeneralError("too many index entries".into()))?;
    let len = 4 + tags.as_flattened().len() + body.len();
    let parts = [&count.to_be_bytes(), tags.as_flattened(), body.expose()];
    SecretBytes::try_init(len, |mut out| {
        for part in parts {
            let (here, rest) = out
                .split_at_mut_checked(part.len())
                .ok_or_else(|| Error::GeneralError("a row's length was miscounted".into()))?;
            here.copy_from_slice(part);
            out = rest;
        }
        Ok(())
    })
}

fn split(content: &[u8]) -> Option<(Vec<Tag>, SecretBytes)> {
    let mut reader = Reader::new(content);
    let count = usize::try_from(reader.u32()?).ok()?;
    let tags = reader.take(count.checked_mul(size_of::<Tag>())?)?;
    let tags = tags.as_chunks().0.to_vec();
    Some((tags, SecretBytes::from_slice(reader.rest())))
}

/// The row of an object. A private one needs keys; a public one is attested when there are any.
pub(super) fn write(
    keys: Option<&Keyring>,
    token: &TokenId,
    id: u64,
    head: Head,
    tags: &[Tag],
    body: &SecretBytes,
) -> Result<ObjectRow> {
    let head = Head {
        attested: keys.is_some(),
        ..head
    };
    let content = content(tags, body)?;
    let context = context(head, token, id);
    let body = match (head.access, keys) {
        (Access::Private, Some(keys)) => seal::seal(
            object_key(keys, id, head).expose(),
            &context,
            content.expose(),
        )?,
        (Access::Private, None) => {
            return Err(Error::UserNotLoggedIn(
                "a private object is written by the logged-in user only".into(),
            ));
        }
        (Access::Public, keys) => {
            let mac = keys.map_or([0; MAC_LEN], |keys| {
                keys.public.tag(&[&context, content.expose()])
            });
            let mut bytes = content.expose().to_vec();
            bytes.extend_from_slice(&mac);
            let sum = sha256(&[&context, &bytes]);
            bytes.extend_from_slice(&sum);
            bytes
        }
    };
    Ok(ObjectRow {
        head: head.encode(token, id),
        body,
    })
}

fn object_key(keys: &Keyring, id: u64, head: Head) -> SecretBytes {
    keys.object
        .subkey(&[&id.to_be_bytes(), &head.generation.to_be_bytes()])
}

/// Opens and checks a row. A private one needs keys; the MAC of a public one is checked when there are any.
pub(super) fn open(
    keys: Option<&Keyring>,
    token: &TokenId,
    id: u64,
    row: &ObjectRow,
) -> Result<Opened> {
    let head = Head::read(&row.head, token, id)?;
    let context = context(head, token, id);
    let (tags, body) = match (head.access, keys) {
        (Access::Private, Some(keys)) => {
            let plain = seal::open(object_key(keys, id, head).expose(), &context, &row.body)?;
            plain.and_then(|plain| split(plain.expose()))
        }
        (Access::Private, None) => {
            return Err(Error::UserNotLoggedIn(
                "a private object is read by the logged-in user only".into(),
            ));
        }
        (Access::Public, keys) => open_public(keys, &context, head, &row.body).and_then(split),
    }
    .ok_or_else(|| damaged(id))?;
    Ok(Opened { head, tags, body })
}

fn open_public<'a>(
    keys: Option<&Keyring>,
    context: &[u8],
    head: Head,
    body: &'a [u8],
) -> Option<&'a [u8]> {
    let (bytes, sum) = body.split_last_chunk::<32>()?;
    agree(sum, &sha256(&[context, bytes])).then_some(())?;
    let (content, mac) = bytes.split_last_chunk::<MAC_LEN>()?;
    if head.attested
        && let Some(keys) = keys
    {
        agree(mac, &keys.public.tag(&[context, content])).then_some(())?;
    }
    Some(content)
}

/// The digest by which a row is a member of the object set.
pub(super) fn digest(row: &ObjectRow) -> [u8; 32] {
    sha256(&[b"keystead row", &row.head, &row.body])
}
