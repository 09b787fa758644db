/*
 * The constant Potts model: igraph's Leiden maximises sum over communities of (links inside - gamma * pairs inside),
 * here with every link and vertex counting one. So a community holds together where more than a share gamma of its
 * possible pairs are linked, and two are kept apart where fewer are: a rule that can be said in words and that has no
 * resolution limit. (Modularity was tried first: it cuts a ring in which 188 of 190 pairs are listed into three.)
 *
 * igraph 0.10 (IGRAPH_THREAD_SAFE 0 on Debian) has one error handler, one interruption handler and one default
 * generator for the whole process: all three are set, used and put back under a lock.
 *
 * Traag, Waltman & van Eck, Scientific Reports 9:5233, 2019, doi:10.1038/s41598-019-41695-z.
 */
#include "networks/leiden.h"

#include <igraph.h>
#include <pthread.h>

enum { n_most_iterations = 50 };
static const double least_density = 0.1;

static pthread_mutex_t igraph_lock = PTHREAD_MUTEX_INITIALIZER;

typedef struct workspace {
    igraph_t graph;
    igraph_rng_t rng;
    igraph_vector_int_t ends, membership;
    bool has_graph, has_rng, has_ends, has_membership;
} workspace;

static void clear(workspace *w)
{
    if (w->has_graph) igraph_destroy(&w->graph);
    if (w->has_rng) igraph_rng_destroy(&w->rng);
    if (w->has_ends) igraph_vector_int_destroy(&w->ends);
    if (w->has_membership) igraph_vector_int_destroy(&w->membership);
}

/* The handler that returns: igraph then hands its error code to us. */
static void keep_quiet(const char *reason, const char *file, int line, igraph_error_t code)
{
    (void)reason;
    (void)file;
    (void)line;
    (void)code;
    IGRAPH_FINALLY_FREE();
}

static void no_warning(const char *reason, const char *file, int line)
{
    (void)reason;
    (void)file;
    (void)line;
}

static igraph_error_t load(workspace *w, uint32_t n_vertices, const eh_link *links, size_t n_links, uint64_t seed)
{
    igraph_integer_t n = (igraph_integer_t)n_vertices, n_ends = 2 * (igraph_integer_t)n_links;
    igraph_error_t code = igraph_vector_int_init(&w->ends, n_ends);
    if (!(w->has_ends = code == IGRAPH_SUCCESS)) return code;
    code = igraph_vector_int_init(&w->membership, n);
    if (!(w->has_membership = code == IGRAPH_SUCCESS)) return code;
    for (size_t i = 0; i < n_links; i++) {
        VECTOR(w->ends)[2 * i] = links[i].from;
        VECTOR(w->ends)[2 * i + 1] = links[i].to;
    }
    code = igraph_create(&w->graph, &w->ends, n, IGRAPH_UNDIRECTED);
    if (!(w->has_graph = code == IGRAPH_SUCCESS)) return code;
    code = igraph_rng_init(&w->rng, &igraph_rngtype_pcg64);
    if (code != IGRAPH_SUCCESS) code = igraph_rng_init(&w->rng, &igraph_rngtype_mt19937);
    if (!(w->has_rng = code == IGRAPH_SUCCESS)) return code;
    return igraph_rng_seed(&w->rng, (igraph_uint_t)seed);
}

/* One iteration at a time, so that a cancellation is heard and the end is ours to see. */
static igraph_error_t iterate(eh_context *ctx, workspace *w)
{
    igraph_real_t before = 0, quality = 0;
    for (int i = 0; i < n_most_iterations && !eh_context_is_cancelled(ctx); i++) {
        igraph_error_t code = igraph_community_leiden(&w->graph, NULL, NULL, least_density, 0.01, /* start = */ i > 0, 1,
                                                      &w->membership, NULL, &quality);
        if (code != IGRAPH_SUCCESS) return code;
        if (i > 0 && quality <= before + 1e-6) return IGRAPH_SUCCESS;
        before = quality;
    }
    return IGRAPH_SUCCESS;
}

static eh_status run(eh_context *ctx, uint32_t n_vertices, const eh_link *links, size_t n_links, uint64_t seed,
                     uint32_t *membership, eh_error *err)
{
    workspace w = {0};
    igraph_rng_t *rng_before = igraph_rng_default();
    igraph_error_t code = load(&w, n_vertices, links, n_links, seed);
    if (code == IGRAPH_SUCCESS) {
        igraph_rng_set_default(&w.rng);
        code = iterate(ctx, &w);
        igraph_rng_set_default(rng_before);
    }
    for (uint32_t i = 0; code == IGRAPH_SUCCESS && i < n_vertices; i++)
        membership[i] = (uint32_t)VECTOR(w.membership)[i];
    clear(&w);
    if (eh_context_is_cancelled(ctx)) return eh_fail(err, EH_E_CANCELLED, "cancelled while networks were sought");
    if (code == IGRAPH_ENOMEM) return eh_fail(err, EH_E_NOMEM, "out of memory while networks were sought");
    if (code != IGRAPH_SUCCESS)
        return eh_fail(err, EH_E_INVALID, "networks could not be found: %s", igraph_strerror(code));
    return EH_OK;
}

eh_status eh_leiden(eh_context *ctx, uint32_t n_vertices, const eh_link *links, size_t n_links, uint64_t seed,
                    uint32_t *membership, eh_error *err)
{
    eh_error local = EH_ERROR_INIT;
    if (!err) err = &local;
    /* Measured on graphs of 20 thousand to 1 million vertices: 75 bytes a link and 225 a vertex. The block is never
     * touched, so it costs address space only. */
    void *held = eh_alloc(ctx, 1, (size_t)n_vertices * 300 + n_links * 100, err);
    if (!held) return err->status;
    pthread_mutex_lock(&igraph_lock);
    igraph_error_handler_t *error_before = igraph_set_error_handler(keep_quiet);
    igraph_warning_handler_t *warning_before = igraph_set_warning_handler(no_warning);
    eh_status status = run(ctx, n_vertices, links, n_links, seed, membership, err);
    (void)igraph_set_warning_handler(warning_before);
    (void)igraph_set_error_handler(error_before);
    pthread_mutex_unlock(&igraph_lock);
    eh_free(ctx, held);
    return status;
}
