// SPDX-License-Identifier: MIT OR Apache-2.0
//! Malformed RSA keys are refused, and incomplete ones completed, by both engines alike.

use keystead::crypto::rsa::{Components, Crt, PrivateOperation as _};
use keystead::error::Error;
use keystead::secret::SecretBytes;

#[cfg(feature = "aws-lc")]
use super::rsa_engines::AwsLc;
use super::rsa_engines::{Engine, RustCrypto};

fn duplicate(components: &Components) -> Components {
    let crt = components.crt.as_ref().unwrap();
    Components {
        n: components.n.clone(),
        e: components.e.clone(),
        d: components.d.duplicate(),
        crt: Some(Crt {
            p: crt.p.duplicate(),
            q: crt.q.duplicate(),
            dp: crt.dp.duplicate(),
            dq: crt.dq.duplicate(),
            qinv: crt.qinv.duplicate(),
        }),
    }
}

/// Changes one number of a good key, and expects that the key is refused.
fn refuses<E: Engine>(good: &Components, what: &str, change: impl FnOnce(&mut Components)) {
    let mut bad = duplicate(good);
    change(&mut bad);
    assert!(
        matches!(E::private(&bad), Err(Error::AttributeValueInvalid(_))),
        "{what}"
    );
}

fn add_two(number: &mut SecretBytes) {
    let last = number.expose_mut().last_mut().unwrap();
    *last = last.wrapping_add(2);
}

fn refuses_malformed_keys<E: Engine>() {
    let good = E::generate(1024, &[1, 0, 1]).unwrap();
    E::private(&good).unwrap();
    refuses::<E>(&good, "even modulus", |key| {
        *key.n.last_mut().unwrap() &= 0xfe;
    });
    refuses::<E>(&good, "other modulus", |key| key.n[64] ^= 1);
    refuses::<E>(&good, "short modulus", |key| key.n.truncate(127));
    refuses::<E>(&good, "no modulus", |key| key.n.clear());
    refuses::<E>(&good, "even e", |key| key.e = vec![1, 0, 0]);
    refuses::<E>(&good, "e of 1", |key| key.e = vec![1]);
    refuses::<E>(&good, "no e", |key| key.e.clear());
    refuses::<E>(&good, "other e", |key| key.e = vec![3]);
    refuses::<E>(&good, "e too large", |key| key.e = vec![3, 0, 0, 0, 1]);
    refuses::<E>(&good, "other d", |key| add_two(&mut key.d));
    refuses::<E>(&good, "d of 1", |key| key.d = SecretBytes::from_slice(&[1]));
    refuses::<E>(&good, "d of n", |key| {
        key.d = SecretBytes::from_slice(&key.n);
    });
    refuses::<E>(&good, "no d", |key| key.d = SecretBytes::from_slice(&[]));
    let crt = |key: &mut Components| key.crt.take().unwrap();
    refuses::<E>(&good, "other p", |key| {
        let mut crt = crt(key);
        add_two(&mut crt.p);
        key.crt = Some(crt);
    });
    refuses::<E>(&good, "p = q", |key| {
        let mut crt = crt(key);
        crt.q = crt.p.duplicate();
        key.crt = Some(crt);
    });
    refuses::<E>(&good, "p = n, q = 1", |key| {
        let mut crt = crt(key);
        crt.p = SecretBytes::from_slice(&key.n);
        crt.q = SecretBytes::from_slice(&[1]);
        key.crt = Some(crt);
    });
    refuses::<E>(&good, "other dp", |key| {
        let mut crt = crt(key);
        add_two(&mut crt.dp);
        key.crt = Some(crt);
    });
    refuses::<E>(&good, "other qinv", |key| {
        let mut crt = crt(key);
        add_two(&mut crt.qinv);
        key.crt = Some(crt);
    });
    refuses::<E>(&good, "other d without primes", |key| {
        add_two(&mut key.d);
        key.crt = None;
    });
}

fn completes_keys<E: Engine>() {
    for e in [&[3][..], &[17], &[1, 0, 1]] {
        let good = E::generate(1024, e).unwrap();
        let whole = E::private(&good).unwrap();
        let crt = good.crt.as_ref().unwrap();
        let (p, q) = (crt.p.expose(), crt.q.expose());
        assert!(Crt::derive(good.d.expose(), p, q).unwrap().is_same(crt));

        let mut bare = duplicate(&good);
        bare.crt = None;
        let mut swapped = duplicate(&good);
        swapped.crt = Some(Crt::derive(good.d.expose(), q, p).unwrap());
        let mut wide = duplicate(&good);
        wide.n.insert(0, 0);
        wide.e.insert(0, 0);
        let input = [0x42; 128];
        let image = whole.raw(&[&[0x01][..], &input[1..]].concat()).unwrap();
        for other in [bare, swapped, wide] {
            let key = E::private(&other).unwrap();
            assert_eq!(key.modulus_bits(), 1024);
            let again = key.raw(&[&[0x01][..], &input[1..]].concat()).unwrap();
            assert!(image.ct_eq(again.expose()));
        }
    }
}

fn refuses_bad_generation<E: Engine>() {
    for bits in [0, 512, 1000, 1025, 8193, 16384, usize::MAX] {
        let outcome = E::generate(bits, &[1, 0, 1]);
        assert!(matches!(outcome, Err(Error::KeySizeRange(_))), "{bits}");
    }
    for e in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[2, 0, 0, 0, 1]] {
        let outcome = E::generate(1024, e);
        assert!(
            matches!(outcome, Err(Error::TemplateInconsistent(_))),
            "{e:?}"
        );
    }
}

macro_rules! with_both {
    ($($run:ident,)+) => {
        mod rust_crypto {
            $(#[test] fn $run() { super::$run::<super::RustCrypto>(); })+
        }

        #[cfg(feature = "aws-lc")]
        mod aws_lc {
            $(#[test] fn $run() { super::$run::<super::AwsLc>(); })+
        }
    };
}

with_both! {
    refuses_malformed_keys,
    completes_keys,
    refuses_bad_generation,
}
