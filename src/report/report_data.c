#include "report/report_data.h"

/* A chain of blocks: strings and arrays are never freed one by one. */
typedef struct eh_report_block {
    struct eh_report_block *next;
    size_t used_size, size;
    _Alignas(16) char bytes[];
} eh_report_block;

enum { block_size = 1 << 16 };

void *eh_report_room(eh_report_data *data, size_t count, size_t size, eh_error *err)
{
    if (size && count > (SIZE_MAX / 4) / size) {
        (void)eh_fail(err, EH_E_LIMIT, "the report would need too much memory");
        return NULL;
    }
    size_t need = (count * size + 15) / 16 * 16;
    if (need == 0) need = 16;
    eh_report_block *block = data->blocks;
    if (!block || block->size - block->used_size < need) {
        size_t new_size = need > block_size ? need : block_size;
        block = eh_alloc(data->ctx, 1, sizeof *block + new_size, err);
        if (!block) return NULL;
        block->size = new_size;
        block->next = data->blocks;
        data->blocks = block;
    }
    void *room = block->bytes + block->used_size;
    block->used_size += need;
    return room;
}

eh_status eh_report_keep(eh_report_data *data, eh_str text, eh_str *out, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    char *copy = eh_report_room(data, text.size, 1, err);
    if (!copy) return err->status;
    if (text.size) memcpy(copy, text.data, text.size);
    *out = (eh_str){copy, text.size};
    return EH_OK;
}

void eh_report_data_release(eh_report_data *data)
{
    while (data->blocks) {
        eh_report_block *next = data->blocks->next;
        eh_free(data->ctx, data->blocks);
        data->blocks = next;
    }
    *data = (eh_report_data){0};
}
