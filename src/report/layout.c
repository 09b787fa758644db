#include "report/layout.h"

#include <math.h>

enum { n_steps = 250 };

/* A sunflower: even, and without a call to sin or cos (whose last digit differs between machines). */
static void scatter(eh_point *places, size_t n)
{
    static const double cosine = -0.7373688780783197, sine = 0.6754902942615238; /* of the golden angle */
    double x = 1, y = 0;
    for (size_t i = 0; i < n; i++) {
        double radius = 0.5 * sqrt(((double)i + 0.5) / (double)n);
        places[i] = (eh_point){radius * x, radius * y};
        double turned = x * cosine - y * sine;
        y = x * sine + y * cosine;
        x = turned;
    }
}

static void push_apart(const eh_point *places, eh_point *forces, size_t n, double k2)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            double dx = places[i].x - places[j].x, dy = places[i].y - places[j].y;
            double push = k2 / (dx * dx + dy * dy + 1e-6);
            forces[i].x += dx * push;
            forces[i].y += dy * push;
            forces[j].x -= dx * push;
            forces[j].y -= dy * push;
        }
    }
}

static void pull_together(const eh_report_line *lines, size_t n_lines, const eh_point *places, eh_point *forces, double k,
                          double strongest)
{
    for (size_t i = 0; i < n_lines; i++) {
        uint32_t a = lines[i].from, b = lines[i].to;
        double dx = places[b].x - places[a].x, dy = places[b].y - places[a].y;
        double pull = sqrt(dx * dx + dy * dy) / k * (0.2 + 0.8 * lines[i].weight / strongest);
        forces[a].x += dx * pull;
        forces[a].y += dy * pull;
        forces[b].x -= dx * pull;
        forces[b].y -= dy * pull;
    }
}

static void fit(eh_point *places, size_t n)
{
    eh_point low = places[0], high = places[0];
    for (size_t i = 1; i < n; i++) {
        low = (eh_point){fmin(low.x, places[i].x), fmin(low.y, places[i].y)};
        high = (eh_point){fmax(high.x, places[i].x), fmax(high.y, places[i].y)};
    }
    double width = fmax(fmax(high.x - low.x, high.y - low.y), 1e-9);
    double left = (width - (high.x - low.x)) / 2, top = (width - (high.y - low.y)) / 2;
    for (size_t i = 0; i < n; i++)
        places[i] = (eh_point){(places[i].x - low.x + left) / width, (places[i].y - low.y + top) / width};
}

void eh_layout(const eh_report_line *lines, size_t n_lines, size_t n_nodes, eh_point *places)
{
    if (n_nodes == 0) return;
    if (n_nodes > EH_REPORT_MOST_NODES) n_nodes = EH_REPORT_MOST_NODES;
    if (n_nodes == 2) {
        places[0] = (eh_point){0.25, 0.5};
        places[1] = (eh_point){0.75, 0.5};
        return;
    }
    scatter(places, n_nodes);
    double k = 0.9 / sqrt((double)n_nodes), strongest = 1e-9;
    for (size_t i = 0; i < n_lines; i++) strongest = fmax(strongest, lines[i].weight);
    /* A dense graph would collapse to a point: springs weaken with the lines a node has. */
    double slack = fmax(1, 2 * (double)n_lines / (double)n_nodes / 4);
    for (int step = 0; step < n_steps; step++) {
        eh_point forces[EH_REPORT_MOST_NODES] = {{0, 0}};
        push_apart(places, forces, n_nodes, k * k);
        pull_together(lines, n_lines, places, forces, k * slack, strongest);
        double heat = 0.1 * (1 - (double)step / n_steps) + 0.001;
        for (size_t i = 0; i < n_nodes; i++) {
            forces[i].x -= 0.5 * places[i].x;
            forces[i].y -= 0.5 * places[i].y;
            double size = sqrt(forces[i].x * forces[i].x + forces[i].y * forces[i].y) + 1e-12;
            double reach = fmin(size, heat) / size;
            places[i].x += forces[i].x * reach;
            places[i].y += forces[i].y * reach;
        }
    }
    fit(places, n_nodes);
}
