/* decode/o365_rule.c - what an inbox rule does to which mails. */
#include "decode/o365.h"

struct meaning {
    struct str name;   /* parameter of New-InboxRule, or ActionType of a client's rule */
    const char *word;  /* "delete" for a switch, "move-to:" when a value follows */
};

static const struct meaning actions[] = {
    {{"BounceMessage", 13}, "bounce"},
    {{"Copy", 4}, "copy-to:"},
    {{"CopyToFolder", 12}, "copy-to:"},
    {{"Delete", 6}, "delete"},
    {{"DeleteMessage", 13}, "delete"},
    {{"Forward", 7}, "forward-to:"},
    {{"ForwardAsAttachment", 19}, "forward-to:"},
    {{"ForwardAsAttachmentTo", 21}, "forward-to:"},
    {{"ForwardTo", 9}, "forward-to:"},
    {{"MarkAsRead", 10}, "mark-read"},
    {{"Move", 4}, "move-to:"},
    {{"MoveToFolder", 12}, "move-to:"},
    {{"PermanentDelete", 15}, "delete"},
    {{"Redirect", 8}, "forward-to:"},
    {{"RedirectTo", 10}, "forward-to:"},
    {{"SoftDeleteMessage", 17}, "delete"},
    {{"StopProcessingRules", 19}, "stop"},
};

/* Parameters that are neither actions nor conditions. */
static const struct str neither[] = {{"Name", 4}, {"Identity", 8}, {"Mailbox", 7}, {"Force", 5}, {"Confirm", 7}, {"Priority", 8},
                                     {"AlwaysDeleteOutlookRulesBlob", 28}, {"DomainController", 16}, {"ErrorAction", 11}, {"WarningAction", 13}};

static const struct meaning *action(struct str name)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (str_eqi(actions[i].name, name))
            return &actions[i];
    return NULL;
}

static bool is_neither(struct str name)
{
    for (size_t i = 0; i < sizeof neither / sizeof *neither; i++)
        if (str_eqi(neither[i], name))
            return true;
    return false;
}

struct rule {
    struct jsonlog_words actions, conditions, forward;
};

/* One address of "a@x;b@y", "smtp:a@x" or "\"Bob\" [SMTP:b@y]". */
static struct str bare_address(struct str s)
{
    ptrdiff_t open = str_findi(s, STR("smtp:"));
    if (open >= 0)
        s = str_from(s, (size_t)open + 5);
    while (s.n && (s.p[s.n - 1] == ']' || s.p[s.n - 1] == '"' || s.p[s.n - 1] == ' '))
        s.n--;
    return str_trim(s);
}

static void forwards(struct rule *u, struct str to)
{
    struct str rest = to, one;
    while (str_cut(&rest, ';', &one)) {
        one = bare_address(one);
        if (!one.n)
            continue;
        jsonlog_word(&u->actions, STR("forward-to:"), one);
        jsonlog_word(&u->forward, STR(""), one);
    }
}

static void one_parameter(struct rule *u, struct str name, struct str value)
{
    const struct meaning *m = action(name);
    struct str word = m ? str_of(m->word) : STR_NONE;
    if (!str_set(value) || is_neither(name))
        return;
    if (m && str_eq(word, STR("forward-to:")))
        forwards(u, value);
    else if (m && str_ends(word, STR(":")))
        jsonlog_word(&u->actions, word, value);
    else if (m && !str_eqi(value, STR("False")))
        jsonlog_word(&u->actions, word, STR(""));
    else if (!m) {
        jsonlog_word(&u->conditions, name, STR("="));
        jsonlog_join(&u->conditions, STR(""), value);
    }
}

static void from_parameters(const struct o365 *r, struct rule *u)
{
    const struct jnode *list = r->at[O365_PARAMETERS], *doc = r->in[O365_PARAMETERS];
    for (const struct jnode *c = jin_first(doc, list); c; c = jin_next(doc, list, c))
        one_parameter(u, jin_text(jin_get(doc, c, STR("Name"))), decode_some(jin_text(jin_get(doc, c, STR("Value")))));
}

/* Outlook's own records: RuleActions is a JSON text, [{"ActionType":"Forward","Recipients":["a@x"]}, ...]. */
static void client_action(struct rule *u, const struct jnode *doc, const struct jnode *one)
{
    struct str type = jin_str(doc, one, "ActionType");
    const struct jnode *recipients = jin_get(doc, one, STR("Recipients"));
    const struct meaning *m = action(type);
    struct str word = m ? str_of(m->word) : type;
    if (m && str_eq(word, STR("forward-to:"))) {
        for (const struct jnode *c = recipients ? jin_first(doc, recipients) : NULL; c; c = jin_next(doc, recipients, c))
            forwards(u, jin_text(c));
        return;
    }
    struct str folder = jin_str(doc, one, "FolderName");
    if (!str_set(folder))
        folder = jin_str(doc, one, "Folder");
    jsonlog_word(&u->actions, word, str_ends(word, STR(":")) && str_set(folder) ? folder : STR(""));
}

static void from_client(const struct o365 *r, struct rule *u)
{
    struct str text = o365_named(r, O365_OPERATION_PROPERTIES, STR("RuleActions"));
    const struct jnode *doc = str_set(text) ? jin_embedded(r->d->arena, text) : NULL;
    for (const struct jnode *c = doc ? jin_first(doc, doc) : NULL; c; c = jin_next(doc, doc, c))
        client_action(u, doc, c);
    jsonlog_word(&u->conditions, STR(""), o365_named(r, O365_OPERATION_PROPERTIES, STR("RuleCondition")));
}

static struct str rule_name(const struct o365 *r)
{
    struct str name = o365_named(r, O365_PARAMETERS, STR("Name"));
    if (!str_set(name))
        name = o365_named(r, O365_OPERATION_PROPERTIES, STR("RuleName"));
    if (!str_set(name))
        name = o365_named(r, O365_PARAMETERS, STR("Identity"));
    ptrdiff_t slash = str_rchr(name, '\\');
    return slash >= 0 ? str_from(name, (size_t)slash + 1) : name;
}

void o365_rule(const struct o365 *r)
{
    struct arena *arena = r->d->arena;
    struct rule u = {{.arena = arena}, {.arena = arena, .blanks = true}, {.arena = arena}};
    if (r->at[O365_PARAMETERS])
        from_parameters(r, &u);
    else
        from_client(r, &u);
    decode_str(r->d, FACT_RULE_NAME, rule_name(r));
    decode_str(r->d, FACT_RULE_ACTIONS, jsonlog_words_text(&u.actions));
    decode_str(r->d, FACT_RULE_CONDITIONS, jsonlog_words_text(&u.conditions));
    decode_str(r->d, FACT_FORWARD_TO, jsonlog_words_text(&u.forward));
}
