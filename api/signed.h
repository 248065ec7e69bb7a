/* api/signed.h - what sign-in, set-up and account routes share. */
#ifndef VIGIE_API_SIGNED_H
#define VIGIE_API_SIGNED_H

#include "api/api.h"
#include "store/tab_accounts.h"

/* Begins a session of the account, notes it everywhere, and answers as GET session does. */
int signed_begin(struct api_request *q, struct api_response *r, int64_t account);
/* The answer of GET session for q->caller and q->session. */
int signed_answer(struct api_request *q, struct api_response *r);
/* `{"name":..,"role":..}` of an account for the audit log, in the request's arena. */
struct str signed_summary(struct api_request *q, const struct stored_admin *a);
bool signed_language(struct str language);

#endif
