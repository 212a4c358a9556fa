// The outlines of the world's countries, made at build time: those of Natural Earth (world-atlas, 1:50 million) thinned out
// to what a screen shows, with codes of three letters, as the worlds have them.

/** Areas in steradians: below the first a corner of an outline is left out, below the second an island. Malta has 8e-6. */
const CORNER = 3e-6;
const ISLAND = 4e-6;
/** A country below this area (16,000 square kilometres) is too small to be pointed at: it says where a mark for it goes. */
const SMALL = 4e-4;

/**
 * A topology with one object, `countries`: id is the ISO 3166-1 code of three letters, or none; properties are `name` and, for
 * small countries, `at`: [longitude, latitude]. `tools` has the modules client and simplify of topojson, and d3-geo.
 */
export function outlines(atlas, iso, tools) {
    const letters = new Map(iso.map((entry) => [entry.numeric, entry.alpha3]));
    const countries = atlas.objects.countries;
    countries.geometries = countries.geometries
        .filter((shape) => shape.properties.name !== 'Antarctica')
        .map((shape) => named(atlas, shape, letters.get(shape.id), tools));
    const { simplify } = tools;
    const weighted = simplify.presimplify({ ...atlas, objects: { countries } }, simplify.sphericalTriangleArea);
    const thinned = simplify.simplify(weighted, CORNER);
    const kept = simplify.filter(thinned, simplify.filterAttachedWeight(thinned, ISLAND, simplify.sphericalRingArea));
    keepSmall(countries.geometries, kept.objects.countries.geometries);
    return tools.client.quantize(kept, 2e4); // whole numbers instead of degrees: a third of the size
}

function named(atlas, shape, code, { client, geo }) {
    const { id, ...rest } = shape;
    const properties = { name: shape.properties.name };
    const outline = client.feature(atlas, shape);
    if (code && geo.geoArea(outline) < SMALL) properties.at = geo.geoCentroid(outline).map((angle) => Math.round(angle * 1e3) / 1e3);
    return code ? { ...rest, id: code, properties } : { ...rest, properties };
}

/** A country of which no island is left keeps its mark. */
function keepSmall(before, after) {
    const ids = new Set(after.map((shape) => shape.id));
    for (const { id, properties } of before)
        if (properties.at && !ids.has(id)) after.push({ type: 'MultiPolygon', arcs: [], id, properties });
}
