/* directory/dir_act.h - one change of one person's account in Active Directory, over LDAP (net/ldapc.h: encrypted connections only).
 *
 * Never touched, whoever asks: the account that signs in, krbtgt and those of read-only controllers, computers' accounts (controllers' are among
 * them), whatever is no user account. What is so already is not written, so that a change may be asked for any number of times. */
#ifndef VIGIE_DIRECTORY_DIR_ACT_H
#define VIGIE_DIRECTORY_DIR_ACT_H

#include "model/change.h"
#include "net/ldapc.h"

struct dir_act {
    const char *object;  /* objectGUID as text, or SID */
    struct account_change change;
    uint32_t useless;    /* bits of userAccountControl with which the change would do nothing: it is refused */
    const char *useless_why;
    bool look;           /* change nothing */
};

struct dir_act_report {
    bool already;        /* it was so before */
    bool guarded;        /* adminCount is set: the directory itself guards this account */
    char value[24];      /* of the attribute, before */
    bool unreachable;    /* of an error: no connection, or it broke; another time it may go */
    char why[LDAPC_WHY]; /* of an error */
};

int dir_act(const struct ldapc_options *server, const struct dir_act *act, struct dir_act_report *r);

/* What the account that signs in may write of ordinary users' accounts, by looking at some. */
struct dir_act_rights {
    unsigned looked, control, password; /* of so many accounts: userAccountControl, pwdLastSet may be written */
    unsigned more;                      /* names, mail or membership, too: more than it needs */
};
int dir_act_check(struct ldapc *c, const char *root, struct dir_act_rights *out);

#endif
