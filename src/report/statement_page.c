/* The page of a statement, from its document alone: eleven parts, in words for somebody who has never heard of a p-value. */
#include "report/page_style.h"
#include "report/statement.h"

#include "report/sections.h"

#include <math.h>

#define EACH(item, list) for (const eh_value *item = (list) ? (list)->first : NULL; item; item = item->next)

static void put_text(eh_html *html, const eh_value *from, const char *key) { eh_html_text(html, eh_value_text(from, key)); }

static void put_paragraph(eh_html *html, const eh_value *from, const char *key)
{
    if (!eh_value_text(from, key).size) return;
    eh_html_raw(html, "<p>");
    put_text(html, from, key);
    eh_html_raw(html, "</p>\n");
}

static void put_count(eh_html *html, const eh_value *from, const char *key)
{
    double n = eh_value_number(from, key);
    if (isfinite(n) && n >= 0) eh_html_count(html, (uint64_t)(n + 0.5));
    else eh_html_raw(html, "not known");
}

static void put_number(eh_html *html, const eh_value *from, const char *key)
{
    double x = eh_value_number(from, key);
    if (isfinite(x)) eh_html_number(html, x);
    else eh_html_raw(html, "\xE2\x80\x93");
}

static void put_probability(eh_html *html, const eh_value *from, const char *key)
{
    double p = eh_value_number(from, key);
    if (isfinite(p)) eh_html_probability(html, p);
    else eh_html_raw(html, "\xE2\x80\x93");
}

/* 2018-09-18T04:35:00Z as 2018-09-18 04:35:00; days alone where the time was taken away. */
static void put_time(eh_html *html, const eh_value *from, const char *key)
{
    eh_str time = eh_value_text(from, key);
    if (time.size < 20) {
        eh_html_raw(html, "not known");
        return;
    }
    bool is_day = memcmp(time.data + 11, "00:00:00Z", 9) == 0;
    eh_html_raw(html, "<span class=\"nowrap\">");
    eh_html_text(html, (eh_str){time.data, 10});
    if (!is_day) {
        eh_html_raw(html, " ");
        eh_html_text(html, (eh_str){time.data + 11, time.size - 12});
    }
    eh_html_raw(html, "</span>");
}

static void put_name(eh_html *html, const eh_value *from, const char *key) { eh_html_name(html, eh_value_text(from, key), 80); }

/* How to call the account: its display name, its id, its pseudonym. */
static void put_subject(eh_html *html, const eh_value *subject)
{
    static const char *const keys[] = {"display_name", "account_id", "pseudonym"};
    for (int i = 0; i < 3; i++)
        if (eh_value_text(subject, keys[i]).size) {
            put_name(html, subject, keys[i]);
            return;
        }
    eh_html_raw(html, "an account that is not named here");
}

static void open_part(eh_html *html, const char *id, int number, const char *title)
{
    eh_html_raw(html, "<section id=\"");
    eh_html_words(html, id);
    eh_html_raw(html, "\">\n<h2>");
    eh_html_rawf(html, "%d. ", number);
    eh_html_words(html, title);
    eh_html_raw(html, "</h2>\n");
}

static void put_list(eh_html *html, const eh_value *items)
{
    eh_html_raw(html, "<ul class=\"prose\">\n");
    EACH(item, items)
    {
        eh_html_raw(html, "<li>");
        eh_html_text(html, item->text);
        eh_html_raw(html, "</li>\n");
    }
    eh_html_raw(html, "</ul>\n");
}

#define FACT(name, put) (eh_html_raw(html, "<dt>" name "</dt><dd>"), put, eh_html_raw(html, "</dd>\n"))

/* ---- head ----------------------------------------------------------------------------------------------------- */

static const char *headline(eh_str finding)
{
    if (eh_str_is(finding, "strong")) return "strong evidence of acting together with others";
    if (eh_str_is(finding, "moderate")) return "moderate evidence of acting together with others";
    if (eh_str_is(finding, "weak")) return "weak evidence, and not listed";
    if (eh_str_is(finding, "no evidence")) return "no evidence of acting together with others";
    return "too few data to say anything";
}

static void put_head(eh_html *html, const eh_value *st)
{
    const eh_value *subject = eh_value_get(st, "subject"), *conclusion = eh_value_get(st, "conclusion"), *coverage = eh_value_get(st, "coverage");
    bool is_public = eh_str_is(eh_value_text(st, "tier"), "public");
    eh_html_raw(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    eh_page_policy(html);
    eh_html_raw(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
                      "<meta name=\"generator\" content=\"evenhand\">\n<title>Statement of evidence: ");
    eh_html_words(html, headline(eh_value_text(conclusion, "finding")));
    eh_html_raw(html, "</title>\n");
    eh_page_style(html);
    eh_html_raw(html, "</head>\n<body>\n<a class=\"skip\" href=\"#conclusion\">To the text</a>\n<header class=\"top\">\n<p class=\"kicker\"><b>evenhand</b> ");
    eh_html_words(html, is_public ? "Statement of evidence. Public: reasons, partners not named" : "Statement of evidence. Restricted: holds names and posts of others");
    eh_html_raw(html, "</p>\n<h1>");
    put_subject(html, subject);
    eh_html_raw(html, ": ");
    eh_html_words(html, headline(eh_value_text(conclusion, "finding")));
    eh_html_raw(html, "</h1>\n<p class=\"lede\">");
    put_text(html, conclusion, "text");
    eh_html_raw(html, "</p>\n<p class=\"lede\">This describes what posts did, not who somebody is or why.</p>\n<dl class=\"keys\">\n");
    eh_html_raw(html, "<div><dt>posts of it in the archives</dt><dd>");
    put_count(html, coverage, "account_posts");
    eh_html_raw(html, "</dd></div>\n<div><dt>accounts it could be compared with</dt><dd>");
    put_count(html, coverage, "partners_compared");
    eh_html_raw(html, "</dd></div>\n<div><dt>listed accounts it is tied to</dt><dd>");
    put_count(html, conclusion, "listed_partners");
    eh_html_raw(html, "</dd></div>\n<div><dt>largest share of mistakes among accounts with evidence like this (q)</dt><dd>");
    put_probability(html, conclusion, "q_value");
    eh_html_raw(html, "</dd></div>\n</dl>\n</header>\n");
}

/* ---- parts ---------------------------------------------------------------------------------------------------- */

static void put_about(eh_html *html, const eh_value *st)
{
    const eh_value *subject = eh_value_get(st, "subject"), *c = eh_value_get(st, "coverage");
    open_part(html, "about", 1, "Whom this is about, and what was seen");
    eh_html_raw(html, "<dl class=\"facts\">\n");
    if (eh_value_text(subject, "display_name").size) FACT("Display name", put_name(html, subject, "display_name"));
    if (eh_value_text(subject, "account_id").size) FACT("Account id", put_name(html, subject, "account_id"));
    if (eh_value_text(subject, "pseudonym").size) FACT("Pseudonym", put_name(html, subject, "pseudonym"));
    if (eh_value_text(subject, "platform").size) FACT("Platform", put_name(html, subject, "platform"));
    FACT("Time looked at", (put_time(html, c, "window_first"), eh_html_raw(html, " to "), put_time(html, c, "window_last"), eh_html_raw(html, " UTC")));
    FACT("Its first and last post", (put_time(html, c, "account_first_post"), eh_html_raw(html, ", "), put_time(html, c, "account_last_post")));
    FACT("Its posts in the archives", put_count(html, c, "account_posts"));
    FACT("Posts that it really made", put_count(html, c, "account_posts_declared"));
    FACT("Days with posts", (put_count(html, c, "account_days"), eh_html_raw(html, " of "), put_count(html, c, "window_days")));
    FACT("Longest time without a post", (put_number(html, c, "longest_gap_h"), eh_html_raw(html, " hours")));
    FACT("Actions compared", put_count(html, c, "actions_compared"));
    FACT("Rows of the archives that could not be read", (put_count(html, c, "rows_rejected"), eh_html_raw(html, " of "), put_count(html, c, "rows_read")));
    eh_html_raw(html, "</dl>\n");
    if (eh_value_is(subject, "is_at_risk")) eh_html_raw(html, "<p>The account is flagged as at risk: it is not named, and times are given by the day.</p>\n");
    put_paragraph(html, c, "text");
    eh_html_raw(html, "</section>\n");
}

static void put_conclusion(eh_html *html, const eh_value *st)
{
    const eh_value *c = eh_value_get(st, "conclusion"), *e = eh_value_get(c, "evidence"), *list = eh_value_get(c, "list");
    open_part(html, "conclusion", 2, "Conclusion");
    eh_html_raw(html, "<dl class=\"facts\">\n");
    FACT("Finding", (eh_html_raw(html, "<b>"), put_text(html, c, "finding"), eh_html_raw(html, "</b>")));
    FACT("Listed", eh_html_words(html, eh_value_is(c, "is_listed") ? "yes" : "no"));
    FACT("q: share of mistakes among accounts with such evidence", put_probability(html, c, "q_value"));
    FACT("p: chance of such evidence without acting together", put_probability(html, c, "p_value"));
    FACT("Evidence (power of ten, 0 = none)", (put_number(html, e, "log10_e"), eh_html_raw(html, ", interval "), put_number(html, e, "log10_e_low"),
                                              eh_html_raw(html, " to "), put_number(html, e, "log10_e_high")));
    eh_html_raw(html, "</dl>\n<div class=\"aside\"><p>");
    put_text(html, list, "text");
    eh_html_raw(html, "</p></div>\n<p class=\"soft\">");
    put_text(html, e, "interval");
    eh_html_raw(html, "</p>\n</section>\n");
}

static void put_behaviours(eh_html *html, const eh_value *channel)
{
    const eh_value *rows = eh_value_get(channel, "behaviours");
    if (!rows || !rows->n) return;
    eh_open_table(html, "By kind of action, over all accounts that it could be compared with.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">Kind</th><th scope=\"col\" class=\"n\">Pairs</th><th scope=\"col\" class=\"n\">Listed pairs</th><th scope=\"col\" "
                      "class=\"n\">Seen</th><th scope=\"col\" class=\"n\">By chance</th><th scope=\"col\" class=\"n\">p</th></tr></thead><tbody>\n");
    EACH(row, rows)
    {
        eh_html_raw(html, "<tr><th scope=\"row\">");
        put_text(html, row, "behaviour");
        eh_html_raw(html, "</th><td class=\"n\">");
        put_count(html, row, "pairs_with_coincidences");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_count(html, row, "listed_pairs");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_count(html, row, "observed");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_number(html, row, "expected");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_probability(html, row, "p_value");
        eh_html_raw(html, "</td></tr>\n");
    }
    eh_close_table(html);
}

static void put_partners(eh_html *html, const eh_value *channel)
{
    const eh_value *rows = eh_value_get(channel, "partners");
    if (!rows || !rows->n) return;
    bool is_timing = eh_value_get(rows->first, "behaviour");
    eh_open_table(html, "With whom. Seen and by chance: see the note above the table.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">Partner</th>");
    if (is_timing) eh_html_raw(html, "<th scope=\"col\">Kind</th><th scope=\"col\" class=\"n\">Within s</th>");
    eh_html_raw(html, "<th scope=\"col\" class=\"n\">Seen</th><th scope=\"col\" class=\"n\">By chance</th><th scope=\"col\" class=\"n\">p</th>");
    if (is_timing) eh_html_raw(html, "<th scope=\"col\" class=\"n\">q</th><th scope=\"col\">Listed pair</th>");
    eh_html_raw(html, "</tr></thead><tbody>\n");
    int n = 0;
    EACH(row, rows)
    {
        if (n++ == 12) break;
        eh_html_raw(html, "<tr><th scope=\"row\">");
        put_name(html, row, "partner");
        eh_html_raw(html, "</th>");
        if (is_timing) {
            eh_html_raw(html, "<td>");
            put_text(html, row, "behaviour");
            eh_html_raw(html, "</td><td class=\"n\">");
            put_number(html, row, "window_s");
            eh_html_raw(html, "</td>");
        }
        eh_html_raw(html, "<td class=\"n\">");
        put_count(html, row, "observed");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_number(html, row, "expected");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_probability(html, row, "p_value");
        eh_html_raw(html, "</td>");
        if (is_timing) {
            eh_html_raw(html, "<td class=\"n\">");
            put_probability(html, row, "q_value");
            eh_html_raw(html, "</td><td>");
            eh_html_words(html, eh_value_is(row, "is_listed_pair") ? "yes" : "no");
            eh_html_raw(html, "</td>");
        }
        eh_html_raw(html, "</tr>\n");
    }
    eh_close_table(html);
    if (rows->n > 12) {
        eh_html_raw(html, "<p class=\"soft\">");
        eh_html_count(html, rows->n - 12);
        eh_html_raw(html, " more rows are in the JSON form of this statement.</p>\n");
    }
}

static void put_examples(eh_html *html, const eh_value *channel)
{
    const eh_value *rows = eh_value_get(channel, "examples");
    if (!rows || !rows->n) return;
    bool has_others = eh_value_get(rows->first, "partner_post");
    eh_open_table(html, "Examples: the least likely first. Chance is that of coming so close on this one object.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">Its post</th><th scope=\"col\">When (UTC)</th><th scope=\"col\">Kind</th><th scope=\"col\">Partner</th>"
                      "<th scope=\"col\" class=\"n\">Within s</th><th scope=\"col\" class=\"n\">Chance</th>");
    if (has_others) eh_html_raw(html, "<th scope=\"col\">Partner's post and time</th><th scope=\"col\">Object</th>");
    eh_html_raw(html, "</tr></thead><tbody>\n");
    EACH(row, rows)
    {
        eh_html_raw(html, "<tr><td>");
        put_name(html, row, "own_post");
        eh_html_raw(html, "</td><td>");
        put_time(html, row, "own_time");
        eh_html_raw(html, "</td><td>");
        put_text(html, row, "behaviour");
        eh_html_raw(html, "</td><td>");
        put_name(html, row, "partner");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_number(html, row, "within_s");
        eh_html_raw(html, "</td><td class=\"n\">");
        put_probability(html, row, "p_object");
        eh_html_raw(html, "</td>");
        if (has_others) {
            eh_html_raw(html, "<td>");
            put_name(html, row, "partner_post");
            eh_html_raw(html, "<br>");
            put_time(html, row, "partner_time");
            eh_html_raw(html, "</td><td class=\"object\">");
            put_name(html, row, "object");
            eh_html_raw(html, "</td>");
        }
        eh_html_raw(html, "</tr>\n");
    }
    eh_close_table(html);
}

static void put_channels(eh_html *html, const eh_value *st)
{
    open_part(html, "channels", 3, "Each kind of evidence");
    EACH(channel, eh_value_get(st, "channels"))
    {
        const eh_value *null = eh_value_get(channel, "null");
        eh_html_raw(html, "<h3>");
        put_text(html, channel, "question");
        eh_html_raw(html, "</h3>\n<p><b>");
        eh_html_words(html, !eh_value_is(channel, "has_run") ? "Could not be tested. " :
                      eh_value_is(channel, "is_beyond_chance") ? "Beyond chance. " : "Nothing beyond chance. ");
        eh_html_raw(html, "</b>");
        put_text(html, channel, "why_not");
        if (isfinite(eh_value_number(channel, "q_value"))) {
            eh_html_raw(html, "q = ");
            put_probability(html, channel, "q_value");
            eh_html_raw(html, ", where at most ");
            put_probability(html, channel, "level");
            eh_html_raw(html, " counts. ");
        }
        eh_html_words(html, eh_value_is(channel, "may_list_alone") ? "This kind may list an account by itself." : "This kind only supports others.");
        eh_html_raw(html, "</p>\n<p class=\"soft\">What chance means here: ");
        put_text(html, null, "text");
        eh_html_raw(html, " Counted: ");
        put_text(html, channel, "counts");
        eh_html_raw(html, ".</p>\n");
        put_behaviours(html, channel);
        put_partners(html, channel);
        put_examples(html, channel);
    }
    eh_html_raw(html, "</section>\n");
}

static const char *verdict_words(eh_str verdict)
{
    if (eh_str_is(verdict, "found")) return "Found";
    if (eh_str_is(verdict, "found_in_part")) return "Found in part";
    if (eh_str_is(verdict, "not_found")) return "Not found";
    if (eh_str_is(verdict, "nothing_to_explain")) return "Nothing to explain";
    return "Cannot tell";
}

/* of_these_on_grids as "of these on grids". */
static void put_key(eh_html *html, eh_str key)
{
    for (size_t from = 0; from < key.size;) {
        size_t to = eh_str_find(key, '_', from);
        if (from) eh_html_raw(html, " ");
        eh_html_text(html, (eh_str){key.data + from, to - from});
        from = to + 1;
    }
}

static void put_against(eh_html *html, const eh_value *st)
{
    open_part(html, "against", 4, "Evidence against: harmless explanations that were tested");
    eh_open_table(html, "Each was looked for on the same archives.", false);
    eh_html_raw(html, "<thead><tr><th scope=\"col\">Explanation</th><th scope=\"col\">Found?</th><th scope=\"col\">What that means</th></tr></thead><tbody>\n");
    EACH(row, eh_value_get(st, "evidence_against"))
    {
        const char *separator = "";
        eh_html_raw(html, "<tr><th scope=\"row\">");
        put_text(html, row, "explanation");
        eh_html_raw(html, "</th><td class=\"nowrap\">");
        eh_html_words(html, verdict_words(eh_value_text(row, "verdict")));
        eh_html_raw(html, "</td><td><p>");
        put_text(html, row, "question");
        eh_html_raw(html, " ");
        put_text(html, row, "text");
        eh_html_raw(html, "</p><p class=\"soft\">");
        EACH(number, row)
        {
            if (number->kind != EH_VALUE_NUMBER) continue;
            eh_html_words(html, separator);
            put_key(html, number->key);
            eh_html_raw(html, " ");
            eh_html_number(html, number->number);
            separator = ", ";
        }
        eh_html_raw(html, "</p></td></tr>\n");
    }
    eh_close_table(html);
    eh_html_raw(html, "<h3>Kinds of evidence that show nothing</h3>\n<ul class=\"prose\">\n");
    EACH(row, eh_value_get(st, "channels_without_signal"))
    {
        eh_html_raw(html, "<li><b>");
        put_text(html, row, "channel");
        eh_html_raw(html, "</b>: ");
        put_text(html, row, "text");
        eh_html_raw(html, "</li>\n");
    }
    eh_html_raw(html, "</ul>\n</section>\n");
}

static void put_robustness(eh_html *html, const eh_value *st)
{
    const eh_value *r = eh_value_get(st, "robustness"), *rows = eh_value_get(r, "leave_one_out"), *levels = eh_value_get(r, "levels");
    open_part(html, "robustness", 6, "How firm it is");
    put_paragraph(html, r, "text");
    if (rows && rows->n) {
        eh_open_table(html, "Timing without its strongest piece.", false);
        eh_html_raw(html, "<thead><tr><th scope=\"col\">Left out</th><th scope=\"col\">What that is</th><th scope=\"col\" class=\"n\">Evidence (power of ten)</th>"
                          "<th scope=\"col\" class=\"n\">q</th><th scope=\"col\">Suffices</th></tr></thead><tbody>\n");
        EACH(row, rows)
        {
            eh_html_raw(html, "<tr><th scope=\"row\">");
            put_text(html, row, "left_out");
            eh_html_raw(html, "</th><td>");
            put_text(html, row, "text");
            eh_html_raw(html, "</td><td class=\"n\">");
            put_number(html, row, "log10_e");
            eh_html_raw(html, "</td><td class=\"n\">");
            put_probability(html, row, "q_value");
            eh_html_raw(html, "</td><td>");
            eh_html_words(html, eh_value_is(row, "evidence_suffices") ? "yes" : "no");
            eh_html_raw(html, "</td></tr>\n");
        }
        eh_close_table(html);
    }
    EACH(row, eh_value_get(r, "leave_one_channel_out"))
    {
        eh_html_raw(html, "<p>Without all evidence of the kind ");
        put_text(html, row, "left_out");
        eh_html_words(html, eh_value_is(row, "evidence_suffices") ? ", another kind would still list it." : ", no other kind would list it.");
        eh_html_raw(html, "</p>\n");
    }
    eh_html_raw(html, "<p>At half the level that was used its evidence would ");
    eh_html_words(html, eh_value_is(levels, "evidence_suffices_at_half") ? "suffice" : "not suffice");
    eh_html_raw(html, "; at twice that level it would ");
    eh_html_words(html, eh_value_is(levels, "evidence_suffices_at_double") ? "suffice" : "not suffice");
    eh_html_raw(html, ".</p>\n</section>\n");
}

static void put_redress(eh_html *html, const eh_value *st)
{
    const eh_value *means = eh_value_get(st, "automated_means"), *rule = eh_value_get(st, "rule"), *contest = eh_value_get(st, "contest");
    open_part(html, "means", 7, "Who and what decided");
    put_paragraph(html, means, "text");
    eh_html_raw(html, "<p>Looked at by: ");
    if (eh_value_text(means, "reviewer").size) put_name(html, means, "reviewer");
    else eh_html_raw(html, "no person yet");
    eh_html_raw(html, ".</p>\n</section>\n");
    open_part(html, "rule", 8, "Rule relied on");
    if (eh_value_text(rule, "relied_on").size) {
        eh_html_raw(html, "<p>");
        eh_html_name(html, eh_value_text(rule, "relied_on"), 0);
        eh_html_raw(html, "</p>\n");
    }
    put_paragraph(html, rule, "text");
    eh_html_raw(html, "</section>\n");
    open_part(html, "contest", 9, "How to contest this");
    if (eh_value_text(contest, "where").size) {
        eh_html_raw(html, "<p>");
        eh_html_name(html, eh_value_text(contest, "where"), 0);
        eh_html_raw(html, "</p>\n");
    }
    put_paragraph(html, contest, "text");
    EACH(appeal, eh_value_get(contest, "appeals"))
    {
        eh_html_raw(html, "<p>Appeal ");
        put_count(html, appeal, "appeal_id");
        eh_html_raw(html, ", run ");
        put_text(html, appeal, "run_id");
        eh_html_raw(html, ": ");
        put_text(html, appeal, "text");
        eh_html_raw(html, "</p>\n");
    }
    eh_html_raw(html, "<p>What can be told against it:</p>\n");
    put_list(html, eh_value_get(contest, "counter_evidence"));
    eh_html_raw(html, "</section>\n");
}

static void put_provenance(eh_html *html, const eh_value *st)
{
    const eh_value *p = eh_value_get(st, "provenance"), *ledger = eh_value_get(p, "ledger");
    open_part(html, "provenance", 10, "Where it comes from, and how to make it again");
    eh_html_raw(html, "<p>One command on the same investigation gives this statement again, byte for byte:</p>\n<pre>");
    eh_html_name(html, eh_value_text(p, "command"), 0);
    eh_html_raw(html, "</pre>\n<dl class=\"facts\">\n");
    FACT("Version", put_text(html, p, "version"));
    FACT("Run", put_text(html, p, "run_id"));
    FACT("Seed", put_text(html, p, "seed"));
    EACH(input, eh_value_get(p, "inputs"))
    {
        FACT("Archive", put_name(html, input, "name"));
        FACT("its SHA-256", (eh_html_raw(html, "<span class=\"hash\">"), put_text(html, input, "sha256"), eh_html_raw(html, "</span>")));
    }
    if (ledger && ledger->kind == EH_VALUE_OBJECT) {
        FACT("Leaf of the ledger", (put_count(html, ledger, "seq"), eh_html_raw(html, " of "), put_count(html, ledger, "leaves")));
        FACT("its hash", (eh_html_raw(html, "<span class=\"hash\">"), put_text(html, ledger, "leaf_hash"), eh_html_raw(html, "</span>")));
        FACT("Root of the ledger", (eh_html_raw(html, "<span class=\"hash\">"), put_text(html, ledger, "root"), eh_html_raw(html, "</span>")));
    }
    eh_html_raw(html, "</dl>\n<h4>Parameters</h4>\n<pre>");
    put_text(html, p, "parameters");
    eh_html_raw(html, "</pre>\n</section>\n");
}

eh_status eh_statement_page(eh_context *ctx, const eh_value *statement, const char *path, eh_error *err)
{
    eh_outfile file;
    EH_TRY(eh_outfile_open(ctx, path, &file, err));
    eh_html page = {&file}, *html = &page;
    put_head(html, statement);
    eh_html_raw(html, "<main>\n");
    put_about(html, statement);
    put_conclusion(html, statement);
    put_channels(html, statement);
    put_against(html, statement);
    open_part(html, "not-examined", 5, "What was not looked at");
    put_list(html, eh_value_get(statement, "not_examined"));
    eh_html_raw(html, "</section>\n");
    put_robustness(html, statement);
    put_redress(html, statement);
    put_provenance(html, statement);
    open_part(html, "change", 11, "What would change the conclusion");
    put_list(html, eh_value_get(statement, "would_change"));
    eh_html_raw(html, "</section>\n</main>\n</body>\n</html>\n");
    return eh_outfile_commit(&file, err);
}
