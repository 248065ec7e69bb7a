/* detect/det_2026.c - a service with a suspicious command line is installed on a domain controller. */
#include "base/hash.h"
#include "detect/svcimage.h"
#include "detect/watch.h"

static struct str service_of(const struct activity *a)
{
    struct str name = act_str(a, FACT_SERVICE_NAME);
    const struct object *o = watch_object(a, OBJECT_SERVICE, ROLE_TARGET);
    return str_set(name) || !o ? name : o->ref.name;
}

static struct str cut(struct arena *m, struct str s)
{
    return s.n <= 160 ? s : str_fmt(m, "%.160s ...", str_dup(m, str_sub(s, 0, 160)).p);
}

static void see(struct detection *d, const struct activity *a)
{
    struct str service = service_of(a), image = act_str(a, FACT_IMAGE_PATH);
    const char *why = svcimage_suspicious(service, image);
    if (!why || a->outcome == OUTCOME_FAILURE || !dir_dc_destination(detection_dir(d), a))
        return;
    struct arena *m = detection_arena(d);
    struct draft f = draft_of(a);
    f.campaign = hash_mix(watch_destination(a), 1);
    bool person = account_set(&a->actor) && !watch_builtin(&a->actor);
    f.description = str_fmt(m, "The service %.*s was installed on the domain controller %.*s%s%.*s at %.*s; its image path %s: %.*s",
                            STR_ARG(service), STR_ARG(watch_destination_text(m, a)), person ? " by " : "",
                            STR_ARG(person ? watch_called(detection_dir(d), a->actor_entity, &a->actor) : STR("")), STR_ARG(watch_time(m, a->time)),
                            why, STR_ARG(cut(m, image)));
    detection_raise(d, a, &f);
}

static const enum kind wants[] = {KIND_SERVICE_CREATION, KIND_COUNT};

const struct detector det_2026 = {
    .external_id = 2026,
    .name = "Suspicious service creation",
    .severity = SEVERITY_MEDIUM,
    .category = CATEGORY_DOMAIN_DOMINANCE,
    .attack = {"T1543.003", "T1569.002"},
    .about = "A service was installed on a domain controller whose image path is that of an attack and of no product: an encoded command, a command "
             "interpreter, a named pipe, a program on a network share, in a temporary or user folder, without a folder, of random name, or the "
             "service of a "
             "remote execution tool. Services installed on other computers are not judged.",
    .blind = "no service installations on a domain controller (event 7045 of the System log, or 4697: Audit Security System Extension)",
    .wants = wants,
    .see = see,
};
