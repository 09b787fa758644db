/* Pieces that several commands use. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

eh_ingest_options cli_ingest_options(const cli_input *input)
{
    eh_ingest_options options = eh_ingest_options_default();
    options.format = input->format;
    options.maps = input->maps.items;
    options.n_maps = input->maps.n;
    options.has_behaviour = input->behaviour.is_given;
    options.behaviour = input->behaviour.behaviour;
    return options;
}

eh_detect_options cli_detect_options(const cli_detect *detect)
{
    eh_detect_options options = eh_detect_options_default();
    options.behaviours = detect->behaviours;
    if (detect->windows.n) {
        memcpy(options.windows_us, detect->windows.us, sizeof options.windows_us);
        options.n_windows = detect->windows.n;
    }
    if (detect->q > 0) options.q = detect->q;
    if (detect->near_text.is_given) options.near_text = detect->near_text.share;
    if (detect->list_by) options.list_by = detect->list_by | 1u << EH_LEG_TIMING;
    if (detect->legs) options.legs = detect->legs | 1u << EH_LEG_TIMING;
    return options;
}

eh_status cli_output_path(const char *path, const char **usable, eh_error *err)
{
    struct stat found;
    bool is_stdout = strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
    *usable = is_stdout ? "-" : path;
    if (is_stdout) return EH_OK;
    bool is_absent = stat(path, &found) != 0, is_below_dev = strncmp(path, "/dev/", 5) == 0;
    if (is_absent || S_ISDIR(found.st_mode) || (S_ISREG(found.st_mode) && !is_below_dev)) {
        cli_aside_of(path);
        return EH_OK;
    }
    int to = open(path, O_WRONLY | O_CLOEXEC);
    bool is_open = to >= 0 && dup2(to, STDOUT_FILENO) >= 0;
    int cause = errno;
    if (to >= 0) (void)close(to);
    if (!is_open) return eh_fail_at(err, EH_E_IO, path, -1, -1, "cannot be written: %s", strerror(cause));
    *usable = "-";
    return EH_OK;
}

eh_status cli_check_not_input(const char *output, const char *input, eh_error *err)
{
    struct stat out, in;
    if (!output || !input || stat(output, &out) != 0 || !S_ISREG(out.st_mode) || stat(input, &in) != 0) return EH_OK;
    if (out.st_dev != in.st_dev || out.st_ino != in.st_ino) return EH_OK;
    return eh_fail_at(err, EH_E_INVALID, output, -1, -1, "is read as input, so it is not written to; name another "
                      "place with -o");
}

eh_status cli_check_not_inputs(const char *output, const cli_texts *inputs, eh_error *err)
{
    for (int i = 0; i < inputs->n; i++) EH_TRY(cli_check_not_input(output, inputs->items[i], err));
    return EH_OK;
}

eh_status cli_open(const cli_call *call, const char *path, eh_open_mode mode, eh_investigation **inv, eh_error *err)
{
    EH_TRY(eh_investigation_open(call->ctx, path, mode, inv, err));
    eh_status status = eh_investigation_set_actor(*inv, call->common->actor, err);
    if (status != EH_OK) {
        eh_investigation_close(*inv);
        *inv = NULL;
    }
    return status;
}

/* An export only adds a leaf, so whoever holds the file will soon let it go. */
static eh_status open_patiently(const cli_call *call, const char *path, eh_open_mode mode, eh_investigation **inv, eh_error *err)
{
    static const struct timespec pause = {0, 50000000};
    for (int n_tries = 0;; n_tries++) {
        eh_status status = cli_open(call, path, mode, inv, err);
        bool is_held = status == EH_E_IO && strstr(err->message, "is being written");
        if (!is_held || n_tries == 40 || eh_context_is_cancelled(call->ctx)) return status;
        *err = (eh_error)EH_ERROR_INIT;
        (void)nanosleep(&pause, NULL);
    }
}

eh_status cli_open_to_export(const cli_call *call, const char *path, eh_investigation **inv, eh_error *err)
{
    return open_patiently(call, path, EH_OPEN_READ, inv, err);
}

eh_status cli_open_to_record(const cli_call *call, const char *path, eh_investigation **inv, eh_error *err)
{
    return open_patiently(call, path, EH_OPEN_WRITE, inv, err);
}

eh_status cli_guard_new(const cli_call *call, eh_investigation *inv, const char *run_id, bool is_of_run, const char *at_risk,
                        const char *key, eh_guard **guard, eh_error *err)
{
    *guard = NULL;
    if (!at_risk && key) return eh_fail(err, EH_E_INVALID, "--key keys the pseudonyms of accounts at risk: it goes with --at-risk");
    if (!at_risk) return EH_OK;
    if (is_of_run) EH_TRY(eh_investigation_check_list(inv, run_id, err));
    return eh_guard_new(call->ctx, at_risk, key, guard, err);
}

void cli_record_export(const cli_call *call, const char *inv_path, const char *run_id, const eh_exported_file *files,
                       size_t n_files)
{
    eh_error err = EH_ERROR_INIT;
    eh_investigation *inv;
    bool is_writable = access(inv_path, W_OK) == 0;
    eh_status status = is_writable ? open_patiently(call, inv_path, EH_OPEN_WRITE, &inv, &err)
                                   : eh_fail(&err, EH_E_IO, "it may not be written to");
    if (status == EH_OK) {
        status = eh_investigation_record_export(inv, run_id, files, n_files, &err);
        eh_investigation_close(inv);
    }
    if (status != EH_OK) cli_note(call, "%s: this export is not in its ledger: %s", inv_path, err.message);
}

const char *cli_extension(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot + 1 : "";
}

char *cli_join(eh_context *ctx, const char *dir, const char *name, eh_error *err)
{
    eh_buf path = EH_BUF_INIT(ctx);
    size_t size = strlen(dir);
    const char *slash = size && dir[size - 1] == '/' ? "" : "/";
    if (eh_buf_printf(&path, err, "%s%s%s", dir, slash, name) != EH_OK) eh_buf_release(&path);
    return path.data;
}

/* --- what was read --------------------------------------------------------------------------------------------- */

static uint64_t n_rejected(const eh_ingest_report *report)
{
    uint64_t n = 0;
    for (int r = 0; r < EH_N_REJECT_REASONS; r++) n += report->n_rows_rejected[r];
    return n;
}

static void print_reasons(FILE *to, const eh_ingest_report *report)
{
    char count[32];
    const char *before = "";
    for (int r = 0; r < EH_N_REJECT_REASONS; r++) {
        if (!report->n_rows_rejected[r]) continue;
        fprintf(to, "%s%s %s", before, eh_reject_reason_name((eh_reject_reason)r),
                cli_grouped(report->n_rows_rejected[r], count));
        before = ", ";
    }
}

/* Told where no time of an archive could be read. */
#define SPELLINGS_OF_TIME                                                                                              \
    "one of 2018-09-18T04:35:00Z, 2018-09-18 04:35:00, 1537245300 (s, ms or us since 1970), Tue Sep 18 04:35:00 "      \
    "+0000 2018; all rows of a file alike"

static eh_reject_reason most_often(const eh_ingest_report *report)
{
    eh_reject_reason most = EH_REJECT_MALFORMED;
    for (int r = 0; r < EH_N_REJECT_REASONS; r++)
        if (report->n_rows_rejected[r] > report->n_rows_rejected[most]) most = (eh_reject_reason)r;
    return most;
}

void cli_print_ingest(FILE *to, const char *path, const eh_ingest_report *report, const uint64_t *n_duplicates)
{
    char count[32];
    fprintf(to, "%s: %s, %s rows read", path, report->format, cli_grouped(report->n_rows_read, count));
    fprintf(to, ", %s kept", cli_grouped(report->n_rows_kept, count));
    uint64_t n = n_rejected(report);
    fprintf(to, ", %s rejected", cli_grouped(n, count));
    if (n) {
        fputs(" (", to);
        print_reasons(to, report);
        (void)fputc(')', to);
    }
    if (n_duplicates) fprintf(to, ", %s duplicates", cli_grouped(*n_duplicates, count));
    (void)fputc('\n', to);
    if (report->note[0]) fprintf(to, "  %s\n", report->note);
    if (n && !report->n_rows_kept && most_often(report) == EH_REJECT_TIME_FORMAT)
        fputs("  times are read when written as " SPELLINGS_OF_TIME "\n", to);
    if (report->is_truncated) fputs("  the compressed file ends early: what was readable was kept\n", to);
}

void cli_json_ingest(cli_json *json, const char *path, const eh_ingest_report *report, const uint64_t *n_duplicates)
{
    cli_json_begin(json, NULL, '{');
    cli_json_text(json, "path", path);
    cli_json_text(json, "sha256", report->sha256);
    cli_json_text(json, "format", report->format);
    cli_json_text(json, "compression", report->compression);
    cli_json_text(json, "time_format", report->time_format);
    cli_json_count(json, "rows_read", report->n_rows_read);
    cli_json_count(json, "rows_kept", report->n_rows_kept);
    cli_json_begin(json, "rows_rejected", '{');
    for (int r = 0; r < EH_N_REJECT_REASONS; r++)
        if (report->n_rows_rejected[r])
            cli_json_count(json, eh_reject_reason_name((eh_reject_reason)r), report->n_rows_rejected[r]);
    cli_json_end(json, '}');
    if (n_duplicates) cli_json_count(json, "duplicates", *n_duplicates);
    cli_json_count(json, "time_precision_us", (uint64_t)report->time_precision_us);
    cli_json_bool(json, "truncated", report->is_truncated);
    cli_json_text(json, "note", report->note);
    cli_json_end(json, '}');
}

eh_status cli_check_kept(const char *path, const eh_ingest_report *report, uint64_t n_kept, eh_error *err)
{
    if (n_kept) return EH_OK;
    eh_reject_reason most = most_often(report);
    if (!report->n_rows_read)
        return eh_fail_at(err, EH_E_FORMAT, path, -1, -1, "holds no rows (read as %s); there is nothing to compare",
                          report->format);
    return eh_fail_at(err, EH_E_FORMAT, path, -1, -1,
                      "none of %llu rows could be kept (read as %s; most often: %s); 'evenhand import' keeps the "
                      "rejected rows with their places, 'evenhand export INV rejects -o FILE' lists them%s",
                      (unsigned long long)report->n_rows_read, report->format, eh_reject_reason_name(most),
                      most == EH_REJECT_TIME_FORMAT ? "; a time is read when written as " SPELLINGS_OF_TIME : "");
}

/* --- what was found -------------------------------------------------------------------------------------------- */

void cli_print_run(FILE *to, const eh_run_summary *run)
{
    char count[32];
    fprintf(to, "accounts  %s:", cli_grouped(run->n_accounts, count));
    for (int f = EH_FINDING_STRONG; f >= EH_FINDING_INSUFFICIENT_DATA; f--)
        fprintf(to, " %s %s%s", cli_grouped(run->n_findings[f], count),
                f == EH_FINDING_INSUFFICIENT_DATA ? "insufficient data" : eh_finding_name((eh_finding)f),
                f == EH_FINDING_INSUFFICIENT_DATA ? "\n" : ",");
    fprintf(to, "listed    %s accounts", cli_grouped(run->n_listed_accounts, count));
    fprintf(to, " in %s networks", cli_grouped(run->n_networks, count));
    fprintf(to, ", %s pairs", cli_grouped(run->n_listed_pairs, count));
    fprintf(to, ", %s co-actions as evidence\n", cli_grouped(run->n_evidence, count));
    fprintf(to, "run       %s%s\n", run->run_id, run->was_known ? " (known already; nothing was computed)" : "");
}

void cli_json_run(cli_json *json, const eh_run_summary *run)
{
    cli_json_begin(json, "run", '{');
    cli_json_text(json, "run_id", run->run_id);
    cli_json_bool(json, "was_known", run->was_known);
    cli_json_count(json, "accounts", run->n_accounts);
    cli_json_count(json, "listed_accounts", run->n_listed_accounts);
    cli_json_begin(json, "findings", '{');
    for (int f = EH_FINDING_STRONG; f >= EH_FINDING_INSUFFICIENT_DATA; f--)
        cli_json_count(json, eh_finding_name((eh_finding)f), run->n_findings[f]);
    cli_json_end(json, '}');
    cli_json_count(json, "edges", run->n_edges);
    cli_json_count(json, "listed_pairs", run->n_listed_pairs);
    cli_json_count(json, "networks", run->n_networks);
    cli_json_count(json, "evidence", run->n_evidence);
    cli_json_end(json, '}');
}
