// Light and dark: as the system says, or as the reader chose.

const KEY = 'parley-theme';
const system = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();
let printing = false;

function chosen() {
    try {
        return window.localStorage.getItem(KEY) || 'auto';
    } catch {
        return 'auto';
    }
}

function apply() {
    const choice = printing ? 'light' : chosen();
    if (choice === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = choice;
    listeners.forEach((listener) => listener(isDark()));
}

/** Whether the page is dark now. Paper is not. */
export function isDark() {
    if (printing) return false;
    const choice = chosen();
    return choice === 'auto' ? system.matches : choice === 'dark';
}

/** Calls the listener when that changes; returns how to stop. */
export function watchTheme(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

/** Connects the switch of the page. */
export function startTheme(select) {
    select.value = chosen();
    select.addEventListener('change', () => {
        try {
            window.localStorage.setItem(KEY, select.value);
        } catch {
            // Without storage the choice holds for this page only.
        }
        apply();
    });
    system.addEventListener('change', apply);
    for (const [type, now] of [['beforeprint', true], ['afterprint', false]])
        window.addEventListener(type, () => {
            printing = now;
            apply();
        });
    apply();
}
