/* api/alert_json.h - one alert as the own API shows it: a row, a page, a party. */
#ifndef VIGIE_API_ALERT_JSON_H
#define VIGIE_API_ALERT_JSON_H

#include "api/api.h"

/* Members of a row (docs/api.md), into an open object. */
int alert_json_row(struct api_request *q, struct jout *j, const struct stored_alert *a);
/* What its page has besides: parties, evidence, history, advice, resolution, points. */
int alert_json_page(struct api_request *q, struct jout *j, const struct stored_alert *a);
/* What that policy, or its alert, is called in the caller's language; `english` where that is all there is. */
struct str alert_json_name(struct api_request *q, struct str policy, struct str english);
/* "open", "dismissed", "resolved", "false_positive", "benign", "true_positive". */
struct str alert_json_status(enum resolution r);
/* What an event of its history says: the text of a closing is kept as the number of its resolution. */
struct str alert_json_event(const struct alert_event *e);
/* The name of an app number; absent for unknown ones. */
struct str alert_json_app(uint32_t service);

#endif
