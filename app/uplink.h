/* app/uplink.h - sends a sensor's batches to its hub over mutual TLS, one after the other, until each is acknowledged. */
#ifndef VIGIE_APP_UPLINK_H
#define VIGIE_APP_UPLINK_H

#include "app/spool.h"
#include "base/buf.h"

#include <stdbool.h>

enum { UPLINK_WHY = 256, UPLINK_TEXT = 512 };

/* What a hub gave its sensor (docs/sensor.md): one text file with name, address, certificates and key. */
struct uplink_identity {
    char name[UPLINK_TEXT], hub[UPLINK_TEXT];
    char identity_file[SPOOL_PATH], hub_file[SPOOL_PATH]; /* PEM, kept in the spool folder */
};

/* Reads the bundle and leaves its parts in FOLDER (0600), where later starts find them: `bundle` may then be NULL. */
int uplink_identity(const char *bundle, const char *folder, struct uplink_identity *out, char why[UPLINK_WHY]);

struct uplink_options {
    const struct uplink_identity *who;
    struct spool *spool;
    /* Appends the sensor's state as JSON; sent with each batch's acknowledgement due and every fifteen seconds. */
    void (*state)(void *owner, struct buf *out);
    void *owner;
};

struct uplink;

int uplink_start(const struct uplink_options *o, struct uplink **out, char why[UPLINK_WHY]);
/* How the last attempt ended: true when the hub took it; else a sentence. */
bool uplink_well(struct uplink *u, char why[UPLINK_WHY]);
/* Waits until everything complete was sent, at most `ms`; false when something is left. */
bool uplink_drain(struct uplink *u, int ms);
void uplink_stop(struct uplink *u);

#endif
