/* Parts 1 and 2: who this is about, what was seen of it, and what was found. */
#include "report/statement.h"

#include "investigation/pseudonym.h"

#include <math.h>

static void put_time(eh_statement *s, eh_value *to, const char *key, int64_t time_us)
{
    char text[eh_time_text_size];
    if (time_us == EH_TIME_NONE) eh_doc_null(s->doc, to, key);
    else eh_doc_words(s->doc, to, key, eh_time_text(s->is_at_risk ? eh_day_of(time_us) * EH_DAY_US : time_us, text));
}

static void put_subject(eh_statement *s)
{
    eh_doc *doc = s->doc;
    eh_value *to = eh_doc_object(doc, doc->root, "subject");
    char pseudonym[EH_PSEUDONYM_SIZE + 1];
    bool is_named = !s->is_at_risk;
    eh_doc_text(doc, to, "platform", s->platform.size ? s->platform : (eh_str){NULL, 0});
    eh_doc_text(doc, to, "account_id", is_named ? s->account : (eh_str){NULL, 0});
    eh_doc_text(doc, to, "display_name", is_named && s->handle.size ? s->handle : (eh_str){NULL, 0});
    if (s->pseudonyms) {
        eh_pseudonym_of(s->pseudonyms, s->account, pseudonym);
        eh_doc_words(doc, to, "pseudonym", pseudonym);
    } else {
        eh_doc_null(doc, to, "pseudonym");
    }
    eh_doc_bool(doc, to, "is_at_risk", s->is_at_risk);
    put_time(s, to, "created", s->is_at_risk ? EH_TIME_NONE : s->created_us);
}

/* Shares of its days and its longest silence, so that a reader can see what the archive may lack. */
static void put_coverage(eh_statement *s)
{
    eh_doc *doc = s->doc;
    eh_value *to = eh_doc_object(doc, doc->root, "coverage");
    uint64_t n_read = 0, n_rejected = 0, n_truncated = 0;
    for (size_t i = 0; i < s->run.n_sources; i++) {
        n_read += s->run.sources[i].n_read;
        n_rejected += s->run.sources[i].n_read - s->run.sources[i].n_kept;
        n_truncated += s->run.sources[i].is_truncated;
    }
    put_time(s, to, "window_first", s->run.first_time_us);
    put_time(s, to, "window_last", s->run.last_time_us);
    eh_doc_count(doc, to, "window_days", s->n_window_days);
    eh_doc_count(doc, to, "archives", s->run.n_sources);
    eh_doc_count(doc, to, "rows_read", n_read);
    eh_doc_count(doc, to, "rows_rejected", n_rejected);
    eh_doc_count(doc, to, "archives_cut_short", n_truncated);
    eh_doc_real(doc, to, "time_step_s", (double)s->run.precision_us / 1e6);
    put_time(s, to, "account_first_post", s->first_time_us);
    put_time(s, to, "account_last_post", s->last_time_us);
    eh_doc_count(doc, to, "account_posts", s->n_posts);
    eh_doc_null(doc, to, "account_posts_declared");
    eh_doc_count(doc, to, "account_days", s->n_days);
    eh_doc_real(doc, to, "longest_gap_h", (double)s->longest_gap_us / (double)EH_HOUR_US);
    eh_doc_count(doc, to, "actions_compared", s->has_result ? s->result.n_actions : 0);
    eh_doc_count(doc, to, "partners_compared", s->result.n_testable_partners);
    eh_doc_words(doc, to, "text", "How many posts the account really made is not known to evenhand: archives are samples. What is missing can "
                 "hide evidence for and against.");
}

static const char *meaning(const eh_statement *s)
{
    switch (s->result.finding) {
    case EH_FINDING_STRONG:
        return "The account acted together with other accounts beyond what chance, speed, daily hours and favourite sources give, and two "
               "independent kinds of evidence say so.";
    case EH_FINDING_MODERATE:
        return "The account acted together with other accounts beyond what chance, speed, daily hours and favourite sources give, on one kind "
               "of evidence.";
    case EH_FINDING_WEAK:
        return "Something lies beyond the simplest account of chance, but a harmless explanation was found for it or a rule for listing is not "
               "met. The account is not listed, and this must not be held against it.";
    case EH_FINDING_NONE: return "The account was compared with others, and nothing was found beyond chance.";
    case EH_FINDING_INSUFFICIENT_DATA: break;
    }
    return "There are too few data to say anything about the account, for or against it. That is not suspicion.";
}

static eh_status put_conclusion(eh_statement *s, eh_error *err)
{
    static const char *const words[] = {"insufficient data", "no evidence", "weak", "moderate", "strong"};
    eh_doc *doc = s->doc;
    const eh_account_result *r = &s->result;
    eh_value *to = eh_doc_object(doc, doc->root, "conclusion");
    eh_doc_words(doc, to, "finding", words[r->finding]);
    eh_doc_bool(doc, to, "is_listed", r->is_listed);
    eh_doc_bool(doc, to, "is_reversed", s->is_reversed);
    if (s->is_reversed) eh_doc_wordsf(doc, to, "text", "On appeal this finding was reversed: it does not stand. What had been found: %s", meaning(s));
    else eh_doc_words(doc, to, "text", meaning(s));
    eh_doc_real(doc, to, "q_value", s->has_result && r->n_testable_partners ? r->q_value : (double)NAN);
    eh_doc_real(doc, to, "p_value", s->has_result && r->n_testable_partners ? r->p_value : (double)NAN);
    eh_doc_real(doc, to, "q_level", s->run.q);
    eh_value *evidence = eh_doc_object(doc, to, "evidence");
    EH_TRY(st_put_evidence_interval(s, evidence, err));
    eh_value *list = eh_doc_object(doc, to, "list");
    double expected = s->run.q * (double)s->run.n_listed_accounts;
    eh_doc_count(doc, list, "listed_accounts", s->run.n_listed_accounts);
    eh_doc_count(doc, list, "accounts", s->run.n_accounts);
    eh_doc_real(doc, list, "expected_false", expected);
    eh_doc_wordsf(doc, list, "text", "Of %llu accounts %llu are listed. On average over archives like this, about %.3g of them or fewer are "
                  "listed by mistake (q = %g).", (unsigned long long)s->run.n_accounts, (unsigned long long)s->run.n_listed_accounts,
                  expected, s->run.q);
    if (s->run.calibration.is_known) {
        eh_value *measured = eh_doc_object(doc, list, "measured");
        eh_doc_real(doc, measured, "false_share", s->run.calibration.false_share);
        eh_doc_count(doc, measured, "decoys", s->run.calibration.n_decoys);
        eh_doc_words(doc, measured, "text", "Share of the listed that decoys of this archive list as well, though nobody acts together in them.");
    } else {
        eh_doc_null(doc, list, "measured");
    }
    eh_doc_count(doc, to, "listed_partners", r->n_partners);
    eh_doc_count(doc, to, "network_accounts", s->network ? s->network_size : 0);
    return EH_OK;
}

eh_status st_part_subject(eh_statement *s, eh_error *err)
{
    put_subject(s);
    put_coverage(s);
    return put_conclusion(s, err);
}
