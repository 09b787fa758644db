/* Progress on standard error: one line that is rewritten on a terminal, or a JSON line a second for programs. */
#include "cli/cli.h"

#include <time.h>
#include <unistd.h>

/* What is on the screen belongs to the process, so there is one of it. */
static struct {
    bool is_line, is_json, is_shown;
    char stage[64];
    int64_t start_ms, stage_start_ms, shown_ms;
} progress;

static int64_t now_ms(void)
{
    struct timespec now;
    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cli_progress_start(const cli_common *common)
{
    progress.start_ms = progress.stage_start_ms = now_ms();
    progress.shown_ms = INT64_MIN / 2;
    progress.is_json = common->progress == CLI_PROGRESS_JSON;
    progress.is_line = common->progress == CLI_PROGRESS_AUTO && !common->is_quiet && isatty(STDERR_FILENO);
}

/* Seconds left in the stage, or -1 while that cannot be told. */
static double left_s(int64_t now, uint64_t n_done, uint64_t n_total)
{
    int64_t spent_ms = now - progress.stage_start_ms;
    if (n_done == 0 || n_total <= n_done || spent_ms < 500) return n_total && n_total <= n_done ? 0 : -1;
    return (double)spent_ms / 1000.0 * (double)(n_total - n_done) / (double)n_done;
}

static void show_json(int64_t now, uint64_t n_done, uint64_t n_total)
{
    double left = left_s(now, n_done, n_total);
    fprintf(stderr, "{\"stage\":\"%s\",\"done\":%llu,\"total\":%llu,\"elapsed_s\":%.1f", progress.stage,
            (unsigned long long)n_done, (unsigned long long)n_total, (double)(now - progress.start_ms) / 1000.0);
    if (left >= 0)
        fprintf(stderr, ",\"eta_s\":%.1f}\n", left);
    else
        fputs(",\"eta_s\":null}\n", stderr);
}

static void show_line(int64_t now, uint64_t n_done, uint64_t n_total)
{
    char count[32];
    double left = left_s(now, n_done, n_total);
    fprintf(stderr, "\r\033[K%s", progress.stage);
    if (n_total)
        fprintf(stderr, " %3.0f %%", 100.0 * (double)n_done / (double)n_total);
    else
        fprintf(stderr, " %s", cli_grouped(n_done, count));
    if (left >= 90)
        fprintf(stderr, ", %.0f min left", left / 60);
    else if (left >= 0.5)
        fprintf(stderr, ", %.0f s left", left);
    (void)fflush(stderr);
    progress.is_shown = true;
}

void cli_progress_report(void *data, const char *stage, uint64_t n_done, uint64_t n_total)
{
    (void)data;
    if (!progress.is_line && !progress.is_json) return;
    int64_t now = now_ms();
    if (strncmp(progress.stage, stage, sizeof progress.stage - 1) != 0) {
        (void)snprintf(progress.stage, sizeof progress.stage, "%s", stage);
        for (char *c = progress.stage; *c; c++)
            if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ') *c = ' ';
        progress.stage_start_ms = now;
    }
    if (now - progress.shown_ms < (progress.is_json ? 1000 : 100)) return;
    progress.shown_ms = now;
    if (progress.is_json)
        show_json(now, n_done, n_total);
    else
        show_line(now, n_done, n_total);
}

void cli_progress_end(void)
{
    if (!progress.is_shown) return;
    fputs("\r\033[K", stderr);
    (void)fflush(stderr);
    progress.is_shown = false;
}
