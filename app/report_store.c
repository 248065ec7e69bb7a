/* app/report_store.c - inputs, alerts, people and receipts into a store. */
#include "app/report_store.h"

#include "app/report.h"

static int put_people(const struct pipe_result *r, struct store *s)
{
    int err = 0;
    for (size_t i = 0; !err && i < r->people.npeople; i++) {
        const struct person *p = &r->people.people[i];
        const struct entity *e = dir_entity(r->dir, p->entity);
        struct store_person row = {e->id, e->name, p->score, p->percentile, p->from, p->to};
        err = store_put_person(s, &row);
        for (size_t k = 0; !err && k < p->ncontributions; k++) {
            const struct contribution *c = &p->contributions[k];
            struct store_contribution part = {e->id, str_of(c->ref), c->group, c->value, c->text, c->points, c->time, c->p};
            err = store_put_contribution(s, &part);
        }
    }
    return err;
}

int report_store(const struct pipe_result *r, struct store *s)
{
    int err = 0;
    for (uint32_t i = 0; !err && i < inputs_count(r->inputs); i++) {
        const struct input *x = inputs_ranked(r->inputs, i);
        struct store_input row = {str_of(x->path), str_of(x->format), x->records, x->activities, x->bytes, x->nfaults};
        err = store_put_input(s, i, &row);
    }
    for (size_t i = 0; !err && i < r->nalerts; i++) {
        struct str who[ALERT_USERS * 2];
        size_t n = report_accounts(r->dir, r->alerts[i], who, sizeof who / sizeof *who);
        err = store_put_alert(s, r->alerts[i], who, n);
    }
    if (!err)
        err = put_people(r, s);
    return err ? err : store_finish(s);
}
