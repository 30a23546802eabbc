/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signs in one call and in parts, and verifies. */
#include "example.h"

int main(int argc, char **argv)
{
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_SLOT_ID slot = make_token(p11, "sign");
    CK_SESSION_HANDLE session = log_in(p11, slot);
    CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL_PTR, 0};
    CK_OBJECT_HANDLE public_key, private_key;
    CK_BYTE message[] = "a message to be signed";
    CK_BYTE signature[64];
    CK_ULONG len = 0;

    make_ec_pair(p11, session, "signer", &public_key, &private_key);

    /* Asking for the length keeps the operation; the second call signs. */
    CHECK(p11->C_SignInit(session, &mechanism, private_key));
    CHECK(p11->C_Sign(session, message, sizeof message, NULL_PTR, &len));
    EXPECT(len == sizeof signature);
    CHECK(p11->C_Sign(session, message, sizeof message, signature, &len));
    CHECK(p11->C_VerifyInit(session, &mechanism, public_key));
    CHECK(p11->C_Verify(session, message, sizeof message, signature, len));

    CHECK(p11->C_SignInit(session, &mechanism, private_key));
    CHECK(p11->C_SignUpdate(session, message, 5));
    CHECK(p11->C_SignUpdate(session, message + 5, sizeof message - 5));
    len = 1;
    EXPECT(p11->C_SignFinal(session, signature, &len) == CKR_BUFFER_TOO_SMALL);
    EXPECT(len == sizeof signature);
    CHECK(p11->C_SignFinal(session, signature, &len));
    CHECK(p11->C_VerifyInit(session, &mechanism, public_key));
    CHECK(p11->C_Verify(session, message, sizeof message, signature, len));

    message[0] ^= 1;
    CHECK(p11->C_VerifyInit(session, &mechanism, public_key));
    EXPECT(p11->C_Verify(session, message, sizeof message, signature, len)
        == CKR_SIGNATURE_INVALID);
    CHECK(p11->C_Finalize(NULL_PTR));
    puts("two signatures verified");
    return 0;
}
