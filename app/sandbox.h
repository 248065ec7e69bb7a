/* app/sandbox.h - what a thread that decodes hostile bytes can still do: read files, use memory and what is already open.
 *
 * seccomp(2) leaves it a short list of system calls: no network, no process, no program, no file opened for writing, no memory that can be
 * executed. landlock(7) says the same of files and TCP a second time, by what is touched and not by how. Both hold for the calling thread
 * for ever and for nobody else. */
#ifndef VIGIE_APP_SANDBOX_H
#define VIGIE_APP_SANDBOX_H

#include "base/err.h"

/* Locks the calling thread up. 0; ERR_UNSUPPORTED when the kernel lets neither be set up; whatever can be set up is. */
int sandbox_decoder(void);

#endif
