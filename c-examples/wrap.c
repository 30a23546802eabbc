/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Wraps a key under another, destroys it, and unwraps it again. */
#include "example.h"

static void encrypt_block(CK_FUNCTION_LIST_3_2_PTR p11, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE key, CK_BYTE *block)
{
    CK_MECHANISM mechanism = {CKM_AES_ECB, NULL_PTR, 0};
    CK_BYTE zeros[16] = {0};
    CK_ULONG len = 16;
    CHECK(p11->C_EncryptInit(session, &mechanism, key));
    CHECK(p11->C_Encrypt(session, zeros, sizeof zeros, block, &len));
    EXPECT(len == 16);
}

int main(int argc, char **argv)
{
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_SLOT_ID slot = make_token(p11, "wrap");
    CK_SESSION_HANDLE session = log_in(p11, slot);
    CK_MECHANISM mechanism = {CKM_AES_KEY_WRAP_KWP, NULL_PTR, 0};
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE wanted[] = {
        attribute(CKA_CLASS, &class, sizeof class),
        attribute(CKA_KEY_TYPE, &type, sizeof type),
        attribute(CKA_ENCRYPT, &yes, sizeof yes),
    };
    CK_OBJECT_HANDLE wrapper, key;
    CK_BYTE before[16], after[16], *wrapped;
    CK_ULONG len, unused;

    wrapper = make_aes_key(p11, session, 32, CK_FALSE);
    key = make_aes_key(p11, session, 16, CK_TRUE);
    encrypt_block(p11, session, key, before);

    CHECK(p11->C_WrapKey(session, &mechanism, wrapper, key, NULL_PTR, &len));
    wrapped = malloc(len);
    EXPECT(wrapped != NULL);
    CHECK(p11->C_WrapKey(session, &mechanism, wrapper, key, wrapped, &len));
    CHECK(p11->C_DestroyObject(session, key));

    /* A key that may not leave the token does not. */
    EXPECT(p11->C_WrapKey(session, &mechanism, wrapper, wrapper, NULL_PTR, &unused)
        == CKR_KEY_UNEXTRACTABLE);

    CHECK(p11->C_UnwrapKey(
        session, &mechanism, wrapper, wrapped, len, wanted, COUNT(wanted), &key));
    encrypt_block(p11, session, key, after);
    EXPECT(memcmp(before, after, sizeof before) == 0);
    free(wrapped);
    CHECK(p11->C_Finalize(NULL_PTR));
    puts("the unwrapped key is the wrapped one");
    return 0;
}
