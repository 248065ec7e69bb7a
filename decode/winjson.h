/* decode/winjson.h - what the JSON carriers of Windows events share: from JSON nodes to struct winevent. */
#ifndef VIGIE_DECODE_WINJSON_H
#define VIGIE_DECODE_WINJSON_H

#include "decode/winevent.h"

/* Finds several members of one object in one pass: out[i] is the member names[i] or NULL. */
void winjson_pick(const struct jnode *doc, const struct jnode *o, const struct str *names, size_t n, const struct jnode **out);
/* Text of a scalar, of an object's "#text" or "Value", or of an array's first; absent otherwise. */
struct str winjson_text(const struct jnode *doc, const struct jnode *n);
/* The attribute of an XML element in JSON: members "Name", "@Name" or "#attributes"."Name". */
struct str winjson_attribute(const struct jnode *doc, const struct jnode *o, const char *name);
/* Keywords as a number of either sign, 0x.., or the words "Audit Success"/"Audit Failure" in an array or alone. */
uint64_t winjson_keywords(const struct jnode *doc, const struct jnode *n);
/* Sets the fields of e that the members of o name. Members that are containers are looked into once:
 * "Data" with named or unnamed elements, or one level of UserData. */
void winjson_fields(const struct jnode *doc, const struct jnode *o, struct winevent *e);
/* The same from JSON text inside a string: an object, or an array of unnamed parameters. */
void winjson_embedded(struct arena *a, struct str json, struct winevent *e);
/* The same from "<EventData><Data Name="...">...</Data>...", a fragment of the event's XML. */
void winjson_xml(struct arena *a, struct str xml, struct winevent *e);
/* Event id from the node's number; false when it is none. */
bool winjson_id(const struct jnode *doc, const struct jnode *n, uint32_t *id);
/* Checks what no event may lack, gives a time without microseconds the order of the record numbers, and
 * decodes the event: 0, or a negative enum err after a fault. */
int winjson_decode(struct decode *d, struct winevent *e);

#endif
