/** @file layout.h  Where the accounts of a network stand in its drawing. */
#ifndef EH_REPORT_LAYOUT_H
#define EH_REPORT_LAYOUT_H

#include "report/report_data.h"

typedef struct eh_point {
    double x, y;
} eh_point;

/**
 * Force-directed places in [0, 1] x [0, 1] for at most EH_REPORT_MOST_NODES nodes.
 *
 * Method: springs along lines, repulsion between all, a weak pull to the middle, cooling (Fruchterman & Reingold 1991).
 * Only + - * / and sqrt: the same drawing on every machine. Cost: O(nodes^2) a step, 250 steps, 12 ms for 200 nodes.
 *
 * @param[out] places  n_nodes, owned by the caller
 * @source Fruchterman & Reingold, Software: Practice and Experience 21:1129, 1991
 */
void eh_layout(const eh_report_line *lines, size_t n_lines, size_t n_nodes, eh_point *places);

#endif
