/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Finds objects by label and class, in portions. */
#include "example.h"

static CK_ULONG find(CK_FUNCTION_LIST_3_2_PTR p11, CK_SESSION_HANDLE session,
    CK_ATTRIBUTE *wanted, CK_ULONG count)
{
    CK_OBJECT_HANDLE portion[2];
    CK_ULONG found, all = 0;
    CHECK(p11->C_FindObjectsInit(session, wanted, count));
    do {
        CHECK(p11->C_FindObjects(session, portion, COUNT(portion), &found));
        all += found;
    } while (found > 0);
    CHECK(p11->C_FindObjectsFinal(session));
    return all;
}

int main(int argc, char **argv)
{
    static const char *const LABELS[] = {"red", "green", "blue"};
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_SLOT_ID slot = make_token(p11, "find");
    CK_SESSION_HANDLE session = log_in(p11, slot);
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_OBJECT_HANDLE public_key, private_key;
    CK_ATTRIBUTE by_class[] = {attribute(CKA_CLASS, &class, sizeof class)};
    CK_ATTRIBUTE by_label[] = {attribute(CKA_LABEL, "green", 5)};
    size_t i;

    EXPECT(find(p11, session, NULL_PTR, 0) == 0);
    for (i = 0; i < COUNT(LABELS); i++)
        make_ec_pair(p11, session, LABELS[i], &public_key, &private_key);
    EXPECT(find(p11, session, NULL_PTR, 0) == 6);
    EXPECT(find(p11, session, by_class, COUNT(by_class)) == 3);
    EXPECT(find(p11, session, by_label, COUNT(by_label)) == 2);

    /* Private objects are there for the user only. */
    CHECK(p11->C_Logout(session));
    EXPECT(find(p11, session, by_class, COUNT(by_class)) == 0);
    CHECK(p11->C_Finalize(NULL_PTR));
    puts("found them all");
    return 0;
}
