/* An answer about talks in sentences: who would sign and keep what, and what a deal means for everybody. */
#include "report/report.h"

#include <math.h>
#include <string.h>

static const double NOTHING = 5e-5;  /* percent: less is shown as nothing */
static const double ALIKE = 2e-3;    /* percent of income: closer deals are not told apart */
static const double FELT = 5e-3;     /* percent: the least change of a third country that is named */
static const double FELT_MONEY = 50; /* million USD: the least sum of third countries that is named */

/* ---- numbers in words ---- */

static void say_percent(FILE *out, double value) {
    double size = fabs(value);
    int decimals = size >= 1 ? 1 : size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4;
    if (size < NOTHING)
        fputs("less than 0.0001 %", out);
    else
        fprintf(out, "%.*f %%", decimals, size);
}

static void say_money(FILE *out, double million) {
    double size = fabs(million);
    if (size < 1)
        fputs("less than a million USD", out);
    else if (size < 999.5)
        fprintf(out, "%.0f million USD", size);
    else
        fprintf(out, "%.*f billion USD", size < 99950 ? 1 : 0, size / 1000);
}

/* What stands between items of a list. */
static const char *comma(size_t index, size_t count) {
    return index == 0 ? "" : index + 1 < count ? ", " : " and ";
}

/* 1 gains, -1 loses, 0 neither. */
static int direction_of(double gain) {
    return fabs(gain) < NOTHING ? 0 : gain > 0 ? 1 : -1;
}

/* "US gains 0.39 % of its income (105 billion USD a year)"; after another player with the same direction "China 0.16 % (28.7
 * billion USD)". */
static void say_gain(FILE *out, const pl_game *g, size_t player, double gain, bool again) {
    static const char *const verbs[] = {" loses ", " neither gains nor loses", " gains "};
    int direction = direction_of(gain);
    fputs(pl_game_player(g, player), out);
    fputs(again && direction ? " " : verbs[direction + 1], out);
    if (!direction)
        return;
    say_percent(out, gain);
    if (!pl_game_is_real_income(g, player)) {
        fputs(" by its own measure", out);
        return;
    }
    fputs(again ? " (" : " of its income (", out);
    say_money(out, gain / 100 * pl_game_income(g, player));
    fputs(again ? ")" : " a year)", out);
}

static void say_gains(FILE *out, const pl_talks *t, const double *gain) {
    size_t players = pl_game_players(t->game);
    bool any = false;
    for (size_t p = 0; p < players; p++)
        any = any || direction_of(gain[p]);
    if (!any) {
        fputs("nobody gains or loses", out);
        return;
    }
    for (size_t p = 0; p < players; p++) {
        fputs(comma(p, players), out);
        say_gain(out, t->game, p, gain[p], p > 0 && direction_of(gain[p]) == direction_of(gain[p - 1]));
    }
}

static void say_periods(FILE *out, const pl_game *g, double count) {
    fprintf(out, "%g %s%s", count, pl_game_period(g), count == 1 ? "" : "s");
}

static const char *everybody(const pl_talks *t) {
    return pl_game_players(t->game) == 2 ? "Both" : "All";
}

/* ---- who signs ---- */

static bool all_of(const pl_talks *t, const bool *yes) {
    for (size_t p = 0; p < pl_game_players(t->game); p++)
        if (!yes[p])
            return false;
    return true;
}

static bool all_keep(const pl_talks *t, const pl_deal *d) {
    return all_of(t, d->signs) && all_of(t, d->keeps);
}

static void say_refusals(FILE *out, const pl_talks *t, const pl_deal *d) {
    size_t players = pl_game_players(t->game), count = 0, said = 0;
    for (size_t p = 0; p < players; p++)
        count += !d->signs[p];
    for (size_t p = 0; p < players; p++)
        if (!d->signs[p])
            fprintf(out, "%s%s", comma(said++, count), pl_game_player(t->game, p));
}

static void say_signing(FILE *out, const pl_talks *t, const pl_deal *d) {
    if (all_of(t, d->signs)) {
        fprintf(out, "%s would sign: against no deal ", everybody(t));
    } else {
        say_refusals(out, t, d);
        fputs(" would not sign: against no deal ", out);
    }
    say_gains(out, t, d->against);
    fputs(".\n", out);
}

/* ---- who keeps ---- */

static void say_breach(FILE *out, const pl_talks *t, const pl_deal *d, size_t p) {
    const pl_game *g = t->game;
    const char *name = pl_game_player(g, p);
    double gain = d->deviation[p] - d->payoff[p], discount = pl_game_discount(g);
    if (!(gain > NOTHING)) {
        fprintf(out, "%s has nothing to gain by breaking it.\n", name);
        return;
    }
    fprintf(out, "%s would %skeep it: a breach gains ", name, d->keeps[p] ? "" : "not ");
    say_percent(out, gain);
    fputs(" a year until it shows after ", out);
    say_periods(out, g, pl_game_lag(g));
    if (isinf(d->patience[p]))
        fputs(", and the deal is no better for it than the punishment.\n", out);
    else
        fprintf(out, "; the next %s must weigh at least %.2f of this one, and is assumed to weigh %g.\n",
                pl_game_period(g), d->patience[p], discount);
}

static bool is_tested(const pl_deal *d) {
    return !isnan(d->patience[0]);
}

static void say_keeping(FILE *out, const pl_talks *t, const pl_deal *d) {
    bool tempted = false;
    for (size_t p = 0; p < pl_game_players(t->game); p++)
        tempted = tempted || d->deviation[p] - d->payoff[p] > NOTHING;
    if (!tempted)
        fprintf(out, "%s would keep it: nobody gains by breaking it.\n", everybody(t));
    for (size_t p = 0; p < pl_game_players(t->game) && tempted; p++)
        say_breach(out, t, d, p);
}

/* ---- everybody else ---- */

static bool is_third(const pl_game *g, size_t n) {
    for (size_t p = 0; p < pl_game_players(g); p++)
        if (pl_game_is_member(g, p, n))
            return false;
    return true;
}

/* The third country that gains most over no deal, or with a `direction` of -1 loses most; SIZE_MAX for none to speak of. */
static size_t find_most(const pl_talks *t, const pl_deal *d, int direction, double *change) {
    size_t found = SIZE_MAX;
    *change = FELT;
    for (size_t n = 0; n < pl_world_size(pl_game_world(t->game), PL_COUNTRY); n++) {
        double size = direction * (d->real_income[n] - t->deal[0].real_income[n]);
        if (is_third(t->game, n) && size > *change) {
            *change = size;
            found = n;
        }
    }
    return found;
}

static void say_thirds(FILE *out, const pl_talks *t, const pl_deal *d) {
    const pl_world *w = pl_game_world(t->game);
    double total = 0, most = 0, least = 0;
    size_t thirds = 0;
    for (size_t n = 0; n < pl_world_size(w, PL_COUNTRY); n++)
        if (is_third(t->game, n)) {
            total += d->money[n] - t->deal[0].money[n];
            thirds++;
        }
    if (!thirds)
        return;
    size_t up = find_most(t, d, 1, &most), down = find_most(t, d, -1, &least);
    if (fabs(total) < FELT_MONEY && up == SIZE_MAX && down == SIZE_MAX) {
        fputs("Nobody else feels it.\n", out);
        return;
    }
    fprintf(out, "Against no deal everybody else together %s ", total < 0 ? "loses" : "gains");
    say_money(out, total);
    fputs(" a year", out);
    if (up != SIZE_MAX) {
        fprintf(out, "; %s gains most (", pl_world_name(w, PL_COUNTRY, up));
        say_percent(out, most);
        fputs(" of its income)", out);
    }
    if (down != SIZE_MAX) {
        fprintf(out, "%s %s loses most (", up == SIZE_MAX ? ";" : ",", pl_world_name(w, PL_COUNTRY, down));
        say_percent(out, least);
        fputs(" of its income)", out);
    }
    fputs(".\n", out);
}

/* ---- what a deal means ---- */

/* Intervals of the gain, which is what a signature hangs on; of the payoff where there is no deal. */
static void say_interval(FILE *out, const pl_talks *t, const pl_deal *d) {
    size_t players = pl_game_players(t->game);
    bool over = d != t->deal;
    fprintf(out, "Of %zu draws of the trade elasticities nine in ten put the %s of ", t->draws,
            over ? "gain over no deal" : "payoff");
    for (size_t p = 0; p < players; p++)
        fprintf(out, "%s%s between %+.3f and %+.3f %%", comma(p, players), pl_game_player(t->game, p),
                over ? d->gain_low[p] : d->low[p], over ? d->gain_high[p] : d->high[p]);
    fputs(" of income", out);
    for (size_t p = 0; p < players && over; p++)
        fprintf(out, "%s %s would sign in %.0f %% of them", p ? "," : ";", pl_game_player(t->game, p),
                100 * d->signs_share[p]);
    fputs(".\n", out);
}

static size_t find_deal(const pl_talks *t, const char *name) {
    for (size_t d = 1; d < t->deals; d++)
        if (!strcmp(t->deal[d].name, name))
            return d;
    return SIZE_MAX;
}

/* What one deal is worth more than another to everybody. */
static void say_difference(FILE *out, const pl_talks *t, const pl_deal *from, const pl_deal *to) {
    size_t players = pl_game_players(t->game);
    int before = 0;
    for (size_t p = 0; p < players; p++) {
        double gain = to->payoff[p] - from->payoff[p];
        fputs(comma(p, players), out);
        say_gain(out, t->game, p, gain, p > 0 && direction_of(gain) == before);
        before = direction_of(gain);
    }
    fputs(".\n", out);
}

/* Not where today is what there is without a deal. */
static void say_against_today(FILE *out, const pl_talks *t, const pl_deal *d) {
    size_t today = find_deal(t, "today");
    bool differs = false;
    for (size_t p = 0; p < pl_game_players(t->game) && today != SIZE_MAX; p++)
        differs = differs || direction_of(t->deal[today].against[p]);
    if (!differs || d == &t->deal[today])
        return;
    fputs("Against today ", out);
    say_difference(out, t, &t->deal[today], d);
}

static void say_no_deal(FILE *out, const pl_talks *t) {
    fputs("Without a deal, against the world as it was before, ", out);
    say_gains(out, t, t->deal[0].payoff);
    fputs(".\n", out);
}

static void say_deal(FILE *out, const pl_talks *t, const pl_deal *d) {
    if (!d->converged)
        fputs("The search for it stopped early: what follows is about the best point seen, not an answer.\n",
              out);
    if (d == t->deal) {
        say_no_deal(out, t);
    } else if (t->verb == PL_BEST_RESPONSE || t->verb == PL_NASH) {
        fputs("Against no deal ", out);
        say_gains(out, t, d->against);
        fputs(".\n", out);
    } else {
        say_signing(out, t, d);
        say_against_today(out, t, d);
    }
    if (is_tested(d))
        say_keeping(out, t, d);
    if (d != t->deal)
        say_thirds(out, t, d);
    if (t->draws)
        say_interval(out, t, d);
}

/* ---- what an answer says: packages ---- */

/* Packages a person wrote, without the deals that a search found. */
static bool is_package(const pl_talks *t, size_t d) {
    for (size_t k = 0; k < pl_game_packages(t->game) && d > 0; k++)
        if (!strcmp(pl_game_package(t->game, k).name, t->deal[d].name))
            return true;
    return false;
}

static size_t count_packages(const pl_talks *t, bool keep) {
    size_t count = 0;
    for (size_t d = 1; d < t->deals; d++)
        count += is_package(t, d) && (keep ? all_keep(t, &t->deal[d]) : all_of(t, t->deal[d].signs));
    return count;
}

static void list_packages(FILE *out, const pl_talks *t, bool keep, size_t count) {
    size_t said = 0;
    for (size_t d = 1; d < t->deals; d++)
        if (is_package(t, d) && (keep ? all_keep(t, &t->deal[d]) : all_of(t, t->deal[d].signs)))
            fprintf(out, "%s%s", comma(said++, count), t->deal[d].name);
}

static void say_signed(FILE *out, const pl_talks *t, size_t total) {
    size_t signs = count_packages(t, false), keeps = count_packages(t, true);
    const char *who = everybody(t);
    if (!signs) {
        fprintf(out, "%s would sign none of the %zu packages: each leaves somebody worse off than no deal.\n",
                who, total);
        return;
    }
    if (signs == total)
        fprintf(out, "%s would sign each of the %zu packages, rather than have no deal", who, total);
    else {
        fprintf(out, "%s would sign %zu of the %zu packages, rather than have no deal: ", who, signs, total);
        list_packages(out, t, false, signs);
    }
    if (keeps == signs)
        fputs(signs == 1 ? ", and keep it.\n" : ", and keep each of them.\n", out);
    else if (!keeps)
        fputs(". None of them would be kept.\n", out);
    else {
        fputs(". Kept would be ", out);
        list_packages(out, t, true, keeps);
        fputs(".\n", out);
    }
}

static bool kept_otherwise(const pl_talks *t, size_t deal) {
    const pl_deal *d = &t->deal[deal];
    for (size_t p = 0; p < pl_game_players(t->game); p++)
        if (!pl_game_keeps(t->game, d->patience_otherwise[p]))
            return false;
    return is_package(t, deal) && all_of(t, d->signs);
}

/* Whether deals are kept hangs on the punishment, which is assumed: what the other one would do. */
static void say_otherwise(FILE *out, const pl_talks *t) {
    size_t count = 0, said = 0;
    bool known = false;
    for (size_t d = 1; d < t->deals; d++) {
        known = known || (is_package(t, d) && !isnan(t->deal[d].patience_otherwise[0]));
        count += kept_otherwise(t, d);
    }
    if (!known)
        return;
    fprintf(out, "Were a breach punished by %s instead, ",
            pl_game_punishes_by_nash(t->game) ? "going back to no deal" : "mutual best responses");
    if (count == 0 || count == count_packages(t, false)) {
        fputs(count ? "each that is signed would be kept.\n" : "none would be kept.\n", out);
        return;
    }
    fputs("kept would be ", out);
    for (size_t d = 1; d < t->deals; d++)
        if (kept_otherwise(t, d))
            fprintf(out, "%s%s", comma(said++, count), t->deal[d].name);
    fputs(".\n", out);
}

/* By the product of gains, the table's order. */
static size_t find_first(const pl_talks *t) {
    size_t first = SIZE_MAX;
    for (size_t d = 1; d < t->deals; d++)
        if (is_package(t, d) && all_of(t, t->deal[d].signs) &&
            (first == SIZE_MAX || t->deal[d].rank > t->deal[first].rank))
            first = d;
    return first;
}

static void say_first(FILE *out, const pl_talks *t) {
    size_t first = find_first(t);
    if (first == SIZE_MAX)
        return;
    fprintf(out, "First by the product of gains over no deal is %s (%s): ", t->deal[first].name,
            t->deal[first].title);
    say_gains(out, t, t->deal[first].against);
    fputs(".\n", out);
}

static bool are_alike(const pl_talks *t, size_t a, size_t b) {
    for (size_t p = 0; p < pl_game_players(t->game); p++)
        if (!(fabs(t->deal[a].payoff[p] - t->deal[b].payoff[p]) <= ALIKE))
            return false;
    return true;
}

/* Whether a package before it is already like it, and how many are from it on. */
static size_t count_alike(const pl_talks *t, size_t d) {
    size_t count = 0;
    for (size_t k = 1; k < t->deals; k++)
        if (is_package(t, k) && are_alike(t, d, k)) {
            if (k < d)
                return 0;
            count++;
        }
    return count;
}

static void say_alike(FILE *out, const pl_talks *t) {
    for (size_t d = 1; d < t->deals; d++) {
        size_t count = is_package(t, d) ? count_alike(t, d) : 0, said = 0;
        if (count < 2)
            continue;
        for (size_t k = d; k < t->deals; k++)
            if (is_package(t, k) && are_alike(t, d, k))
                fprintf(out, "%s%s", comma(said++, count), t->deal[k].name);
        fprintf(out,
                " are worth the same to every player to within %g %% of its income: payoffs do not tell "
                "them apart.\n",
                ALIKE);
    }
}

/* The package that asks for the most patience among those signed and kept. */
static void say_hardest(FILE *out, const pl_talks *t) {
    size_t deal = SIZE_MAX, player = 0;
    double most = 0.05;
    for (size_t d = 1; d < t->deals; d++)
        for (size_t p = 0; p < pl_game_players(t->game); p++)
            if (is_package(t, d) && all_keep(t, &t->deal[d]) && t->deal[d].patience[p] > most + 1e-3) {
                most = t->deal[d].patience[p];
                deal = d;
                player = p;
            }
    if (deal != SIZE_MAX)
        fprintf(out,
                "Hardest to keep is %s: the next %s must weigh at least %.2f of this one to %s, which is "
                "assumed to give it %g.\n",
                t->deal[deal].name, pl_game_period(t->game), most, pl_game_player(t->game, player),
                pl_game_discount(t->game));
}

static void say_packages(FILE *out, const pl_talks *t) {
    size_t total = 0;
    for (size_t d = 1; d < t->deals; d++)
        total += is_package(t, d);
    if (!total)
        return;
    say_signed(out, t, total);
    say_otherwise(out, t);
    if (t->verb == PL_TABLE)
        say_first(out, t);
    say_hardest(out, t);
    say_alike(out, t);
}

/* ---- what an answer says: what searches found ---- */

static void find_span(const pl_talks *t, size_t player, double *low, double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t d = 1; d < t->deals; d++) {
        *low = fmin(*low, t->deal[d].against[player]);
        *high = fmax(*high, t->deal[d].against[player]);
    }
}

/* How much there is to haggle about, beside what everybody gains. */
static void say_span(FILE *out, const pl_talks *t, const char *what) {
    const pl_game *g = t->game;
    size_t players = pl_game_players(g);
    double low, high, share = 0;
    for (size_t p = 0; p < players; p++) {
        find_span(t, p, &low, &high);
        if (!(low > 0))
            return;
        share = fmax(share, (high - low) / low);
    }
    fprintf(out, "%s ", what);
    for (size_t p = 0; p < players; p++) {
        find_span(t, p, &low, &high);
        fprintf(out, "%s%s gains ", comma(p, players), pl_game_player(g, p));
        if (high - low >= NOTHING)
            fprintf(out, "%.4f to %.4f %%", low, high);
        else
            say_percent(out, low);
    }
    fprintf(out, " over no deal%s.\n",
            share < 0.05 ? ": nearly all of the gain is common, and there is little to haggle about" : "");
}

/* Instruments that every deal found sets alike. */
static void say_common(FILE *out, const pl_talks *t) {
    const pl_game *g = t->game;
    size_t said = 0;
    for (size_t i = 0; i < pl_game_instruments(g); i++) {
        double first = t->deal[1].setting[i];
        bool common = t->deals > 2 && !isnan(first);
        for (size_t d = 2; d < t->deals && common; d++)
            common = fabs(t->deal[d].setting[i] - first) < 5e-3;
        if (common && said < 8)
            fprintf(out, "%s%s at %.0f %%", said++ ? ", " : "Every bargain found sets ",
                    pl_game_instrument(g, i).name, 100 * first);
    }
    if (said)
        fputs(".\n", out);
}

static void say_nash(FILE *out, const pl_talks *t) {
    for (size_t d = 1; d < t->deals; d++) {
        fprintf(out, "When everybody does what is best for it (%s), against no deal ", t->deal[d].name);
        say_gains(out, t, t->deal[d].against);
        fputs(".\n", out);
    }
}

static void say_responses(FILE *out, const pl_talks *t) {
    for (size_t d = 1; d < t->deals; d++) {
        fprintf(out, "%s: ", t->deal[d].title);
        say_gains(out, t, t->deal[d].against);
        fputs(".\n", out);
    }
}

/* The difference between two deals, or that there is none. */
static void say_more(FILE *out, const pl_talks *t, size_t from, size_t to, const char *lead,
                     const char *nothing) {
    double most = 0;
    for (size_t p = 0; p < pl_game_players(t->game); p++)
        most = fmax(most, fabs(t->deal[to].payoff[p] - t->deal[from].payoff[p]));
    fputs(most < NOTHING ? nothing : lead, out);
    if (!(most < NOTHING))
        say_difference(out, t, &t->deal[from], &t->deal[to]);
}

static void say_sustained(FILE *out, const pl_talks *t) {
    size_t bargain = find_deal(t, "nash-bargain"), kept = find_deal(t, "best-kept"),
           verified = find_deal(t, "best-kept-verified");
    if (bargain != SIZE_MAX && kept != SIZE_MAX)
        say_more(out, t, bargain, kept,
                 "The Nash bargain is not kept as it is; in the best deal that is kept, against it, ",
                 "The best bargain there is keeps itself: nothing is lost for want of trust.\n");
    if (kept != SIZE_MAX && verified != SIZE_MAX)
        say_more(out, t, kept, verified, "If a breach showed in half the time, better deals would be kept: ",
                 "To see a breach in half the time is worth nothing more here: what can be had is kept "
                 "without.\n");
}

static void say_answer(FILE *out, const pl_talks *t) {
    switch (t->deals > 1 ? t->verb : PL_VERBS) {
    case PL_BEST_RESPONSE:
        say_responses(out, t);
        break;
    case PL_NASH:
        say_nash(out, t);
        break;
    case PL_FRONTIER:
        say_span(out, t, "From one end of the frontier to the other");
        break;
    case PL_BARGAIN:
        say_span(out, t, "In the bargains found");
        say_common(out, t);
        break;
    case PL_TABLE:
    case PL_SUSTAIN:
        say_packages(out, t);
        say_sustained(out, t);
        break;
    case PL_VALUE:
        say_deal(out, t, &t->deal[t->deals - 1]);
        break;
    default: /* no deal was found: the notes say why */
        break;
    }
}

/* ---- the whole ---- */

/* Written into memory; `deal` NULL is for the whole answer. */
static char *write_words(const pl_talks *t, const pl_deal *deal) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    if (deal)
        say_deal(out, t, deal);
    else
        say_answer(out, t);
    if (!fclose(out))
        return text;
    free(text);
    return NULL;
}

char *pl_talks_answer_words(const pl_talks *t) {
    return write_words(t, NULL);
}

char *pl_talks_deal_words(const pl_talks *t, size_t deal) {
    return write_words(t, &t->deal[deal]);
}
