// SPDX-License-Identifier: MIT OR Apache-2.0
//! FIPS 180-4: the examples that NIST publishes with the standard ("Cryptographic Standards and Guidelines,
//! Examples with Intermediate Values", SHA1.pdf to SHA512.pdf), and the million `a` of FIPS 180-2.

use keystead::crypto::digest::HashFunction::{self, Sha1, Sha224, Sha256, Sha384, Sha512};

const SHORT: &[u8] = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const LONG: &[u8] = b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn\
    hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

fn check(function: HashFunction, input: &[u8], expected: &str) {
    assert_eq!(
        hex::encode(function.hash(input).expose()),
        expected,
        "{function:?}"
    );
}

#[test]
fn one_block_messages_of_fips_180() {
    check(Sha1, b"abc", "a9993e364706816aba3e25717850c26c9cd0d89d");
    check(
        Sha224,
        b"abc",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    );
    check(
        Sha256,
        b"abc",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    check(
        Sha384,
        b"abc",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
         8086072ba1e7cc2358baeca134c825a7",
    );
    check(
        Sha512,
        b"abc",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    );
}

#[test]
fn two_block_messages_of_fips_180() {
    check(Sha1, SHORT, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    check(
        Sha224,
        SHORT,
        "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525",
    );
    check(
        Sha256,
        SHORT,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    check(
        Sha384,
        LONG,
        "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712\
         fcc7c71a557e2db966c3e9fa91746039",
    );
    check(
        Sha512,
        LONG,
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018\
         501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    );
}

#[test]
fn a_million_times_a_in_uneven_parts() {
    let expected = [
        (Sha1, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        (
            Sha256,
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        ),
    ];
    for (function, expected) in expected {
        let mut hasher = function.start();
        for part in vec![b'a'; 1_000_000].chunks(997) {
            hasher.update(part);
        }
        assert_eq!(
            hex::encode(hasher.finish().expose()),
            expected,
            "{function:?}"
        );
    }
}
