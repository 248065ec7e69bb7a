/* tests/model/test_phrase.c - sentences are read back by their phrases; names stay as they are; nothing takes long. */
#include "model/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct phrase own[] = {{"{} was active{?}{?}. It {*}, among them {list}.", "{} a été actif{}{}. Cela {}, dont {}."},
                                    {", once more", ", encore une fois"},
                                    {"took {*}", "a pris {}"},
                                    {"{*} and {*}", "{} et {}"},
                                    {"files", "des fichiers"},
                                    {"mails", "des messages"},
                                    {"{kind} in {}: {countries}", "{} dans {} : {}"},
                                    {"{*}x", "{}x"},
                                    {"fear of {}", "peur de {}"},
                                    {0}};

static void says(const char *english, const char *french)
{
    struct arena a;
    struct str out = STR("nothing");
    arena_init(&a, 16384, 1u << 22);
    bool read = phrase_french(&a, own, str_of(english), &out);
    if (read != (french != NULL) || (french && !str_eq(out, str_of(french))))
        fail_msg("'%s': '%.*s'", english, STR_ARG(out));
    arena_free(&a);
}

static void parts(void **state)
{
    (void)state;
    says("bob was active. It took files, among them a.", "bob a été actif. Cela a pris des fichiers, dont a.");
    says("bob was active, once more. It took files and mails, among them a, b and c.", "bob a été actif, encore une fois. Cela a pris des fichiers et des messages, dont a, b et c.");
    says("bob was active from 192.0.2.1 (Germany), once more. It took mails, among them a, b and 12 more.",
         "bob a été actif depuis 192.0.2.1 (Allemagne), encore une fois. Cela a pris des messages, dont a, b et 12 autres.");
    says("bob was active from 192.0.2.1. It took mails, among them a and others.", "bob a été actif depuis 192.0.2.1. Cela a pris des messages, dont a et d’autres.");
    says("an unknown account was active. It took mails, among them an unknown account.", "un compte inconnu a été actif. Cela a pris des messages, dont un compte inconnu.");
    says("failed logon in x: Germany, Atlantis, France", "échec d’ouverture de session dans x : Allemagne, Atlantis, France");
    says("bob was active. It took files and mails and files and mails and files and mails and files, among them a and 1 more.",
         "bob a été actif. Cela a pris des fichiers et des messages et des fichiers et des messages et des fichiers et des messages et des fichiers, dont a et 1 autre.");
    says("fear of bob", "peur de bob");
    says("fear of alice", "peur d’alice");
    says("of no kind in x: Spain", "of no kind dans x : Espagne");
}

/* Names are nobody's words: not translated, and a whole sentence in a name is a name. */
static void names(void **state)
{
    (void)state;
    says("files was active. It took files, among them Germany.", "des fichiers a été actif. Cela a pris des fichiers, dont Germany.");
    says("Jordan was active. It took mails, among them Chad.", "Jordan a été actif. Cela a pris des messages, dont Chad.");
    says("{} was active. It took mails, among them {*}.", "{} a été actif. Cela a pris des messages, dont {*}.");
    says("b. It took files, among them x was active. It took files, among them a.", "b. It took files, among them x a été actif. Cela a pris des fichiers, dont a.");
}

static void nothing(void **state)
{
    (void)state;
    says("", NULL);
    says("bob was idle", NULL);
    says("bob was active. It took nothing, among them a.", NULL);
}

/* Phrases that call themselves, and texts made for it: given up in a moment. */
static void hostile(void **state)
{
    char text[5000];
    (void)state;
    memset(text, 'x', sizeof text);
    text[4000] = '\0';
    says(text, NULL);
    for (size_t i = 0; i + 5 < 4000; i += 5)
        memcpy(text + i, " and ", 5);
    says(text, NULL);
    memset(text, 'x', sizeof text);
    text[4999] = '\0';
    says(text, NULL);
}

/* Whatever becomes of a sentence on its way: it is read or not, and nothing else. */
static void broken(void **state)
{
    const char *whole = "bob was active from 192.0.2.1 (Germany), once more. It took files and mails, among them a, b and 12 more.";
    char text[128];
    size_t n = strlen(whole);
    (void)state;
    for (size_t cut = 0; cut <= n; cut++)
        for (size_t flip = 0; flip < 8 * n; flip++) {
            struct arena a;
            struct str out;
            memcpy(text, whole, n + 1);
            text[flip / 8] = (char)(text[flip / 8] ^ 1 << flip % 8);
            arena_init(&a, 16384, 1u << 20);
            if (phrase_french(&a, own, (struct str){text, cut}, &out))
                assert_true(out.n > 0);
            arena_free(&a);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts), cmocka_unit_test(names), cmocka_unit_test(nothing), cmocka_unit_test(hostile), cmocka_unit_test(broken)};
    return cmocka_run_group_tests_name("phrases", tests, NULL, NULL);
}
