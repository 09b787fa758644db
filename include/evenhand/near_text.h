/**
 * @file near_text.h
 * Which texts are one text? Unites texts that differ by small edits, and names texts that everybody has: headlines of
 * share buttons, quotations, chain letters. Mathematics, measurements and limits: docs/methods/near-text.md.
 */
#ifndef EVENHAND_NEAR_TEXT_H
#define EVENHAND_NEAR_TEXT_H

#include "evenhand/actions.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct eh_near_text_options {
    double jaccard;          /**< least Jaccard of 5-gram sets at which two texts are one, [0.5, 1]; typical 0.8 */
    int64_t window_us;       /**< two texts are linked only when some of their actions lie within it; typical 7 days */
    uint32_t least_accounts; /**< fewest accounts with which a text by itself can be called a template; typical 5 */
    double least_crowd;      /**< accounts that its copiers must be drawn from, at 95 % confidence; typical 80 */
    bool removes_templates;  /**< whether template texts leave the set, so that they carry no evidence */
} eh_near_text_options;
/** 0.8, 7 days, 5 accounts, a crowd of 80, templates removed. */
EH_API eh_near_text_options eh_near_text_options_default(void);

/** Why unrelated accounts have the same text. */
typedef enum eh_text_kind {
    EH_TEXT_PLAIN = 0,    /**< no such reason is known */
    EH_TEXT_SHARE_BUTTON, /**< comes with one and the same link: the page's title */
    EH_TEXT_QUOTATION,    /**< in use over many days, never in one wave */
    EH_TEXT_CHAIN_LETTER, /**< handed on among strangers for longer than a day */
    EH_N_TEXT_KINDS
} eh_text_kind;
/** "none", "share_button", "quotation", "chain_letter". */
EH_API const char *eh_text_kind_name(eh_text_kind kind);

/** A text that carries no evidence; sorted by text. */
typedef struct eh_text_template {
    eh_text_kind kind;
    uint32_t n_texts;      /**< exact texts that were united in it */
    uint32_t n_accounts, n_days; /**< n_days: distinct UTC days */
    uint64_t n_actions;
    int64_t first_us, last_us;
    uint32_t link;         /**< index into table->sets[EH_LINK].objects, UINT32_MAX where there is none */
    double crowd;          /**< lower 95 % bound of the number of accounts that its copiers, or all its site's readers, are drawn from */
} eh_text_template;

/** What was united and what was removed. */
typedef struct eh_near_text_report {
    eh_context *ctx;
    uint32_t n_texts;      /**< exact texts before */
    uint32_t n_objects;    /**< texts after uniting, templates included */
    uint32_t n_clusters;   /**< of these, united from two exact texts or more */
    uint64_t n_candidates, n_verified; /**< pairs whose 5-grams were compared, and of these near enough */
    uint64_t n_actions, n_duplicates;  /**< before; and actions dropped since their post had the text already */
    uint32_t n_texts_of[EH_N_TEXT_KINDS];   /**< objects by kind; EH_TEXT_PLAIN: all others */
    uint64_t n_actions_of[EH_N_TEXT_KINDS]; /**< their actions */
    eh_text_template *templates;
    uint32_t n_templates;
    eh_strings texts;      /**< text i is that of templates[i] */
    uint8_t *kinds;        /**< eh_text_kind per object of the set as it is now */
    uint32_t *n_shared, *n_template; /**< per account: its actions on texts of two accounts or more; of these on templates */
    uint32_t n_accounts;
} eh_near_text_report;
EH_API void eh_near_text_report_release(eh_near_text_report *report);

/**
 * Unites near-duplicate texts of table->sets[EH_TEXT] into one object each, names templates and removes them.
 *
 * Definition: two texts are linked when their sets of 5-grams of code points have Jaccard >= options->jaccard and some
 * action of one lies within options->window_us of one of the other. Linked texts make groups; a group is cut into
 * clusters so that each text of a cluster has Jaccard >= f = max(2 jaccard - 1, 0.4) with the cluster's centre, one of
 * its texts. So no chain of small steps unites what is far apart: any two members have Jaccard >= 2 f - 1 at the very
 * least, and f with the centre. The earliest text (first action, bytes) stands for the cluster.
 * Candidates: MinHash bands that miss a pair at the bound itself in at most one case of fifty, each verified by its
 * exact sets. Memory, by construction: 200 to 300 bytes a text whose actions lie within the window, some 40 for any other.
 *
 * Afterwards the set is what the builder would have made had the posts had the text that stands for theirs: sorted by (object,
 * time, account, post), births the earliest, one action of a post on an object. table->posts and accounts stay as they
 * are. The link of a text is known only where the table holds posts and behaviour link; else no share button is named.
 *
 * @param[in]  options  NULL = default
 * @param[out] report   released by the caller; may be NULL
 * @retval EH_OK | EH_E_INVALID options | EH_E_LIMIT | EH_E_NOMEM | EH_E_CANCELLED; the table is whole in any case
 * @note Deterministic: same table, same result, any number of threads. Side labels: never read.
 * @source A. Broder, On the resemblance and containment of documents, Compression and Complexity of Sequences 1997;
 *         P. Indyk & R. Motwani, STOC 1998 (bands); P. Li & C. Koenig, WWW 2010 (b-bit minwise hashing);
 *         crowd: capture and recapture, F. Lincoln 1930, weighted; bound: E. Wilson & M. Hilferty, PNAS 17 (1931) 684.
 * @see tests/prop/prop_near_text.c
 */
EH_API EH_MUST_CHECK eh_status eh_near_text_merge(eh_context *ctx, eh_action_table *table,
                                                  const eh_near_text_options *options, eh_near_text_report *report,
                                                  eh_error *err);

#ifdef __cplusplus
}
#endif
#endif
