/* model/act_json.h - one activity as one line of NDJSON, the form that `vigie activities` prints.
 *
 * Keys come in a fixed order and absent fields are left out:
 *   id (32 hex digits), time, app, instance, kind, outcome (success, failure), code, actor, objects, device,
 *   device_certainty, ip, port, destination, destination_ip, location, agent, protocol, admin, impersonated,
 *   session, facts, record.
 * actor is {sid,name,domain,upn,mail,cloud}, an object the same with type and role in front; location is
 * {country,region,city,network,latitude,longitude,
 * asn,tags}, agent {text,browser,os,device,tags}; facts holds each fact under its
 * permanent name, numbers as numbers and flags as true or false; record is {path,number,offset}: where the raw
 * record lies. decode/dec_activity.c reads the line back to the same activity, whose origin then is the line. */
#ifndef VIGIE_MODEL_ACT_JSON_H
#define VIGIE_MODEL_ACT_JSON_H

#include "base/jout.h"
#include "model/activity.h"

/* Appends the line with its line feed. origin_path names the input of a->origin; absent leaves it out. */
void activity_json(const struct activity *a, struct buf *out, struct str origin_path);
/* Member "facts" of an open object, left out when there are none. */
void activity_json_facts(struct jout *j, const struct activity *a);

/* The words of the tags lists, by bit number; absent after the last. */
struct str location_tag_text(unsigned bit);
struct str agent_tag_text(unsigned bit);

#endif
