/**
 * @file ingest_helper.h  Ingests bytes that a test holds in memory and writes down, line by line, what came out.
 *
 * A kept row:   "1 ada/p1 repost >t1@bob ~r1 1000 [links] [hashtags] [mentions] [media] text"
 * A rejected:   "2 malformed"
 */
#ifndef EH_TESTS_INGEST_HELPER_H
#define EH_TESTS_INGEST_HELPER_H

#include "check.h"
#include "evenhand/ingest.h"

#include <stdarg.h>
#include <unistd.h>

typedef struct ingested {
    eh_status status;
    eh_error err;
    eh_ingest_report report;
    char log[16384]; /* cut off when full */
    size_t log_size;
    eh_post last; /* its strings are stale; numbers only */
} ingested;

static inline void log_add(ingested *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void log_add(ingested *in, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t room = sizeof in->log - in->log_size;
    int n = vsnprintf(in->log + in->log_size, room, format, args);
    va_end(args);
    if (n > 0) in->log_size += (size_t)n < room ? (size_t)n : room - 1;
}

static inline void log_str(ingested *in, const char *before, eh_str s)
{
    if (!s.size) return;
    log_add(in, "%s", before);
    for (size_t i = 0; i < s.size && i < 200; i++) log_add(in, "%c", s.data[i] ? s.data[i] : '0');
}

static inline void log_list(ingested *in, const char *name, const eh_str *items, uint32_t n)
{
    if (n == 0) return;
    log_add(in, " %s[", name);
    for (uint32_t i = 0; i < n; i++) log_str(in, i ? "," : "", items[i]);
    log_add(in, "]");
}

static inline eh_status log_post(void *data, const eh_post *p, eh_error *err)
{
    (void)err;
    ingested *in = data;
    in->last = *p;
    log_add(in, "%d", (int)p->row);
    log_str(in, " ", p->account);
    log_str(in, "/", p->post);
    log_add(in, " %s", p->is_row ? eh_behaviour_name(p->behaviour) : eh_post_kind_name(p->kind));
    if (p->is_row) {
        log_add(in, " =");
        log_str(in, "", p->object);
    }
    log_str(in, " >", p->target_post);
    log_str(in, " @", p->target_account);
    log_str(in, " ~", p->reply_to);
    log_add(in, " %lld", (long long)p->time_us);
    log_list(in, "u", p->urls, p->n_urls);
    log_list(in, "h", p->hashtags, p->n_hashtags);
    log_list(in, "m", p->mentions, p->n_mentions);
    log_list(in, "x", p->media, p->n_media);
    log_str(in, " ", p->text);
    log_add(in, "\n");
    return EH_OK;
}

static inline eh_status log_reject(void *data, const eh_reject *reject, eh_error *err)
{
    (void)err;
    ingested *in = data;
    CHECK(reject->excerpt.size <= 200);
    log_add(in, "%d %s\n", (int)reject->row, eh_reject_reason_name(reject->reason));
    return EH_OK;
}

static inline uint64_t n_rejected(const eh_ingest_report *report)
{
    uint64_t n = 0;
    for (int i = 0; i < EH_N_REJECT_REASONS; i++) n += report->n_rows_rejected[i];
    return n;
}

static inline void ingest_path(eh_context *ctx, const char *path, const eh_ingest_options *options, ingested *in)
{
    *in = (ingested){.err = EH_ERROR_INIT};
    const eh_ingest_sink sink = {in, log_post, log_reject};
    in->status = eh_ingest_file(ctx, path, options, &sink, &in->report, &in->err);
    CHECK_EQ_INT(in->report.n_rows_read, in->report.n_rows_kept + n_rejected(&in->report));
    CHECK((in->status == EH_OK) == (in->err.message[0] == 0));
    CHECK_EQ_INT(eh_context_memory_used_size(ctx), 0);
}

/* A temporary file with these bytes; the caller unlinks it. */
static inline void write_file(char path[64], const void *bytes, size_t size)
{
    strcpy(path, "/tmp/evenhand-test-XXXXXX");
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)bytes + done, size - done);
        CHECK(n > 0);
        done += (size_t)n;
    }
    CHECK(close(fd) == 0);
}

static inline void ingest_bytes(const void *bytes, size_t size, const eh_ingest_options *options, ingested *in)
{
    eh_context *ctx = NULL;
    char path[64];
    CHECK(eh_context_new(NULL, &ctx, NULL) == EH_OK);
    write_file(path, bytes, size);
    ingest_path(ctx, path, options, in);
    CHECK(unlink(path) == 0);
    eh_context_free(ctx);
}

static inline void ingest_text(const char *text, ingested *in) { ingest_bytes(text, strlen(text), NULL, in); }

/* maps: "account=a time=t". */
static inline void ingest_mapped(const char *text, const char *maps, ingested *in)
{
    eh_column_map list[20];
    eh_ingest_options options = eh_ingest_options_default();
    options.maps = list;
    while (*maps) {
        size_t size = strcspn(maps, " "), field = strcspn(maps, "=");
        list[options.n_maps++] = (eh_column_map){{maps, field}, {maps + field + 1, size - field - 1}};
        maps += size;
        maps += strspn(maps, " ");
    }
    ingest_bytes(text, strlen(text), &options, in);
}

/* The text gives exactly this log. */
#define CHECK_LOG(in, wanted)                                                                      \
    do {                                                                                           \
        CHECK_OK((in).status, (in).err);                                                           \
        CHECK_EQ_STR((in).log, (wanted));                                                          \
    } while (0)

/* It failed with this status, and the message holds this word. */
#define CHECK_FAILS(in, wanted_status, word)                                                       \
    do {                                                                                           \
        CHECK_EQ_INT((in).status, (wanted_status));                                                \
        if (!strstr((in).err.message, (word))) CHECK_EQ_STR((in).err.message, (word));             \
    } while (0)

#endif
