/* An answer about talks for people: what everybody gets, who signs, who keeps, and what it does to the rest. */
#include "report/report.h"

#include <math.h>
#include <string.h>

enum { SHOWN = 3 }; /* third countries listed each way */

/* Whether breaches and patience were asked for. */
static bool shows_breaches(const pl_talks *t) {
    const pl_deal *last = &t->deal[t->deals - 1];
    return t->verb == PL_SUSTAIN || t->verb == PL_TABLE || (t->verb == PL_VALUE && !isnan(last->patience[0]));
}

/* ---- the question ---- */

static void say_patience(FILE *out, const pl_game *g, size_t width) {
    char text[512], end[64];
    double punishment = pl_game_punishment(g);
    snprintf(end, sizeof end, isinf(punishment) ? "for ever" : "for %g %ss", punishment, pl_game_period(g));
    snprintf(text, sizeof text,
             "Keeping: a player keeps a deal when its discount factor of %g a %s is at least the patience "
             "shown; a breach "
             "shows after %g %s%s and is punished by %s %s.",
             pl_game_discount(g), pl_game_period(g), pl_game_lag(g), pl_game_period(g),
             pl_game_lag(g) == 1 ? "" : "s",
             pl_game_punishes_by_nash(g) ? "mutual best responses" : "going back to no deal", end);
    pl_text_wrap(out, "", text, width);
}

static void say_question(FILE *out, const pl_talks *t, const pl_layout *layout) {
    static const char *const questions[PL_VERBS] = {"what each side would do alone",
                                                    "what happens when everybody does what is best for it",
                                                    "what both sides could have: the frontier",
                                                    "what they would agree on",
                                                    "which deals would be kept",
                                                    "the packages on the table",
                                                    "a package made by hand"};
    const pl_game *g = t->game;
    char text[512];
    snprintf(text, sizeof text, "%s: %s", pl_game_title(g), questions[t->verb]);
    fputs(pl_tone_on(PL_STRONG, layout->colour), out);
    pl_text_wrap(out, "", text, layout->width);
    fputs(pl_tone_off(PL_STRONG, layout->colour), out);
    snprintf(text, sizeof text,
             "World %s, elasticities %s. Payoffs are in percent of the player's baseline income a year, "
             "against the "
             "world as it was; gains are over having no deal.",
             pl_game_world_name(g), pl_model_elasticities(pl_game_model(g)));
    pl_text_wrap(out, "", text, layout->width);
    if (shows_breaches(t))
        say_patience(out, g, layout->width);
    if (t->draws) {
        snprintf(text, sizeof text,
                 "Between 5 %% and 95 %%: payoffs under %zu draws of the trade elasticities, sector by "
                 "sector from %s.",
                 t->draws, t->drawn_from);
        pl_text_wrap(out, "", text, layout->width);
    }
    fputc('\n', out);
}

/* ---- payoffs ---- */

static void cell(pl_cell *c, const char *text, pl_tone tone) {
    snprintf(c->text, sizeof c->text, "%s", text);
    c->tone = tone;
}

static void number_cell(pl_cell *c, double value, bool toned) {
    char text[24];
    if (isnan(value)) {
        cell(c, "", PL_PLAIN);
        return;
    }
    pl_text_number(text, sizeof text, value, 4, true);
    cell(c, text, !toned || fabs(value) < 5e-5 ? PL_PLAIN : value > 0 ? PL_GAIN : PL_LOSS);
}

/* Columns of a player: payoff, gain, and where asked the interval, the breach, patience, and signing. */
typedef struct {
    bool interval, breach;
    size_t each;
} columns;

static columns choose_columns(const pl_talks *t) {
    columns c = {.interval = t->draws > 0, .breach = shows_breaches(t)};
    c.each = 2 + 2 * c.interval + (c.breach ? 3 : 0);
    return c;
}

static void fill_heads(const pl_talks *t, const columns *c, pl_grid *grid) {
    static const char *const heads[] = {"payoff", "gain", "5 %", "95 %", "breach", "patience", "signs/keeps"};
    for (size_t p = 0; p < pl_game_players(t->game); p++)
        for (size_t k = 0, h = 0; k < c->each; k++, h++) {
            pl_column *column = &grid->column[p * c->each + k];
            h = h == 2 && !c->interval ? 4 : h;
            snprintf(column->group[0], sizeof column->group[0], "%.20s", pl_game_player(t->game, p));
            snprintf(column->head, sizeof column->head, "%s", heads[h]);
        }
}

static void fill_row(const pl_talks *t, const columns *c, size_t row, pl_grid *grid) {
    const pl_deal *d = &t->deal[row];
    snprintf(grid->label[row], PL_LABEL, "%s%s", d->name, d->converged ? "" : " (!)");
    for (size_t p = 0; p < pl_game_players(t->game); p++) {
        pl_cell *at = &grid->cell[row * grid->columns + p * c->each];
        char text[24];
        number_cell(at++, d->payoff[p], false);
        number_cell(at++, row ? d->against[p] : NAN, true);
        if (c->interval) {
            number_cell(at++, d->low[p], false);
            number_cell(at++, d->high[p], false);
        }
        if (!c->breach || isnan(d->patience[p]))
            continue;
        number_cell(at++, d->deviation[p] - d->payoff[p], false);
        snprintf(text, sizeof text, isinf(d->patience[p]) ? "never" : "%.3f", d->patience[p]);
        cell(at++, text, PL_PLAIN);
        snprintf(text, sizeof text, "%s/%s", d->signs[p] ? "yes" : "no", d->keeps[p] ? "yes" : "no");
        cell(at, text, d->signs[p] && d->keeps[p] ? PL_GAIN : PL_LOSS);
    }
}

static pl_status print_payoffs(FILE *out, const pl_talks *t, const pl_layout *layout, pl_error *error) {
    columns c = choose_columns(t);
    pl_grid grid;
    if (!pl_grid_init(&grid, t->deals, c.each * pl_game_players(t->game)))
        return pl_fail_memory(error, t->deals);
    fill_heads(t, &c, &grid);
    for (size_t d = 0; d < t->deals; d++)
        fill_row(t, &c, d, &grid);
    bool printed = pl_grid_print(out, &grid, layout);
    pl_grid_clear(&grid);
    fputc('\n', out);
    return printed ? PL_OK : pl_fail_memory(error, t->deals);
}

/* ---- what is set ---- */

/* One family: its one setting, or the range of its parts. */
static void say_family(FILE *text, const pl_talks *t, const pl_deal *d, size_t first, size_t last) {
    double low = INFINITY, high = -INFINITY, sum = 0;
    for (size_t i = first; i < last; i++) {
        low = fmin(low, 100 * d->setting[i]);
        high = fmax(high, 100 * d->setting[i]);
        sum += 100 * d->setting[i];
    }
    fprintf(text, "%s ", pl_game_instrument(t->game, first).family);
    if (last - first == 1 || high - low < 5e-3)
        fprintf(text, "%.2f %%", low);
    else
        fprintf(text, "%.2f to %.2f %% (mean of %zu: %.2f %%)", low, high, last - first,
                sum / (double)(last - first));
}

static size_t family_end(const pl_game *g, size_t first) {
    size_t last = first;
    while (last < pl_game_instruments(g) &&
           !strcmp(pl_game_instrument(g, last).family, pl_game_instrument(g, first).family))
        last++;
    return last;
}

static pl_status say_settings(FILE *out, const pl_talks *t, const pl_deal *d, size_t width, pl_error *error) {
    char *text = NULL, lead[128];
    size_t length = 0, count = 0;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return pl_fail_memory(error, 0);
    for (size_t i = 0, last; i < pl_game_instruments(t->game); i = last) {
        last = family_end(t->game, i);
        if (isnan(d->setting[i]))
            continue;
        if (count++)
            fputs("; ", memory);
        say_family(memory, t, d, i, last);
    }
    for (size_t p = 0; p < pl_game_players(t->game); p++)
        if (d->transfer[p] > 0.5)
            fprintf(memory, "; %s receives %.0f million USD", pl_game_player(t->game, p), d->transfer[p]);
    if (fclose(memory)) {
        free(text);
        return pl_fail_memory(error, length);
    }
    snprintf(lead, sizeof lead, "  %.60s: ", d->name);
    pl_text_wrap(out, lead, count ? text : "as it stands", width);
    free(text);
    return PL_OK;
}

static bool is_inner(const pl_talks *t, size_t deal) {
    return t->verb == PL_FRONTIER && deal > 1 && deal + 1 < t->deals;
}

static pl_status print_settings(FILE *out, const pl_talks *t, const pl_layout *layout, pl_error *error) {
    pl_status status = PL_OK;
    fputs("Instruments\n", out);
    for (size_t d = 0; d < t->deals && !status; d++)
        if (!is_inner(t, d))
            status = say_settings(out, t, &t->deal[d], layout->width, error);
    fputc('\n', out);
    return status;
}

/* ---- third countries ---- */

static bool is_third(const pl_game *g, size_t n) {
    for (size_t p = 0; p < pl_game_players(g); p++)
        if (pl_game_is_member(g, p, n))
            return false;
    return true;
}

/* The third country whose real income changes most against no deal, below `limit` in the direction asked. */
static size_t find_next(const pl_talks *t, const pl_deal *d, int direction, double limit) {
    size_t found = SIZE_MAX;
    double best = 0;
    for (size_t n = 0; n < pl_world_size(pl_game_world(t->game), PL_COUNTRY); n++) {
        double change = direction * (d->real_income[n] - t->deal[0].real_income[n]);
        if (is_third(t->game, n) && change > best && change < limit) {
            best = change;
            found = n;
        }
    }
    return found;
}

static void say_third(FILE *out, const pl_talks *t, const pl_deal *d, size_t width) {
    const pl_world *w = pl_game_world(t->game);
    char lead[128], text[512] = "";
    double total = 0;
    size_t used = 0;
    for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++)
        total += is_third(t->game, n) ? d->money[n] - t->deal[0].money[n] : 0;
    used += (size_t)snprintf(text, sizeof text, "%+.1f billion USD in all", total / 1000);
    for (int direction = 1; direction >= -1; direction -= 2) {
        double limit = INFINITY;
        for (int k = 0; k < SHOWN; k++) {
            size_t n = find_next(t, d, direction, limit);
            if (n == SIZE_MAX || used + 64 > sizeof text)
                break;
            double change = d->real_income[n] - t->deal[0].real_income[n];
            limit = direction * change;
            used += (size_t)snprintf(text + used, sizeof text - used, "%s %.20s %+.3f %%",
                                     k               ? ","
                                     : direction > 0 ? "; most to"
                                                     : "; least to",
                                     pl_world_code(w, PL_COUNTRY, n), change);
        }
    }
    snprintf(lead, sizeof lead, "  %.60s: ", d->name);
    pl_text_wrap(out, lead, text, width);
}

static void print_thirds(FILE *out, const pl_talks *t, const pl_layout *layout) {
    bool any = false;
    for (size_t n = 0; n < pl_world_size(pl_game_world(t->game), PL_COUNTRY); n++)
        any = any || is_third(t->game, n);
    if (!any || t->deals < 2)
        return;
    pl_text_wrap(out, "", "Everybody else, against no deal (real income)", layout->width);
    for (size_t d = 1; d < t->deals; d++)
        if (!is_inner(t, d))
            say_third(out, t, &t->deal[d], layout->width);
    fputc('\n', out);
}

/* ---- in words ---- */

static void print_notes(FILE *out, const pl_talks *t, const pl_layout *layout) {
    for (size_t n = 0; n < t->notes; n++)
        pl_text_wrap(out, "", t->note[n], layout->width);
}

static void print_searches(FILE *out, const pl_talks *t, const pl_layout *layout) {
    double worst = 0;
    for (size_t d = 0; d < t->deals; d++) {
        const pl_deal *deal = &t->deal[d];
        char text[512];
        worst = fmax(worst, deal->residual);
        if (!*deal->outcome || (is_inner(t, d) && deal->converged))
            continue;
        snprintf(text, sizeof text, "%.60s: %.300s (%zu evaluations)", deal->name, deal->outcome,
                 deal->evaluations);
        pl_text_wrap(out, deal->converged ? "Search " : "(!) Search ", text, layout->width);
    }
    char text[80];
    snprintf(text, sizeof text, "largest residual of any equilibrium %.1e", worst);
    pl_text_wrap(out, "Certificate: ", text, layout->width);
    if (!pl_talks_converged(t))
        pl_text_wrap(
            out, "(!) ",
            "A search marked so did not end where it should: its numbers are the best point seen, not an "
            "answer.",
            layout->width);
}

/* The answer in sentences, before any number. */
static pl_status print_answer(FILE *out, const pl_talks *t, const pl_layout *layout, pl_error *error) {
    char *words = pl_talks_answer_words(t);
    if (!words)
        return pl_fail_memory(error, 0);
    for (char *line = words, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        *end = 0;
        pl_text_wrap(out, "", line, layout->width);
    }
    fputs(*words ? "\n" : "", out);
    free(words);
    return PL_OK;
}

pl_status pl_report_talks(FILE *out, const pl_talks *t, const pl_layout *layout, pl_error *error) {
    say_question(out, t, layout);
    pl_status status = print_answer(out, t, layout, error);
    if (!status)
        status = print_payoffs(out, t, layout, error);
    if (!status)
        status = print_settings(out, t, layout, error);
    if (status)
        return status;
    print_thirds(out, t, layout);
    print_notes(out, t, layout);
    print_searches(out, t, layout);
    return PL_OK;
}
