/* source/input.h - the inputs of a run: which files, what each gave, what could not be read and why.
 *
 * Folders are walked in name order; links to folders are followed once each, so a loop ends. Every file
 * and every archive member is one input. Numbers of inputs are given while reading and ordered by path
 * afterwards, so that results do not depend on threads. Thread-safe where said. */
#ifndef VIGIE_SOURCE_INPUT_H
#define VIGIE_SOURCE_INPUT_H

#include "base/err.h"
#include "base/str.h"
#include "model/unread.h"

#include <stdbool.h>
#include <stdint.h>

enum { INPUT_FAULTS = 100, INPUT_KINDS = 400 };

struct input_fault {
    uint64_t record, offset;
    const char *why; /* static text */
};

struct input_count {
    char *name;
    uint64_t n;
};

struct input {
    char *path;         /* as given, "archive.zip!member" for members */
    const char *format; /* most frequent one, "unknown" when nothing was understood */
    uint64_t records, activities, bytes;
    uint64_t nfaults;   /* all of them; the first INPUT_FAULTS by place are kept */
    struct input_fault *faults;
    unsigned kept, fault_room;
    struct input_count *ignored; /* sound records of kinds that are no activities, by name */
    size_t nignored;
    struct input_unread {
        uint64_t n, first; /* how many, and the record of the first; these are among `ignored`, too */
    } unread[UNREAD_COUNT];
    struct input_count *formats;
    size_t nformats;
    bool unreadable;    /* nothing of it could be read */
    uint32_t rank;      /* position by path, set by inputs_order */
};

struct inputs;

int inputs_new(struct inputs **out);
void inputs_free(struct inputs *in);

/* Adds a file, or all files below a folder, to the list of files to read. */
int inputs_add_path(struct inputs *in, const char *path);
size_t inputs_files(const struct inputs *in);
const char *inputs_file(const struct inputs *in, size_t n);

/* Makes an input and returns its number. Thread-safe. */
int inputs_open(struct inputs *in, struct str path, uint32_t *number);
size_t inputs_count(const struct inputs *in);
const struct input *inputs_get(const struct inputs *in, uint32_t number);
/* Adds to an input's figures. Thread-safe. */
void inputs_add(struct inputs *in, uint32_t number, uint64_t records, uint64_t activities, uint64_t bytes);
void inputs_fault(struct inputs *in, uint32_t number, const struct input_fault *f);
void inputs_ignored(struct inputs *in, uint32_t number, struct str what, uint64_t n);
void inputs_unread(struct inputs *in, uint32_t number, enum unread what, uint64_t record);
void inputs_format(struct inputs *in, uint32_t number, struct str name, uint64_t n);
void inputs_unreadable(struct inputs *in, uint32_t number);

/* Sorts: sets ranks and formats, sorts ignored kinds. Call once, when reading is over. */
int inputs_order(struct inputs *in);
/* The input with that rank. */
const struct input *inputs_ranked(const struct inputs *in, uint32_t rank);

#endif
