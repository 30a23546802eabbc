// SPDX-License-Identifier: MIT OR Apache-2.0
//! In parts or in one go, the result is the same, and every announced length is exact.

use keystead::crypto::aes::AesKey;
use keystead::crypto::digest::HashFunction;
use keystead::crypto::mac::Mac;
use keystead::mechanism::families::aes_block::{BlockMode, Direction, Mode, Padding};
use keystead::mechanism::families::aes_ctr::CounterMode;
use keystead::mechanism::families::aes_gcm::{GcmDecryption, GcmEncryption};
use keystead::mechanism::families::digest::Digest;
use keystead::mechanism::families::mac_check::MacSigner;
use keystead::mechanism::{GcmParams, Params, Rng};

use crate::splits::{accumulate, check_from};

fn key() -> AesKey {
    AesKey::new(&[0x11; 32]).unwrap()
}

fn block_mode(mode: Mode, padding: Padding) {
    let granularity = if padding == Padding::None { 16 } else { 1 };
    let start = |direction| Box::new(BlockMode::new(key(), mode, direction, padding));
    check_from(
        0,
        granularity,
        || start(Direction::Encrypt),
        || start(Direction::Decrypt),
    );
}

#[test]
fn ecb_in_parts() {
    block_mode(Mode::Ecb, Padding::None);
}

#[test]
fn cbc_in_parts() {
    block_mode(Mode::Cbc([9; 16]), Padding::None);
}

#[test]
fn cbc_with_padding_in_parts() {
    block_mode(Mode::Cbc([9; 16]), Padding::Pkcs7);
}

#[test]
fn ctr_in_parts() {
    let params = Params::AesCtr {
        counter_bits: 8,
        block: [0x80; 16],
    };
    let start = || Box::new(CounterMode::new(key(), &params).unwrap());
    check_from(0, 1, || start(), || start());
}

#[test]
fn gcm_in_parts() {
    let params = Params::Gcm(GcmParams {
        iv: Some(&[5; 12]),
        iv_len: 12,
        aad: b"associated",
        tag_bits: 128,
    });
    check_from(
        0,
        1,
        || Box::new(GcmEncryption::new(key(), &params, Rng::system()).unwrap()),
        || Box::new(GcmDecryption::new(key(), &params).unwrap()),
    );
}

#[test]
fn digests_and_macs_in_parts() {
    for function in HashFunction::ALL {
        accumulate(|| Box::new(Digest::new(*function)));
        accumulate(|| Box::new(MacSigner::whole(Mac::hmac(*function, b"key").unwrap())));
    }
    accumulate(|| Box::new(MacSigner::whole(Mac::cmac(&key()).unwrap())));
}
