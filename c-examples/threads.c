/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signs in several threads, each with a session of its own and one key for all. */
#include <pthread.h>

#include "example.h"

#define THREADS 4
#define ROUNDS 25

static CK_FUNCTION_LIST_3_2_PTR p11;
static CK_SLOT_ID slot;
static CK_OBJECT_HANDLE public_key, private_key;

static void *work(void *number)
{
    CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL_PTR, 0};
    CK_SESSION_HANDLE session;
    CK_BYTE message[8], signature[64];
    CK_ULONG len;
    int round;

    memset(message, *(const int *)number, sizeof message);
    CHECK(p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL_PTR, NULL_PTR, &session));
    for (round = 0; round < ROUNDS; round++) {
        len = sizeof signature;
        CHECK(p11->C_SignInit(session, &mechanism, private_key));
        CHECK(p11->C_Sign(session, message, sizeof message, signature, &len));
        CHECK(p11->C_VerifyInit(session, &mechanism, public_key));
        CHECK(p11->C_Verify(session, message, sizeof message, signature, len));
    }
    CHECK(p11->C_CloseSession(session));
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS];
    int numbers[THREADS], i;

    p11 = start(argc, argv);
    slot = make_token(p11, "threads");
    make_ec_pair(p11, log_in(p11, slot), "shared", &public_key, &private_key);
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        EXPECT(pthread_create(&threads[i], NULL, work, &numbers[i]) == 0);
    }
    for (i = 0; i < THREADS; i++)
        EXPECT(pthread_join(threads[i], NULL) == 0);
    CHECK(p11->C_Finalize(NULL_PTR));
    printf("%d signatures in %d threads\n", THREADS * ROUNDS, THREADS);
    return 0;
}
