/* The CSV scanner: it always advances, stays inside its bytes, and sees the same records when it reads them twice. */
#include "fuzz_file.h"

#include "ingest/csv_scan.h"

typedef struct tally {
    uint64_t n_records, n_fields, n_bad;
    size_t total_size;
} tally;

static tally scan_all(eh_window *window, eh_csv *csv, size_t size)
{
    tally t = {0};
    int64_t last_byte = -1;
    for (;;) {
        eh_csv_outcome outcome;
        FUZZ_CHECK(eh_csv_next(csv, &outcome, NULL) == EH_OK);
        if (outcome == EH_CSV_END) break;
        FUZZ_CHECK(csv->byte > last_byte && (size_t)csv->byte < size);
        last_byte = csv->byte;
        if (outcome != EH_CSV_RECORD) {
            t.n_bad++;
            continue;
        }
        FUZZ_CHECK(csv->n_fields > 0 && csv->record.size <= size);
        t.n_records++;
        t.n_fields += csv->n_fields;
        for (size_t i = 0; i < csv->n_fields; i++) {
            FUZZ_CHECK(csv->fields[i].data && csv->fields[i].size <= csv->record.size);
            t.total_size += csv->fields[i].size;
        }
    }
    FUZZ_CHECK(window->pos == window->end && t.total_size <= size);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > (1 << 16)) return 0;
    eh_source *source = NULL;
    if (eh_source_open(NULL, fuzz_file(data, size), &source, NULL) != EH_OK) return 0;
    if (strcmp(eh_source_compression(source), "none") == 0) {
        eh_window window = {.source = source};
        eh_csv csv;
        eh_csv_init(&csv, NULL, &window);
        FUZZ_CHECK(eh_csv_sniff(&csv, NULL) == EH_OK);
        eh_window_pin(&window);
        tally first = scan_all(&window, &csv, size);
        eh_window_rewind(&window);
        tally second = scan_all(&window, &csv, size);
        FUZZ_CHECK(first.n_records == second.n_records && first.n_fields == second.n_fields);
        FUZZ_CHECK(first.n_bad == second.n_bad && first.total_size == second.total_size);
        eh_csv_release(&csv);
        eh_window_release(&window);
    }
    eh_source_close(source);
    return 0;
}
