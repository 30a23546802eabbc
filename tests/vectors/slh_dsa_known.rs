// SPDX-License-Identifier: MIT OR Apache-2.0
//! Signatures of SLH-DSA, made with the crate `fips205` 0.5.0, another implementation of FIPS 205.

use keystead::crypto::slh_dsa::ParameterSet;

/// Parameter set; PK.root of the seeds 00 01 02 ...; SHA-256 of the deterministic signature of
/// "message" with the context "context".
pub(crate) const SIGNATURES: [(ParameterSet, &str, &str); 12] = [
    (
        ParameterSet::Sha2_128s,
        "990ce6298792b128846a8e4a3a68954c",
        "7a761609d23a469cf8ce2d35acc603177b7f083b748493561fe57fd34bc2a6c7",
    ),
    (
        ParameterSet::Shake128s,
        "89fd81fdbb5b94129b14761bdc6bf682",
        "e24064f4afe2ee40557c33edc82b3e46d05e7ff5abb6da082c5c08a2a8f5d19f",
    ),
    (
        ParameterSet::Sha2_128f,
        "3b56e816847f000386aeec2e2bb9e1b5",
        "8cf6744657b5f19defae315b07dd467376357b6b67ea48d289139cc9a8a7ec2c",
    ),
    (
        ParameterSet::Shake128f,
        "a90e4715b9a925c332801767fd786371",
        "8907c75a4dfdb1e57906686ed40a980886ee7893f75c1b82b598017aca3019e4",
    ),
    (
        ParameterSet::Sha2_192s,
        "b6f282ce116ff59bce2d9fc4a67c6031dabdce326c34f541",
        "593dad4fa2e51eab3539ac28db7ddde277bc8f3068eab3e63862bf417331a5aa",
    ),
    (
        ParameterSet::Shake192s,
        "eb247f955d8eca24a5860536c56b2c4d1e8d8e835eb27d2d",
        "5b4e4026c1c7079076edc002683fe9f3b8566ef8cddf9f2b446124db18026dac",
    ),
    (
        ParameterSet::Sha2_192f,
        "9236ccebbb3a90ac2452dd89de49dab1340ec02419a2870e",
        "33a43b99830ebb6b49df8896b25758dcf885d45ac5f3071cb6ea76edec62c72f",
    ),
    (
        ParameterSet::Shake192f,
        "3f01b06bebed020a459696868d115fe8507ded8dc08e825d",
        "9abfcf564852cd3b9fe98f49e2248adbc6e7e125df85aa5a143d9c42918bc662",
    ),
    (
        ParameterSet::Sha2_256s,
        "da7163e601352515bc0f06f9f4f44be71a5a65ee9dca5575cf4a7b6d4a87d6e2",
        "6d38fab0d2e1a4d3ad5ae2425c017562e0e00b80ee04e20ff1976fb38380e705",
    ),
    (
        ParameterSet::Shake256s,
        "27ea444dbc8ca9c169fd484b9e977eb77a4f233550757e025cf180ede7e8839f",
        "1d8545337ddaf26b041b4bedb1e598c42ad97b7c30aabdef1a06f200ed5418af",
    ),
    (
        ParameterSet::Sha2_256f,
        "42cffe64ddbd6731063752684df77c8b58c225dc6b491208916b654ea1393176",
        "886f2dbaf1290936da7524d97f0550c8d519b572de36df9b69edf15582fd7f01",
    ),
    (
        ParameterSet::Shake256f,
        "818d7e76beef979b5bbf9161fdefa21bd0fe0bfe19157a5711a8de8a8f6878e6",
        "86d0c942ea9b8cccecd5353f033ce609b88ec81c2f4ed79a1419514dc9c0629a",
    ),
];
