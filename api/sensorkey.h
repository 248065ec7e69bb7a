/* api/sensorkey.h - certificates of sensors: issued by the hub, known by their fingerprint, asked for in every TLS handshake.
 *
 * The hub's issuer is made at first start and lies in DATA/tls/. A sensor's certificate and key are handed out once, in a bundle
 * (docs/sensor.md); the hub keeps the fingerprint alone. Whoever shows that certificate in a handshake has its key. */
#ifndef VIGIE_API_SENSORKEY_H
#define VIGIE_API_SENSORKEY_H

#include "base/buf.h"

#include <stdint.h>

enum { SENSORKEY_FINGERPRINT = 32 }; /* SHA-256 */

struct sensorkey_issuer {
    struct buf cert_pem, key_pem; /* texts with a NUL */
};

/* Read from FOLDER/tls/sensors.pem and sensors-key.pem, made when they are not there. */
int sensorkey_open(const char *folder, struct sensorkey_issuer *out);
void sensorkey_close(struct sensorkey_issuer *k);
/* Appends certificate and key of a new sensor as PEM; its fingerprint. */
int sensorkey_issue(const struct sensorkey_issuer *k, struct str name, struct buf *pem, uint8_t fingerprint[SENSORKEY_FINGERPRINT]);

#endif
