// SPDX-License-Identifier: MIT OR Apache-2.0
//! SHA-1 and SHA-2: the examples that NIST publishes with FIPS 180-4 ("Examples with Intermediate
//! Values"), and the million `a` of FIPS 180-2.

use keystead::mechanism::Params;
use keystead::pkcs11::MechanismType;
use keystead::pkcs11::mechanism::{CKM_SHA_1, CKM_SHA224, CKM_SHA256, CKM_SHA384, CKM_SHA512};

use crate::bench::hold;
use crate::vector::{Key, Run, Vector, bytes};

const LONG: &[u8] = b"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn\
    hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
const SHORT: &[u8] = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

const ABC: [(MechanismType, &str); 5] = [
    (CKM_SHA_1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
        CKM_SHA224,
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    ),
    (
        CKM_SHA256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    (
        CKM_SHA384,
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
         8086072ba1e7cc2358baeca134c825a7",
    ),
    (
        CKM_SHA512,
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
];

const TWO_BLOCKS: [(MechanismType, &[u8], &str); 5] = [
    (CKM_SHA_1, SHORT, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    (
        CKM_SHA224,
        SHORT,
        "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525",
    ),
    (
        CKM_SHA256,
        SHORT,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
    (
        CKM_SHA384,
        LONG,
        "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712\
         fcc7c71a557e2db966c3e9fa91746039",
    ),
    (
        CKM_SHA512,
        LONG,
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018\
         501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ),
];

const MILLION: [(MechanismType, &str); 2] = [
    (CKM_SHA_1, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    (
        CKM_SHA256,
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ),
];

fn vector(id: MechanismType, source: &str, message: &[u8], digest: &str) -> Vector {
    Vector {
        id,
        source: source.into(),
        key: Key::default(),
        params: Params::None,
        run: Run::Digest {
            message: message.to_vec(),
            digest: bytes(digest),
        },
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let one = ABC
        .iter()
        .map(|(id, digest)| vector(*id, "one block", b"abc", digest));
    let two = TWO_BLOCKS
        .iter()
        .map(|(id, message, digest)| vector(*id, "two blocks", message, digest));
    let million = vec![b'a'; 1_000_000];
    let many = MILLION
        .iter()
        .map(|(id, digest)| vector(*id, "a million", &million, digest));
    one.chain(two).chain(many).collect()
}

#[test]
fn digests_give_the_known_answers() {
    hold(vectors());
}
