/* Appeals as a list, by run as numbers, and their signatures checked. */
#include "cases/appeals_private.h"

#include "base/hash.h"
#include "base/time.h"
#include "ledger/ledger_private.h"

#include <math.h>
#include <stdio.h>

typedef struct appeal_walk {
    eh_appeal_fn fn;
    void *data;
    int64_t now_us;
} appeal_walk;

static uint64_t count_in(const eh_cell *cell) { return cell->type == EH_CELL_NULL ? 0 : (uint64_t)cell->integer; }
static eh_str text_in(const eh_cell *cell) { return cell->type == EH_CELL_NULL ? (eh_str){"", 0} : cell->text; }
static int64_t time_in(const eh_cell *cell) { return cell->type == EH_CELL_NULL ? EH_TIME_NONE : cell->integer; }

static eh_status take_row(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    const appeal_walk *walk = data;
    eh_appeal a = {.appeal_id = count_in(&cells[0]),
                   .account_id = text_in(&cells[1]),
                   .run_id = text_in(&cells[2]),
                   .decision_id = count_in(&cells[3]),
                   .raised_by = text_in(&cells[4]),
                   .reasons = text_in(&cells[5]),
                   .opened_us = time_in(&cells[6]),
                   .due_us = time_in(&cells[7]),
                   .state_us = time_in(&cells[9]),
                   .outcome = text_in(&cells[10]),
                   .decided_us = time_in(&cells[11]),
                   .key_id = text_in(&cells[12]),
                   .finding_before = text_in(&cells[13]),
                   .finding_again = text_in(&cells[14]),
                   .corrected_run_id = text_in(&cells[15]),
                   .n_changed = count_in(&cells[16]),
                   .n_materials = count_in(&cells[17])};
    if (!eh_appeal_state_of(cells[8].text, &a.state)) return eh_fail(err, EH_E_FORMAT, "an appeal has an unknown state");
    a.is_overdue = a.outcome.size == 0 && walk->now_us > a.due_us;
    return walk->fn(walk->data, &a, err);
}

eh_status eh_appeals_each(eh_investigation *inv, int64_t now_us, eh_appeal_fn fn, void *data, eh_error *err)
{
    appeal_walk walk = {fn, data, now_us == EH_TIME_NONE ? appeal_now_us() : now_us};
    return eh_store_query(inv->store,
                          "SELECT appeal_id, account_id, run_id, decision_id, raised_by, reasons, opened, due, state, state_time, outcome, "
                          "decided, key_id, finding_before, finding_again, corrected_run_id, n_changed, (SELECT count(*) FROM "
                          "appeal_materials m WHERE m.appeal_id = a.appeal_id) FROM appeals a ORDER BY appeal_id",
                          NULL, take_row, &walk, err);
}

/* ---- rates ------------------------------------------------------------------------------------------------------- */

typedef struct rate_walk {
    eh_appeal_rate_fn fn;
    void *data;
} rate_walk;

static eh_status take_rate(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    const rate_walk *walk = data;
    eh_appeal_rate r = {.n_listed = count_in(&cells[1]),
                        .n_appeals = count_in(&cells[2]),
                        .n_decided = count_in(&cells[3]),
                        .n_upheld = count_in(&cells[4]),
                        .n_reversed = count_in(&cells[5]),
                        .n_partly = count_in(&cells[6]),
                        .n_insufficient = count_in(&cells[7]),
                        .n_inadmissible = count_in(&cells[8]),
                        .median_days = cells[9].type == EH_CELL_NULL ? (double)NAN : cells[9].real};
    (void)snprintf(r.run_id, sizeof r.run_id, "%.*s", (int)cells[0].text.size, cells[0].text.data);
    return walk->fn(walk->data, &r, err);
}

eh_status eh_appeal_rates(eh_investigation *inv, eh_appeal_rate_fn fn, void *data, eh_error *err)
{
    rate_walk walk = {fn, data};
    return eh_store_query(inv->store,
                          "SELECT r.run_id, r.n_listed_accounts, count(a.appeal_id), count(*) FILTER (outcome <> ''), count(*) FILTER (outcome = "
                          "'upheld'), count(*) FILTER (outcome = 'reversed'), count(*) FILTER (outcome = 'partly'), count(*) FILTER (outcome = "
                          "'insufficient'), count(*) FILTER (outcome = 'inadmissible'), median(epoch_us(decided) - epoch_us(opened)) / 864e8 "
                          "FROM runs r JOIN appeals a ON a.run_id = r.run_id GROUP BY r.run_id, r.run_number, r.n_listed_accounts ORDER BY "
                          "r.run_number",
                          NULL, take_rate, &walk, err);
}

/* ---- signatures -------------------------------------------------------------------------------------------------- */

typedef struct verification {
    void (*fn)(void *data, uint64_t appeal_id, const char *problem);
    void *data;
    uint64_t n_checked, n_problems;
} verification;

static void tell(verification *v, uint64_t appeal_id, const char *problem)
{
    v->n_problems++;
    if (v->fn) v->fn(v->data, appeal_id, problem);
}

/* "\nNAME VALUE\n" stands in the text. */
static bool says(eh_str text, const char *name, eh_str value)
{
    size_t size = strlen(name);
    for (size_t at = 0; at + 1 < text.size;) {
        size_t end = eh_str_find(text, '\n', at);
        eh_str line = {text.data + at, end - at};
        if (line.size > size && memcmp(line.data, name, size) == 0 && line.data[size] == ' ')
            return eh_str_equal((eh_str){line.data + size + 1, line.size - size - 1}, value);
        at = end + 1;
    }
    return false;
}

static eh_status check_step(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    verification *v = data;
    unsigned char key[EH_KEY_SIZE], signature[EH_SIGNATURE_SIZE];
    char hex[65], number[24];
    uint64_t id = count_in(&cells[0]);
    eh_str text = cells[3].text;
    v->n_checked++;
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)id);
    if (!says(text, "appeal", eh_str_of(number)) || !says(text, "state", cells[1].text) || !says(text, "run", cells[7].text))
        tell(v, id, "the state, the run or the number is not what the step says");
    eh_sha256_text(cells[2].text, hex);
    /* A purge takes reasons that name a purged account, and with them the payload of the step. */
    bool was_purged = eh_str_is(cells[2].text, "(purged)") && cells[8].type == EH_CELL_NULL;
    if (!was_purged && !says(text, "reasons", eh_str_of(hex))) tell(v, id, "the reasons were changed");
    eh_sha256_text(cells[6].text, hex);
    if (!says(text, "account", eh_str_of(hex))) tell(v, id, "the account was changed");
    bool is_opening = cells[4].text.size == 0;
    if (is_opening && !eh_str_is(cells[1].text, "received")) tell(v, id, "a step is not signed");
    if (is_opening) return EH_OK;
    bool is_good = eh_bytes_of_hex(cells[4].text, key, EH_KEY_SIZE) && eh_bytes_of_hex(cells[5].text, signature, EH_SIGNATURE_SIZE) &&
                   eh_signature_fits(key, text, signature);
    if (!is_good) tell(v, id, "the signature of a step does not fit");
    return EH_OK;
}

eh_status eh_appeals_verify(eh_investigation *inv, void (*fn)(void *data, uint64_t appeal_id, const char *problem), void *data,
                            uint64_t *n_checked, uint64_t *n_problems, eh_error *err)
{
    verification v = {fn, data, 0, 0};
    eh_status status = eh_store_query(inv->store,
                                      "SELECT s.appeal_id, s.state, s.reasons, s.signed_text, s.public_key, s.signature, a.account_id, a.run_id, p.seq FROM "
                                      "appeal_steps s JOIN appeals a ON a.appeal_id = s.appeal_id LEFT JOIN ledger_payloads p ON p.seq = s.seq ORDER BY s.appeal_id, s.step",
                                      NULL, check_step, &v, err);
    *n_checked = v.n_checked;
    *n_problems = v.n_problems;
    return status;
}
