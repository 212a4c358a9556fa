/* Names where a source gives codes only: countries of ISO 3166 (everyday English names) and the sectors of
 * WIOD 2013. */
#include "data/data.h"

#include <string.h>

typedef struct {
    const char *code, *name;
} label;

/* Sorted by code. */
static const label COUNTRY[] = {{"AFG", "Afghanistan"},
                                {"AGO", "Angola"},
                                {"ALB", "Albania"},
                                {"ARE", "United Arab Emirates"},
                                {"ARG", "Argentina"},
                                {"ARM", "Armenia"},
                                {"AUS", "Australia"},
                                {"AUT", "Austria"},
                                {"AZE", "Azerbaijan"},
                                {"BDI", "Burundi"},
                                {"BEL", "Belgium"},
                                {"BEN", "Benin"},
                                {"BFA", "Burkina Faso"},
                                {"BGD", "Bangladesh"},
                                {"BGR", "Bulgaria"},
                                {"BHR", "Bahrain"},
                                {"BIH", "Bosnia and Herzegovina"},
                                {"BLR", "Belarus"},
                                {"BLZ", "Belize"},
                                {"BOL", "Bolivia"},
                                {"BRA", "Brazil"},
                                {"BRN", "Brunei"},
                                {"BTN", "Bhutan"},
                                {"BWA", "Botswana"},
                                {"CAF", "Central African Republic"},
                                {"CAN", "Canada"},
                                {"CHE", "Switzerland"},
                                {"CHL", "Chile"},
                                {"CHN", "China"},
                                {"CIV", "Ivory Coast"},
                                {"CMR", "Cameroon"},
                                {"COD", "Congo, Democratic Republic"},
                                {"COG", "Congo"},
                                {"COL", "Colombia"},
                                {"CRI", "Costa Rica"},
                                {"CUB", "Cuba"},
                                {"CYP", "Cyprus"},
                                {"CZE", "Czechia"},
                                {"DEU", "Germany"},
                                {"DNK", "Denmark"},
                                {"DOM", "Dominican Republic"},
                                {"DZA", "Algeria"},
                                {"ECU", "Ecuador"},
                                {"EGY", "Egypt"},
                                {"ERI", "Eritrea"},
                                {"ESP", "Spain"},
                                {"EST", "Estonia"},
                                {"ETH", "Ethiopia"},
                                {"FIN", "Finland"},
                                {"FJI", "Fiji"},
                                {"FRA", "France"},
                                {"GAB", "Gabon"},
                                {"GBR", "United Kingdom"},
                                {"GEO", "Georgia"},
                                {"GHA", "Ghana"},
                                {"GIN", "Guinea"},
                                {"GMB", "Gambia"},
                                {"GNQ", "Equatorial Guinea"},
                                {"GRC", "Greece"},
                                {"GTM", "Guatemala"},
                                {"GUY", "Guyana"},
                                {"HKG", "Hong Kong"},
                                {"HND", "Honduras"},
                                {"HRV", "Croatia"},
                                {"HTI", "Haiti"},
                                {"HUN", "Hungary"},
                                {"IDN", "Indonesia"},
                                {"IND", "India"},
                                {"IRL", "Ireland"},
                                {"IRN", "Iran"},
                                {"IRQ", "Iraq"},
                                {"ISL", "Iceland"},
                                {"ISR", "Israel"},
                                {"ITA", "Italy"},
                                {"JAM", "Jamaica"},
                                {"JOR", "Jordan"},
                                {"JPN", "Japan"},
                                {"KAZ", "Kazakhstan"},
                                {"KEN", "Kenya"},
                                {"KGZ", "Kyrgyzstan"},
                                {"KHM", "Cambodia"},
                                {"KOR", "Korea"},
                                {"KWT", "Kuwait"},
                                {"LAO", "Laos"},
                                {"LBN", "Lebanon"},
                                {"LBR", "Liberia"},
                                {"LBY", "Libya"},
                                {"LIE", "Liechtenstein"},
                                {"LKA", "Sri Lanka"},
                                {"LSO", "Lesotho"},
                                {"LTU", "Lithuania"},
                                {"LUX", "Luxembourg"},
                                {"LVA", "Latvia"},
                                {"MAC", "Macao"},
                                {"MAR", "Morocco"},
                                {"MDA", "Moldova"},
                                {"MDG", "Madagascar"},
                                {"MEX", "Mexico"},
                                {"MKD", "North Macedonia"},
                                {"MLI", "Mali"},
                                {"MLT", "Malta"},
                                {"MMR", "Myanmar"},
                                {"MNE", "Montenegro"},
                                {"MNG", "Mongolia"},
                                {"MOZ", "Mozambique"},
                                {"MRT", "Mauritania"},
                                {"MUS", "Mauritius"},
                                {"MWI", "Malawi"},
                                {"MYS", "Malaysia"},
                                {"NAM", "Namibia"},
                                {"NER", "Niger"},
                                {"NGA", "Nigeria"},
                                {"NIC", "Nicaragua"},
                                {"NLD", "Netherlands"},
                                {"NOR", "Norway"},
                                {"NPL", "Nepal"},
                                {"NZL", "New Zealand"},
                                {"OMN", "Oman"},
                                {"PAK", "Pakistan"},
                                {"PAN", "Panama"},
                                {"PER", "Peru"},
                                {"PHL", "Philippines"},
                                {"PNG", "Papua New Guinea"},
                                {"POL", "Poland"},
                                {"PRI", "Puerto Rico"},
                                {"PRK", "North Korea"},
                                {"PRT", "Portugal"},
                                {"PRY", "Paraguay"},
                                {"PSE", "Palestine"},
                                {"QAT", "Qatar"},
                                {"ROM", "Romania"},
                                {"ROU", "Romania"},
                                {"RUS", "Russia"},
                                {"RWA", "Rwanda"},
                                {"SAU", "Saudi Arabia"},
                                {"SDN", "Sudan"},
                                {"SEN", "Senegal"},
                                {"SGP", "Singapore"},
                                {"SLE", "Sierra Leone"},
                                {"SLV", "El Salvador"},
                                {"SRB", "Serbia"},
                                {"SSD", "South Sudan"},
                                {"STP", "Sao Tome and Principe"},
                                {"SUR", "Suriname"},
                                {"SVK", "Slovakia"},
                                {"SVN", "Slovenia"},
                                {"SWE", "Sweden"},
                                {"SWZ", "Eswatini"},
                                {"SYR", "Syria"},
                                {"TCD", "Chad"},
                                {"TGO", "Togo"},
                                {"THA", "Thailand"},
                                {"TJK", "Tajikistan"},
                                {"TKM", "Turkmenistan"},
                                {"TTO", "Trinidad and Tobago"},
                                {"TUN", "Tunisia"},
                                {"TUR", "Turkey"},
                                {"TWN", "Taiwan"},
                                {"TZA", "Tanzania"},
                                {"UGA", "Uganda"},
                                {"UKR", "Ukraine"},
                                {"URY", "Uruguay"},
                                {"USA", "United States"},
                                {"UZB", "Uzbekistan"},
                                {"VEN", "Venezuela"},
                                {"VNM", "Vietnam"},
                                {"YEM", "Yemen"},
                                {"ZAF", "South Africa"},
                                {"ZMB", "Zambia"},
                                {"ZWE", "Zimbabwe"}};
enum { COUNTRIES = sizeof COUNTRY / sizeof *COUNTRY };

/* C1 to C35. */
static const char *const WIOD_2013[] = {"Agriculture",
                                        "Mining",
                                        "Food",
                                        "Textiles",
                                        "Leather",
                                        "Wood",
                                        "Paper and printing",
                                        "Petroleum products",
                                        "Chemicals",
                                        "Rubber and plastics",
                                        "Other minerals",
                                        "Metals",
                                        "Machinery",
                                        "Electrical and optical equipment",
                                        "Transport equipment",
                                        "Other manufacturing",
                                        "Utilities",
                                        "Construction",
                                        "Trade and repair of motor vehicles",
                                        "Wholesale trade",
                                        "Retail trade",
                                        "Hotels and restaurants",
                                        "Inland transport",
                                        "Water transport",
                                        "Air transport",
                                        "Other transport services",
                                        "Post and telecommunications",
                                        "Finance",
                                        "Real estate",
                                        "Business services",
                                        "Public administration",
                                        "Education",
                                        "Health",
                                        "Other services",
                                        "Households"};

static int compare(const void *key, const void *row) {
    return strcmp(key, ((const label *)row)->code);
}

const char *pl_country_name(const char *code) {
    if (pl_same_word(code, "ROW"))
        return "Rest of the world";
    const label *found = bsearch(code, COUNTRY, COUNTRIES, sizeof *COUNTRY, compare);
    return found ? found->name : NULL;
}

/* Sets a name where there is only the code. */
static bool set_name(pl_world *w, pl_axis axis, size_t i, const char *name) {
    char **names = axis == PL_COUNTRY ? w->country_name : w->sector_name;
    if (!name || strcmp(names[i], pl_world_code(w, axis, i)))
        return true;
    char *copy = pl_strdup(name);
    if (!copy)
        return false;
    free(names[i]);
    names[i] = copy;
    return true;
}

bool pl_world_default_names(pl_world *w) {
    bool named = true;
    for (size_t n = 0; n < w->countries && named; n++)
        named = set_name(w, PL_COUNTRY, n, pl_country_name(w->country_code[n]));
    if (!pl_world_is_wiod_2013(w))
        return named;
    for (size_t j = 0; j < w->sectors && named; j++) {
        long number = strtol(w->sector_code[j] + 1, NULL, 10);
        named = set_name(w, PL_SECTOR, j, WIOD_2013[number - 1]);
    }
    return named;
}
