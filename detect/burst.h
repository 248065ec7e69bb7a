/* detect/burst.h - one session against the user's and the organisation's past: how the "unusual number
 * of ..." detections decide.
 *
 * A session is a run of counted activities of one person without a pause longer than `gap_minutes`, a
 * day at most. Its count c is compared on the scale x = log(1 + c), where counts of human doing are about
 * normal. The organisation's mean and variance come from all sessions of the past 30 days, with
 * three imagined sessions around `usual` (variance 0.36) as a start; the user's come from the user's own sessions with the
 * organisation's as three more. A session is unusual for the user when all of these hold:
 *   c >= minimum;  x lies `spread` deviations above the user's mean, and half of that above the
 *   colleagues'; c > ratio * the user's largest session in 30 days.
 * Everybody clears out a mailbox or fetches a project's files once in a while: such one-off sessions are the
 * tail of the organisation. What is known of it is the session that only two others exceeded (the largest
 * of each other person in 30 days, the third from above), so that neither one intruder nor two make
 * theirs usual. A session no larger than that is not raised; one that only the user's own past makes
 * unusual is low; one that stands out, c >= floor and c > factor * that tail, has the detection's severity.
 * Without a past (fewer than three sessions of anybody) a session is unusual, and stands out, from `floor` on.
 * A session enters the past as if it had been no larger than what just does not stand out. */
#ifndef VIGIE_DETECT_BURST_H
#define VIGIE_DETECT_BURST_H

#include "detect/detect.h"

struct burst_rule {
    const char *did;    /* "deleted" */
    const char *things; /* "files" */
};

enum { BURST_MINIMUM, BURST_SPREAD, BURST_RATIO, BURST_USUAL, BURST_GAP, BURST_FLOOR, BURST_FACTOR };
/* The rows of params[] that go with this, in this order. `things` and `french` are what is counted, in both languages. */
#define BURST_PARAMS(minimum, floor, usual, things, french)                                                                                      \
    {"minimum", minimum, "Fewer " things " than this in one session are never unusual.",                                                         \
     "Moins de " french " que cela en une session n’a jamais rien d’inhabituel."},                                                           \
        {"spread", 4, "A session must lie this many standard deviations above what is usual for the user.",                                      \
         "Une session doit se situer autant d’écarts-types au-dessus de ce qui est habituel pour l’utilisateur."},                             \
        {"ratio", 2, "A session must be more than this many times the user's largest session of the past 30 days.",                              \
         "Une session doit dépasser autant de fois la plus grande session de l’utilisateur des 30 derniers jours."},                            \
        {"usual", usual, "So many " things " in a session are taken to be usual as long as there is no past to go by.",                           \
         "Autant de " french " en une session passent pour habituels tant qu’il n’y a pas de passé auquel se fier."},                            \
        {"gap_minutes", 60, "A pause of more minutes than this ends a session.", "Une pause de plus de minutes que cela termine une session."},   \
        {"floor", floor, "Fewer " things " than this in one session are low: unusual for the user at most.",                                     \
         "Moins de " french " que cela en une session donne une alerte faible : inhabituelle tout au plus pour l’utilisateur."},                 \
    {                                                                                                                                             \
        "factor", 2, "A session that is not more than this many times the organisation's tail, the session that two others exceeded in 30 days, is low.", \
            "Une session qui ne dépasse pas autant de fois la queue de l’organisation, la session que deux autres personnes ont dépassée en 30 jours, est faible." \
    }

/* What such a detection says of itself: what it counts, "downloads of files". */
#define BURST_ABOUT(things) \
    "Counts " things " of one user in one session (no pause longer than an hour) and compares it with the user's own sessions of the past " \
    "30 days and with everybody else's, on a logarithmic scale. It is raised, low, when the session is large and far above what is usual for the " \
    "user, and with full severity when it also stands out from the largest sessions of everybody else in that time."
#define BURST_ABOUT_FRENCH(things) \
    "Compte " things " d’un utilisateur en une session (aucune pause de plus d’une heure) et les compare aux sessions de l’utilisateur des " \
    "30 derniers jours et à celles de tous les autres, sur une échelle logarithmique. L’alerte est levée, faible, quand la session est grande et " \
    "très au-dessus de ce qui est habituel pour l’utilisateur, et avec la pleine gravité quand elle ressort aussi des plus grandes sessions de tous les " \
    "autres pendant ce temps."

/* The sentences of its alerts in French: `a_fait` and `choses` are `did` and `things` of the rule. */
#define BURST_PHRASES(did, things, a_fait, choses) \
    {"{} " did " {} " things " in {*}{?}; {*}; {*}. {} or more are unusual for this user, {} or more stand out in the organisation.", \
     "{} " a_fait " {} " choses " en {}{} ; {} ; {}. À partir de {}, c’est inhabituel pour cet utilisateur ; à partir de {}, cela ressort dans l’organisation."}, \
        {"the {} earlier sessions of this user in 30 days had {} at most and {} on average", \
         "les {} sessions antérieures de cet utilisateur en 30 jours en avaient {} au plus et {} en moyenne"}, \
        {"this user has no earlier session in 30 days", "cet utilisateur n’a pas de session antérieure en 30 jours"}, \
        {"of all others in that time, two had more than {} in a session", "parmi tous les autres pendant ce temps, deux en avaient plus de {} en une session"}, \
        {"fewer than three others did so in that time", "moins de trois autres l’ont fait pendant ce temps"}

enum { BURST_DAYS = 30, BURST_TAIL = 4 };

struct burst_day {
    int64_t day;
    uint32_t sessions, largest;
    double sum, squares; /* of log(1 + count) */
};

/* The largest sessions of a day, one per person, the largest first. */
struct burst_tail {
    int64_t day;
    uint64_t user[BURST_TAIL];
    uint64_t count[BURST_TAIL];
};

struct burst { /* a detection's state */
    struct table users;
    struct burst_day days[BURST_DAYS];
    struct burst_tail tail[BURST_DAYS];
};

int burst_start(struct detection *d);
void burst_stop(struct detection *d);
/* Counts an activity of a person as `weight` things done, and raises when the session is unusual. */
void burst_see(struct detection *d, const struct activity *a, uint64_t weight, const struct burst_rule *rule);

#endif
