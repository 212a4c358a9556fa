/* Newton-Krylov behind the accelerated fixed point: KINSOL with GMRES on F(y) = G(y) - y. */
#include "solve/solve.h"

#include <kinsol/kinsol.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_spgmr.h>

enum { DIRECTIONS = 60, TRIALS = 60 }; /* of GMRES and of the line search, a step */

typedef struct {
    pl_gmap *map;
    size_t evaluations, most;
} problem;

static int residual_of(N_Vector y, N_Vector f, void *data) {
    problem *p = data;
    double *out = N_VGetArrayPointer(f);
    const double *in = N_VGetArrayPointer(y);
    size_t length = p->map->at.length;
    /* Beside a kink, where a control begins to bind, KINSOL's line search halves for ever: that is the end of the run. */
    if (p->evaluations >= p->most)
        return -1;
    pl_gmap_apply(p->map, in, out);
    p->evaluations++;
    for (size_t i = 0; i < length; i++) {
        out[i] -= in[i];
        if (!isfinite(out[i]))
            return 1; /* recoverable: KINSOL shortens the step */
    }
    return 0;
}

static void quiet(int code, const char *module, const char *function, char *text, void *data) {
    (void)code, (void)module, (void)function, (void)text, (void)data;
}

static bool set_up(void *kin, problem *p, N_Vector y, SUNLinearSolver linear, double tolerance,
                   size_t steps) {
    return !KINSetUserData(kin, p) && !KINSetErrHandlerFn(kin, quiet, NULL) &&
           !KINInit(kin, residual_of, y) && !KINSetLinearSolver(kin, linear, NULL) &&
           !KINSetFuncNormTol(kin, tolerance) && !KINSetScaledStepTol(kin, 1e-14) &&
           !KINSetNumMaxIters(kin, (long)steps) && !KINSetMaxNewtonStep(kin, 1e3) &&
           !KINSetEtaForm(kin, KIN_ETACHOICE1);
}

size_t pl_newton_run(pl_gmap *map, double *y, double *work, double tolerance, size_t steps,
                     double *residual) {
    problem p = {.map = map, .most = steps * (DIRECTIONS + TRIALS)};
    SUNContext context = NULL;
    *residual = INFINITY;
    if (SUNContext_Create(NULL, &context))
        return 0;
    sunindextype length = (sunindextype)map->at.length;
    N_Vector state = N_VMake_Serial(length, y, context), scale = N_VNew_Serial(length, context);
    SUNLinearSolver linear = state ? SUNLinSol_SPGMR(state, SUN_PREC_NONE, DIRECTIONS, context) : NULL;
    void *kin = KINCreate(context);
    if (state && scale && linear && kin && set_up(kin, &p, state, linear, tolerance, steps)) {
        N_VConst(1.0, scale);
        KINSol(kin, state, KIN_LINESEARCH, scale, scale);
        pl_gmap_apply(map, y, work);
        double worst = 0;
        for (size_t i = 0; i < map->at.length; i++) {
            double f = fabs(work[i] - y[i]);
            worst = f <= worst ? worst : f; /* a NaN is kept */
        }
        *residual = worst;
    }
    KINFree(&kin);
    if (linear)
        SUNLinSolFree(linear);
    if (scale)
        N_VDestroy(scale);
    if (state)
        N_VDestroy(state);
    SUNContext_Free(&context);
    return p.evaluations + 1;
}
