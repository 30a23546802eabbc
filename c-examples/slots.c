/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Lists slots and tokens, and how many mechanisms each offers. */
#include "example.h"

int main(int argc, char **argv)
{
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_INFO info;
    CK_SLOT_ID *slots;
    CK_ULONG count, i;

    CHECK(p11->C_GetInfo(&info));
    printf("%.32s, PKCS#11 %d.%d\n", (const char *)info.libraryDescription,
        info.cryptokiVersion.major, info.cryptokiVersion.minor);
    make_token(p11, "slots");

    /* First the number, then the list: the way of every variable-length output. */
    CHECK(p11->C_GetSlotList(CK_FALSE, NULL_PTR, &count));
    EXPECT(count >= 1);
    slots = malloc(count * sizeof *slots);
    EXPECT(slots != NULL);
    CHECK(p11->C_GetSlotList(CK_FALSE, slots, &count));
    for (i = 0; i < count; i++) {
        CK_TOKEN_INFO token;
        CK_ULONG mechanisms;
        CHECK(p11->C_GetTokenInfo(slots[i], &token));
        CHECK(p11->C_GetMechanismList(slots[i], NULL_PTR, &mechanisms));
        printf("slot %lu: label \"%.32s\", serial %.16s, %lu mechanisms\n", slots[i],
            (const char *)token.label, (const char *)token.serialNumber, mechanisms);
    }
    free(slots);
    CHECK(p11->C_Finalize(NULL_PTR));
    return 0;
}
