/*
 * Listed accounts and the ties between them as GEXF 1.3 or GraphML, for Gephi and the like. Plain numbers and
 * strings only. One edge per pair: weight = objects shared in time over its listed behaviours, else what another leg counts.
 */
#include "investigation/cell_text.h"
#include "investigation/investigation_private.h"

typedef struct attribute {
    const char *id, *name, *gexf_type, *graphml_type;
} attribute;

/* Columns of the node query after the id, and of the edge query after the two ids and the weight. */
static const attribute node_attributes[] = {
    {"finding", "finding", "string", "string"},
    {"network", "network", "string", "string"},
    {"q_value", "q_value", "double", "double"},
    {"n_actions", "n_actions", "integer", "int"},
};
static const attribute edge_attributes[] = {
    {"legs", "legs", "string", "string"},
    {"behaviours", "behaviours", "string", "string"},
    {"edge_q_value", "q_value", "double", "double"},
};
enum { n_node_attributes = sizeof node_attributes / sizeof *node_attributes,
       n_edge_attributes = sizeof edge_attributes / sizeof *edge_attributes };

typedef struct graph_writer {
    eh_outfile *out;
    bool is_gexf;
    uint64_t n_edges;
} graph_writer;

/* ---- XML ------------------------------------------------------------------------------------------------------- */

/* What XML 1.0 cannot hold is dropped: control characters, U+FFFE, U+FFFF, invalid UTF-8 (to U+FFFD). */
static void write_xml(FILE *to, eh_str text)
{
    for (size_t i = 0; i < text.size;) {
        unsigned char c = (unsigned char)text.data[i];
        size_t size = eh_utf8_length(text.data + i, text.size - i);
        if (c == '&')
            (void)fputs("&amp;", to);
        else if (c == '<')
            (void)fputs("&lt;", to);
        else if (c == '>')
            (void)fputs("&gt;", to);
        else if (c == '"')
            (void)fputs("&quot;", to);
        else if (c == '\t' || c == '\n' || c == '\r')
            (void)fprintf(to, "&#%d;", c);
        else if (size == 0)
            (void)fputs("\xEF\xBF\xBD", to);
        else if (c >= 0x20 && c != 0x7f && !(size == 3 && memcmp(text.data + i, "\xEF\xBF", 2) == 0 &&
                                             (unsigned char)text.data[i + 2] >= 0xBE))
            (void)fwrite(text.data + i, 1, size, to);
        i += size ? size : 1;
    }
}

static void write_cell(FILE *to, const eh_cell *cell)
{
    char text[eh_real_text_size];
    if (cell->type == EH_CELL_TEXT)
        write_xml(to, cell->text);
    else if (cell->type == EH_CELL_REAL)
        (void)fputs(eh_real_text(cell->real, text), to);
    else
        (void)fprintf(to, "%lld", (long long)cell->integer);
}

static bool is_known(const eh_cell *cell) { return cell->type != EH_CELL_NULL; }

/* ---- parts ----------------------------------------------------------------------------------------------------- */

static void write_attributes(const graph_writer *g, const attribute *attributes, int n, const char *of)
{
    FILE *to = g->out->stream;
    if (g->is_gexf) (void)fprintf(to, "    <attributes class=\"%s\">\n", of);
    for (int i = 0; i < n; i++) {
        const attribute *a = &attributes[i];
        if (g->is_gexf)
            (void)fprintf(to, "      <attribute id=\"%s\" title=\"%s\" type=\"%s\"/>\n", a->id, a->name, a->gexf_type);
        else
            (void)fprintf(to, "  <key id=\"%s\" for=\"%s\" attr.name=\"%s\" attr.type=\"%s\"/>\n", a->id, of, a->name,
                          a->graphml_type);
    }
    if (g->is_gexf) (void)fputs("    </attributes>\n", to);
}

static void write_values(const graph_writer *g, const attribute *attributes, int n, const eh_cell *cells)
{
    FILE *to = g->out->stream;
    if (g->is_gexf) (void)fputs("<attvalues>", to);
    for (int i = 0; i < n; i++) {
        if (!is_known(&cells[i])) continue;
        (void)fprintf(to, g->is_gexf ? "<attvalue for=\"%s\" value=\"" : "<data key=\"%s\">", attributes[i].id);
        write_cell(to, &cells[i]);
        (void)fputs(g->is_gexf ? "\"/>" : "</data>", to);
    }
    if (g->is_gexf) (void)fputs("</attvalues>", to);
}

static eh_status write_node(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    const graph_writer *g = data;
    FILE *to = g->out->stream;
    (void)fputs(g->is_gexf ? "      <node id=\"" : "    <node id=\"", to);
    write_xml(to, cells[0].text);
    if (g->is_gexf) {
        (void)fputs("\" label=\"", to);
        write_xml(to, cells[0].text);
        (void)fputs("\">", to);
    } else {
        (void)fputs("\"><data key=\"label\">", to);
        write_xml(to, cells[0].text);
        (void)fputs("</data>", to);
    }
    write_values(g, node_attributes, n_node_attributes, cells + 1);
    (void)fputs("</node>\n", to);
    return EH_OK;
}

static eh_status write_edge(void *data, const eh_column *columns, const eh_cell *cells, size_t n_columns, eh_error *err)
{
    (void)columns;
    (void)n_columns;
    (void)err;
    graph_writer *g = data;
    FILE *to = g->out->stream;
    (void)fprintf(to, g->is_gexf ? "      <edge id=\"%llu\" source=\"" : "    <edge id=\"e%llu\" source=\"",
                  (unsigned long long)g->n_edges++);
    write_xml(to, cells[0].text);
    (void)fputs("\" target=\"", to);
    write_xml(to, cells[1].text);
    if (g->is_gexf)
        (void)fprintf(to, "\" weight=\"%lld\">", (long long)cells[2].integer);
    else
        (void)fprintf(to, "\"><data key=\"weight\">%lld</data>", (long long)cells[2].integer);
    write_values(g, edge_attributes, n_edge_attributes, cells + 3);
    (void)fputs("</edge>\n", to);
    return EH_OK;
}

/* ---- the file -------------------------------------------------------------------------------------------------- */

static void write_head(const graph_writer *g)
{
    FILE *to = g->out->stream;
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", to);
    if (g->is_gexf) {
        (void)fputs("<gexf xmlns=\"http://gexf.net/1.3\" version=\"1.3\">\n"
                    "  <meta><creator>evenhand</creator></meta>\n"
                    "  <graph defaultedgetype=\"undirected\" mode=\"static\">\n",
                    to);
        write_attributes(g, node_attributes, n_node_attributes, "node");
        write_attributes(g, edge_attributes, n_edge_attributes, "edge");
        (void)fputs("    <nodes>\n", to);
        return;
    }
    (void)fputs("<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
                "  <key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n",
                to);
    write_attributes(g, node_attributes, n_node_attributes, "node");
    (void)fputs("  <key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n", to);
    write_attributes(g, edge_attributes, n_edge_attributes, "edge");
    (void)fputs("  <graph id=\"G\" edgedefault=\"undirected\">\n", to);
}

static eh_status query_nodes(eh_investigation *inv, const char *run_id, graph_writer *g, eh_error *err)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "SELECT account_id, finding, network_id, q_value, n_actions FROM findings WHERE run_id = '%s' AND listed ORDER "
             "BY account_id",
             run_id);
    return eh_store_query(inv->store, sql, NULL, write_node, g, err);
}

static eh_status query_edges(eh_investigation *inv, const char *run_id, graph_writer *g, eh_error *err)
{
    char sql[1280];
    snprintf(sql, sizeof sql,
             "WITH listed AS (SELECT account_id FROM findings WHERE run_id = '%s' AND listed), "
             "timed AS (SELECT account_a, account_b, CAST(sum(shared_objects) AS BIGINT) AS n, min(q_value) AS q FROM edges "
             "WHERE run_id = '%s' AND listed GROUP BY ALL), "
             "other AS (SELECT account_a, account_b, max(n_observed) AS n FROM leg_pairs WHERE run_id = '%s' AND leg <> "
             "'operator' GROUP BY ALL) "
             "SELECT account_a, account_b, coalesce(timed.n, other.n, 1), legs, behaviours, timed.q FROM ties LEFT JOIN timed "
             "USING (account_a, account_b) LEFT JOIN other USING (account_a, account_b) WHERE run_id = '%s' AND account_a IN "
             "(SELECT account_id FROM listed) AND account_b IN (SELECT account_id FROM listed) ORDER BY account_a, account_b",
             run_id, run_id, run_id, run_id);
    return eh_store_query(inv->store, sql, NULL, write_edge, g, err);
}

eh_status inv_write_graph(eh_investigation *inv, const char *run_id, bool is_gexf, eh_outfile *out, eh_error *err)
{
    graph_writer g = {.out = out, .is_gexf = is_gexf};
    write_head(&g);
    EH_TRY(query_nodes(inv, run_id, &g, err));
    if (is_gexf) (void)fputs("    </nodes>\n    <edges>\n", out->stream);
    EH_TRY(query_edges(inv, run_id, &g, err));
    (void)fputs(is_gexf ? "    </edges>\n  </graph>\n</gexf>\n" : "  </graph>\n</graphml>\n", out->stream);
    return EH_OK;
}
