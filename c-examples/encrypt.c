/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Encrypts and decrypts in place with AES-GCM: input and output are one buffer. */
#include "example.h"

int main(int argc, char **argv)
{
    static const char PLAIN[] = "the quick brown fox";
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_SLOT_ID slot = make_token(p11, "encrypt");
    CK_SESSION_HANDLE session = log_in(p11, slot);
    CK_OBJECT_HANDLE key = make_aes_key(p11, session, 32, CK_FALSE);
    CK_BYTE iv[12], aad[] = "header", buffer[64];
    CK_GCM_PARAMS params;
    CK_MECHANISM mechanism = {CKM_AES_GCM, &params, sizeof params};
    CK_ULONG len = sizeof buffer;

    CHECK(p11->C_GenerateRandom(session, iv, sizeof iv));
    memset(&params, 0, sizeof params);
    params.pIv = iv;
    params.ulIvLen = sizeof iv;
    params.ulIvBits = 8 * sizeof iv;
    params.pAAD = aad;
    params.ulAADLen = sizeof aad;
    params.ulTagBits = 128;

    memcpy(buffer, PLAIN, sizeof PLAIN);
    CHECK(p11->C_EncryptInit(session, &mechanism, key));
    CHECK(p11->C_Encrypt(session, buffer, sizeof PLAIN, buffer, &len));
    EXPECT(len == sizeof PLAIN + 16);
    EXPECT(memcmp(buffer, PLAIN, sizeof PLAIN) != 0);

    CHECK(p11->C_DecryptInit(session, &mechanism, key));
    CHECK(p11->C_Decrypt(session, buffer, len, buffer, &len));
    EXPECT(len == sizeof PLAIN);
    EXPECT(memcmp(buffer, PLAIN, sizeof PLAIN) == 0);
    CHECK(p11->C_Finalize(NULL_PTR));
    puts("decrypted what was encrypted");
    return 0;
}
