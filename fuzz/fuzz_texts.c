/* fuzz/fuzz_texts.c - any bytes as an LDAP filter, a service's command line and a distinguished name. */
#include "detect/ldapfilter.h"
#include "detect/roguedc.h"
#include "detect/svcimage.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(struct str part, struct str whole)
{
    return !str_set(part) || (part.p >= whole.p && part.n <= whole.n && part.p + part.n <= whole.p + whole.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size}, service = all, rest = STR_NONE;
    ptrdiff_t cut = size ? str_chr(all, '\n') : -1;
    if (cut >= 0) {
        service = str_sub(all, 0, (size_t)cut);
        rest = str_from(all, (size_t)cut + 1);
    }
    struct ldapfilter_search search = {.filter = service, .attributes = rest};
    uint32_t kinds = ldapfilter_kinds(&search);
    if (kinds >> LDAPFILTER_COUNT || (ldapfilter_grave(kinds) & ~kinds))
        abort();
    if (!inside(svcimage_program(all), all) || !inside(svcimage_stem(all), all) || !inside(roguedc_server(all), all))
        abort();
    /* the framework's habits are suspicious in themselves */
    if (svcimage_metasploit(service, rest) && !svcimage_suspicious(service, rest))
        abort();
    return svcimage_random(service) && service.n > 32 ? abort(), 0 : 0;
}
