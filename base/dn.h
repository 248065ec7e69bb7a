/* base/dn.h - distinguished names as text (RFC 4514): "CN=a\\,b,OU=c,DC=corp,DC=example". Values stay as they are written. */
#ifndef VIGIE_BASE_DN_H
#define VIGIE_BASE_DN_H

#include "base/arena.h"
#include "base/str.h"

/* The first part of a DN and what is behind it, absent when nothing is. */
void dn_split(struct str dn, struct str *part, struct str *parent);
/* The value of the n-th part ("CN=NTDS Settings,CN=DC1" 1: "DC1"). */
struct str dn_value(struct str dn, unsigned n);
/* The DNS domain that it ends in: "...,DC=corp,DC=example" is "corp.example". Absent when it has none. */
struct str dn_domain(struct arena *a, struct str dn);

#endif
