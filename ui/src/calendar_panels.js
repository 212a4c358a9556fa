// The small pictures under the chart: stocks, licences, users held up, duties.

import { linePicture, lineTable, lineWords } from './calendar_lines.js';
import { h, replace } from './dom.js';
import { figure } from './figure.js';
import { exact } from './number.js';

const BILLION = 1000;
const MOST = 5;

const lower = (name) => (/^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name);
const sum = (list) => list.reduce((total, value) => total + (value || 0), 0);
const scaled = (list, by = BILLION) => list.map((value) => (value === null ? NaN : value / by));

/** The same entry of the path as agreed, by a test on it. */
const older = (list, test) => (list ? list.find(test) : null);

function withOld(lines, old) {
    return [...old.filter(Boolean).map((line) => ({ ...line, faint: true, dash: '4,3' })), ...lines];
}

function stocks(now, old, view) {
    const pairs = now.pairs.filter((pair) => pair.stock.some((value) => value !== null));
    const chosen = pairs.filter((pair) => ['USA', 'CHN'].includes(pair.importer) && ['USA', 'CHN'].includes(pair.exporter));
    const label = (pair) => `${view.nameOf(pair.importer)}, of what comes from ${view.nameOf(pair.exporter)}`;
    const shown = (chosen.length ? chosen : pairs).slice(0, 3);
    const before = old && shown.map((pair) => older(old.pairs, (one) => one.importer === pair.importer && one.exporter === pair.exporter));
    return (
        shown.length > 0 && {
            name: 'parley-stocks',
            title: 'Stocks of what is imported',
            unit: 'months of use',
            basis: 'end of month; use of the base year; flows whose policy changes',
            note: 'How much buyers hold, and how far ahead they look, are settings of the path; they are assumed.',
            lines: withOld(
                shown.map((pair) => ({ label: label(pair), values: scaled(pair.stock, 1) })),
                (before || []).map((pair) => pair && { label: `${label(pair)}, as agreed`, values: scaled(pair.stock, 1) }),
            ),
        }
    );
}

function days(now, old, view) {
    const codes = [view.country, 'USA', 'JPN', 'DEU', 'KOR'].filter((code, k, list) => code !== 'CHN' && list.indexOf(code) === k);
    const sectors = [...new Set(now.days_of_stock.map((one) => one.sector))].sort();
    const sector = sectors.includes('MAG') ? 'MAG' : sectors[0];
    const of = (answer, code) => older(answer.days_of_stock, (one) => one.country === code && one.sector === sector);
    const shown = codes.filter((code) => of(now, code)).slice(0, 4);
    return (
        shown.length > 0 && {
            name: 'parley-days-of-stock',
            title: `Stock of ${lower(view.sectorOf(sector))}`,
            unit: 'days',
            basis: 'end of month; stock of what is licensed over a day’s normal use',
            note: `Licensed inputs here: ${sectors.map((code) => lower(view.sectorOf(code))).join('; ')}.`,
            lines: withOld(
                shown.map((code) => ({ label: view.nameOf(code), values: scaled(of(now, code).days_of_stock, 1) })),
                old ? shown.map((code) => of(old, code) && { label: `${view.nameOf(code)}, as agreed`, values: scaled(of(old, code).days_of_stock, 1) }) : [],
            ),
        }
    );
}

const QUEUE = { orders: 'applied for', decided: 'decided', approved: 'approved', backlog: 'waiting at the end of the month' };

function queues(now, old, view) {
    return now.regimes.map((regime) => {
        const before = old && older(old.regimes, (one) => one.regime === regime.regime);
        const measure = view.measures.find((one) => one.id === regime.regime);
        const sectors = [...new Set(now.licences.filter((one) => one.regime === regime.regime).map((one) => one.sector))];
        const assumed = measure && measure.assumed ? ' The approval, and what the note of the measure says, are assumed.' : '';
        return {
            name: `parley-licences-${regime.regime}`,
            title: `Licences: ${sectors.map((code) => lower(view.sectorOf(code))).join(', ') || regime.regime}`,
            unit: 'million USD a month',
            basis: 'at base prices, all buyers together',
            note: `${measure ? `${regime.regime}: ${measure.size}; decided after ${exact(measure.lag)} months, valid for ${exact(measure.validity)}.` : ''}${assumed}`,
            lines: withOld(
                Object.entries(QUEUE).map(([key, label]) => ({ label, values: scaled(regime[key], 1) })),
                before ? [{ label: 'approved, as agreed', values: scaled(before.approved, 1) }] : [],
            ),
        };
    });
}

/** The sectors, or countries, that lose most, and what is left. */
function most(parts, world, nameOf) {
    const order = Object.entries(parts).sort((a, b) => sum(b[1]) - sum(a[1]));
    const lines = order.slice(0, MOST - 1).map(([code, values]) => ({ label: nameOf(code), values: scaled(values) }));
    const rest = world.map((value, t) => value - sum(order.slice(0, MOST - 1).map(([, values]) => values[t])));
    return order.length >= MOST ? [...lines, { label: 'all others', values: scaled(rest) }] : lines;
}

function stopped(now, old, view) {
    const { world, sectors, users_stopped: users } = now.stopped;
    if (!world) return [];
    const peak = Math.max(...users);
    const said = `Held up at the worst: ${peak} sectors of single countries. How far a lack of a licensed input holds output down is the setting criticality (${exact(now.settings.criticality)}), which is assumed.`;
    const before = old && old.stopped.world ? [{ label: 'the world, as agreed', values: scaled(old.stopped.world) }] : [];
    const places = now.stopped.countries;
    return [
        {
            name: 'parley-stopped-sectors',
            title: 'Output lost for want of a licensed input',
            unit: 'bn USD a month',
            basis: 'at base prices, below normal output; the world, by sector',
            note: said,
            lines: withOld([{ label: 'the world', values: scaled(world) }, ...most(sectors, world, view.sectorOf)], before),
        },
        Object.keys(places).length > 0 && {
            name: 'parley-stopped-countries',
            title: 'Where it is lost',
            unit: 'bn USD a month',
            basis: 'at base prices, below normal output; economies shown',
            lines: Object.entries(places)
                .sort((a, b) => sum(b[1]) - sum(a[1]))
                .slice(0, MOST)
                .map(([code, values]) => ({ label: view.nameOf(code), values: scaled(values) })),
        },
    ];
}

function duties(now, old, view) {
    const codes = ['USA', 'CHN', view.country].filter((code, k, list) => now.countries[code] && list.indexOf(code) === k).slice(0, 3);
    return {
        name: 'parley-duties',
        title: 'Duties collected',
        unit: 'bn USD a month',
        basis: 'import duty revenue by law',
        note: 'What customs collect in fact is less: goods that are exempt, and goods on the water, are not told apart here.',
        lines: withOld(
            codes.map((code) => ({ label: view.nameOf(code), values: scaled(now.countries[code].duties) })),
            old ? codes.map((code) => ({ label: `${view.nameOf(code)}, as agreed`, values: scaled(old.countries[code].duties) })) : [],
        ),
    };
}

/** Keys of the pictures stay with their figures, so that a new path moves lines instead of building the page again. */
export function smallPanels() {
    const element = h('div', { class: 'multiples' });
    const made = new Map();

    function show(now, old, view) {
        const specs = [stocks(now, old, view), days(now, old, view), ...queues(now, old, view), ...stopped(now, old, view), duties(now, old, view)].filter(Boolean);
        const figures = specs.map((spec) => {
            const full = { months: view.months, points: [], days: view.days, zero: true, height: 190, ...spec };
            const options = {
                title: spec.title,
                unit: spec.unit,
                basis: spec.basis,
                note: spec.note,
                name: spec.name,
                alt: lineWords(full),
                draw: (width, dark) => linePicture(full, width, dark),
                table: lineTable(full, `${spec.title}, ${spec.unit}`),
                certificate: view.openCertificate,
            };
            const known = made.get(spec.name);
            if (known) known.update(options);
            else made.set(spec.name, figure(options));
            return made.get(spec.name);
        });
        if (figures.length !== element.children.length || figures.some((one, k) => element.children[k] !== one)) replace(element, figures);
    }

    return { element, show };
}
