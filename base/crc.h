/* base/crc.h - CRC-32 of ISO 3309, as event logs, ZIP and Ethernet use it. */
#ifndef VIGIE_BASE_CRC_H
#define VIGIE_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* The sum of what came before and `bytes`; starts as 0. */
uint32_t crc_add(uint32_t crc, const void *bytes, size_t n);

#endif
