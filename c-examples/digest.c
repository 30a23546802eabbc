/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Computes SHA-256 of "abc"; no login is needed. The expected value is in FIPS 180-4's examples. */
#include "example.h"

int main(int argc, char **argv)
{
    static const CK_BYTE EXPECTED[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41,
        0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
        0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_SLOT_ID slot = make_token(p11, "digest");
    CK_MECHANISM mechanism = {CKM_SHA256, NULL_PTR, 0};
    CK_SESSION_HANDLE session;
    CK_BYTE digest[32];
    CK_ULONG len = sizeof digest;

    CHECK(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL_PTR, NULL_PTR, &session));
    CHECK(p11->C_DigestInit(session, &mechanism));
    CHECK(p11->C_DigestUpdate(session, text("a"), 1));
    CHECK(p11->C_DigestUpdate(session, text("bc"), 2));
    CHECK(p11->C_DigestFinal(session, digest, &len));
    EXPECT(len == sizeof EXPECTED && memcmp(digest, EXPECTED, len) == 0);
    CHECK(p11->C_Finalize(NULL_PTR));
    puts("the digest of abc is right");
    return 0;
}
