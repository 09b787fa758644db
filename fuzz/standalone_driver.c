/*
 * Runs a fuzz target over its corpus as an ordinary test, with any compiler: the empty input, then every file, whole
 * and cut in half. Each input is an exact heap block, so that ASan sees a read beyond it.
 * Usage: fuzz_x DIRECTORY|FILE...
 */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

static int n_inputs;

static void give(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) exit(1);
    if (size) memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_file(const char *path)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &info) != 0 || info.st_size < 0) {
        perror(path);
        exit(1);
    }
    size_t size = (size_t)info.st_size;
    uint8_t *data = malloc(size ? size : 1);
    if (!data || fread(data, 1, size, file) != size) {
        fprintf(stderr, "%s: cannot read\n", path);
        exit(1);
    }
    fclose(file);
    printf("%s (%zu bytes)\n", path, size);
    fflush(stdout);
    give(data, size);
    give(data, size / 2);
    free(data);
    n_inputs++;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_directory(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, is_visible, alphasort);
    if (n < 0) {
        perror(path);
        exit(1);
    }
    for (int i = 0; i < n; i++) {
        char file[4096];
        int size = snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (size < 0 || (size_t)size >= sizeof file) {
            fprintf(stderr, "%s: the path is too long\n", path);
            exit(1);
        }
        run_file(file);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    give((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) != 0) {
            perror(argv[i]);
            return 1;
        }
        if (S_ISDIR(info.st_mode))
            run_directory(argv[i]);
        else
            run_file(argv[i]);
    }
    if (!n_inputs) {
        fprintf(stderr, "the corpus is empty\n");
        return 1;
    }
    printf("%d inputs\n", n_inputs);
    return 0;
}
