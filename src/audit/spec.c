/* The specification of an audit: key = value lines, a subset of TOML, hashed as it lies on disk. */
#include "base/hash.h"
#include "base/outfile.h"
#include "evenhand/audit_join.h"
#include "ingest/byte_source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { most_spec_size = 1 << 16 };

static const char *const period_names[] = {"week", "month", "quarter", "end"};

eh_audit_spec eh_audit_spec_default(void)
{
    return (eh_audit_spec){.period = EH_PERIOD_MONTH, .lookback_days = 90, .evidence_bins = 10, .exposure_bins = 3, .margin = 1.25, .alpha = 0.05,
                           .outcome_margin = 0.05, .is_yekutieli = true, .n_permutations = 9999, .n_resamplings = 1999, .seed = 1};
}

typedef struct reading {
    const char *path;
    int64_t line;
    eh_str key, value; /* value: what stands after = */
    eh_audit_spec *spec;
    uint32_t seen;
} reading;

static eh_status wrong(const reading *r, const char *what, eh_error *err)
{
    return eh_fail_at(err, EH_E_FORMAT, r->path, r->line, -1, "%.*s = %.*s: %s", (int)(r->key.size < 40 ? r->key.size : 40), r->key.data,
                      (int)(r->value.size < 80 ? r->value.size : 80), r->value.data, what);
}

/* The text in double quotes at *at, moved behind it; no escapes. */
static bool take_quoted(eh_str text, size_t *at, eh_str *out)
{
    if (*at >= text.size || text.data[*at] != '"') return false;
    const size_t end = eh_str_find(text, '"', *at + 1);
    if (end >= text.size) return false;
    *out = (eh_str){text.data + *at + 1, end - *at - 1};
    *at = end + 1;
    return memchr(out->data, '\\', out->size) == NULL;
}

static eh_status read_word(const reading *r, char out[EH_SPEC_WORD_SIZE], eh_error *err)
{
    eh_str word;
    size_t at = 0;
    if (!take_quoted(r->value, &at, &word) || at != r->value.size) return wrong(r, "give one text in double quotes, without backslashes", err);
    if (word.size >= EH_SPEC_WORD_SIZE) return wrong(r, "at most 63 bytes", err);
    (void)snprintf(out, EH_SPEC_WORD_SIZE, "%.*s", (int)word.size, word.data);
    return EH_OK;
}

static eh_status read_words(const reading *r, char out[][EH_SPEC_WORD_SIZE], uint32_t most, uint32_t *n, eh_error *err)
{
    eh_str v = r->value;
    *n = 0;
    if (v.size < 2 || v.data[0] != '[' || v.data[v.size - 1] != ']') return wrong(r, "give a list such as [\"one\", \"two\"] on one line", err);
    v = (eh_str){v.data + 1, v.size - 2};
    for (size_t at = 0;;) {
        eh_str word;
        while (at < v.size && (v.data[at] == ' ' || v.data[at] == '\t')) at++;
        if (at == v.size) return EH_OK;
        if (!take_quoted(v, &at, &word) || word.size >= EH_SPEC_WORD_SIZE) return wrong(r, "each is a text in double quotes of at most 63 bytes, without backslashes", err);
        if (*n == most) return wrong(r, "too many of them", err);
        (void)snprintf(out[(*n)++], EH_SPEC_WORD_SIZE, "%.*s", (int)word.size, word.data);
        while (at < v.size && (v.data[at] == ' ' || v.data[at] == '\t')) at++;
        if (at < v.size && v.data[at++] != ',') return wrong(r, "put commas between them", err);
    }
}

static eh_status read_number(const reading *r, double least, double most, bool is_whole, double *out, eh_error *err)
{
    char room[64], message[96], *end;
    const size_t size = r->value.size < sizeof room - 1 ? r->value.size : sizeof room - 1;
    memcpy(room, r->value.data, size);
    room[size] = 0;
    *out = strtod(room, &end);
    if (size && !*end && *out >= least && *out <= most && (!is_whole || floor(*out) == *out)) return EH_OK;
    (void)snprintf(message, sizeof message, "give a %snumber from %.10g to %.10g", is_whole ? "whole " : "", least, most);
    return wrong(r, message, err);
}

static eh_status read_whole(const reading *r, double least, double most, uint32_t *out, eh_error *err)
{
    double x = 0;
    EH_TRY(read_number(r, least, most, true, &x, err));
    *out = (uint32_t)x;
    return EH_OK;
}

/* ---- keys ---------------------------------------------------------------------------------------------------------- */

static eh_status read_sides(reading *r, eh_error *err)
{
    uint32_t n = 0;
    char words[2][EH_SPEC_WORD_SIZE];
    EH_TRY(read_words(r, words, 2, &n, err));
    if (n != 2 || !words[0][0] || !words[1][0] || strcmp(words[0], words[1]) == 0) return wrong(r, "name two different sides: the odds of the first are compared with the second", err);
    memcpy(r->spec->sides, words, sizeof words);
    return EH_OK;
}

static eh_status read_others(reading *r, eh_error *err) { return read_words(r, r->spec->other_sides, EH_SPEC_MOST_WORDS, &r->spec->n_other_sides, err); }
static eh_status read_actions(reading *r, eh_error *err) { return read_words(r, r->spec->actions, EH_SPEC_MOST_WORDS, &r->spec->n_actions, err); }

/* Keys whose only value today is written down, so that a specification says what it rests on. */
static eh_status read_only_value(reading *r, const char *value, eh_error *err)
{
    char word[EH_SPEC_WORD_SIZE], message[96];
    EH_TRY(read_word(r, word, err));
    if (strcmp(word, value) == 0) return EH_OK;
    (void)snprintf(message, sizeof message, "only \"%s\" is known", value);
    return wrong(r, message, err);
}
static eh_status read_evidence(reading *r, eh_error *err) { return read_only_value(r, "timing_rate", err); }
static eh_status read_as_of(reading *r, eh_error *err) { return read_only_value(r, "period_start", err); }

static eh_status read_period(reading *r, eh_error *err)
{
    char word[EH_SPEC_WORD_SIZE];
    EH_TRY(read_word(r, word, err));
    for (int i = 0; i < 4; i++) {
        if (strcmp(word, period_names[i])) continue;
        r->spec->period = (eh_audit_period)i;
        return EH_OK;
    }
    return wrong(r, "give \"week\", \"month\", \"quarter\" or \"end\"", err);
}

static eh_status read_multiplicity(reading *r, eh_error *err)
{
    char word[EH_SPEC_WORD_SIZE];
    EH_TRY(read_word(r, word, err));
    r->spec->is_yekutieli = strcmp(word, "benjamini-yekutieli") == 0;
    return r->spec->is_yekutieli || strcmp(word, "benjamini-hochberg") == 0 ? EH_OK : wrong(r, "give \"benjamini-yekutieli\" or \"benjamini-hochberg\"", err);
}

static eh_status read_lookback(reading *r, eh_error *err) { return read_whole(r, 7, 3660, &r->spec->lookback_days, err); }
static eh_status read_evidence_bins(reading *r, eh_error *err) { return read_whole(r, 10, 100, &r->spec->evidence_bins, err); }
static eh_status read_exposure_bins(reading *r, eh_error *err) { return read_whole(r, 1, 20, &r->spec->exposure_bins, err); }
static eh_status read_permutations(reading *r, eh_error *err) { return read_whole(r, 99, 1000000, &r->spec->n_permutations, err); }
static eh_status read_resamplings(reading *r, eh_error *err) { return read_whole(r, 99, 1000000, &r->spec->n_resamplings, err); }
static eh_status read_margin(reading *r, eh_error *err) { return read_number(r, 1.001, 100, false, &r->spec->margin, err); }
static eh_status read_alpha(reading *r, eh_error *err) { return read_number(r, 1e-6, 0.499, false, &r->spec->alpha, err); }
static eh_status read_outcome_margin(reading *r, eh_error *err) { return read_number(r, 0.0001, 0.5, false, &r->spec->outcome_margin, err); }
static eh_status read_seed(reading *r, eh_error *err)
{
    double x = 0;
    EH_TRY(read_number(r, 0, 9007199254740992.0, true, &x, err));
    r->spec->seed = (uint64_t)x;
    return EH_OK;
}

static const struct key {
    const char *name;
    bool is_needed;
    eh_status (*read)(reading *r, eh_error *err);
    const char *line, *comment; /* of a new specification */
} keys[] = {
    {"sides", true, read_sides, "[\"north\", \"south\"]", "The primary comparison: odds of action of the first side against the second. Names as in the file of sides."},
    {"other_sides", false, read_others, "[]", "Further sides that the file may name; shown beside the primary comparison, with adjusted p."},
    {"actions", false, read_actions, "[]", "Words of the file of actions that count as actioned; empty: every word. What does not count (deleted by its owner, vanished)\n# ends being at risk."},
    {"evidence", true, read_evidence, "\"timing_rate\"", "The evidence: nats of the timing test per active day, ln(1 + rate)."},
    {"as_of", true, read_as_of, "\"period_start\"", "The as-of rule: evidence from before the start of the period that the action falls into, never from after it."},
    {"period", true, read_period, "\"month\"", "week, month, quarter; or end: one cut after the archive, for a status that was read once."},
    {"lookback_days", true, read_lookback, "90", "Evidence and exposure come from so many days before a period; accounts silent in them are not compared."},
    {"evidence_bins", true, read_evidence_bins, "10", "Strata: quantiles of evidence, at least 10 (fewer leave differences of evidence inside a stratum) ..."},
    {"exposure_bins", true, read_exposure_bins, "3", "... times quantiles of active days, times policy and unit where the file of actions names them, times period."},
    {"margin", true, read_margin, "1.25", "Parity: the odds ratio is shown to lie between 1/margin and margin."},
    {"alpha", true, read_alpha, "0.05", "The level of every test."},
    {"outcome_margin", false, read_outcome_margin, "0.05", "Parity of outcomes: differences of rates and hit rates are shown to be smaller."},
    {"multiplicity", true, read_multiplicity, "\"benjamini-yekutieli\"", "How all comparisons but the primary one are adjusted; or benjamini-hochberg."},
    {"permutations", false, read_permutations, "9999", "How often sides are permuted over networks, and ..."},
    {"resamplings", false, read_resamplings, "1999", "... how often networks are resampled."},
    {"seed", false, read_seed, "1", "Of both."},
};
enum { n_keys = sizeof keys / sizeof *keys };

/* The line without its comment and blanks; # inside quotes is text. */
static eh_str strip_comment(eh_str line)
{
    bool is_quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '"') is_quoted = !is_quoted;
        if (line.data[i] == '#' && !is_quoted) return eh_str_trim((eh_str){line.data, i});
    }
    return eh_str_trim(line);
}

static eh_status read_line(reading *r, eh_str line, eh_error *err)
{
    line = strip_comment(line);
    if (!line.size) return EH_OK;
    const size_t at = eh_str_find(line, '=', 0);
    r->key = eh_str_trim((eh_str){line.data, at});
    if (at == line.size) return eh_fail_at(err, EH_E_FORMAT, r->path, r->line, -1, "'%.*s' is no key = value; evenhand audit spec --init writes a file that is", (int)(line.size < 60 ? line.size : 60), line.data);
    r->value = eh_str_trim((eh_str){line.data + at + 1, line.size - at - 1});
    for (uint32_t k = 0; k < n_keys; k++) {
        if (!eh_str_is(r->key, keys[k].name)) continue;
        if (r->seen >> k & 1) return wrong(r, "this key is there twice", err);
        r->seen |= 1u << k;
        return keys[k].read(r, err);
    }
    return wrong(r, "this key is not known; evenhand audit spec --init writes all there are", err);
}

static eh_status parse(eh_str text, reading *r, eh_error *err)
{
    if (eh_str_starts_with(text, "\xEF\xBB\xBF")) text = (eh_str){text.data + 3, text.size - 3}; /* byte order mark */
    if (!eh_utf8_is_valid(text)) return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "is not UTF-8 text");
    for (size_t from = 0; from < text.size;) {
        const size_t end = eh_str_find(text, '\n', from);
        r->line++;
        EH_TRY(read_line(r, (eh_str){text.data + from, end - from}, err));
        from = end + 1;
    }
    for (uint32_t k = 0; k < n_keys; k++)
        if (keys[k].is_needed && !(r->seen >> k & 1)) return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1, "does not say %s; every choice is to be made beforehand", keys[k].name);
    return EH_OK;
}

eh_status eh_audit_spec_read(eh_context *ctx, const char *path, eh_audit_spec *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    eh_source *source;
    size_t size = 0, n_read = 1;
    *out = eh_audit_spec_default();
    EH_TRY(eh_source_open(ctx, path, &source, err));
    char *text = eh_alloc(ctx, 1, most_spec_size + 1, err);
    eh_status status = text ? EH_OK : err->status;
    while (status == EH_OK && n_read && size <= most_spec_size) {
        status = eh_source_read(source, text + size, most_spec_size + 1 - size, &n_read, err);
        size += n_read;
        if (size > most_spec_size) status = eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "is larger than 64 KiB; this is no specification of an audit");
    }
    reading r = {.path = path, .spec = out};
    if (status == EH_OK) status = parse((eh_str){text, size}, &r, err);
    if (status == EH_OK) status = eh_source_hash(source, out->sha256, err);
    eh_free(ctx, text);
    eh_source_close(source);
    return status;
}

eh_status eh_audit_spec_write(eh_context *ctx, const char *path, eh_error *err)
{
    eh_outfile out = {0};
    EH_TRY(eh_outfile_open(ctx, path, &out, err));
    fputs("# Specification of an audit: was the response even-handed? Fill it in before sides are looked at; evenhand audit records its hash\n"
          "# in the investigation before it opens them.\n", out.stream);
    for (size_t k = 0; k < n_keys; k++) fprintf(out.stream, "\n# %s\n%s = %s\n", keys[k].comment, keys[k].name, keys[k].line);
    return eh_outfile_commit(&out, err);
}
