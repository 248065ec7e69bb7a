/* app/report_outside.c - an alert of a run as OCSF and ECS want it. */
#include "app/report.h"

#include <stdio.h>

struct outside_alert report_outside(const struct pipe_result *r, const struct alert *a, struct report_outside *room)
{
    struct outside_alert out = {.id = str_of(a->id),
                                .policy = a->policy,
                                .name = a->name,
                                .description = a->description,
                                .category = category_text(a->category),
                                .severity = a->severity,
                                .status = STR("open"),
                                .start = a->start,
                                .end = a->end,
                                .count = a->count,
                                .attack = room->attack,
                                .users = room->users,
                                .source = a->source.name,
                                .destination = a->destination.name,
                                .source_ip = a->source.ip,
                                .destination_ip = a->destination.ip,
                                .evidence = (const uint8_t(*)[16])room->evidence,
                                .nevidence = a->nevidence};
    if (a->external_id) {
        (void)snprintf(room->policy, sizeof room->policy, "%d", a->external_id);
        out.policy = str_of(room->policy);
    }
    for (size_t i = 0; a->attack && a->attack[i] && i < sizeof room->attack / sizeof *room->attack; i++)
        room->attack[out.nattack++] = str_of(a->attack[i]);
    out.nusers = report_accounts(r->dir, a, room->users, sizeof room->users / sizeof *room->users);
    for (unsigned i = 0; i < a->nevidence; i++)
        memcpy(room->evidence[i], a->evidence[i].id, sizeof room->evidence[i]);
    return out;
}
