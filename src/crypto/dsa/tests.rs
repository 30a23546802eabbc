// SPDX-License-Identifier: MIT OR Apache-2.0
//! Domain parameters that NIST published (FIPS 186-4, appendix A.1.1.2), and private values.

use super::*;

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// NIST CAVP, "PQGVer" of 186-3dsatestvectors, A.1.1.3 with SHA-256: P, Q, Seed.
const PRIMES: [[&str; 3]; 3] = [
    [
        "d71028d4c07c92334713d97e2634e06dd076ff08c40518297b42b4f9c992ab59010133bd2cba3ebf520f8962\
         f4fa87d60e091b905f160f99aa79d2b71dbaacc6bc838e39e187d5bcd298639a0425414eb1a0b71e2c74c663\
         885f4822658eda5aad7a559a0a6b0b13fa1b7e93d58a5462c619e2be687d7b84397bdbdd4a768df1",
        "bfadef9eee13c15f6d2eae7d1a8f894879370879",
        "aab093c83eef8483ae28014e5388aa749e453839",
    ],
    [
        "a94bc15fd581142f08f084dbf3c56df0b346fcebd9212e178c8f10f7c630012fa760cccdc7e1f41ad5d67026\
         8d975c933ad3441b9c971ec2645d38c74c28537491539a37507c426e1dba3dfed9e0ef5e79ab4a962f2e8fcd\
         e2cfc91ddb5da6aeb9d4d8bece581c9c5444a3b7f445dcc39b76e8c88232c9aa5347c935778d9a55",
        "acb4da5afcf56b7bb06236e4d25f735966c79d01",
        "a84c963ceecb3eb7bb412486824cdc305fe99f55",
    ],
    [
        "f751f04dc5d792cd2723f12b83cb653c1b746cd5713bde065ae5be27da1c563b45d2c3dc952c365450ca4e58\
         b63a8f502a604e0a042dc27a22a27e3d9261aee0055a0b2861b13779e95d1953d9354bf9a8bfa61a2642bf21\
         db26c501955898d97368c4d6f4d2a70adc26599845045346859bf45999a0ba59984aaae7b6585eb4b0d6f202\
         c8f9d5c548fa274db678d62d3cf46fdc142ba8f557884ba59d926652f0efdabb033cb21404e58d6325ce8538\
         dc4d3578e94a79f900725f252683bf3499300ced4580bba0f3202f3aff1bdb5153a73c67df1499808c91ad18\
         2dfe629c85a72836b6278aa5cd60b5e947243000a55740a5783564506312f9d751739db1",
        "de49c5aed92538c768e9711c231b3f84e6ec56bb90e91ecc7a7a0bb7",
        "830d8ec04e10438e9317ac941a82af8963d44e5b93a133cf1dfb045a",
    ],
];

#[test]
fn a_seed_gives_the_primes_that_nist_published() {
    for texts in PRIMES {
        let [prime, subprime, seed] = texts.map(bytes);
        let made = generate(8 * prime.len(), 8 * seed.len(), |out| {
            out.copy_from_slice(&seed);
            Ok(())
        });
        let made = made.unwrap();
        assert_eq!(hex::encode(&made.prime), hex::encode(&prime));
        assert_eq!(hex::encode(&made.subprime), hex::encode(&subprime));
        let domain = Domain::new(&made.prime, &made.subprime, &made.base).unwrap();
        domain.prove().unwrap();
    }
}

#[test]
fn other_sizes_are_not_made() {
    for (prime, subprime) in [
        (512, 160),
        (1024, 224),
        (2048, 160),
        (3072, 224),
        (4096, 256),
    ] {
        let made = generate(prime, subprime, |_| Ok(()));
        assert!(matches!(made, Err(Error::KeySizeRange(_))));
    }
}

#[test]
fn private_values_are_reduced_below_the_subprime() {
    let [prime, subprime, seed] = PRIMES[1].map(bytes);
    let made = generate(8 * prime.len(), 8 * seed.len(), |out| {
        out.copy_from_slice(&seed);
        Ok(())
    });
    let made = made.unwrap();
    let domain = Domain::new(&made.prime, &made.subprime, &made.base).unwrap();
    for byte in [0, 1, 0x80, 0xff] {
        let pair = domain.generate_pair(|out| {
            out.fill(byte);
            Ok(())
        });
        let (private, public) = pair.unwrap();
        assert_eq!(private.len(), subprime.len());
        let private = private.into_public(Public::NotSensitiveAttribute);
        let key = PrivateKey::new(domain.clone(), &private).unwrap();
        assert_eq!(key.public(), public);
    }
}
