/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What every example needs: loading the module, checking return values, a fresh token.
 *
 * The module is the program's first argument, or the environment variable KEYSTEAD_MODULE.
 * Tokens go where KEYSTEAD_STORE says.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keystead.h"

#define USER_PIN "1234-user"
#define SO_PIN "1234-officer"

/* Runs a call and ends the program when it fails. */
#define CHECK(call) check((call), #call, __FILE__, __LINE__)

/* Ends the program when a condition does not hold. */
#define EXPECT(condition) \
    check((condition) ? CKR_OK : CKR_GENERAL_ERROR, #condition, __FILE__, __LINE__)

/* The number of elements of an array. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline void check(CK_RV rv, const char *what, const char *file, int line)
{
    if (rv != CKR_OK) {
        fprintf(stderr, "%s:%d: %s: 0x%lx\n", file, line, what, rv);
        exit(1);
    }
}

static inline CK_UTF8CHAR_PTR text(const char *string)
{
    return (CK_UTF8CHAR_PTR)(size_t)string;
}

/* An attribute of a template; the value is not changed by the calls these examples make. */
static inline CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const void *value, size_t len)
{
    CK_ATTRIBUTE made;
    made.type = type;
    made.pValue = (CK_VOID_PTR)(size_t)value;
    made.ulValueLen = len;
    return made;
}

/* Loads the module, asks for its interface 3.2, and starts it. */
static inline CK_FUNCTION_LIST_3_2_PTR start(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : getenv("KEYSTEAD_MODULE");
    void *library;
    CK_C_GetInterface get_interface;
    CK_INTERFACE_PTR interface = NULL_PTR;
    CK_VERSION version = {3, 2};
    CK_C_INITIALIZE_ARGS args;
    CK_FUNCTION_LIST_3_2_PTR p11;

    if (path == NULL) {
        fprintf(stderr, "usage: %s MODULE\n", argv[0]);
        exit(2);
    }
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    /* C has no cast from an object pointer to a function pointer; POSIX has this. */
    *(void **)&get_interface = dlsym(library, "C_GetInterface");
    EXPECT(get_interface != NULL);
    CHECK(get_interface(text("PKCS 11"), &version, &interface, 0));
    p11 = (CK_FUNCTION_LIST_3_2_PTR)interface->pFunctionList;

    memset(&args, 0, sizeof args);
    args.flags = CKF_OS_LOCKING_OK;
    CHECK(p11->C_Initialize(&args));
    return p11;
}

/* Finds the slot whose token is not initialised yet, initialises it, and sets the user's PIN. */
static inline CK_SLOT_ID make_token(CK_FUNCTION_LIST_3_2_PTR p11, const char *label)
{
    CK_SLOT_ID slots[64];
    CK_ULONG count = COUNT(slots), i;
    CK_TOKEN_INFO info;
    CK_SESSION_HANDLE session;
    CK_UTF8CHAR padded[32];

    CHECK(p11->C_GetSlotList(CK_TRUE, slots, &count));
    for (i = 0; i < count; i++) {
        CHECK(p11->C_GetTokenInfo(slots[i], &info));
        if ((info.flags & CKF_TOKEN_INITIALIZED) == 0)
            break;
    }
    EXPECT(i < count);

    memset(padded, ' ', sizeof padded);
    memcpy(padded, label, strlen(label));
    CHECK(p11->C_InitToken(slots[i], text(SO_PIN), strlen(SO_PIN), padded));

    CHECK(p11->C_OpenSession(
        slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL_PTR, NULL_PTR, &session));
    CHECK(p11->C_Login(session, CKU_SO, text(SO_PIN), strlen(SO_PIN)));
    CHECK(p11->C_InitPIN(session, text(USER_PIN), strlen(USER_PIN)));
    CHECK(p11->C_Logout(session));
    CHECK(p11->C_CloseSession(session));
    return slots[i];
}

/* Opens a read/write session and logs the user in. */
static inline CK_SESSION_HANDLE log_in(CK_FUNCTION_LIST_3_2_PTR p11, CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session;
    CHECK(p11->C_OpenSession(
        slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL_PTR, NULL_PTR, &session));
    CHECK(p11->C_Login(session, CKU_USER, text(USER_PIN), strlen(USER_PIN)));
    return session;
}

/* Generates an AES key for this session. */
static inline CK_OBJECT_HANDLE make_aes_key(
    CK_FUNCTION_LIST_3_2_PTR p11, CK_SESSION_HANDLE session, CK_ULONG len, CK_BBOOL extractable)
{
    CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL_PTR, 0};
    CK_BBOOL yes = CK_TRUE;
    CK_OBJECT_HANDLE key;
    CK_ATTRIBUTE wanted[] = {
        attribute(CKA_VALUE_LEN, &len, sizeof len),
        attribute(CKA_EXTRACTABLE, &extractable, sizeof extractable),
        attribute(CKA_ENCRYPT, &yes, sizeof yes),
        attribute(CKA_DECRYPT, &yes, sizeof yes),
        attribute(CKA_WRAP, &yes, sizeof yes),
        attribute(CKA_UNWRAP, &yes, sizeof yes),
    };
    CHECK(p11->C_GenerateKey(session, &mechanism, wanted, COUNT(wanted), &key));
    return key;
}

/* Generates a key pair on P-256 that stays in the token. */
static inline void make_ec_pair(CK_FUNCTION_LIST_3_2_PTR p11, CK_SESSION_HANDLE session,
    const char *label, CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
    /* OBJECT IDENTIFIER prime256v1, 1.2.840.10045.3.1.7 */
    static const CK_BYTE P256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL_PTR, 0};
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE public_half[] = {
        attribute(CKA_EC_PARAMS, P256, sizeof P256),
        attribute(CKA_TOKEN, &yes, sizeof yes),
        attribute(CKA_VERIFY, &yes, sizeof yes),
        attribute(CKA_LABEL, label, strlen(label)),
    };
    CK_ATTRIBUTE private_half[] = {
        attribute(CKA_TOKEN, &yes, sizeof yes),
        attribute(CKA_PRIVATE, &yes, sizeof yes),
        attribute(CKA_SENSITIVE, &yes, sizeof yes),
        attribute(CKA_SIGN, &yes, sizeof yes),
        attribute(CKA_LABEL, label, strlen(label)),
    };
    CHECK(p11->C_GenerateKeyPair(session, &mechanism, public_half, COUNT(public_half),
        private_half, COUNT(private_half), public_key, private_key));
}

#endif /* EXAMPLE_H */
