/* model/app.h - the apps whose activities are known, and their numbers in the compatible API.
 *
 * Numbers below 900000 are the documented ones of the Cloud App Security API; apps without a known
 * number have ours from 900000 up. An app that is not in the table is still kept by its name. */
#ifndef VIGIE_MODEL_APP_H
#define VIGIE_MODEL_APP_H

#include "base/str.h"

#include <stdint.h>

#define APPS(X)                                                                                                        \
    X(AD, "Active Directory", 20940)                                                                                   \
    X(O365, "Office 365", 11161)                                                                                       \
    X(EXCHANGE, "Exchange Online", 20893)                                                                              \
    X(SHAREPOINT, "SharePoint Online", 20892)                                                                          \
    X(ONEDRIVE, "OneDrive", 15600)                                                                                     \
    X(TEAMS, "Microsoft Teams", 28375)                                                                                 \
    X(ENTRA, "Microsoft Entra ID", 900001)                                                                             \
    X(AZURE, "Microsoft Azure", 12260)                                                                                 \
    X(AWS, "Amazon Web Services", 11599)                                                                               \
    X(POWERBI, "Power BI", 900002)                                                                                     \
    X(ADFS, "AD FS", 900003)

#define APP_NAME_CASE(id, name, number) static const char *const APP_##id __attribute__((unused)) = name;
APPS(APP_NAME_CASE)
#undef APP_NAME_CASE

/* The number of an app by its name, 0 when it has none. */
uint32_t app_number(struct str name);

#endif
