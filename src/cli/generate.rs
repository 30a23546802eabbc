// SPDX-License-Identifier: MIT OR Apache-2.0
//! `keystead generate`: makes keys in a token.

use clap::Args;
use serde_json::{Value as Json, json};

use super::desk::{Choice, Desk, Session};
use super::failure::{Failure, Outcome};
use super::object::{self, CURVES, Id, Listed, USES};
use super::pin_entry::UserPin;
use super::{Common, output};
use crate::module::{Params, RawValue, Template, mechanism};
use crate::pkcs11::attribute::{
    CKA_ALWAYS_AUTHENTICATE, CKA_EC_PARAMS, CKA_EXTRACTABLE, CKA_ID, CKA_LABEL, CKA_MODULUS_BITS,
    CKA_PRIVATE, CKA_PUBLIC_EXPONENT, CKA_SENSITIVE, CKA_TOKEN, CKA_VALUE_LEN,
};
use crate::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY};
use crate::pkcs11::mechanism::{
    CKM_AES_KEY_GEN, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN,
    CKM_EC_MONTGOMERY_KEY_PAIR_GEN, CKM_GENERIC_SECRET_KEY_GEN, CKM_RSA_PKCS_KEY_PAIR_GEN,
};
use crate::pkcs11::{AttributeType, MechanismType, ObjectHandle};

/// Makes a key or a key pair in a token; it never leaves it, unless it is made extractable
#[derive(Args, Debug)]
#[command(after_help = "\
Keys:
  rsa:BITS          RSA key pair, 1024 to 8192 bits
  ec:CURVE          EC key pair on p256, p384 or p521
  ed25519, x25519   key pair for EdDSA signatures, or for key agreement
  aes:BITS          AES key of 128, 192 or 256 bits
  secret:BITS       generic secret, for HMAC or derivation; a multiple of 8

Examples:
  keystead generate ec:p256 --label tls --id 01
  keystead generate rsa:3072 --label signer --use sign,verify
  PIN=1234 keystead generate aes:256 --label kek --use wrap,unwrap --pin-env PIN
  keystead generate ed25519 --token work --label release --always-authenticate")]
pub(super) struct Generate {
    /// What to make
    #[arg(value_parser = parse_recipe)]
    key: Recipe,
    /// CKA_LABEL of the key
    #[arg(long)]
    label: Option<String>,
    /// CKA_ID of the key; without it, a random one of 8 bytes
    #[arg(long, value_name = "HEX", value_parser = object::parse_id)]
    id: Option<Id>,
    /// Let the key be wrapped by others and so leave the token
    #[arg(long)]
    extractable: bool,
    /// Ask for the PIN again before each use of the private key
    #[arg(long)]
    always_authenticate: bool,
    /// What the key is for; without it, all that fits its type
    #[arg(long = "use", value_name = "USES", value_delimiter = ',', value_parser = parse_use)]
    uses: Vec<&'static str>,
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    pin: UserPin,
}

/// How a key is made.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Recipe {
    mechanism: MechanismType,
    material: Material,
}

/// What says which key it will be.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Material {
    /// `CKA_MODULUS_BITS`
    Modulus(u64),
    /// `CKA_EC_PARAMS`
    Curve(&'static [u8]),
    /// `CKA_VALUE_LEN`
    Secret(u64),
}

fn parse_recipe(text: &str) -> Result<Recipe, String> {
    let (name, size) = text.split_once(':').unwrap_or((text, ""));
    let bits = || {
        size.parse::<u64>()
            .map_err(|_| format!("\"{size}\" is no number of bits"))
    };
    let curve = |name: &str| {
        let found = CURVES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, der)| Material::Curve(der))
    };
    let make = |mechanism, material| {
        Ok(Recipe {
            mechanism,
            material,
        })
    };
    match (name, size) {
        ("rsa", _) => make(CKM_RSA_PKCS_KEY_PAIR_GEN, Material::Modulus(bits()?)),
        ("ec", "p256" | "p384" | "p521") => {
            let material = curve(&size.replace('p', "P-")).ok_or("this curve has no name")?;
            make(CKM_EC_KEY_PAIR_GEN, material)
        }
        ("ec", _) => Err("the curve is one of p256, p384, p521".to_owned()),
        ("ed25519", "") => {
            let material = curve(name).ok_or("this curve has no name")?;
            make(CKM_EC_EDWARDS_KEY_PAIR_GEN, material)
        }
        ("x25519", "") => {
            let material = curve(name).ok_or("this curve has no name")?;
            make(CKM_EC_MONTGOMERY_KEY_PAIR_GEN, material)
        }
        ("aes" | "secret", _) => {
            let (mechanism, bits) = (name, bits()?);
            let mechanism = match mechanism {
                "aes" if ![128, 192, 256].contains(&bits) => {
                    return Err("an AES key has 128, 192 or 256 bits".to_owned());
                }
                "aes" => CKM_AES_KEY_GEN,
                _ => CKM_GENERIC_SECRET_KEY_GEN,
            };
            if bits == 0 || bits % 8 != 0 {
                return Err("the number of bits is a multiple of 8".to_owned());
            }
            make(mechanism, Material::Secret(bits / 8))
        }
        _ => Err("one of rsa:BITS, ec:CURVE, ed25519, x25519, aes:BITS, secret:BITS".to_owned()),
    }
}

fn parse_use(text: &str) -> Result<&'static str, String> {
    let found = USES.iter().find(|(_, word)| *word == text);
    found.map(|(_, word)| *word).ok_or_else(|| {
        let words: Vec<&str> = USES.iter().map(|(_, word)| *word).collect();
        format!("one of {}", words.join(", "))
    })
}

impl Generate {
    /// Runs the command.
    pub(super) fn run(&self, common: &Common) -> Outcome {
        let is_secret = matches!(self.key.material, Material::Secret(_));
        if self.always_authenticate && is_secret {
            return Err(Failure::usage("--always-authenticate is for key pairs"));
        }
        let desk = Desk::open(common)?;
        let found = desk.choose(&self.choice)?;
        let session = desk.user_session(&found, &self.pin)?;
        let id = self.id(&session)?;
        let handles = self.make(&session, &id)?;
        let made: Vec<Listed> = handles
            .into_iter()
            .map(|handle| Listed::load(&session, handle))
            .collect::<Outcome<_>>()?;
        if common.json {
            let made: Json = made.iter().map(Listed::json).collect();
            return output::json(&json!({ "generated": made }));
        }
        let lines: Vec<String> = made.iter().map(Listed::words).collect();
        output::line(&format!(
            "{}: made {}",
            found.name(),
            lines.join("\n  and ")
        ))
    }

    /// The identifier: one that no other key has.
    fn id(&self, session: &Session<'_>) -> Outcome<Vec<u8>> {
        let Some(Id(id)) = &self.id else {
            let mut id = vec![0; 8];
            session
                .module
                .generate_random(session.handle, &mut id)
                .map_err(Failure::refused("an identifier"))?;
            return Ok(id);
        };
        let template = Template(vec![
            (CKA_TOKEN, RawValue::Bytes(&[1])),
            (CKA_ID, RawValue::Bytes(id)),
        ]);
        let keys = [CKO_PRIVATE_KEY, CKO_PUBLIC_KEY, CKO_SECRET_KEY];
        let taken = object::find(session, &template)?;
        match taken.iter().find(|one| keys.contains(&one.class())) {
            None => Ok(id.clone()),
            Some(one) => Err(Failure::new(format!(
                "{}: the identifier {} is taken by {}",
                session.name(),
                object::hex(id),
                one.words()
            ))
            .next("choose another --id, leave it out, or delete that key first")),
        }
    }

    fn make(&self, session: &Session<'_>, id: &[u8]) -> Outcome<Vec<ObjectHandle>> {
        let row = mechanism(self.key.mechanism).map_err(Failure::refused("generate"))?;
        let refused = Failure::refused(format!("{}: generate", session.name()));
        let (module, handle) = (session.module, session.handle);
        let yes: &[u8] = &[1];
        let mut common = vec![(CKA_TOKEN, yes), (CKA_ID, id)];
        if let Some(label) = &self.label {
            common.push((CKA_LABEL, label.as_bytes()));
        }
        let extractable = [u8::from(self.extractable)];
        let mut guarded = common.clone();
        guarded.push((CKA_PRIVATE, yes));
        guarded.push((CKA_SENSITIVE, yes));
        guarded.push((CKA_EXTRACTABLE, &extractable));
        if self.always_authenticate {
            guarded.push((CKA_ALWAYS_AUTHENTICATE, yes));
        }
        let number;
        match &self.key.material {
            Material::Secret(len) => {
                number = len.to_ne_bytes();
                guarded.push((CKA_VALUE_LEN, &number));
                self.add_uses(&mut guarded, Half::Both);
                let key = module.generate_key(handle, row, &Params::None, &template(guarded));
                return key.map(|key| vec![key]).map_err(refused);
            }
            Material::Modulus(bits) => {
                number = bits.to_ne_bytes();
                common.push((CKA_MODULUS_BITS, &number));
                common.push((CKA_PUBLIC_EXPONENT, &[1, 0, 1]));
            }
            Material::Curve(params) => common.push((CKA_EC_PARAMS, params)),
        }
        self.add_uses(&mut common, Half::Public);
        self.add_uses(&mut guarded, Half::Private);
        let (public, private) = (template(common), template(guarded));
        module
            .generate_key_pair(handle, row, &Params::None, &public, &private)
            .map(|(public, private)| vec![public, private])
            .map_err(refused)
    }

    /// With `--use`, each usage attribute that this half may have is said outright.
    fn add_uses(&self, attributes: &mut Vec<(AttributeType, &[u8])>, half: Half) {
        if self.uses.is_empty() {
            return;
        }
        for (attribute, word) in USES.iter().filter(|(_, word)| half.has(word)) {
            let value: &[u8] = if self.uses.contains(word) { &[1] } else { &[0] };
            attributes.push((*attribute, value));
        }
    }
}

/// Which half of a key pair.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Half {
    Public,
    Private,
    Both,
}

impl Half {
    /// Whether keys of this half have the usage attribute at all (PKCS#11 v3.2, "Public key objects",
    /// "Private key objects", "Secret key objects").
    fn has(self, word: &str) -> bool {
        match self {
            Self::Public => ["encrypt", "verify", "verify-recover", "wrap"].contains(&word),
            Self::Private => {
                ["decrypt", "sign", "sign-recover", "unwrap", "derive"].contains(&word)
            }
            Self::Both => !word.ends_with("-recover"),
        }
    }
}

fn template<'a>(attributes: Vec<(AttributeType, &'a [u8])>) -> Template<'a> {
    let raw = attributes.into_iter();
    Template(
        raw.map(|(id, value)| (id, RawValue::Bytes(value)))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bits() {
        let recipe = parse_recipe("secret:256").unwrap();
        assert_eq!(recipe.material, Material::Secret(32));
        let recipe = parse_recipe("rsa:3072").unwrap();
        assert_eq!(recipe.material, Material::Modulus(3072));
    }

    #[test]
    fn curves_go_by_their_short_names() {
        for (text, mechanism) in [
            ("ec:p256", CKM_EC_KEY_PAIR_GEN),
            ("ec:p384", CKM_EC_KEY_PAIR_GEN),
            ("ec:p521", CKM_EC_KEY_PAIR_GEN),
            ("ed25519", CKM_EC_EDWARDS_KEY_PAIR_GEN),
            ("x25519", CKM_EC_MONTGOMERY_KEY_PAIR_GEN),
        ] {
            assert_eq!(
                parse_recipe(text).expect(text).mechanism,
                mechanism,
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_made_is_refused_with_what_can() {
        for (text, advice) in [
            ("aes:100", "128, 192 or 256"),
            ("ec:p999", "p256, p384, p521"),
            ("rsa:many", "no number"),
            ("secret:7", "multiple of 8"),
            ("dsa:2048", "rsa:BITS"),
            ("ed25519:1", "rsa:BITS"),
        ] {
            let error = parse_recipe(text).expect_err(text);
            assert!(error.contains(advice), "{text}: {error}");
        }
    }
}
