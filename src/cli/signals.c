/*
 * Ctrl-C. The first SIGINT or SIGTERM asks the library to stop; it then unwinds, removes what it wrote aside and main
 * exits with 130. The contract is one second: where the library is inside a call that does not look up in time
 * (a long sort or COPY of the database), the alarm ends the process. Databases recover from their own log, and
 * files aside are never under their final name.
 */
#include "cli/cli.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

enum { MOST_ASIDE = 8, PATIENCE_MS = 800, INTERRUPTED = 130 };

/* Handlers have nothing but globals. */
static eh_context *volatile watched;
static volatile sig_atomic_t n_asked;
static const char *volatile aside[MOST_ASIDE];
static volatile sig_atomic_t n_aside;

static void end_now(void)
{
    for (int i = 0; i < n_aside; i++) (void)unlink(aside[i]);
    _exit(INTERRUPTED);
}

static void set_alarm(int ms)
{
    const struct itimerval after = {.it_value = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000}};
    (void)setitimer(ITIMER_REAL, &after, NULL);
}

static void on_interrupt(int number)
{
    (void)number;
    if (n_asked || !watched) end_now();
    n_asked = 1;
    eh_context_cancel(watched);
    set_alarm(PATIENCE_MS);
}

static void on_alarm(int number)
{
    (void)number;
    end_now();
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    (void)sigemptyset(&action.sa_mask);
    if (handler == on_interrupt) action.sa_flags = SA_RESTART;
    (void)sigaction(number, &action, NULL);
}

void cli_signals_watch(eh_context *ctx)
{
    watched = ctx;
    handle(SIGINT, on_interrupt);
    handle(SIGTERM, on_interrupt);
    handle(SIGALRM, on_alarm);
    handle(SIGPIPE, SIG_DFL); /* a reader that has seen enough ends us quietly */
}

void cli_signals_forget(void)
{
    set_alarm(0);
    handle(SIGINT, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
    watched = NULL;
}

void cli_aside_add(const char *path)
{
    if (n_aside >= MOST_ASIDE) return;
    aside[n_aside] = path;
    n_aside++;
}

void cli_aside_of(const char *path)
{
    static char name[4096];
    int size = snprintf(name, sizeof name, "%s.partial-%ld", path, (long)getpid());
    if (size > 0 && (size_t)size < sizeof name) cli_aside_add(name);
}

void cli_aside_clear(void)
{
    n_aside = 0;
}
