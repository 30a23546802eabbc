/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Generates a key pair in the token and shows what may be seen of it. */
#include "example.h"

int main(int argc, char **argv)
{
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_SLOT_ID slot = make_token(p11, "generate");
    CK_SESSION_HANDLE session = log_in(p11, slot);
    CK_OBJECT_HANDLE public_key, private_key;
    CK_BYTE point[128], secret[128];
    CK_BBOOL local = CK_FALSE;
    CK_ATTRIBUTE visible[] = {
        attribute(CKA_EC_POINT, point, sizeof point),
        attribute(CKA_LOCAL, &local, sizeof local),
    };
    CK_ATTRIBUTE hidden[] = {
        attribute(CKA_VALUE, secret, sizeof secret),
        attribute(CKA_LOCAL, &local, sizeof local),
    };

    make_ec_pair(p11, session, "my key", &public_key, &private_key);
    CHECK(p11->C_GetAttributeValue(session, public_key, visible, COUNT(visible)));
    EXPECT(local == CK_TRUE);
    printf("a public point of %lu bytes\n", visible[0].ulValueLen);

    /* The private value is sensitive; the other attribute is answered all the same. */
    local = CK_FALSE;
    EXPECT(p11->C_GetAttributeValue(session, private_key, hidden, COUNT(hidden))
        == CKR_ATTRIBUTE_SENSITIVE);
    EXPECT(hidden[0].ulValueLen == CK_UNAVAILABLE_INFORMATION);
    EXPECT(local == CK_TRUE);

    CHECK(p11->C_DestroyObject(session, private_key));
    CHECK(p11->C_DestroyObject(session, public_key));
    CHECK(p11->C_Finalize(NULL_PTR));
    return 0;
}
