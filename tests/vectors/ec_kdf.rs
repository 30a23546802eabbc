// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key derivation from a shared secret. Vectors: NIST CAVP, "ANS X9.63-2001" and "SP 800-56A
//! concatenation KDF".

use keystead::crypto::digest::HashFunction;
use keystead::crypto::ec::kdf::{Counter, derive};
use keystead::secret::SecretBytes;

fn check(hash: HashFunction, counter: Counter, secret: &str, info: &str, expected: &str) {
    let secret = SecretBytes::new(hex::decode(secret).unwrap());
    let info = hex::decode(info).unwrap();
    let expected = hex::decode(expected).unwrap();
    let derived = derive(hash, counter, &secret, &info, expected.len()).unwrap();
    assert_eq!(
        hex::encode(derived.expose()),
        hex::encode(expected),
        "{hash:?}"
    );
}

#[test]
fn the_counter_after_the_secret_is_the_function_of_x9_63() {
    check(
        HashFunction::Sha1,
        Counter::AfterSecret,
        "1c7d7b5f0597b03d06a018466ed1a93e30ed4b04dc64ccdd",
        "",
        "bf71dffd8f4d99223936beb46fee8ccc",
    );
    check(
        HashFunction::Sha256,
        Counter::AfterSecret,
        "96c05619d56c328ab95fe84b18264b08725b85e33fd34f08",
        "",
        "443024c3dae66b95e6f5670601558f71",
    );
    check(
        HashFunction::Sha256,
        Counter::AfterSecret,
        "22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d",
        "75eef81aa3041e33b80971203d2c0c52",
        "c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e52a13d9c7c6fc878c50c5ea0\
         bc7b00e0da2447cfd874f6cf92f30d0097111485500c90c3af8b487872d04685d14c8d1dc8d7fa08beb0ce0a\
         babc11f0bd496269142d43525a78e5bc79a17f59676a5706dc54d54d4d1f0bd7e386128ec26afc21",
    );
}

#[test]
fn the_counter_before_the_secret_is_the_function_of_sp_800_56a() {
    check(
        HashFunction::Sha256,
        Counter::BeforeSecret,
        "52169af5c485dcc2321eb8d26d5efa21fb9b93c98e38412ee2484cf14f0d0d23",
        "a1b2c3d4e53728157e634612c12d6d5223e204aeea4341565369647bd184bcd246f72971f292badaa2fe4124\
         612cba",
        "1c3bc9e7c4547c5191c0d478cccaed55",
    );
}
