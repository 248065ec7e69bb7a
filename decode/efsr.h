/* decode/efsr.h - the operations of EFSR (MS-EFSR 3.1.4.2), which has two interface ids. */
#ifndef VIGIE_DECODE_EFSR_H
#define VIGIE_DECODE_EFSR_H

#include "decode/rpcif.h"

void efsr_call(struct decode *d, const struct rpc_call *c);

#endif
