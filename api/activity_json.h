/* api/activity_json.h - one activity as the own API shows it, and the room to read one by id. */
#ifndef VIGIE_API_ACTIVITY_JSON_H
#define VIGIE_API_ACTIVITY_JSON_H

#include "api/api.h"

/* Members of a row (docs/api.md), into an open object. */
int activity_json_row(struct api_request *q, struct jout *j, const struct actlog_row *row);
/* What its page has besides: facts, protocol, session, code, origin. */
int activity_json_page(struct api_request *q, struct jout *j, const struct actlog_row *row);
/* One sentence: who did what, where, from where, to what. In the arena. */
struct str activity_json_description(struct arena *a, const struct activity *act, enum language language);
/* The country's name; the code itself when it is none; absent stays absent. */
struct str activity_json_country(struct str code, enum language language);

/* Memory for one activity at a time. */
struct activity_room {
    uint8_t flat[ACTIVITY_PACKED_MAX];
    struct object objects[ACTIVITY_OBJECTS];
    struct fact facts[ACTIVITY_FACTS];
};

int activity_room_open(struct activity_room **out);
void activity_room_close(struct activity_room *room); /* may be NULL */
/* ERR_NOT_FOUND also for what the caller may not see. The row lives until the next call. */
int activity_room_get(struct api_request *q, struct activity_room *room, const uint8_t id[16], struct actlog_row *out);
/* The id of 32 hexadecimal digits (also behind APP_NUMBER_ and the like, as the compatible API writes it). */
bool activity_json_id(struct str text, uint8_t id[16]);

#endif
