/* detect/roguedc.h - what DCShadow leaves in directory events: the names and rights that make a computer
 * pose as a domain controller.
 *
 * Pure functions over one activity. Right and class GUIDs: MS-ADTS 5.1.3.2.1 (control access rights), the
 * schema classes server and nTDSDSA of MS-ADSC. Service names: MS-DRSR 2.2.3.2 and 2.2.4.2. */
#ifndef VIGIE_DETECT_ROGUEDC_H
#define VIGIE_DETECT_ROGUEDC_H

#include "detect/detect.h"

enum {
    ROGUEDC_INSTALL = 1,  /* right DS-Install-Replica used: Add/Remove Replica In Domain */
    ROGUEDC_TOPOLOGY = 2, /* right DS-Replication-Manage-Topology used */
    ROGUEDC_SPN = 4,      /* a controller's service principal names given to a computer */
    ROGUEDC_OBJECT = 8,   /* a server or nTDSDSA object made in the configuration */
    ROGUEDC_DELETED = 16, /* such an object deleted */
    ROGUEDC_REAL = 32,    /* the computer is made a controller for good: account type, primary group, place */
    ROGUEDC_UNMADE = 64   /* its account is no controller's, or not any more: account type, primary group */
};

/* ---- what the network shows of it (MS-DRSR 4.1.19, 4.1.20): calls whose parameters are encrypted, and who makes them ---- */

enum {
    ROGUEDC_ADDED = 1,   /* it had itself, or another, made a replication source of a controller: IDL_DRSReplicaAdd */
    ROGUEDC_REMOVED = 2, /* ... and taken away: IDL_DRSReplicaDel */
    ROGUEDC_SOUGHT = 4,  /* a controller asked its endpoint mapper for the replication interface */
    ROGUEDC_PULLED = 8   /* a controller replicated from it */
};

struct roguedc_host { /* a computer that is no known controller, by address */
    unsigned did;
    int64_t last;
    struct ip ip;
    uint32_t entity; /* where the address is known to be a computer's */
    struct witnesses seen;
    uint32_t unreported;
};

/* Notes what the activity shows about a computer that is no known controller; what is older than `window` is forgotten. `hosts` has values of
 * struct roguedc_host. NULL when it shows nothing of it. */
struct roguedc_host *roguedc_network(const struct dir *dir, struct table *hosts, const struct activity *a, int64_t window);
/* A draft with the computer as source and the controller as destination. */
struct draft roguedc_draft(const struct dir *dir, const struct activity *a, struct roguedc_host *h);
/* The name that the directory has for the computer, absent when it has none. */
struct str roguedc_name(const struct dir *dir, const struct roguedc_host *h);

/* ROGUEDC_ bits that the activity shows; *computer is the one it is about, absent when it does not say. */
unsigned roguedc_marks(const struct activity *a, struct str *computer);
/* ALICE of CN=NTDS Settings,CN=ALICE,CN=Servers,CN=... or CN=ALICE,CN=Servers,...; absent when it is neither. */
struct str roguedc_server(struct str dn);
/* PC1, PC1$ and pc1.corp.example.test are one. */
uint64_t roguedc_key(struct str computer);
/* Remembers computers that became controllers for good, until they are none any more; values of `real` are one byte.
 * True when it becomes one just now. */
bool roguedc_learn(struct table *real, unsigned marks, struct str computer);
/* True when that computer is a known controller or became one for good. */
bool roguedc_is_dc(const struct dir *dir, struct table *real, struct str computer);

#endif
