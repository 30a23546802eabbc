// SPDX-License-Identifier: MIT OR Apache-2.0
//! One file a family of mechanisms.

mod aead;
pub mod aes_block;
mod aes_ccm;
mod aes_ccm_message;
mod aes_cmac;
pub mod aes_ctr;
mod aes_feedback;
pub mod aes_gcm;
mod aes_gcm_message;
mod aes_gmac;
mod aes_key_gen;
pub mod aes_key_wrap;
mod aes_mac;
pub mod aes_stealing;
mod aes_xts;
mod base_key;
pub mod block_mode;
mod chacha20;
mod chacha20_message;
mod des3;
mod des3_key_gen;
mod dh;
pub mod digest;
mod dsa;
mod ec_key_gen;
mod ecdh;
mod ecdh_aes_wrap;
mod ecdsa;
mod eddsa;
mod encrypt_data;
mod generic_secret;
mod hash_derive;
mod hkdf;
mod hmac;
mod ike;
pub mod mac_check;
mod ml_dsa;
mod ml_kem;
mod pbkdf2;
mod prehash;
mod public_key;
mod rsa_aes_wrap;
mod rsa_buffer;
mod rsa_key;
mod rsa_keygen;
mod rsa_oaep;
mod rsa_plain;
mod rsa_pss;
mod rsa_sign;
mod rsa_wrap;
mod sign_context;
mod simple_derive;
mod slh_dsa;
mod sp800_108;
pub mod streaming;
mod temporary_aes;
mod tls12;
mod tls_mac;

use super::Mechanism;
pub use aes_key_wrap::PAD_RFC5649;
pub(super) use generic_secret::VALUE_LEN_MAX;

/// Every family's rows, in the order of `C_GetMechanismList`.
pub(super) static FAMILIES: &[&[Mechanism]] = &[
    rsa_keygen::ROWS,
    rsa_plain::ROWS,
    rsa_oaep::ROWS,
    rsa_aes_wrap::ROWS,
    rsa_sign::ROWS,
    rsa_pss::ROWS,
    ec_key_gen::ROWS,
    ecdsa::ROWS,
    ecdh::ROWS,
    ecdh_aes_wrap::ROWS,
    eddsa::ROWS,
    ml_kem::ROWS,
    ml_dsa::ROWS,
    slh_dsa::ROWS,
    dh::ROWS,
    dsa::ROWS,
    digest::ROWS,
    hmac::ROWS,
    hash_derive::ROWS,
    generic_secret::ROWS,
    aes_key_gen::ROWS,
    aes_block::ROWS,
    aes_ctr::ROWS,
    aes_gcm::ROWS,
    aes_cmac::ROWS,
    aes_key_wrap::ROWS,
    aes_feedback::ROWS,
    aes_stealing::ROWS,
    aes_xts::ROWS,
    aes_mac::ROWS,
    des3_key_gen::ROWS,
    des3::ROWS,
    aes_ccm::ROWS,
    aes_gmac::ROWS,
    chacha20::ROWS,
    encrypt_data::ROWS,
    pbkdf2::ROWS,
    hkdf::ROWS,
    simple_derive::ROWS,
    sp800_108::ROWS,
    tls12::ROWS,
    tls_mac::ROWS,
    ike::ROWS,
    public_key::ROWS,
];
