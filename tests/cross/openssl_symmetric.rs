// SPDX-License-Identifier: MIT OR Apache-2.0
//! Digests, ciphers, MACs and key derivations against `openssl dgst`, `enc`, `mac` and `kdf`.

use cryptoki_sys::*;

use crate::client::{Attributes, keystead, random, ulong, usable_secret};
use crate::mechanism::{HASHES, Mech};
use crate::openssl::{OpenSsl, hex};

/// Lengths around the blocks of every cipher and hash.
const LENGTHS: [usize; 8] = [0, 1, 15, 16, 17, 64, 137, 1000];

#[test]
fn digests_are_those_of_openssl() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    let more = [
        ("md5", CKM_MD5),
        ("sha512-224", CKM_SHA512_224),
        ("sha512-256", CKM_SHA512_256),
        ("blake2b512", CKM_BLAKE2B_512),
    ];
    let all = HASHES
        .iter()
        .map(|hash| (hash.name, hash.digest))
        .chain(more);
    for (name, id) in all {
        for len in [0, 55, 137, 1000] {
            let data = random(len);
            openssl.write("data", &data);
            let theirs = openssl.gives(&format!("dgst -{name} -binary data"));
            assert_eq!(
                session.digest(&Mech::plain(id), &data).unwrap(),
                theirs,
                "{name} {len}"
            );
        }
    }
}

#[test]
fn shake_key_derivation_is_the_output_of_openssls_shake() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for (name, id) in [
        ("shake128", CKM_SHAKE_128_KEY_DERIVATION),
        ("shake256", CKM_SHAKE_256_KEY_DERIVATION),
    ] {
        let value = random(40);
        openssl.write("data", &value);
        let theirs = openssl.gives(&format!("dgst -{name} -xoflen 100 -binary data"));
        let base = session.secret(CKK_GENERIC_SECRET, &value);
        let key = session
            .derive(&Mech::plain(id), base, &wanted(100))
            .unwrap();
        assert_eq!(session.read(key, CKA_VALUE), theirs, "{name}");
    }
}

/// A cipher of `openssl enc`: name, mechanism, key type, key length, IV length, block.
type Cipher = (
    &'static str,
    CK_MECHANISM_TYPE,
    CK_KEY_TYPE,
    usize,
    usize,
    usize,
);

#[rustfmt::skip]
const CIPHERS: &[Cipher] = &[
    ("aes-128-ecb -nopad", CKM_AES_ECB, CKK_AES, 16, 0, 16),
    ("aes-192-cbc -nopad", CKM_AES_CBC, CKK_AES, 24, 16, 16),
    ("aes-128-cbc", CKM_AES_CBC_PAD, CKK_AES, 16, 16, 1),
    ("aes-256-cbc", CKM_AES_CBC_PAD, CKK_AES, 32, 16, 1),
    ("aes-192-ofb", CKM_AES_OFB, CKK_AES, 24, 16, 1),
    ("aes-256-cfb", CKM_AES_CFB128, CKK_AES, 32, 16, 1),
    ("aes-128-cfb8", CKM_AES_CFB8, CKK_AES, 16, 16, 1),
    ("aes-128-cfb1", CKM_AES_CFB1, CKK_AES, 16, 16, 1),
    ("des-ede3 -nopad", CKM_DES3_ECB, CKK_DES3, 24, 0, 8),
    ("des-ede3-cbc -nopad", CKM_DES3_CBC, CKK_DES3, 24, 8, 8),
    ("des-ede3-cbc", CKM_DES3_CBC_PAD, CKK_DES3, 24, 8, 1),
];

#[test]
fn ciphers_are_those_of_openssl_both_ways() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    for &(name, id, key_type, key_len, iv_len, block) in CIPHERS {
        let (key, iv) = (des_parity(random(key_len), key_type), random(iv_len));
        for len in LENGTHS.map(|len| len.next_multiple_of(block)) {
            hold_cipher(
                &openssl,
                name,
                &Mech::bytes(id, &iv),
                (key_type, &key),
                &iv,
                len,
            );
        }
    }
    for len in LENGTHS {
        let (key, iv) = (random(32), random(16));
        hold_cipher(
            &openssl,
            "aes-256-ctr",
            &Mech::ctr(&iv),
            (CKK_AES, &key),
            &iv,
            len,
        );
        let (counter, nonce) = iv.split_at(4);
        let counter = u32::from_le_bytes(counter.try_into().unwrap()) >> 1;
        let iv = [&counter.to_le_bytes(), nonce].concat();
        let mech = Mech::chacha20(counter, nonce.to_vec());
        hold_cipher(&openssl, "chacha20", &mech, (CKK_CHACHA20, &key), &iv, len);
    }
}

#[test]
fn stealing_and_key_wraps_are_those_of_openssl_both_ways() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    for len in [17, 31, 33, 64, 100] {
        let (key, iv) = (random(32), random(16));
        let mech = Mech::bytes(CKM_AES_CTS, &iv);
        hold_cipher(
            &openssl,
            "aes-256-cbc-cts -nopad",
            &mech,
            (CKK_AES, &key),
            &iv,
            len,
        );
    }
    for len in [16, 24, 64] {
        let (key, iv) = (random(16), random(8));
        let mech = Mech::bytes(CKM_AES_KEY_WRAP, &iv);
        hold_cipher(&openssl, "id-aes128-wrap", &mech, (CKK_AES, &key), &iv, len);
    }
    for len in [1, 7, 8, 9, 20, 64] {
        let (key, iv) = (random(32), random(4));
        let mech = Mech::bytes(CKM_AES_KEY_WRAP_KWP, &iv);
        hold_cipher(
            &openssl,
            "id-aes256-wrap-pad",
            &mech,
            (CKK_AES, &key),
            &iv,
            len,
        );
    }
}

/// The keys of Triple-DES have odd parity in every byte.
pub(crate) fn des_parity(mut key: Vec<u8>, key_type: CK_KEY_TYPE) -> Vec<u8> {
    if key_type == CKK_DES3 {
        for byte in &mut key {
            *byte = *byte & 0xfe | u8::from((*byte >> 1).count_ones() % 2 == 0);
        }
    }
    key
}

fn hold_cipher(
    openssl: &OpenSsl,
    name: &str,
    mech: &Mech,
    (key_type, key): (CK_KEY_TYPE, &[u8]),
    iv: &[u8],
    len: usize,
) {
    let session = keystead();
    let data = random(len);
    openssl.write("data", &data);
    let iv = if iv.is_empty() {
        String::new()
    } else {
        format!("-iv {}", hex(iv))
    };
    let theirs = openssl.gives(&format!("enc -e -{name} -K {} {iv} -in data", hex(key)));
    let handle = session.secret(key_type, key);
    let what = format!("{name}, {len} bytes, key {}, {iv}", hex(key));
    assert_eq!(
        session.encrypt(mech, handle, &data).unwrap(),
        theirs,
        "{what}"
    );
    assert_eq!(
        session.decrypt(mech, handle, &theirs).unwrap(),
        data,
        "{what}"
    );
}

#[test]
fn macs_are_those_of_openssl() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    let hmacs = HASHES.iter().map(|hash| (hash.name, hash.hmac));
    let hmacs = hmacs.chain([
        ("md5", CKM_MD5_HMAC),
        ("sha512-224", CKM_SHA512_224_HMAC),
        ("sha512-256", CKM_SHA512_256_HMAC),
        ("blake2b512", CKM_BLAKE2B_512_HMAC),
    ]);
    for len in [1, 137, 1000] {
        let data = random(len);
        openssl.write("data", &data);
        let hold = |options: &str, mech: &Mech, key_type, key: &[u8]| {
            let arguments = format!("mac -macopt hexkey:{} {options}", hex(key));
            let arguments = arguments.replace("mac ", "mac -in data -binary ");
            let theirs = openssl.gives(&arguments);
            let handle = session.secret(key_type, key);
            assert_eq!(
                session.sign(mech, handle, &data).unwrap(),
                theirs,
                "{arguments}"
            );
            session.verify(mech, handle, &data, &theirs).unwrap();
        };
        for (name, id) in hmacs.clone() {
            let options = format!("-digest {name} HMAC");
            hold(
                &options,
                &Mech::plain(id),
                CKK_GENERIC_SECRET,
                &random(32 + len % 100),
            );
        }
        for (bits, key_len) in [(128, 16), (192, 24), (256, 32)] {
            let options = format!("-cipher aes-{bits}-cbc CMAC");
            hold(
                &options,
                &Mech::plain(CKM_AES_CMAC),
                CKK_AES,
                &random(key_len),
            );
            let iv = random(12);
            let options = format!("-cipher aes-{bits}-gcm -macopt hexiv:{} GMAC", hex(&iv));
            hold(
                &options,
                &Mech::bytes(CKM_AES_GMAC, &iv),
                CKK_AES,
                &random(key_len),
            );
        }
        let key = des_parity(random(24), CKK_DES3);
        hold(
            "-cipher des-ede3-cbc CMAC",
            &Mech::plain(CKM_DES3_CMAC),
            CKK_DES3,
            &key,
        );
        hold(
            "Poly1305",
            &Mech::plain(CKM_POLY1305),
            CKK_POLY1305,
            &random(32),
        );
    }
}

/// A generic secret of this length that is shown.
fn wanted(len: usize) -> Attributes {
    let mut attributes = usable_secret(CKK_GENERIC_SECRET);
    attributes.push((CKA_VALUE_LEN, ulong(len as CK_ULONG)));
    attributes
}

#[test]
fn key_derivations_are_those_of_openssl() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for hash in HASHES {
        let (name, key) = (hash.name, random(37));
        let (salt, info) = (random(19), random(23));
        let base = session.secret(CKK_GENERIC_SECRET, &key);
        let kdf = |options: &str| {
            openssl.gives(&format!(
                "kdf -keylen 75 -binary -kdfopt digest:{name} {options}"
            ))
        };
        let hold = |mech: &Mech, theirs: Vec<u8>| {
            let derived = session.derive(mech, base, &wanted(75)).unwrap();
            assert_eq!(
                session.read(derived, CKA_VALUE),
                theirs,
                "{name} {:#x}",
                mech.id
            );
        };
        let (key, salt_hex, info_hex) = (hex(&key), hex(&salt), hex(&info));
        hold(
            &Mech::hkdf(*hash, salt.clone(), info.clone()),
            kdf(&format!(
                "-kdfopt hexkey:{key} -kdfopt hexsalt:{salt_hex} -kdfopt hexinfo:{info_hex} HKDF"
            )),
        );
        hold(
            &Mech::kbkdf(hash.hmac, &salt, &info),
            kdf(&format!(
                "-kdfopt hexkey:{key} -kdfopt mac:HMAC -kdfopt mode:COUNTER \
                 -kdfopt hexsalt:{salt_hex} -kdfopt hexinfo:{info_hex} KBKDF"
            )),
        );
    }
}

#[test]
fn password_derivations_are_those_of_openssl() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for (name, prf) in [
        ("sha1", CKP_PKCS5_PBKD2_HMAC_SHA1),
        ("sha224", CKP_PKCS5_PBKD2_HMAC_SHA224),
        ("sha256", CKP_PKCS5_PBKD2_HMAC_SHA256),
        ("sha384", CKP_PKCS5_PBKD2_HMAC_SHA384),
        ("sha512", CKP_PKCS5_PBKD2_HMAC_SHA512),
    ] {
        let (password, salt) = (random(11), random(17));
        let theirs = openssl.gives(&format!(
            "kdf -keylen 50 -binary -kdfopt digest:{name} -kdfopt hexpass:{} -kdfopt hexsalt:{} \
             -kdfopt iter:1234 PBKDF2",
            hex(&password),
            hex(&salt)
        ));
        let mech = Mech::pbkdf2(prf, password, salt, 1234);
        let key = session.generate(&mech, &wanted(50)).unwrap();
        assert_eq!(session.read(key, CKA_VALUE), theirs, "{name}");
    }
}

#[test]
fn the_prf_of_tls_1_2_is_that_of_openssl() {
    let Some(openssl) = OpenSsl::find() else {
        return;
    };
    let session = keystead();
    for hash in HASHES
        .iter()
        .filter(|hash| ["sha256", "sha384", "sha512"].contains(&hash.name))
    {
        let (secret, client, server) = (random(48), random(32), random(32));
        let label = b"EXPORTER test".to_vec();
        let theirs = openssl.gives(&format!(
            "kdf -keylen 100 -binary -kdfopt digest:{} -kdfopt hexsecret:{} -kdfopt hexseed:{} \
             TLS1-PRF",
            hash.name,
            hex(&secret),
            hex(&[&label[..], &client, &server].concat())
        ));
        let base = session.secret(CKK_GENERIC_SECRET, &secret);
        let mech = Mech::tls12_kdf(*hash, label, client, server);
        let key = session.derive(&mech, base, &wanted(100)).unwrap();
        assert_eq!(session.read(key, CKA_VALUE), theirs, "{}", hash.name);
    }
}
