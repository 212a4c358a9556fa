/* Accounts of model.md section 0: output, spending, final demand and the totals people know. */
#include "data/data.h"

#include <string.h>

void pl_world_output(const pl_world *w, double *output) {
    size_t N = w->countries, J = w->sectors;
    memset(output, 0, N * J * sizeof *output);
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N; n++) {
            const double *x = w->flow + (j * N + n) * N;
            const double *e = w->export_tax ? w->export_tax + (j * N + n) * N : NULL;
            for (size_t i = 0; i < N; i++)
                output[i * J + j] += e ? x[i] / (1 + e[i]) : x[i];
        }
    }
}

void pl_world_spending(const pl_world *w, double *spending) {
    size_t N = w->countries, J = w->sectors;
    for (size_t j = 0; j < J; j++) {
        for (size_t n = 0; n < N; n++) {
            const double *x = w->flow + (j * N + n) * N, *t = w->tariff + (j * N + n) * N;
            double sum = 0;
            for (size_t i = 0; i < N; i++)
                sum += (1 + t[i]) * x[i];
            spending[n * J + j] = sum;
        }
    }
}

void pl_world_final_demand(const pl_world *w, const double *output, const double *spending, double *final) {
    size_t N = w->countries, J = w->sectors;
    memcpy(final, spending, N * J * sizeof *final);
    for (size_t n = 0; n < N; n++) {
        for (size_t j = 0; j < J; j++) {
            const double *share = w->input_share + (n * J + j) * J;
            for (size_t k = 0; k < J; k++)
                final[n * J + k] -= share[k] * output[n * J + j];
        }
    }
}

pl_world_totals pl_world_total(const pl_world *w) {
    pl_world_totals total = {0};
    size_t N = w->countries, J = w->sectors;
    for (size_t j = 0; j < J; j++) {
        for (size_t i = 0; i < N; i++) {
            double output = 0;
            for (size_t n = 0; n < N; n++) {
                size_t at = (j * N + n) * N + i;
                double x = w->flow[at], tax = w->export_tax ? w->export_tax[at] : 0;
                output += x / (1 + tax);
                total.trade += n == i ? 0 : x;
                total.duties += w->tariff[at] * x;
                total.export_taxes += tax / (1 + tax) * x;
                total.final_demand += (1 + w->tariff[at]) * x;
            }
            total.gross_output += output;
            total.value_added += w->value_added_share[i * J + j] * output;
            total.final_demand -= pl_sum(w->input_share + (i * J + j) * J, J) * output;
        }
    }
    return total;
}
