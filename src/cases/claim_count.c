/* volume and created_in_one_burst: what can be counted. */
#include "cases/claim_private.h"

#include "base/rng.h"
#include "base/sort.h"
#include "base/time.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void claim_wilson(uint32_t n, uint32_t of, double *low, double *high)
{
    const double z = 1.959963984540054;
    if (of == 0) {
        *low = 0;
        *high = 1;
        return;
    }
    double p = (double)n / of, scale = 1 + z * z / of, middle = (p + z * z / (2.0 * of)) / scale;
    double half = z * sqrt(p * (1 - p) / of + z * z / (4.0 * of * of)) / scale;
    *low = fmax(0, middle - half);
    *high = fmin(1, middle + half);
}

/* ---- volume ------------------------------------------------------------------------------------------------------- */

/* Posts of one list, by account and day. */
typedef struct counts {
    eh_context *ctx;
    const claim_list *list;
    const eh_dict *place;    /* of ids */
    double *sum, *squares;   /* per id, of daily counts */
    double *of_day;          /* all accounts of the list */
    int64_t first_day;
    uint32_t n_days;         /* of the span */
    uint32_t n_covered;      /* with a post of anybody */
} counts;

static eh_status take_day(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    counts *c = data;
    (void)columns, (void)n_columns, (void)err;
    uint32_t i = eh_dict_find(c->place, cells[0].text);
    int64_t day = cells[1].integer - c->first_day;
    if (i == EH_DICT_NONE || day < 0 || day >= c->n_days) return EH_OK;
    double n = (double)cells[2].integer;
    c->sum[i] += n;
    c->squares[i] += n * n;
    c->of_day[day] += n;
    return EH_OK;
}

static eh_status count_posts(const claim_bench *b, counts *c, eh_error *err)
{
    eh_buf sql = EH_BUF_INIT(b->ctx);
    eh_status status = eh_buf_printf(&sql, err, "SELECT account_id, CAST(floor(epoch_us(time) / 86400000000.0) AS BIGINT) AS day, count(*) FROM posts WHERE epoch_us(time) >= %lld AND epoch_us(time) < %lld AND account_id IN (",
                                     (long long)b->from_us, (long long)b->to_us);
    for (uint32_t i = 0; status == EH_OK && i < c->list->ids->n; i++) {
        if (i) status = eh_buf_printf(&sql, err, ", ");
        if (status == EH_OK) status = eh_sql_quote(&sql, eh_strings_get(c->list->ids, i), err);
    }
    if (status == EH_OK) status = eh_buf_printf(&sql, err, ") GROUP BY ALL ORDER BY ALL");
    if (status == EH_OK) status = eh_store_query(b->store, sql.data, NULL, take_day, c, err);
    eh_buf_release(&sql);
    return status;
}

enum { exact_to = 100 };

/* Quantile of chi-square. GSL's inverse gives up at some degrees of freedom from 2,318 on (and aborts the process), so beyond exact_to the cube-root
 * formula of Wilson and Hilferty (Proc. Natl. Acad. Sci. 17:684, 1931): within a thousandth of it in the tails used here. */
static double chi_square(double p, double df)
{
    if (df <= 2 * exact_to) return gsl_cdf_chisq_Pinv(p, df);
    double root = 1 - 2 / (9 * df) + gsl_cdf_ugaussian_Pinv(p) * sqrt(2 / (9 * df));
    return df * root * root * root;
}

/* Mean a day with its interval of level 1 - alpha: that of the days (t), or of a Poisson count where that is wider. In days without any
 * post of anybody nothing is known: the low end takes them as empty, the high end as like the others. */
typedef struct rate {
    double mean, low, high;
} rate;

static rate rate_of(double sum, double squares, double alpha, const counts *c, double share)
{
    double n = c->n_covered, mean = sum / n, half = 0;
    if (n >= 2) half = gsl_cdf_tdist_Qinv(alpha / 2, n - 1) * sqrt(fmax(0, squares - sum * mean) / (n - 1) / n);
    double low = (sum > 0 ? chi_square(alpha / 2, 2 * sum) / 2 : 0) / n, high = chi_square(1 - alpha / 2, 2 * (sum + 1)) / 2 / n;
    low = fmax(0, fmin(low, mean - half));
    high = fmax(high, mean + half);
    return (rate){mean / share, low * n / c->n_days / share, high / share};
}

static eh_claim_verdict against(const rate *r, double n, bool is_known, bool has_large_gaps)
{
    if (r->low >= n) return EH_CLAIM_SUPPORTED;
    if (r->high < n) return is_known && !has_large_gaps ? EH_CLAIM_CONTRADICTED : EH_CLAIM_CANNOT_TELL;
    return has_large_gaps || !is_known ? EH_CLAIM_CANNOT_TELL : EH_CLAIM_NOT_SUPPORTED;
}

static eh_status judge_volume(const counts *c, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    const double not_held = 0.05;
    double sum = 0, squares = 0;
    bool has_large_gaps = c->n_covered < 0.8 * c->n_days;
    uint32_t n_ids = c->list->ids->n, n_contradicted = 0, n_open = 0, n_seen = 0;
    for (uint32_t d = 0; d < c->n_days; d++) {
        sum += c->of_day[d];
        squares += c->of_day[d] * c->of_day[d];
    }
    for (uint32_t i = 0; i < n_ids; i++) {
        /* Each reaches it: one that surely does not contradicts the part, so surely is meant of all of them at once. */
        rate one = rate_of(c->sum[i], c->squares[i], not_held, c, part->archive_share);
        one.high = rate_of(c->sum[i], c->squares[i], not_held / n_ids, c, part->archive_share).high;
        claim_account *a = &r->accounts[i];
        bool is_seen = c->sum[i] > 0;
        a->observed = one.mean;
        n_seen += is_seen;
        if (!part->is_of_each) continue;
        a->verdict = against(&one, part->posts_per_day, is_seen, has_large_gaps);
        if (!is_seen) a->note = "not in the archive";
        r->n_supported += a->verdict == EH_CLAIM_SUPPORTED;
        n_contradicted += a->verdict == EH_CLAIM_CONTRADICTED;
        n_open += a->verdict == EH_CLAIM_CANNOT_TELL;
    }
    rate all = rate_of(sum, squares, not_held, c, part->archive_share);
    r->n_tested = n_seen;
    r->observed = all.mean;
    r->low = all.low;
    r->high = all.high;
    if (!part->is_of_each) {
        r->verdict = against(&all, part->posts_per_day, n_seen == n_ids, has_large_gaps);
        for (uint32_t i = 0; i < n_ids; i++) r->accounts[i].verdict = r->verdict;
        r->n_supported = r->verdict == EH_CLAIM_SUPPORTED ? n_seen : 0;
    } else {
        r->verdict = r->n_supported == n_ids ? EH_CLAIM_SUPPORTED : n_contradicted ? EH_CLAIM_CONTRADICTED : n_open ? EH_CLAIM_CANNOT_TELL : EH_CLAIM_NOT_SUPPORTED;
        EH_TRY(eh_buf_printf(&r->says_for, err, "%u of %u accounts reach %.6g posts a day, also at the low end of their interval; ", r->n_supported, n_ids, part->posts_per_day));
        EH_TRY(eh_buf_printf(&r->says_against, err, "%u accounts stay below it, also at the high end; ", n_contradicted));
    }
    EH_TRY(eh_buf_printf(&r->says_for, err, "%.0f posts of %u accounts in %u days with data: %.6g a day", sum, n_seen, c->n_covered, all.mean));
    EH_TRY(eh_buf_printf(&r->says_against, err, "95 %% interval %.6g to %.6g posts a day; alleged: at least %.6g", all.low, all.high, part->posts_per_day));
    EH_TRY(eh_buf_printf(&r->chance, err, "none: this is a count. %u of %u days have no post of anybody: the low end takes them as empty, the high end as like the others",
                         c->n_days - c->n_covered, c->n_days));
    return eh_buf_printf(&r->power, err, "a volume outside of the interval would have been told apart");
}

eh_status claim_test_volume(const claim_bench *b, const claim_list *list, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    counts c = {.ctx = b->ctx, .list = list, .first_day = eh_day_of(b->from_us)};
    int64_t n_days = eh_day_of(b->to_us - 1) - c.first_day + 1, n_covered = 0;
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SELECT count(DISTINCT floor(epoch_us(time) / 86400000000.0)) FROM posts WHERE epoch_us(time) >= %lld AND epoch_us(time) < %lld",
                   (long long)b->from_us, (long long)b->to_us);
    EH_TRY(eh_store_integer(b->store, sql, &n_covered, err));
    if (n_days < 1 || n_days > 100000 || n_covered < 1) {
        r->verdict = EH_CLAIM_CANNOT_TELL;
        return eh_buf_printf(&r->chance, err, "the archive has no post in this time");
    }
    c.n_days = (uint32_t)n_days;
    c.n_covered = (uint32_t)n_covered;
    eh_dict place = EH_DICT_INIT(b->ctx);
    eh_status status = EH_OK;
    for (uint32_t i = 0; status == EH_OK && i < list->ids->n; i++) status = eh_dict_add(&place, eh_strings_get(list->ids, i), &(uint32_t){0}, err);
    c.place = &place;
    c.sum = status == EH_OK ? eh_alloc(b->ctx, list->ids->n, sizeof *c.sum, err) : NULL;
    c.squares = c.sum ? eh_alloc(b->ctx, list->ids->n, sizeof *c.squares, err) : NULL;
    c.of_day = c.squares ? eh_alloc(b->ctx, c.n_days, sizeof *c.of_day, err) : NULL;
    status = c.of_day ? count_posts(b, &c, err) : err->status;
    if (status == EH_OK) status = judge_volume(&c, part, r, err);
    eh_dict_release(&place);
    eh_free(b->ctx, c.sum);
    eh_free(b->ctx, c.squares);
    eh_free(b->ctx, c.of_day);
    return status;
}

/* ---- created in one burst ----------------------------------------------------------------------------------------- */

enum { n_lists = 9999, n_birth_groups = 199, fewest_dated = 3, fewest_others = 20 };

typedef struct births {
    eh_context *ctx;
    const eh_dict *place;
    const eh_strings *names;
    int64_t *of_account;    /* per account of the table, EH_NO_TIME = none */
    uint8_t *is_dated;      /* the same, as a filter */
    int64_t *times_us;      /* of all accounts of the archive with a date, ascending */
    size_t n, capacity;
    int64_t *of_list;       /* per id, EH_NO_TIME = none */
    uint32_t *in_window;    /* accounts created within the length from each on */
    uint32_t *last;         /* index after the last of these */
} births;

static eh_status take_birth(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    births *s = data;
    (void)columns, (void)n_columns;
    uint32_t i = eh_dict_find(s->place, cells[0].text);
    if (i != EH_DICT_NONE) s->of_list[i] = cells[1].integer;
    uint32_t account = eh_strings_find(s->names, cells[0].text);
    if (account != UINT32_MAX) {
        s->of_account[account] = cells[1].integer;
        s->is_dated[account] = 1;
    }
    EH_TRY(eh_reserve(s->ctx, (void **)&s->times_us, &s->capacity, s->n + 1, sizeof *s->times_us, err));
    s->times_us[s->n++] = cells[1].integer;
    return EH_OK;
}

/* Log-likelihood ratio of n_in of n in a window that holds the share p of the archive; 0 unless more than that. Kulldorff, Commun.
 * Stat. Theory Methods 26:1481 (1997), of times instead of places. */
static double excess(double n_in, double n, double p)
{
    if (n_in <= n * p || p >= 1) return 0;
    double inside = n_in * log(n_in / (n * p)), outside = n_in < n ? (n - n_in) * log((n - n_in) / (n * (1 - p))) : 0;
    return inside + outside;
}

/* The window of a list that stands out most. */
typedef struct window {
    double excess;
    uint32_t from, n;  /* place where it begins; how many it holds */
    uint32_t fullest;  /* the most that any window holds */
} window;

/* Places among all, ascending. */
static window scan(const births *s, const uint32_t *places, uint32_t n)
{
    window w = {.from = places[0], .n = 1};
    for (uint32_t i = 0, end = 0; i < n; i++) {
        while (end < n && places[end] < s->last[places[i]]) end++;
        if (end - i > w.fullest) w.fullest = end - i;
        double value = excess(end - i, n, (double)s->in_window[places[i]] / (double)s->n);
        if (value <= w.excess) continue;
        w.excess = value;
        w.from = places[i];
        w.n = end - i;
    }
    return w;
}

/* The first place of a date: twins count from there. */
static uint32_t place_of(const births *s, int64_t time_us)
{
    uint32_t low = 0, high = (uint32_t)s->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->times_us[middle] < time_us) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int by_value(const void *a, const void *b, void *data)
{
    double x = *(const double *)a, y = *(const double *)b;
    (void)data;
    return (x > y) - (x < y);
}

static int by_place(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* n places of s->n, each list as likely (Floyd); ascending. used has s->n zeroes before and after. */
static void draw(const births *s, uint32_t n, eh_rng *rng, uint8_t *used, uint32_t *places)
{
    uint32_t all = (uint32_t)s->n;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t top = all - n + k, pick = (uint32_t)eh_rng_below(rng, (uint64_t)top + 1);
        places[k] = used[pick] ? top : pick;
        used[places[k]] = 1;
    }
    for (uint32_t k = 0; k < n; k++) used[places[k]] = 0;
    qsort(places, n, sizeof *places, by_place);
}

/* What is known of a list's dates against lists drawn from all, and against groups of others who are as active. */
typedef struct burst {
    window best;
    uint32_t n_dated, n_as_full, n_groups, n_groups_as_full;
    double critical;        /* an excess that fewer than q of the drawn lists reach */
} burst;

static eh_status tell_burst(const births *s, const claim_bench *b, const claim_list *list, const eh_claim_part *part, const burst *f, claim_result *r, eh_error *err)
{
    char from[eh_time_text_size], to[eh_time_text_size];
    int64_t start_us = s->times_us[f->best.from], end_us = start_us + (int64_t)(part->within_days * (double)EH_DAY_US);
    double share = (double)s->in_window[f->best.from] / (double)s->n, p = 0;
    uint32_t needed = 1, n_dated = f->n_dated;
    bool stands_out = r->p_value <= b->q && f->best.n >= fewest_dated && f->n_groups && r->p_groups <= 0.05;
    if (stands_out && 2 * f->best.n >= n_dated) r->verdict = EH_CLAIM_SUPPORTED;
    else if (2 * f->best.fullest < n_dated && n_dated == list->ids->n) r->verdict = EH_CLAIM_CONTRADICTED;
    else r->verdict = f->n_groups ? EH_CLAIM_NOT_SUPPORTED : EH_CLAIM_CANNOT_TELL;
    for (uint32_t i = 0; i < list->ids->n; i++) {
        claim_account *a = &r->accounts[i];
        bool is_in = s->of_list[i] != EH_NO_TIME && s->of_list[i] >= start_us && s->of_list[i] <= end_us;
        a->verdict = s->of_list[i] == EH_NO_TIME ? EH_CLAIM_CANNOT_TELL : is_in && r->verdict == EH_CLAIM_SUPPORTED ? EH_CLAIM_SUPPORTED : EH_CLAIM_NOT_SUPPORTED;
        if (s->of_list[i] == EH_NO_TIME) a->note = "no creation date";
        else if (is_in && stands_out && r->verdict != EH_CLAIM_SUPPORTED) a->note = "created in one window with others of the list, beyond chance, but these are not half of it";
        r->n_supported += a->verdict == EH_CLAIM_SUPPORTED;
    }
    for (size_t i = 0; i < s->n; i++) p += (double)s->in_window[i] / (double)s->n / (double)s->n;
    while (needed < n_dated && excess(needed, n_dated, p) < f->critical) needed++;
    r->observed = f->best.n;
    r->expected = n_dated * share;
    EH_TRY(eh_buf_printf(&r->says_for, err, "%u of %u accounts with a date were created within %.6g days, %s to %s", f->best.n, n_dated, part->within_days,
                         eh_time_text(start_us, from), eh_time_text(end_us, to)));
    EH_TRY(eh_buf_printf(&r->says_against, err, "%.1f %% of all accounts of the archive were created in that time, too; %u of the list were not", 100 * share, n_dated - f->best.n));
    EH_TRY(eh_buf_printf(&r->chance, err, "%u lists of as many accounts, drawn from the %zu of the archive that have a date: p = %.4g of a window as full anywhere; ", (unsigned)n_lists, s->n, r->p_value));
    if (f->n_groups) EH_TRY(eh_buf_printf(&r->chance, err, "of %u groups of other accounts that are as active, %u show as much", f->n_groups, f->n_groups_as_full));
    else EH_TRY(eh_buf_printf(&r->chance, err, "too few others with a date to compare with"));
    return eh_buf_printf(&r->power, err, excess(needed, n_dated, p) >= f->critical ? "in a window with the archive's mean share, %u of %u would have stood out" : "in a window with the archive's mean share, not even %u of %u would have stood out", needed, n_dated);
}

static void look_ahead(const births *s, int64_t length_us)
{
    for (uint32_t i = 0, end = 0; i < s->n; i++) {
        while (end < s->n && s->times_us[end] <= s->times_us[i] + length_us) end++;
        s->last[i] = end;
        s->in_window[i] = end - i;
    }
}

/* Lists drawn from all that have a date. */
static eh_status draw_lists(const births *s, const claim_bench *b, uint32_t *places, burst *f, eh_error *err)
{
    uint8_t *used = eh_alloc(b->ctx, s->n, 1, err);
    double *null = used ? eh_alloc(b->ctx, n_lists, sizeof *null, err) : NULL;
    eh_status status = null ? EH_OK : err->status;
    for (uint32_t k = 0; status == EH_OK && k < n_lists; k++) {
        eh_rng rng = eh_rng_of(b->seed, 0x6275727374000000u + k);
        draw(s, f->n_dated, &rng, used, places);
        for (uint32_t i = 0; i < f->n_dated; i++) /* twins of one date stand at its first place */
            while (places[i] > 0 && s->times_us[places[i] - 1] == s->times_us[places[i]]) places[i]--;
        null[k] = scan(s, places, f->n_dated).excess;
        f->n_as_full += null[k] >= f->best.excess - 1e-9;
    }
    if (status == EH_OK) status = eh_sort(b->ctx, null, n_lists, sizeof *null, by_value, NULL, err);
    if (status == EH_OK) f->critical = null[(size_t)((1 - b->q) * n_lists)];
    eh_free(b->ctx, null);
    eh_free(b->ctx, used);
    return status;
}

static double excess_of(const births *s, const uint32_t *accounts, uint32_t n, uint32_t *places)
{
    uint32_t n_dated = 0;
    for (uint32_t i = 0; i < n; i++)
        if (s->is_dated[accounts[i]]) places[n_dated++] = place_of(s, s->of_account[accounts[i]]);
    qsort(places, n_dated, sizeof *places, by_place);
    return n_dated ? scan(s, places, n_dated).excess : 0;
}

/* Whoever is busy now may be new here, so others as busy are looked at, too. */
static eh_status draw_groups(const births *s, const claim_bench *b, const claim_list *list, uint32_t *places, burst *f, eh_error *err)
{
    claim_matches *matches = NULL;
    uint32_t *group = eh_alloc(b->ctx, list->n_known, sizeof *group, err);
    eh_status status = group ? claim_matches_new(b, list, false, s->is_dated, NULL, &matches, err) : err->status;
    double own = status == EH_OK ? excess_of(s, list->known, list->n_known, places) : 0;
    for (; status == EH_OK && list->n_known && f->n_groups < n_birth_groups; f->n_groups++) {
        if (claim_match(matches, f->n_groups, group) < list->n_known) break;
        f->n_groups_as_full += excess_of(s, group, list->n_known, places) >= own - 1e-9;
    }
    claim_matches_free(matches);
    eh_free(b->ctx, group);
    return status;
}

static eh_status test_burst(const claim_bench *b, const claim_list *list, const eh_claim_part *part, births *s, claim_result *r, eh_error *err)
{
    burst f = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->ids->n; i++) f.n_dated += s->of_list[i] != EH_NO_TIME;
    r->n_tested = f.n_dated;
    if (f.n_dated < fewest_dated || s->n < f.n_dated + fewest_others) {
        r->verdict = EH_CLAIM_CANNOT_TELL;
        return eh_buf_printf(&r->chance, err, "%u accounts of the list have a creation date, and %zu others: too few to compare", f.n_dated, s->n - f.n_dated);
    }
    EH_TRY(eh_sort(b->ctx, s->times_us, s->n, sizeof *s->times_us, eh_by_int64, NULL, err));
    s->in_window = eh_alloc(b->ctx, s->n, sizeof *s->in_window, err);
    s->last = s->in_window ? eh_alloc(b->ctx, s->n, sizeof *s->last, err) : NULL;
    uint32_t *places = s->last ? eh_alloc(b->ctx, list->ids->n, sizeof *places, err) : NULL;
    if (!places) return err->status;
    look_ahead(s, (int64_t)(part->within_days * (double)EH_DAY_US));
    for (uint32_t i = 0; i < list->ids->n; i++)
        if (s->of_list[i] != EH_NO_TIME) places[n++] = place_of(s, s->of_list[i]);
    qsort(places, n, sizeof *places, by_place);
    f.best = scan(s, places, n);
    eh_status status = draw_lists(s, b, places, &f, err);
    if (status == EH_OK) status = draw_groups(s, b, list, places, &f, err);
    eh_free(b->ctx, places);
    r->p_value = claim_rank(f.n_as_full, n_lists);
    r->p_groups = f.n_groups ? claim_rank(f.n_groups_as_full, f.n_groups) : (double)NAN;
    if (status == EH_OK) status = tell_burst(s, b, list, part, &f, r, err);
    return status;
}

eh_status claim_test_burst(const claim_bench *b, const claim_list *list, const eh_claim_part *part, claim_result *r, eh_error *err)
{
    eh_dict place = EH_DICT_INIT(b->ctx);
    births s = {.ctx = b->ctx, .place = &place, .names = &b->table.accounts};
    eh_status status = EH_OK;
    for (uint32_t i = 0; status == EH_OK && i < list->ids->n; i++) status = eh_dict_add(&place, eh_strings_get(list->ids, i), &(uint32_t){0}, err);
    s.of_list = status == EH_OK ? eh_alloc(b->ctx, list->ids->n, sizeof *s.of_list, err) : NULL;
    s.of_account = s.of_list ? eh_alloc(b->ctx, b->table.accounts.n, sizeof *s.of_account, err) : NULL;
    s.is_dated = s.of_account ? eh_alloc(b->ctx, b->table.accounts.n, sizeof *s.is_dated, err) : NULL;
    if (!s.is_dated) status = err->status;
    for (uint32_t i = 0; status == EH_OK && i < list->ids->n; i++) s.of_list[i] = EH_NO_TIME;
    if (status == EH_OK)
        status = eh_store_query(b->store, "SELECT account_id, min(created_time) FROM accounts WHERE created_time IS NOT NULL GROUP BY account_id ORDER BY account_id", NULL, take_birth, &s, err);
    if (status == EH_OK) status = test_burst(b, list, part, &s, r, err);
    eh_dict_release(&place);
    eh_free(b->ctx, s.of_list);
    eh_free(b->ctx, s.of_account);
    eh_free(b->ctx, s.is_dated);
    eh_free(b->ctx, s.times_us);
    eh_free(b->ctx, s.in_window);
    eh_free(b->ctx, s.last);
    return status;
}
