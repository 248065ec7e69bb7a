/* detect/svcimage.h - what the command line of a Windows service says about who installed it.
 *
 * Pure functions over texts, shared by the detections that read events 7045 and 4697. */
#ifndef VIGIE_DETECT_SVCIMAGE_H
#define VIGIE_DETECT_SVCIMAGE_H

#include "base/str.h"

/* What is suspicious about a service, as words that complete "its image path ..."; NULL when nothing is. */
const char *svcimage_suspicious(struct str service, struct str image);
/* The same for the habits of the Metasploit framework alone. */
const char *svcimage_metasploit(struct str service, struct str image);
/* The program of a command line: quotes and arguments taken off. */
struct str svcimage_program(struct str image);
/* The last part of a path, without extension. */
struct str svcimage_stem(struct str path);
/* True for letters thrown together: changes of case that no word has, or consonants that do not follow each other. */
bool svcimage_random(struct str name);

#endif
