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
    ROGUEDC_REAL = 32     /* the computer is made a controller for good: account type, primary group, place */
};

/* ROGUEDC_ bits that the activity shows; *computer is the one it is about, absent when it does not say. */
unsigned roguedc_marks(const struct activity *a, struct str *computer);
/* ALICE of CN=NTDS Settings,CN=ALICE,CN=Servers,CN=... or CN=ALICE,CN=Servers,...; absent when it is neither. */
struct str roguedc_server(struct str dn);
/* Remembers computers that became controllers for good; values of `real` are one byte. */
void roguedc_learn(struct table *real, unsigned marks, struct str computer);
/* True when that computer is a known controller or became one for good. */
bool roguedc_is_dc(const struct dir *dir, struct table *real, struct str computer);

#endif
