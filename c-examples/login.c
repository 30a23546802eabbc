/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Logs in with a wrong and with the right PIN, changes the PIN, logs out. */
#include "example.h"

int main(int argc, char **argv)
{
    static const char NEW_PIN[] = "a new one";
    CK_FUNCTION_LIST_3_2_PTR p11 = start(argc, argv);
    CK_SLOT_ID slot = make_token(p11, "login");
    CK_SESSION_HANDLE session;
    CK_SESSION_INFO info;

    CHECK(p11->C_OpenSession(
        slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL_PTR, NULL_PTR, &session));
    EXPECT(p11->C_Login(session, CKU_USER, text("wrong"), 5) == CKR_PIN_INCORRECT);
    CHECK(p11->C_Login(session, CKU_USER, text(USER_PIN), strlen(USER_PIN)));
    CHECK(p11->C_GetSessionInfo(session, &info));
    EXPECT(info.state == CKS_RW_USER_FUNCTIONS);

    CHECK(p11->C_SetPIN(
        session, text(USER_PIN), strlen(USER_PIN), text(NEW_PIN), strlen(NEW_PIN)));
    CHECK(p11->C_Logout(session));
    EXPECT(p11->C_Login(session, CKU_USER, text(USER_PIN), strlen(USER_PIN)) == CKR_PIN_INCORRECT);
    CHECK(p11->C_Login(session, CKU_USER, text(NEW_PIN), strlen(NEW_PIN)));

    CHECK(p11->C_CloseAllSessions(slot));
    CHECK(p11->C_Finalize(NULL_PTR));
    puts("logged in with the new PIN");
    return 0;
}
