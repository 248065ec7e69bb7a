/* tools/sample/evtx_writer.c - Windows event log files: chunks, names, templates, records, checksums. */
#include "tools/sample/evtx_writer.h"

#include "base/err.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

enum { HEADER = 4096, CHUNK = 65536, FIRST = 512, NAMES = 512, SYSTEM_VALUES = 18, SYSTEM_DEF = 2600 };

struct evtx_writer {
    FILE *file;
    char channel[32], computer[96];
    uint8_t chunk[CHUNK];
    uint32_t at;   /* free space offset */
    uint32_t last; /* offset of the last record */
    uint64_t first_in_chunk, next, first_record;
    uint64_t first_number, number; /* record numbers count from 1 in each file */
    uint32_t chunks;
    uint32_t name_at[NAMES];           /* where in this chunk, 0 = not yet */
    uint32_t def_at[EVTX_SCHEMAS + 1]; /* the last is the System template's */
    int error;
};

/* ---- CRC-32 (ISO-HDLC), four bytes at a time ---- */

static uint32_t crc_table[4][256];

static void crc_init(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++)
            c = (c & 1) ? 0xedb88320u ^ (c >> 1) : c >> 1;
        crc_table[0][i] = c;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int t = 1; t < 4; t++)
            crc_table[t][i] = (crc_table[t - 1][i] >> 8) ^ crc_table[0][crc_table[t - 1][i] & 255];
}

static uint32_t crc_add(uint32_t crc, const uint8_t *p, size_t n)
{
    crc = ~crc;
    for (; n >= 4; n -= 4, p += 4) {
        crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        crc = crc_table[3][crc & 255] ^ crc_table[2][crc >> 8 & 255] ^ crc_table[1][crc >> 16 & 255] ^
              crc_table[0][crc >> 24];
    }
    for (; n; n--, p++)
        crc = crc_table[0][(crc ^ *p) & 255] ^ (crc >> 8);
    return ~crc;
}

/* ---- little-endian writing into the chunk ---- */

static void put(uint8_t *p, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> (8 * i));
}

static void add(struct evtx_writer *w, uint64_t v, int n)
{
    put(w->chunk + w->at, v, n);
    w->at += (uint32_t)n;
}

static void add_bytes(struct evtx_writer *w, const void *p, size_t n)
{
    memcpy(w->chunk + w->at, p, n);
    w->at += (uint32_t)n;
}

static size_t to_utf16(uint8_t *out, size_t room, const char *text)
{
    size_t n = 0;
    for (const uint8_t *p = (const uint8_t *)text; *p && n + 2 <= room; n += 2) {
        uint32_t c = *p++;
        if (c >= 0xe0 && p[0] && p[1]) { /* three bytes; the generator writes nothing beyond the BMP */
            c = (c & 15) << 12 | (p[0] & 63u) << 6 | (p[1] & 63u);
            p += 2;
        } else if (c >= 0xc0 && p[0]) {
            c = (c & 31) << 6 | (p[0] & 63u);
            p++;
        }
        put(out + n, c, 2);
    }
    return n;
}

static void add_text(struct evtx_writer *w, const char *text)
{
    size_t n = to_utf16(w->chunk + w->at + 2, CHUNK - w->at - 2, text);
    put(w->chunk + w->at, n / 2, 2);
    w->at += 2 + (uint32_t)n;
}

/* ---- names: one table for all files, one place per chunk ---- */

static const char *names[NAMES];
static uint16_t name_hash[NAMES];
static uint32_t name_count;

static uint32_t name_number(const char *name)
{
    for (uint32_t i = 0; i < name_count; i++)
        if (names[i] == name || strcmp(names[i], name) == 0)
            return i;
    if (name_count == NAMES)
        abort(); /* the schemas of this program do not have that many */
    uint32_t h = 0;
    for (const char *p = name; *p; p++)
        h = h * 65599 + (uint8_t)*p;
    name_hash[name_count] = (uint16_t)h;
    names[name_count] = name;
    return name_count++;
}

/* A reference to a name; the name itself follows where the chunk does not have it yet. */
static void add_name(struct evtx_writer *w, const char *name)
{
    uint32_t i = name_number(name);
    if (w->name_at[i]) {
        add(w, w->name_at[i], 4);
        return;
    }
    add(w, w->at + 4, 4);
    w->name_at[i] = w->at;
    uint8_t *bucket = w->chunk + 128 + 4 * (name_hash[i] % 64);
    add_bytes(w, bucket, 4); /* the next of the same bucket */
    put(bucket, w->name_at[i], 4);
    add(w, name_hash[i], 2);
    add_text(w, name);
    add(w, 0, 2);
}

/* ---- binary XML elements (MS-EVEN6 2.2.12) ---- */

/* <name; returns where the element's size goes. `optional` is the substitution that it depends on. */
static uint32_t open_element(struct evtx_writer *w, const char *name, uint16_t optional, bool attributes)
{
    add(w, attributes ? 0x41 : 0x01, 1);
    add(w, optional, 2);
    uint32_t size_at = w->at;
    add(w, 0, 4);
    add_name(w, name);
    return size_at;
}

static void patch(struct evtx_writer *w, uint32_t size_at)
{
    put(w->chunk + size_at, w->at - size_at - 4, 4);
}

static uint32_t open_attributes(struct evtx_writer *w)
{
    add(w, 0, 4);
    return w->at - 4;
}

static void attribute(struct evtx_writer *w, const char *name, bool more)
{
    add(w, more ? 0x46 : 0x06, 1);
    add_name(w, name);
}

static void literal(struct evtx_writer *w, const char *text)
{
    add(w, 0x0105, 2);
    add_text(w, text);
}

static void substitution(struct evtx_writer *w, bool optional, uint16_t number, enum evtx_type type)
{
    add(w, optional ? 0x0e : 0x0d, 1);
    add(w, number, 2);
    add(w, type, 1);
}

static void optional_element(struct evtx_writer *w, const char *name, uint16_t number, enum evtx_type type)
{
    uint32_t size = open_element(w, name, number, false);
    add(w, 0x02, 1);
    substitution(w, true, number, type);
    add(w, 0x04, 1);
    patch(w, size);
}

/* <name a=.. b=../> with two optional substitutions; the second may be absent (NULL). */
struct attr {
    const char *name;
    uint16_t number;
    enum evtx_type type;
};

static void empty_element(struct evtx_writer *w, const char *name, struct attr a, struct attr b)
{
    uint32_t size = open_element(w, name, 0xffff, true), list = open_attributes(w);
    attribute(w, a.name, b.name != NULL);
    substitution(w, true, a.number, a.type);
    if (b.name) {
        attribute(w, b.name, false);
        substitution(w, true, b.number, b.type);
    }
    patch(w, list);
    add(w, 0x03, 1);
    patch(w, size);
}

static void system_element(struct evtx_writer *w)
{
    uint32_t system = open_element(w, "System", 0xffff, false);
    add(w, 0x02, 1);
    empty_element(w, "Provider", (struct attr){"Name", 14, EVTX_STR}, (struct attr){"Guid", 15, EVTX_GUID});
    uint32_t id = open_element(w, "EventID", 3, true), list = open_attributes(w);
    attribute(w, "Qualifiers", false);
    substitution(w, true, 4, EVTX_U16);
    patch(w, list);
    add(w, 0x02, 1);
    substitution(w, true, 3, EVTX_U16);
    add(w, 0x04, 1);
    patch(w, id);
    optional_element(w, "Version", 11, EVTX_U8);
    optional_element(w, "Level", 0, EVTX_U8);
    optional_element(w, "Task", 2, EVTX_U16);
    optional_element(w, "Opcode", 1, EVTX_U8);
    optional_element(w, "Keywords", 5, EVTX_H64);
    empty_element(w, "TimeCreated", (struct attr){"SystemTime", 6, EVTX_TIME}, (struct attr){0});
    optional_element(w, "EventRecordID", 10, EVTX_U64);
    empty_element(w, "Correlation", (struct attr){"ActivityID", 7, EVTX_GUID},
                  (struct attr){"RelatedActivityID", 13, EVTX_GUID});
    empty_element(w, "Execution", (struct attr){"ProcessID", 8, EVTX_U32}, (struct attr){"ThreadID", 9, EVTX_U32});
    optional_element(w, "Channel", 16, EVTX_STR);
    uint32_t computer = open_element(w, "Computer", 0xffff, false);
    add(w, 0x02, 1);
    literal(w, w->computer);
    add(w, 0x04, 1);
    patch(w, computer);
    empty_element(w, "Security", (struct attr){"UserID", 12, EVTX_SID}, (struct attr){0});
    add(w, 0x04, 1);
    patch(w, system);
}

static void event_element(struct evtx_writer *w)
{
    uint32_t event = open_element(w, "Event", 17, true), list = open_attributes(w);
    attribute(w, "xmlns", false);
    literal(w, "http://schemas.microsoft.com/win/2004/08/events/event");
    patch(w, list);
    add(w, 0x02, 1);
    system_element(w);
    substitution(w, true, 17, EVTX_XML);
    add(w, 0x04, 1);
    patch(w, event);
}

static void data_elements(struct evtx_writer *w, const struct evtx_schema *s)
{
    for (uint16_t i = 0; i < s->nfields; i++) {
        bool named = !s->wrapper && s->field[i].type != EVTX_BINARY;
        const char *element = s->wrapper ? s->field[i].name : named ? "Data" : "Binary";
        uint32_t size = open_element(w, element, s->field[i].type == EVTX_BINARY ? i : 0xffff, named);
        if (named) {
            uint32_t list = open_attributes(w);
            attribute(w, "Name", false);
            literal(w, s->field[i].name);
            patch(w, list);
        }
        add(w, 0x02, 1);
        substitution(w, s->field[i].type == EVTX_BINARY, i, s->field[i].type);
        add(w, 0x04, 1);
        patch(w, size);
    }
}

static void payload_element(struct evtx_writer *w, const struct evtx_schema *s)
{
    uint32_t outer = open_element(w, s->wrapper ? "UserData" : "EventData", 0xffff, false);
    add(w, 0x02, 1);
    if (s->wrapper) {
        uint32_t inner = open_element(w, s->wrapper, 0xffff, true), list = open_attributes(w);
        attribute(w, "xmlns", false);
        literal(w, "http://manifests.microsoft.com/win/2004/08/windows/eventlog");
        patch(w, list);
        add(w, 0x02, 1);
        data_elements(w, s);
        add(w, 0x04, 1);
        patch(w, inner);
    } else {
        data_elements(w, s);
    }
    add(w, 0x04, 1);
    patch(w, outer);
}

/* ---- template instances ---- */

static void fragment_header(struct evtx_writer *w)
{
    add(w, 0x0001010f, 4);
}

/* The head of an instance, with the definition where the chunk lacks it. `s` NULL: the System template. */
static void template_head(struct evtx_writer *w, const struct evtx_schema *s)
{
    uint32_t which = s ? s->number : EVTX_SCHEMAS;
    uint64_t low = hash_mix(s ? s->id : 1, s ? s->version + 7u : 3), high = hash_mix(low, which);
    add(w, 0x010c, 2);
    add(w, low & 0xffffffff, 4);
    if (w->def_at[which]) {
        add(w, w->def_at[which], 4);
        return;
    }
    w->def_at[which] = w->at + 4;
    add(w, w->def_at[which], 4);
    uint8_t *bucket = w->chunk + 384 + 4 * ((low & 0xffffffff) % 32);
    add_bytes(w, bucket, 4);
    put(bucket, w->def_at[which], 4);
    add(w, low, 8); /* the template's GUID begins with its number */
    add(w, high, 8);
    uint32_t size = w->at;
    add(w, 0, 4);
    fragment_header(w);
    if (s)
        payload_element(w, s);
    else
        event_element(w);
    add(w, 0, 1);
    patch(w, size);
}

static uint32_t definition_bound(const struct evtx_schema *s)
{
    uint32_t n = 400;
    for (uint16_t i = 0; i < s->nfields; i++)
        n += 60 + 4 * (uint32_t)strlen(s->field[i].name);
    return n;
}

/* ---- one record ---- */

static void descriptor(struct evtx_writer *w, uint32_t size, enum evtx_type type)
{
    add(w, size, 2);
    add(w, type, 2);
}

static void guid_bytes(uint8_t out[16], const char *text)
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    int digit = 0;
    memset(out, 0, 16);
    for (const char *p = text; *p && digit < 32; p++) {
        int v = *p >= '0' && *p <= '9' ? *p - '0' : (*p | 32) >= 'a' && (*p | 32) <= 'f' ? (*p | 32) - 'a' + 10 : -1;
        if (v < 0)
            continue;
        uint8_t *b = &out[order[digit / 2]];
        *b = (uint8_t)(*b << 4 | v);
        digit++;
    }
}

/* Substitutions 0 to 16 of the System template; returns where the size of the 17th goes. */
static uint32_t system_values(struct evtx_writer *w, const struct evtx_schema *s, uint64_t filetime, uint64_t keywords)
{
    uint8_t provider[256], channel[64], guid[16];
    size_t provider_n = to_utf16(provider, sizeof provider, s->provider);
    size_t channel_n = to_utf16(channel, sizeof channel, w->channel);
    bool classic = s->qualifiers != 0;
    uint32_t size_of[SYSTEM_VALUES] = {1, 1, 2, 2, classic ? 2u : 0, 8, 8, 0, 4, 4, 8, 1, 0, 0, (uint32_t)provider_n,
                                       16, (uint32_t)channel_n, 0};
    static const uint8_t type_of[SYSTEM_VALUES] = {EVTX_U8, EVTX_U8, EVTX_U16, EVTX_U16, EVTX_U16, EVTX_H64,
                                                   EVTX_TIME, EVTX_NULL, EVTX_U32, EVTX_U32, EVTX_U64, EVTX_U8,
                                                   EVTX_NULL, EVTX_NULL, EVTX_STR, EVTX_GUID, EVTX_STR, EVTX_XML};
    add(w, SYSTEM_VALUES, 4);
    uint32_t descriptors = w->at;
    for (int i = 0; i < SYSTEM_VALUES; i++)
        descriptor(w, size_of[i], i == 4 && !classic ? EVTX_NULL : type_of[i]);
    add(w, s->level, 1);
    add(w, 0, 1);
    add(w, s->task, 2);
    add(w, s->id, 2);
    if (classic)
        add(w, s->qualifiers, 2);
    add(w, keywords ? keywords : s->keywords, 8);
    add(w, filetime, 8);
    add(w, 620, 4); /* process and thread of the writer, as lsass has them */
    add(w, 1000 + w->next % 97 * 4, 4);
    add(w, w->next, 8);
    add(w, s->version, 1);
    add_bytes(w, provider, provider_n);
    guid_bytes(guid, s->provider_guid);
    add_bytes(w, guid, 16);
    add_bytes(w, channel, channel_n);
    return descriptors + 4 * (SYSTEM_VALUES - 1);
}

static void payload(struct evtx_writer *w, const struct evtx_schema *s, const struct evtx_values *v)
{
    fragment_header(w);
    template_head(w, s);
    add(w, v->n, 4);
    for (uint16_t i = 0; i < v->n; i++)
        descriptor(w, v->size[i], v->type[i]);
    add_bytes(w, v->data, v->bytes);
    add(w, 0, 1);
}

static void start_chunk(struct evtx_writer *w)
{
    memset(w->chunk, 0, CHUNK);
    memset(w->name_at, 0, sizeof w->name_at);
    memset(w->def_at, 0, sizeof w->def_at);
    w->at = FIRST;
    w->first_in_chunk = w->next;
    w->first_number = w->number;
}

static void finish_chunk(struct evtx_writer *w)
{
    uint8_t *c = w->chunk;
    if (w->at == FIRST)
        return;
    memcpy(c, "ElfChnk", 8);
    put(c + 8, w->first_number, 8);
    put(c + 16, w->number - 1, 8);
    put(c + 24, w->first_in_chunk, 8);
    put(c + 32, w->next - 1, 8);
    put(c + 40, 128, 4);
    put(c + 44, w->last, 4);
    put(c + 48, w->at, 4);
    put(c + 52, crc_add(0, c + FIRST, w->at - FIRST), 4);
    put(c + 120, 1, 4);
    put(c + 124, crc_add(crc_add(0, c, 120), c + 128, FIRST - 128), 4);
    if (fwrite(c, 1, CHUNK, w->file) != CHUNK)
        w->error = ERR_IO;
    w->chunks++;
    start_chunk(w);
}

int evtx_writer_record(struct evtx_writer *w, const struct evtx_schema *s, int64_t time, uint64_t keywords,
                       const struct evtx_values *v)
{
    uint32_t need = SYSTEM_DEF + definition_bound(s) + v->bytes + 4u * v->n + 700;
    uint32_t known = (w->def_at[EVTX_SCHEMAS] ? SYSTEM_DEF : 0u) + (w->def_at[s->number] ? definition_bound(s) : 0u);
    if (w->at + need - known > CHUNK)
        finish_chunk(w);
    uint64_t filetime = (uint64_t)(time / 100) + UINT64_C(116444736000000000);
    uint32_t start = w->at;
    add(w, 0x2a2a, 4);
    add(w, 0, 4);
    add(w, w->next, 8);
    add(w, filetime, 8);
    fragment_header(w);
    template_head(w, NULL);
    uint32_t size_at = system_values(w, s, filetime, keywords);
    uint32_t from = w->at;
    payload(w, s, v);
    put(w->chunk + size_at, w->at - from, 2);
    add(w, 0, 1);
    while ((w->at - start) % 8 != 4)
        add(w, 0, 1);
    uint32_t size = w->at + 4 - start;
    add(w, size, 4);
    put(w->chunk + start + 4, size, 4);
    w->last = start;
    w->next++;
    w->number++;
    return w->error;
}

/* ---- the file ---- */

static int write_header(struct evtx_writer *w)
{
    uint8_t h[HEADER] = {0};
    memcpy(h, "ElfFile", 8);
    put(h + 16, w->chunks ? w->chunks - 1 : 0, 8);
    put(h + 24, w->number, 8);
    put(h + 32, 128, 4);
    put(h + 36, 1, 2); /* version 3.1 */
    put(h + 38, 3, 2);
    put(h + 40, HEADER, 2);
    put(h + 42, w->chunks, 2);
    put(h + 124, crc_add(0, h, 120), 4);
    return fwrite(h, 1, HEADER, w->file) == HEADER ? 0 : ERR_IO;
}

struct evtx_writer *evtx_writer_open(const char *path, const char *channel, const char *computer, uint64_t first_record)
{
    struct evtx_writer *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    if (!crc_table[0][1])
        crc_init();
    w->file = fopen(path, "wb");
    if (!w->file) {
        free(w);
        return NULL;
    }
    snprintf(w->channel, sizeof w->channel, "%s", channel);
    snprintf(w->computer, sizeof w->computer, "%s", computer);
    w->next = w->first_record = first_record;
    w->number = 1;
    w->error = write_header(w);
    start_chunk(w);
    return w;
}

uint64_t evtx_writer_records(const struct evtx_writer *w)
{
    return w->next - w->first_record;
}

uint64_t evtx_writer_bytes(const struct evtx_writer *w)
{
    return HEADER + (uint64_t)w->chunks * CHUNK;
}

int evtx_writer_close(struct evtx_writer *w)
{
    finish_chunk(w);
    if (fseek(w->file, 0, SEEK_SET) != 0 || write_header(w) != 0)
        w->error = ERR_IO;
    if (fclose(w->file) != 0)
        w->error = ERR_IO;
    int error = w->error;
    free(w);
    return error;
}

void evtx_writer_value(struct evtx_values *v, enum evtx_type type, const void *bytes, size_t n)
{
    if (v->n == EVTX_FIELDS)
        abort(); /* no event of ours has that many fields */
    if (n > sizeof v->data - v->bytes)
        n = sizeof v->data - v->bytes;
    v->type[v->n] = (uint8_t)type;
    v->size[v->n++] = (uint16_t)n;
    memcpy(v->data + v->bytes, bytes, n);
    v->bytes += (uint32_t)n;
}

void evtx_writer_text(struct evtx_values *v, const char *text)
{
    size_t n = to_utf16(v->data + v->bytes, sizeof v->data - v->bytes, text);
    v->type[v->n] = EVTX_STR;
    v->size[v->n++] = (uint16_t)n;
    v->bytes += (uint32_t)n;
}
