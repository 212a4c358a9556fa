/* The parts every JSON document is put together from: out of memory anywhere, and the whole is given up. */
#include "report/report.h"

#include <math.h>

json_t *pl_json_number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *pl_json_text(const char *text) {
    return text && *text ? json_string(text) : json_null();
}

bool pl_json_put(json_t *object, const char *key, json_t *value) {
    if (object && value)
        return json_object_set_new(object, key, value) == 0;
    json_decref(value);
    return false;
}

bool pl_json_add(json_t *list, json_t *value) {
    if (list && value)
        return json_array_append_new(list, value) == 0;
    json_decref(value);
    return false;
}

json_t *pl_json_append(json_t *list, json_t *value) {
    return pl_json_whole(list, pl_json_add(list, value));
}

json_t *pl_json_whole(json_t *made, bool whole) {
    if (whole)
        return made;
    json_decref(made);
    return NULL;
}

json_t *pl_json_numbers(const double *value, size_t count) {
    json_t *list = json_array();
    bool made = true;
    for (size_t i = 0; i < count; i++)
        made = pl_json_add(list, pl_json_number(value[i])) && made;
    return pl_json_whole(list, made);
}
