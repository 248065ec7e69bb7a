/* api/insights.c - the usual, counted from the log. */
#include "api/insights.h"

#include "api/activity_json.h"
#include "api/answer.h"
#include "api/filters.h"
#include "api/person_json.h"
#include "model/app.h"
#include "store/actlog_match.h"

enum { DAYS = 30, TOP = 10, TOP_OF = 5000, NUMBERS = 64 };

static void write_label(struct api_request *q, struct jout *j, enum actlog_column by, struct str value)
{
    struct stored_entity e;
    int64_t number;
    char text[TIME_TEXT];
    switch (by) {
    case ACTLOG_BY_ACTOR:
        if (!str_i64(value, &number) || number <= 0 || tab_entities_get(q->db, q->arena, (uint32_t)number, &e) != 0)
            return;
        if (person_json_may_see(q, e.base.number))
            jout_kstr(j, "id", e.base.id);
        jout_kstr(j, "name", e.base.name);
        jout_kstr(j, "label", e.base.name);
        return;
    case ACTLOG_BY_COUNTRY: jout_kstr(j, "label", activity_json_country(value, q->language)); return;
    case ACTLOG_BY_DAY:
        if (str_i64(value, &number) && number > -100000 && number < 100000)
            jout_kstr(j, "label", time_date(number * TIME_DAY, text));
        return;
    case ACTLOG_BY_APP: jout_ku64(j, "service", app_number(value)); break;
    case ACTLOG_BY_KIND:
    case ACTLOG_BY_NETWORK:
    case ACTLOG_BY_IP:
    case ACTLOG_BY_DEVICE:
    case ACTLOG_BY_DESTINATION: break;
    }
    jout_kstr(j, "label", value);
}

void insights_top(struct api_request *q, struct jout *j, const char *key, const struct actlog_column_top *c)
{
    jout_key(j, key);
    jout_arr(j);
    for (size_t i = 0; i < c->n; i++) {
        jout_obj(j);
        jout_kstr(j, "value", c->top[i].value);
        write_label(q, j, c->by, c->top[i].value);
        jout_ku64(j, "n", c->top[i].n);
        jout_end_obj(j);
    }
    jout_end_arr(j);
}

static int write_tops(struct api_request *q, struct jout *j, const struct filter *f, bool of_user)
{
    static const struct {
        const char *key;
        enum actlog_column by;
        bool user, ip;
    } lists[] = {{"countries", ACTLOG_BY_COUNTRY, true, true}, {"networks", ACTLOG_BY_NETWORK, true, true}, {"addresses", ACTLOG_BY_IP, true, false},
                 {"apps", ACTLOG_BY_APP, true, false}, {"kinds", ACTLOG_BY_KIND, true, true}, {"users", ACTLOG_BY_ACTOR, false, true}};
    enum { LISTS = sizeof lists / sizeof *lists };
    struct actlog_top top[LISTS][TOP];
    struct actlog_column_top columns[LISTS];
    const char *keys[LISTS];
    size_t n = 0;
    for (size_t i = 0; i < LISTS; i++)
        if (of_user ? lists[i].user : lists[i].ip) {
            keys[n] = lists[i].key;
            columns[n] = (struct actlog_column_top){.by = lists[i].by, .top = top[n], .room = TOP};
            n++;
        }
    int err = actlog_top(q->log, f, &q->caller->activities, TOP_OF, columns, n, q->arena);
    for (size_t i = 0; !err && i < n; i++)
        insights_top(q, j, keys[i], &columns[i]);
    return err;
}

/* Alerts of the same who, open or not. */
static int write_alerts(struct api_request *q, struct jout *j, const struct filter_term *who)
{
    const struct filter f = {who, 1};
    uint64_t n = 0;
    int err = tab_alerts_count(q->db, &f, &q->caller->alerts, &n);
    jout_ku64(j, "alerts", n);
    return err;
}

static int write_part(struct api_request *q, struct jout *j, const struct filter_term who[2], int64_t around, bool of_user)
{
    const struct filter_value when = {.from = around - DAYS * TIME_DAY, .to = around};
    const struct filter_term terms[2] = {who[0], {.field = FIELD_ACTIVITY_DATE, .match = MATCH_RANGE, .values = &when, .n = 1}};
    const struct filter f = {terms, 2};
    uint64_t n = 0;
    bool beyond = false;
    int err = actlog_count(q->log, &f, &q->caller->activities, TOP_OF, &n, &beyond);
    jout_ku64(j, "activities", n);
    jout_kbool(j, "moreThanTotal", beyond);
    if (!err)
        err = write_alerts(q, j, &who[1]);
    return err ? err : write_tops(q, j, &f, of_user);
}

static int write_user(struct api_request *q, struct jout *j, const struct activity *a)
{
    uint32_t numbers[NUMBERS];
    struct filter_value values[NUMBERS];
    struct stored_entity e;
    size_t n = 0;
    int err = tab_entities_get(q->db, q->arena, a->actor_entity, &e);
    if (!err)
        err = tab_entities_numbers(q->db, e.base.number, numbers, NUMBERS, &n);
    if (err || !person_json_may_see(q, e.base.number)) {
        jout_null(j);
        return err == ERR_NOT_FOUND ? 0 : err;
    }
    n = n < NUMBERS ? n : NUMBERS;
    for (size_t i = 0; i < n; i++)
        values[i] = (struct filter_value){.from = numbers[i], .to = numbers[i]};
    const struct filter_term who[2] = {{.field = FIELD_ACTIVITY_USER, .match = MATCH_EQ, .values = values, .n = (unsigned)n},
                                       {.field = FIELD_ALERT_USER, .match = MATCH_EQ, .values = values, .n = (unsigned)n}};
    jout_obj(j);
    err = write_part(q, j, who, a->time, true);
    api_ktime(j, "first", e.first_seen);
    api_ktime(j, "last", e.last_seen);
    jout_end_obj(j);
    return err;
}

static int write_address(struct api_request *q, struct jout *j, const struct activity *a)
{
    char text[IP_TEXT];
    const struct filter_value value = {.text = ip_text(&a->ip, text)};
    const struct filter_term who[2] = {{.field = FIELD_ACTIVITY_IP, .match = MATCH_EQ, .values = &value, .n = 1},
                                       {.field = FIELD_ALERT_IP, .match = MATCH_EQ, .values = &value, .n = 1}};
    jout_obj(j);
    int err = write_part(q, j, who, a->time, false);
    jout_end_obj(j);
    return err;
}

int insights_write(struct api_request *q, struct jout *j, const struct actlog_row *row)
{
    int err = 0;
    jout_obj(j);
    jout_ki64(j, "days", DAYS);
    jout_key(j, "user");
    if (row->activity.actor_entity)
        err = write_user(q, j, &row->activity);
    else
        jout_null(j);
    jout_key(j, "ip");
    if (!err && ip_set(&row->activity.ip))
        err = write_address(q, j, &row->activity);
    else
        jout_null(j);
    jout_end_obj(j);
    return err;
}
