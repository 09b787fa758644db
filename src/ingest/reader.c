#include "ingest/reader.h"

#include "ingest/id_text.h"

#include <stdarg.h>
#include <stdio.h>

enum { report_step_size = 1 << 20 };

eh_post eh_reader_new_post(eh_reader *r)
{
    eh_list_clear(&r->urls);
    eh_list_clear(&r->hashtags);
    eh_list_clear(&r->mentions);
    eh_list_clear(&r->media);
    eh_post post = {0};
    post.time_us = post.target_time_us = post.account_created_us = EH_NO_TIME;
    post.byte = r->row_byte;
    return post;
}

int64_t eh_reader_birthday(eh_str text)
{
    eh_time_value value;
    if (!eh_time_parse(text, &value) || value.is_small) return EH_NO_TIME;
    return value.time_us >= EH_TIME_FIRST_US && value.time_us < EH_TIME_END_US ? value.time_us : EH_NO_TIME;
}

void eh_reader_note(eh_reader *r, const char *format, ...)
{
    char *note = r->report->note;
    size_t used = strlen(note), room = sizeof r->report->note - used;
    if (used && room > 2) {
        memcpy(note + used, "; ", 3);
        used += 2;
        room -= 2;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(note + used, room, format, args);
    va_end(args);
}

/* ---- rejected rows ------------------------------------------------------------------------ */

eh_status eh_reader_reject(eh_reader *r, eh_reject_reason reason, eh_error *err)
{
    if (r->is_sampling) return EH_OK;
    r->report->n_rows_read++;
    r->report->n_rows_rejected[reason]++;
    if (!r->sink->reject) return EH_OK;
    char excerpt[eh_excerpt_capacity];
    eh_reject reject = {(int64_t)r->report->n_rows_read, r->row_byte, reason, eh_excerpt_of(r->row_text, excerpt)};
    return r->sink->reject(r->sink->data, &reject, err);
}

/* ---- checks of a post --------------------------------------------------------------------- */

/* EH_N_REJECT_REASONS when the ids are fine. */
static eh_reject_reason check_ids(const eh_post *post)
{
    bool is_id_object = post->is_row && (post->behaviour == EH_REPOST || post->behaviour == EH_REPLY);
    const eh_str ids[] = {post->account, post->post, post->target_post, post->target_account, post->reply_to,
                          is_id_object ? post->object : (eh_str){NULL, 0}};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (eh_id_is_damaged(ids[i])) return EH_REJECT_DAMAGED_ID;
        if (eh_id_has_nul(ids[i])) return EH_REJECT_MALFORMED;
    }
    return post->account.size ? EH_N_REJECT_REASONS : EH_REJECT_NO_ACCOUNT;
}

static void set_time_format(eh_reader *r, eh_time_format format)
{
    r->time_format = format;
    (void)snprintf(r->report->time_format, sizeof r->report->time_format, "%s", eh_time_format_name(format));
}

/* Reads the time as this file writes it; EH_N_REJECT_REASONS when it is good. */
static eh_reject_reason check_time(eh_reader *r, eh_str text, eh_time_value *value)
{
    if (eh_text_is_missing(text)) return EH_REJECT_NO_TIME;
    if (!eh_time_parse(text, value)) return EH_REJECT_TIME_FORMAT;
    bool is_number = value->format >= EH_TIME_EPOCH_S && value->format <= EH_TIME_EPOCH_US;
    bool is_number_file = r->time_format >= EH_TIME_EPOCH_S && r->time_format <= EH_TIME_EPOCH_US;
    /* Around 0 the unit cannot be told from the magnitude: such numbers are out of range in any unit. */
    if (is_number && is_number_file && value->is_small)
        return r->is_relative && value->time_us >= 0 ? EH_N_REJECT_REASONS : EH_REJECT_TIME_RANGE;
    /* The first rows had no time at all (one was longer than all that is looked at): the first time decides. */
    if (r->time_format == EH_TIME_UNKNOWN && !value->is_small && value->format != EH_TIME_DATE)
        set_time_format(r, value->format);
    if (value->format != r->time_format) return EH_REJECT_TIME_FORMAT;
    bool is_in_range = value->time_us >= EH_TIME_FIRST_US && value->time_us < EH_TIME_END_US;
    return is_in_range ? EH_N_REJECT_REASONS : EH_REJECT_TIME_RANGE;
}

/* The id of an X post is made a little finer than its time column: the column must be the id's time cut down to the
 * step of the file, else the id is none of the platform's and the column stands. */
static bool refine_time(const eh_reader *r, const eh_time_value *value, eh_post *post)
{
    int64_t id_time_us = eh_id_snowflake_us(post->post);
    if (id_time_us == EH_TIME_NONE || r->sample.step_us < EH_SECOND_US) return false;
    bool is_minute = !value->has_seconds || r->sample.step_us == EH_MINUTE_US;
    int64_t step_us = is_minute ? EH_MINUTE_US : EH_SECOND_US;
    if (id_time_us < value->time_us || id_time_us >= value->time_us + step_us) return false;
    post->time_us = id_time_us;
    return true;
}

/* Ids tell milliseconds unless who published the archive has cut them. */
static void note_refined(eh_reader *r, int64_t time_us)
{
    if (r->report->n_times_refined++ == 0) r->first_refined_us = time_us;
    else if (time_us != r->first_refined_us) r->refined_step_us = eh_time_step_us(r->refined_step_us, time_us - r->first_refined_us);
}

static void set_times(eh_reader *r, const eh_time_value *value, eh_post *post)
{
    eh_ingest_report *report = r->report;
    post->time_us = value->time_us;
    r->read_step_us = eh_time_step_us(r->read_step_us, value->time_us);
    if (!value->has_zone) r->has_time_without_zone = true;
    if (r->format->has_snowflakes) {
        if (refine_time(r, value, post)) note_refined(r, post->time_us);
        int64_t target_us = post->target_post.size ? eh_id_snowflake_us(post->target_post) : EH_TIME_NONE;
        /* A post cannot be older than what it repeats; a minute for columns that are cut to minutes. */
        if (target_us != EH_TIME_NONE && target_us < post->time_us + EH_MINUTE_US) post->target_time_us = target_us;
    }
    bool is_first = report->n_rows_kept == 0;
    if (is_first || post->time_us < report->first_time_us) report->first_time_us = post->time_us;
    if (is_first || post->time_us > report->last_time_us) report->last_time_us = post->time_us;
}

static void attach_lists(const eh_reader *r, eh_post *post)
{
    post->urls = r->urls.items;
    post->n_urls = r->urls.n;
    post->hashtags = r->hashtags.items;
    post->n_hashtags = r->hashtags.n;
    post->mentions = r->mentions.items;
    post->n_mentions = r->mentions.n;
    post->media = r->media.items;
    post->n_media = r->media.n;
}

static void sample_time(eh_reader *r, eh_str time_text)
{
    eh_time_value value;
    r->n_sampled++;
    if (!eh_text_is_missing(time_text) && eh_time_parse(time_text, &value)) eh_time_detector_add(&r->sample, &value);
}

eh_status eh_reader_post(eh_reader *r, eh_post *post, eh_str time_text, eh_error *err)
{
    if (r->is_sampling) {
        sample_time(r, time_text);
        return EH_OK;
    }
    eh_time_value value;
    eh_reject_reason reason = check_ids(post);
    if (reason == EH_N_REJECT_REASONS) reason = check_time(r, time_text, &value);
    if (reason != EH_N_REJECT_REASONS) return eh_reader_reject(r, reason, err);
    set_times(r, &value, post);
    attach_lists(r, post);
    r->report->n_rows_read++;
    r->report->n_rows_kept++;
    post->row = (int64_t)r->report->n_rows_read;
    return r->sink->post ? r->sink->post(r->sink->data, post, err) : EH_OK;
}

/* ---- the run ------------------------------------------------------------------------------ */

bool eh_reader_has_sampled_enough(const eh_reader *r)
{
    return r->n_sampled >= eh_sample_n_rows || r->window.pos - r->window.pin >= eh_sample_size;
}

void eh_reader_end_sample(eh_reader *r)
{
    r->is_sampling = false;
    set_time_format(r, eh_time_detector_format(&r->sample));
    r->is_relative = eh_time_detector_is_relative(&r->sample);
    if (r->is_relative) eh_reader_note(r, "times are small numbers: taken as seconds since the start of the recording");
}

eh_status eh_reader_breathe(eh_reader *r, eh_error *err)
{
    if (eh_context_is_cancelled(r->ctx)) return eh_fail_at(err, EH_E_CANCELLED, r->path, -1, -1, "stopped on request");
    uint64_t done_size = eh_source_done_size(r->source);
    if (done_size - r->reported_size < report_step_size) return EH_OK;
    r->reported_size = done_size;
    eh_context_report(r->ctx, "reading", done_size, eh_source_file_size(r->source));
    return EH_OK;
}
