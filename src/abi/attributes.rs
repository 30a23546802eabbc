// SPDX-License-Identifier: MIT OR Apache-2.0
//! Attributes going out: every entry of the template gets its answer, whatever happens to the
//! others.
//!
//! Source: PKCS#11 v3.2, "C_GetAttributeValue".

use std::borrow::Cow;

use super::limits::{TEMPLATE_ENTRIES_MAX, TEMPLATE_NESTING_MAX};
use super::output::{elements, ulong};
use super::types::{CK_ATTRIBUTE, CK_UNAVAILABLE_INFORMATION};
use crate::error::{Error, Result};
use crate::object::{AttributeMap, Object, Shown, Value, View};
use crate::pkcs11::AttributeType;

/// The application's entries, copied once; only lengths and values are written back.
pub(super) struct Wanted {
    place: *mut CK_ATTRIBUTE,
    entries: Vec<CK_ATTRIBUTE>,
}

impl Wanted {
    /// Reads which attributes are asked for.
    ///
    /// # Safety
    /// `template` is NULL or points to `count` readable and writable attributes, each with
    /// `ulValueLen` writable bytes at a non-null `pValue`; array attributes hold such templates.
    /// This holds until the value is dropped.
    ///
    /// # Errors
    /// `CKR_ARGUMENTS_BAD` for NULL with a count, or for too many entries.
    pub(super) unsafe fn new(template: *mut CK_ATTRIBUTE, count: u64) -> Result<Self> {
        let count = usize::try_from(count)
            .ok()
            .filter(|count| *count <= TEMPLATE_ENTRIES_MAX)
            .ok_or_else(|| Error::ArgumentsBad("the template has too many entries".into()))?;
        if template.is_null() && count > 0 {
            return Err(Error::ArgumentsBad(
                "the template is NULL but has entries".into(),
            ));
        }
        let mut entries = Vec::with_capacity(count);
        for position in 0..count {
            // SAFETY: below the count that this function's contract gives.
            let entry = unsafe { template.add(position) };
            // SAFETY: points to an attribute by this function's contract; alignment is not relied
            // on.
            entries.push(unsafe { entry.read_unaligned() });
        }
        Ok(Self {
            place: template,
            entries,
        })
    }

    /// Answers every entry from the object, in the forms of the view.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_SENSITIVE`, `CKR_ATTRIBUTE_TYPE_INVALID` or `CKR_BUFFER_TOO_SMALL` when some
    /// entries could not be answered; of several the first of this list.
    pub(super) fn fill(mut self, object: &Object, view: View) -> Result<()> {
        let mut worst = Worst::default();
        for entry in &mut self.entries {
            let outcome = match view.read(object, AttributeType(entry.type_)) {
                Ok(Shown::Bytes(bytes)) => put_bytes(entry, &bytes),
                Ok(Shown::Template(map)) => put_template(entry, map, 0, &mut worst),
                Err(error) => Err(error),
            };
            worst.note(entry, outcome);
        }
        write_back(self.place, &self.entries);
        worst.0.map_or(Ok(()), Err)
    }
}

/// The error that the call returns when several entries fail.
#[derive(Default)]
struct Worst(Option<Error>);

impl Worst {
    fn note(&mut self, entry: &mut CK_ATTRIBUTE, outcome: Result<()>) {
        let Err(error) = outcome else { return };
        entry.ulValueLen = CK_UNAVAILABLE_INFORMATION;
        if self
            .0
            .as_ref()
            .is_none_or(|known| rank(&error) > rank(known))
        {
            self.0 = Some(error);
        }
    }
}

/// Which error says more; the standard leaves the choice to the library.
fn rank(error: &Error) -> u8 {
    if matches!(error, Error::BufferTooSmall { .. }) {
        1
    } else if matches!(error, Error::AttributeTypeInvalid(_)) {
        2
    } else if matches!(error, Error::AttributeSensitive(_)) {
        3
    } else {
        4
    }
}

/// The bytes of one attribute, if there is room.
///
/// # Errors
/// `CKR_BUFFER_TOO_SMALL`
fn put_bytes(entry: &mut CK_ATTRIBUTE, bytes: &[u8]) -> Result<()> {
    let needed = ulong(bytes.len())?;
    if !entry.pValue.is_null() {
        if entry.ulValueLen < needed {
            return Err(Error::BufferTooSmall {
                needed: bytes.len(),
            });
        }
        // SAFETY: `Wanted::new`'s contract gives `ulValueLen` writable bytes; `copy` allows any
        // overlap.
        unsafe { core::ptr::copy(bytes.as_ptr(), entry.pValue.cast(), bytes.len()) };
    }
    entry.ulValueLen = needed;
    Ok(())
}

/// An array attribute: the types are ours, the values go where the application's entries point.
///
/// What fails inside is noted inside, so that the application still sees the rest.
///
/// # Errors
/// `CKR_BUFFER_TOO_SMALL`, `CKR_ATTRIBUTE_TYPE_INVALID`
fn put_template(
    entry: &mut CK_ATTRIBUTE,
    map: &AttributeMap,
    depth: usize,
    worst: &mut Worst,
) -> Result<()> {
    if depth >= TEMPLATE_NESTING_MAX {
        return Err(Error::AttributeTypeInvalid(
            "templates stand too deep in templates".into(),
        ));
    }
    let needed = map.len().saturating_mul(size_of::<CK_ATTRIBUTE>());
    let needed_len = ulong(needed)?;
    if entry.pValue.is_null() {
        entry.ulValueLen = needed_len;
        return Ok(());
    }
    if entry.ulValueLen < needed_len {
        return Err(Error::BufferTooSmall { needed });
    }
    let place: *mut CK_ATTRIBUTE = entry.pValue.cast();
    let mut inner = Vec::with_capacity(map.len());
    for (position, (id, value)) in map.iter().enumerate() {
        // SAFETY: `Wanted::new`'s contract gives `ulValueLen` bytes of entries, and there are no
        // more.
        let given = unsafe { place.add(position) };
        // SAFETY: likewise; alignment is not relied on.
        let mut given = unsafe { given.read_unaligned() };
        given.type_ = id.0;
        let outcome = match value {
            Value::Template(nested) => put_template(&mut given, nested, depth + 1, worst),
            Value::Secret(_) => Err(Error::AttributeSensitive(format!("{id}").into())),
            Value::Bool(_) | Value::Ulong(_) | Value::Bytes(_) | Value::Mechanisms(_) => {
                put_bytes(&mut given, &plain(value))
            }
        };
        worst.note(&mut given, outcome);
        inner.push(given);
    }
    write_back(place, &inner);
    entry.ulValueLen = needed_len;
    Ok(())
}

/// A value that is no secret and no template, as C has it.
fn plain(value: &Value) -> Cow<'_, [u8]> {
    match value {
        Value::Bool(value) => Cow::Owned(vec![u8::from(*value)]),
        Value::Ulong(value) => Cow::Owned(value.to_ne_bytes().to_vec()),
        Value::Bytes(value) => Cow::Borrowed(value),
        Value::Mechanisms(list) => {
            Cow::Owned(list.iter().flat_map(|one| one.0.to_ne_bytes()).collect())
        }
        Value::Secret(_) | Value::Template(_) => Cow::Borrowed(&[]),
    }
}

fn write_back(place: *mut CK_ATTRIBUTE, entries: &[CK_ATTRIBUTE]) {
    // SAFETY: the entries were read from here, and `Wanted::new`'s contract lets us write them.
    unsafe { elements(entries, place) };
}
