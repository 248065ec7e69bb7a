/* model/change.h - one change of an account in a directory that can be made twice without harm: bits of a number, or a value. */
#ifndef VIGIE_MODEL_CHANGE_H
#define VIGIE_MODEL_CHANGE_H

#include <stdint.h>

struct account_change {
    const char *attribute; /* NULL: none */
    uint32_t set, clear;   /* bits of it; 0 and 0: */
    const char *value;     /* is written whole. What is so already: "0" when the attribute is 0, any other when it is not */
};

#endif
