// Measures of the reader's own, in the program's words: 'tariff:USA<-CHN=60%' is --tariff 'USA<-CHN=60%'.

const FORM = /^(tariff|export-tax|iceberg):([^<>:=]+?)(<-|->)([^<>:=]+?)(?::([^=+*]+))?(\+=|\*=|=)(-?[\d.]+)%$/;

/** Kinds: what they are called, and which side takes them. */
export const KINDS = {
    tariff: { label: 'Tariff', arrow: '<-', most: 150 },
    'export-tax': { label: 'Export tax', arrow: '->', most: 150 },
    iceberg: { label: 'Trade cost', arrow: '<-', most: 100 },
};

/** Ways of a rate. */
export const WAYS = { '=': 'set to', '+=': 'raised by', '*=': 'scaled to' };

/** The measure of a text, {kind, by, on, sectors, way, rate in percent}; null when it is none. */
export function readMeasure(text) {
    const match = FORM.exec(text);
    if (!match || KINDS[match[1]].arrow !== match[3]) return null;
    return { kind: match[1], by: match[2], on: match[4], sectors: match[5] || '', way: match[6], rate: Number(match[7]) };
}

/** Its text without the kind, as the program takes it. */
export function spell({ kind, by, on, sectors, way, rate }) {
    return `${by}${KINDS[kind].arrow}${on}${sectors ? `:${sectors}` : ''}${way}${rate}%`;
}

/** The measures of a state's key, and back. */
export function readMeasures(text) {
    return (text || '').split(';').map(readMeasure).filter(Boolean);
}

export function writeMeasures(measures) {
    return measures.map((measure) => `${measure.kind}:${spell(measure)}`).join(';');
}

/** The parameters of a question: {tariff: [...], 'export-tax': [...]}. */
export function parameters(measures) {
    const params = {};
    for (const measure of measures) (params[measure.kind] = params[measure.kind] || []).push(spell(measure));
    return params;
}

/** Whether two measures are about the same flows in the same way, so that one takes the other's place. */
export function sameFlow(a, b) {
    return a.kind === b.kind && a.by === b.by && a.on === b.on && a.sectors === b.sectors && a.way === b.way;
}

/** A measure in words: "United States: tariff on all goods from China". */
export function describe(measure, nameOf) {
    const sectors = measure.sectors || 'all goods';
    const words = {
        tariff: `${nameOf(measure.by)}: tariff on ${sectors} from ${nameOf(measure.on)}`,
        'export-tax': `${nameOf(measure.by)}: export tax on ${sectors} to ${nameOf(measure.on)}`,
        iceberg: `${nameOf(measure.by)}: cost of bringing in ${sectors} from ${nameOf(measure.on)}`,
    };
    return words[measure.kind];
}
