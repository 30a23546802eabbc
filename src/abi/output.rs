// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes, handles and structures going out.
//!
//! The application's memory is never a `&mut` here: the output buffer may be the input buffer.
//! Source: PKCS#11 v3.2, "Conventions for functions returning output in a variable-length buffer".

use core::ptr::NonNull;

use super::types::{CK_BYTE, CK_ULONG};
use crate::error::{Error, Result};
use crate::session::{Buffer, Reply, Room};

/// A variable-length output: the buffer and its length, which is read once.
pub(super) struct Output {
    data: *mut CK_BYTE,
    len: Place<CK_ULONG>,
    room: Room,
}

impl Output {
    /// Reads how much room the application offers.
    ///
    /// # Safety
    /// `len` is NULL or points to a readable and writable `CK_ULONG`; `data` is NULL or points to
    /// `*len` writable bytes. Both promises hold until the value is dropped.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` when `len` is NULL.
    pub(super) unsafe fn new(data: *mut CK_BYTE, len: *mut CK_ULONG) -> Result<Self> {
        // SAFETY: this function's contract gives a writable CK_ULONG.
        let len = unsafe { Place::new(len, "the pointer to the output's length is NULL") }?;
        let room = if data.is_null() {
            Room::Query
        } else {
            Room::Bytes(usize::try_from(len.get()).unwrap_or(usize::MAX))
        };
        Ok(Self { data, len, room })
    }

    /// Where the output goes when it comes after the call: `CKR_PENDING`.
    pub(super) fn later(&self) -> Buffer {
        Buffer {
            address: self.data.expose_provenance(),
            room: match self.room {
                Room::Query => 0,
                Room::Bytes(room) => room,
            },
        }
    }

    /// How much room there is.
    pub(super) const fn room(&self) -> Room {
        self.room
    }

    /// Writes the reply, or the length it needs, and passes errors on.
    ///
    /// # Errors
    /// Whatever `reply` is; `CKR_GENERAL_ERROR` when it does not fit the room that was offered.
    pub(super) fn put(&self, reply: Result<Reply>) -> Result<()> {
        match reply {
            Ok(Reply::Length(len)) => self.put_len(len),
            Ok(Reply::Bytes(bytes)) => self.put_bytes(bytes.expose()),
            Err(error) => Err(self.needing(error)),
        }
    }

    /// Writes bytes that fit.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when they do not.
    pub(super) fn put_bytes(&self, bytes: &[u8]) -> Result<()> {
        match self.room {
            Room::Bytes(room) if bytes.len() <= room => {}
            Room::Bytes(_) | Room::Query => {
                return Err(Error::GeneralError(
                    "an output is longer than the room it was made for".into(),
                ));
            }
        }
        // SAFETY: `new`'s contract gives that many writable bytes; `copy` allows any overlap.
        unsafe { core::ptr::copy(bytes.as_ptr(), self.data, bytes.len()) };
        self.put_len(bytes.len())
    }

    /// Writes the length that `CKR_BUFFER_TOO_SMALL` goes with.
    pub(super) fn needing(&self, error: Error) -> Error {
        if let Error::BufferTooSmall { needed } = error
            && let Err(worse) = self.put_len(needed)
        {
            return worse;
        }
        error
    }

    /// Writes the length.
    ///
    /// # Errors
    /// `CKR_GENERAL_ERROR` when no `CK_ULONG` can hold it.
    pub(super) fn put_len(&self, len: usize) -> Result<()> {
        self.len.put(ulong(len)?);
        Ok(())
    }
}

/// A length as `CK_ULONG`.
///
/// # Errors
/// `CKR_GENERAL_ERROR` when it does not fit.
pub(super) fn ulong(len: usize) -> Result<CK_ULONG> {
    CK_ULONG::try_from(len).map_err(|_| Error::GeneralError("a length exceeds CK_ULONG".into()))
}

/// One value in the application's memory that the call may set.
#[derive(Clone, Copy)]
pub(super) struct Place<T>(NonNull<T>);

impl<T: Copy> Place<T> {
    /// Remembers where the value goes.
    ///
    /// # Safety
    /// `place` is NULL or points to memory for one `T` that may be written until the value is
    /// dropped.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` when `place` is NULL; `what` says which argument it is.
    pub(super) unsafe fn new(place: *mut T, what: &'static str) -> Result<Self> {
        NonNull::new(place)
            .map(Self)
            .ok_or_else(|| Error::ArgumentsBad(what.into()))
    }

    /// What stands there now.
    pub(super) fn get(self) -> T {
        // SAFETY: `new`'s contract, for the types that are read: initialised by the application.
        unsafe { self.0.as_ptr().read_unaligned() }
    }

    /// Sets the value.
    pub(super) fn put(self, value: T) {
        // SAFETY: `new`'s contract gives writable memory for one T; alignment is not relied on.
        unsafe { self.0.as_ptr().write_unaligned(value) };
    }
}

/// Writes a list of numbers with the length convention of `C_GetSlotList`.
///
/// # Safety
/// `count` is NULL or points to a readable and writable `CK_ULONG`; `list` is NULL or points to
/// `*count` elements.
///
/// # Errors
/// `CKR_ARGUMENTS_BAD` when `count` is NULL; `CKR_BUFFER_TOO_SMALL`, with the count updated.
pub(super) unsafe fn list<T: Copy>(
    items: &[T],
    list: *mut T,
    count: Place<CK_ULONG>,
) -> Result<()> {
    let offered = count.get();
    let needed = ulong(items.len())?;
    count.put(needed);
    if list.is_null() {
        return Ok(());
    }
    if offered < needed {
        return Err(Error::BufferTooSmall {
            needed: items.len(),
        });
    }
    // SAFETY: this function's contract gives `offered` writable elements, and there are no more.
    unsafe { elements(items, list) };
    Ok(())
}

/// Writes elements one after the other.
///
/// # Safety
/// `list` points to writable memory for all of them.
pub(super) unsafe fn elements<T: Copy>(items: &[T], list: *mut T) {
    for (position, item) in items.iter().enumerate() {
        // SAFETY: within the memory that this function's contract gives.
        let place = unsafe { list.add(position) };
        // SAFETY: likewise; alignment is not relied on.
        unsafe { place.write_unaligned(*item) };
    }
}

/// A string as the information structures have it: cut at a character, padded with blanks, no
/// terminator.
pub(super) fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut field = [b' '; N];
    let end = text.floor_char_boundary(N);
    for (to, from) in field.iter_mut().zip(text.as_bytes().iter().take(end)) {
        *to = *from;
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretBytes;

    #[test]
    fn padding_never_cuts_a_character() {
        assert_eq!(&padded::<4>("ab"), b"ab  ");
        assert_eq!(&padded::<4>("abcdef"), b"abcd");
        assert_eq!(&padded::<4>("abc\u{e9}"), b"abc ");
    }

    #[test]
    fn a_reply_goes_out_with_its_length() {
        let mut room = [0_u8; 4];
        let mut len: CK_ULONG = 4;
        // SAFETY: both point to locals of the right size.
        let output = unsafe { Output::new(room.as_mut_ptr(), &raw mut len) }.unwrap();
        assert_eq!(output.room(), Room::Bytes(4));
        output
            .put(Ok(Reply::Bytes(SecretBytes::from_slice(b"abc"))))
            .unwrap();
        assert_eq!((&room, len), (b"abc\0", 3));
    }

    #[test]
    fn a_reply_that_is_too_long_never_goes_out() {
        let mut room = [0_u8; 2];
        let mut len: CK_ULONG = 2;
        // SAFETY: both point to locals of the right size.
        let output = unsafe { Output::new(room.as_mut_ptr(), &raw mut len) }.unwrap();
        let refused = output.put(Ok(Reply::Bytes(SecretBytes::from_slice(b"abc"))));
        assert!(matches!(refused, Err(Error::GeneralError(_))));
        assert_eq!(&room, b"\0\0");
    }

    #[test]
    fn too_small_updates_the_length() {
        let mut room = [0_u8; 2];
        let mut len: CK_ULONG = 2;
        // SAFETY: both point to locals of the right size.
        let output = unsafe { Output::new(room.as_mut_ptr(), &raw mut len) }.unwrap();
        let error = output.put(Err(Error::BufferTooSmall { needed: 9 }));
        assert_eq!(error, Err(Error::BufferTooSmall { needed: 9 }));
        assert_eq!(len, 9);
    }

    #[test]
    fn a_list_that_does_not_fit_tells_its_count() {
        let mut slots: [CK_ULONG; 1] = [7];
        let mut count: CK_ULONG = 1;
        // SAFETY: points to a local.
        let place = unsafe { Place::new(&raw mut count, "count") }.unwrap();
        // SAFETY: the list has as many elements as the count says.
        let error = unsafe { list(&[1, 2, 3], slots.as_mut_ptr(), place) };
        assert_eq!(error, Err(Error::BufferTooSmall { needed: 3 }));
        assert_eq!((count, slots), (3, [7]));
    }
}
