/* api/governance_json.h - rows of the governance log, and whose a caller may see and act on. */
#ifndef VIGIE_API_GOVERNANCE_JSON_H
#define VIGIE_API_GOVERNANCE_JSON_H

#include "api/api.h"
#include "store/tab_entities.h"
#include "store/tab_governance.h"

/* Who sees some apps alone sees and does nothing here unless Active Directory is one of them: accounts are its. */
bool governance_json_scope(const struct api_request *q);
/* Limits a question to whom the caller may see; texts and lists live as long as the request. */
void governance_json_view(const struct api_request *q, struct governance_query *g);
/* One row that the caller may see: ERR_NOT_FOUND. */
int governance_json_find(struct api_request *q, struct str number, struct stored_governance *out);
void governance_json_row(struct api_request *q, struct jout *j, const struct stored_governance *g);
int governance_json_line(struct buf *out, const struct stored_governance *g); /* CSV */
#define GOVERNANCE_JSON_HEADINGS "number,asked,action,revert,person,personId,domain,by,policy,alert,reason,state,held,decidedBy,why,changed,ended\r\n"

#endif
