/* Tables as text: header, choice of the format, first pass over the first rows, then all rows. */
#include "ingest/csv_scan.h"
#include "ingest/reader.h"

static eh_status read_header(eh_reader *r, eh_csv *csv, eh_columns *columns, eh_error *err)
{
    EH_TRY(eh_csv_sniff(csv, err));
    eh_csv_outcome outcome = EH_CSV_END;
    EH_TRY(eh_csv_next(csv, &outcome, err));
    if (outcome == EH_CSV_END)
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, -1,
                          "holds blank lines only; check that it was copied or downloaded whole");
    if (outcome != EH_CSV_RECORD)
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, 0,
                          "its first line cannot be read as a CSV header: a quote does not close, or the line is longer "
                          "than 16 MiB; give a file whose first line names the columns");
    if (!eh_utf8_is_valid(csv->record))
        return eh_fail_at(err, EH_E_FORMAT, r->path, -1, 0,
                          "its first line is not UTF-8 text; convert the file first, for example: "
                          "iconv -f LATIN1 -t UTF-8 FILE > FILE.utf8.csv");
    return eh_columns_set(columns, csv->fields, csv->n_fields, err);
}

static eh_status read_record(eh_reader *r, const eh_csv *csv, size_t n_columns, eh_error *err)
{
    eh_str cells[EH_N_FIELDS];
    if (csv->n_fields != n_columns) return eh_reader_reject(r, EH_REJECT_MALFORMED, err);
    /* Where a compressed file ends early, the last row may have lost the end of its last field. */
    if (csv->is_cut && r->window.is_end && eh_source_is_truncated(r->source))
        return eh_reader_reject(r, EH_REJECT_MALFORMED, err);
    if (!eh_utf8_is_valid(csv->record)) return eh_reader_reject(r, EH_REJECT_ENCODING, err);
    for (int field = 0; field < EH_N_FIELDS; field++) {
        int column = r->column_of[field];
        cells[field] = column < 0 ? (eh_str){NULL, 0} : csv->fields[column];
    }
    return r->format->on_row(r, cells, err);
}

/* Reads on to the end, or while sampling until enough was seen. */
static eh_status read_records(eh_reader *r, eh_csv *csv, size_t n_columns, eh_error *err)
{
    while (!r->is_sampling || !eh_reader_has_sampled_enough(r)) {
        eh_csv_outcome outcome = EH_CSV_END;
        EH_TRY(eh_csv_next(csv, &outcome, err));
        if (outcome == EH_CSV_END) break;
        r->row_text = csv->record;
        r->row_byte = csv->byte;
        if (outcome == EH_CSV_MALFORMED)
            EH_TRY(eh_reader_reject(r, EH_REJECT_MALFORMED, err));
        else if (outcome == EH_CSV_TOO_LONG)
            EH_TRY(eh_reader_reject(r, EH_REJECT_TOO_LONG, err));
        else
            EH_TRY(read_record(r, csv, n_columns, err));
        EH_TRY(eh_reader_breathe(r, err));
    }
    return EH_OK;
}

static eh_status read_table(eh_reader *r, eh_csv *csv, eh_columns *columns, eh_error *err)
{
    EH_TRY(read_header(r, csv, columns, err));
    EH_TRY(eh_choose_for_columns(r, columns, err));
    if (csv->delimiter != ',')
        eh_reader_note(r, csv->delimiter == '\t' ? "columns are parted by tabs" : "columns are parted by '%c'", csv->delimiter);
    eh_window_pin(&r->window);
    r->is_sampling = true;
    EH_TRY(read_records(r, csv, columns->n, err));
    eh_reader_end_sample(r);
    eh_window_rewind(&r->window);
    return read_records(r, csv, columns->n, err);
}

eh_status eh_read_csv(eh_reader *r, eh_error *err)
{
    eh_csv csv;
    eh_columns columns = {.ctx = r->ctx};
    eh_csv_init(&csv, r->ctx, &r->window);
    eh_status status = read_table(r, &csv, &columns, err);
    eh_columns_release(&columns);
    eh_csv_release(&csv);
    return status;
}
