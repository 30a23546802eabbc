// SPDX-License-Identifier: MIT OR Apache-2.0
//! How the tool picks objects and describes them.

use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value as Json, json};

use super::desk::Session;
use super::failure::{Failure, Outcome};
use super::table::Table;
use crate::module::{Object, RawValue, Shown, Template, read};
use crate::pkcs11::attribute::{
    CKA_ALWAYS_AUTHENTICATE, CKA_CERTIFICATE_TYPE, CKA_CLASS, CKA_DECRYPT, CKA_DERIVE,
    CKA_EC_PARAMS, CKA_ENCRYPT, CKA_EXTRACTABLE, CKA_ID, CKA_KEY_TYPE, CKA_LABEL, CKA_LOCAL,
    CKA_MODIFIABLE, CKA_MODULUS, CKA_MODULUS_BITS, CKA_NEVER_EXTRACTABLE, CKA_PRIVATE,
    CKA_SENSITIVE, CKA_SIGN, CKA_SIGN_RECOVER, CKA_TOKEN, CKA_TRUSTED, CKA_UNIQUE_ID, CKA_UNWRAP,
    CKA_VALUE_LEN, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_WRAP,
};
use crate::pkcs11::{AttributeType, CertificateType, KeyType, ObjectClass, ObjectHandle};

/// Which objects a command is about.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Filter {
    /// Objects with this CKA_ID, in hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = parse_id)]
    id: Option<Id>,
    /// Objects with this CKA_LABEL
    #[arg(long)]
    label: Option<String>,
    /// Objects of this class: private-key, public-key, secret-key, certificate, data
    #[arg(long, value_name = "CLASS", value_parser = parse_class)]
    class: Option<ObjectClass>,
}

/// A CKA_ID from the command line.
#[derive(Clone, Debug)]
pub(super) struct Id(pub(super) Vec<u8>);

/// Reads hexadecimal digits, with or without colons.
pub(super) fn parse_id(text: &str) -> Result<Id, String> {
    let digits: Vec<char> = text.chars().filter(|c| *c != ':').collect();
    let wrong = "pairs of hexadecimal digits are expected";
    let bytes: Option<Vec<u8>> = digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some((high.to_digit(16)? << 4) | low.to_digit(16)?),
            _ => None,
        })
        .map(|byte| byte.and_then(|byte| u8::try_from(byte).ok()))
        .collect();
    match bytes {
        Some(bytes) if !bytes.is_empty() => Ok(Id(bytes)),
        _ => Err(wrong.to_owned()),
    }
}

fn parse_class(text: &str) -> Result<ObjectClass, String> {
    let name = text.replace('-', "_");
    ObjectClass::from_name(&name)
        .ok_or_else(|| "one of private-key, public-key, secret-key, certificate, data".to_owned())
}

impl Filter {
    /// Whether it lets everything through.
    pub(super) const fn is_open(&self) -> bool {
        self.id.is_none() && self.label.is_none() && self.class.is_none()
    }

    /// The objects of the token that fit, sorted by class, label and identifier.
    pub(super) fn find(&self, session: &Session<'_>) -> Outcome<Vec<Listed>> {
        let class = self.class.map(|class| class.0.to_ne_bytes());
        let mut template = Template(vec![(CKA_TOKEN, RawValue::Bytes(&[1]))]);
        if let Some(Id(id)) = &self.id {
            template.0.push((CKA_ID, RawValue::Bytes(id)));
        }
        if let Some(label) = &self.label {
            template
                .0
                .push((CKA_LABEL, RawValue::Bytes(label.as_bytes())));
        }
        if let Some(class) = &class {
            template.0.push((CKA_CLASS, RawValue::Bytes(class)));
        }
        let mut listed = find(session, &template)?;
        listed.sort_by_cached_key(|one| (one.class().0, one.label(), one.id()));
        Ok(listed)
    }
}

/// The objects that a template matches.
pub(super) fn find(session: &Session<'_>, template: &Template<'_>) -> Outcome<Vec<Listed>> {
    let refused = || Failure::refused(format!("{}: search", session.name()));
    let (module, handle) = (session.module, session.handle);
    module
        .find_objects_init(handle, template)
        .map_err(refused())?;
    let mut listed = Vec::new();
    loop {
        let found = module.find_objects(handle, 256).map_err(refused())?;
        if found.is_empty() {
            break;
        }
        for object in found {
            listed.push(Listed::load(session, object)?);
        }
    }
    module.find_objects_final(handle).map_err(refused())?;
    Ok(listed)
}

/// One object of a token.
#[derive(Debug)]
pub(super) struct Listed {
    /// Its handle in this session.
    pub(super) handle: ObjectHandle,
    object: Arc<Object>,
}

impl Listed {
    /// Reads an object.
    pub(super) fn load(session: &Session<'_>, handle: ObjectHandle) -> Outcome<Self> {
        let object = session
            .module
            .object(session.handle, handle)
            .map_err(Failure::refused(format!("{}: an object", session.name())))?;
        Ok(Self { handle, object })
    }

    /// Its class.
    pub(super) fn class(&self) -> ObjectClass {
        self.object.class()
    }

    /// An attribute as an application may see it.
    fn bytes(&self, id: AttributeType) -> Option<Vec<u8>> {
        match read(&self.object, id) {
            Ok(Shown::Bytes(bytes)) => Some(bytes.into_owned()),
            Ok(Shown::Template(_)) | Err(_) => None,
        }
    }

    fn number(&self, id: AttributeType) -> Option<u64> {
        let bytes = self.bytes(id)?;
        Some(u64::from_ne_bytes(bytes.try_into().ok()?))
    }

    fn switch(&self, id: AttributeType) -> Option<bool> {
        match self.bytes(id)?.as_slice() {
            [value] => Some(*value != 0),
            _ => None,
        }
    }

    /// Its label.
    pub(super) fn label(&self) -> String {
        let label = self.bytes(CKA_LABEL).unwrap_or_default();
        String::from_utf8_lossy(&label).into_owned()
    }

    /// Its CKA_ID in hexadecimal digits.
    pub(super) fn id(&self) -> String {
        hex(&self.bytes(CKA_ID).unwrap_or_default())
    }

    /// Algorithm and size in words.
    fn kind(&self) -> String {
        if let Some(number) = self.number(CKA_CERTIFICATE_TYPE) {
            return short(CertificateType(number).to_string());
        }
        let Some(key_type) = self.number(CKA_KEY_TYPE).map(KeyType) else {
            return String::new();
        };
        let name = short(key_type.to_string());
        match self
            .curve()
            .or_else(|| self.bits().map(|bits| bits.to_string()))
        {
            Some(size) => format!("{name} {size}"),
            None => name,
        }
    }

    fn bits(&self) -> Option<u64> {
        let modulus = || {
            let len = u64::try_from(self.bytes(CKA_MODULUS)?.len()).ok()?;
            Some(len * 8)
        };
        self.number(CKA_MODULUS_BITS)
            .or_else(modulus)
            .or_else(|| Some(self.number(CKA_VALUE_LEN)? * 8))
    }

    fn curve(&self) -> Option<String> {
        let params = self.bytes(CKA_EC_PARAMS)?;
        let known = CURVES.iter().find(|(_, der)| *der == params.as_slice());
        Some(known.map_or_else(|| hex(&params), |(name, _)| (*name).to_owned()))
    }

    /// What it may be used for.
    fn uses(&self) -> String {
        let uses = USES.iter().filter(|(id, _)| self.switch(*id) == Some(true));
        let words: Vec<&str> = uses.map(|(_, word)| *word).collect();
        words.join(" ")
    }

    /// In one line, for questions and reports.
    pub(super) fn words(&self) -> String {
        let mut words = short(self.class().to_string());
        let id = format!("id {}", self.id());
        for part in [self.kind(), quoted(&self.label()), id] {
            if !part.is_empty() {
                words.push(' ');
                words.push_str(&part);
            }
        }
        super::table::printable(&words)
    }

    /// Everything that is shown, for programs.
    pub(super) fn json(&self) -> Json {
        let mut object = Map::new();
        let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
        put("class", self.class().to_string().into());
        put("type", self.kind().into());
        if let Some(key_type) = self.number(CKA_KEY_TYPE) {
            put("key_type", KeyType(key_type).to_string().into());
        }
        put("label", self.label().into());
        put("id", self.id().into());
        if let Some(unique) = self.bytes(CKA_UNIQUE_ID) {
            put("unique_id", String::from_utf8_lossy(&unique).into());
        }
        if let Some(bits) = self.bits() {
            put("bits", bits.into());
        }
        if let Some(curve) = self.curve() {
            put("curve", curve.into());
        }
        let switches = SWITCHES.iter().chain(USES);
        let switches: Map<String, Json> = switches
            .filter_map(|(id, word)| Some(((*word).to_owned(), self.switch(*id)?.into())))
            .collect();
        put("attributes", switches.into());
        json!(object)
    }
}

fn quoted(label: &str) -> String {
    if label.is_empty() {
        String::new()
    } else {
        format!("\"{label}\"")
    }
}

/// The table of objects.
pub(super) fn table(listed: &[Listed]) -> Table {
    let mut table = Table::new(&["Class", "Type", "Label", "Id", "Uses"]);
    for one in listed {
        table.row([
            short(one.class().to_string()),
            one.kind(),
            one.label(),
            one.id(),
            one.uses(),
        ]);
    }
    table
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A constant's name without its prefix, as people write it.
fn short(name: String) -> String {
    match name.split_once('_') {
        Some((prefix, rest)) if prefix.starts_with("CK") => match prefix {
            "CKO" => rest.to_lowercase().replace('_', "-"),
            _ => rest.replace('_', " "),
        },
        _ => name,
    }
}

/// CKA_EC_PARAMS of the curves that have a name here (RFC 5480, section 2.1.1.1; RFC 8410, section 3).
pub(super) const CURVES: &[(&str, &[u8])] = &[
    (
        "P-256",
        &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    ),
    ("P-384", &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]),
    ("P-521", &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]),
    ("Ed25519", &[0x06, 0x03, 0x2b, 0x65, 0x70]),
    ("X25519", &[0x06, 0x03, 0x2b, 0x65, 0x6e]),
];

/// The usage attributes.
pub(super) const USES: &[(AttributeType, &str)] = &[
    (CKA_SIGN, "sign"),
    (CKA_SIGN_RECOVER, "sign-recover"),
    (CKA_VERIFY, "verify"),
    (CKA_VERIFY_RECOVER, "verify-recover"),
    (CKA_ENCRYPT, "encrypt"),
    (CKA_DECRYPT, "decrypt"),
    (CKA_WRAP, "wrap"),
    (CKA_UNWRAP, "unwrap"),
    (CKA_DERIVE, "derive"),
];

const SWITCHES: &[(AttributeType, &str)] = &[
    (CKA_PRIVATE, "private"),
    (CKA_SENSITIVE, "sensitive"),
    (CKA_EXTRACTABLE, "extractable"),
    (CKA_NEVER_EXTRACTABLE, "never-extractable"),
    (CKA_LOCAL, "local"),
    (CKA_MODIFIABLE, "modifiable"),
    (CKA_TRUSTED, "trusted"),
    (CKA_ALWAYS_AUTHENTICATE, "always-authenticate"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_pairs_of_hexadecimal_digits() {
        assert_eq!(parse_id("0aFF").unwrap().0, [0x0a, 0xff]);
        assert_eq!(parse_id("0a:ff").unwrap().0, [0x0a, 0xff]);
        for text in ["", "0", "0g", "012", "é1"] {
            assert!(parse_id(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn names_are_written_as_people_do() {
        assert_eq!(short("CKO_PRIVATE_KEY".to_owned()), "private-key");
        assert_eq!(short("CKK_GENERIC_SECRET".to_owned()), "GENERIC SECRET");
        assert_eq!(short("0x80000001".to_owned()), "0x80000001");
    }
}
