/**
 * The element's own style. The page sets the colours by custom properties:
 * --relic-background, --relic-ink, --relic-plate, --relic-accent, --relic-ground (colour of the light on the
 * ground), --relic-ground-light and --relic-shadow (0 to 1); and --relic-inset, where the scale bar begins.
 */
const CSS = `
:host {
  --background: var(--relic-background, #14110f);
  --ink: var(--relic-ink, #efe7da);
  --plate: var(--relic-plate, #14110fd9);
  --accent: var(--relic-accent, #c08a3e);
  --button: 56px;
  display: flex; flex-direction: column; container-type: inline-size;
  block-size: min(78vh, 46rem); min-block-size: 22rem;
  background: var(--background); color: var(--ink);
  font: inherit; font-size: 1rem; line-height: 1.5;
}
:host([hidden]) { display: none; }
:host([kiosk]) { --button: 76px; font-size: 1.25rem; }
:host(:fullscreen), :host(.fills) { block-size: 100% !important; inline-size: 100% !important; }
/* The page places the element by rules of its own, which would win over these. */
:host(.fills) { position: fixed !important; inset: 0 !important; z-index: 1000; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }

.hall { position: relative; flex: 1 1 auto; min-block-size: 0; overflow: hidden; }
.hall > .layer, canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
canvas { display: block; touch-action: pan-y; cursor: grab; opacity: 0; outline-offset: -3px; }
canvas:active { cursor: grabbing; }
:host([data-state="ready"]) canvas { opacity: 1; }
:host([kiosk]) canvas, :host(:fullscreen) canvas, :host(.fills) canvas { touch-action: none; }
canvas:focus-visible, button:focus-visible { outline: 3px solid var(--accent); }

.poster { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); place-items: center; }
/* Important: a page's own rule for pictures (height: auto) would win, and the picture run out of the hall. */
.poster img, .poster ::slotted(*) {
  inline-size: 100% !important; block-size: 100% !important; object-fit: contain !important;
}
.poster .outline { inline-size: min(38%, 14rem); fill: none; stroke: currentColor; stroke-width: 1; opacity: .35; }
:host([data-state="ready"]) .poster { visibility: hidden; opacity: 0; }
@media (prefers-reduced-motion: no-preference) {
  canvas { transition: opacity .45s ease; }
  .poster { transition: opacity .45s ease .15s, visibility 0s linear .6s, transform .45s ease; }
}

.line { position: absolute; inset-inline: 0; inset-block-end: 0; block-size: 3px; background: transparent; }
.line > i { display: block; block-size: 100%; inline-size: 0; background: var(--accent); }
.note {
  position: absolute; inset-inline: 6%; inset-block-end: 1.25rem; margin: 0 auto; max-inline-size: 34em;
  inline-size: fit-content; padding: .6em 1em; background: var(--plate); text-align: center; text-wrap: balance;
}
.note p { margin: 0; }
/* One line, in the air below the relic; a sentence with a button is higher, and the picture makes room for it. */
.note[data-kind="loading"] { display: flex; gap: .75em; align-items: baseline; inset-block-end: .5rem; padding: .25em .75em; }
.hall:has(> .note[data-kind="notice"]:not([hidden])) { display: flex; flex-direction: column; }
.hall:has(> .note[data-kind="notice"]:not([hidden])) > .poster { position: relative; flex: 1 1 0; min-block-size: 0; block-size: auto; }
.hall:has(> .note[data-kind="notice"]:not([hidden])) > .note { position: relative; inset: auto; flex: none; margin: .5rem auto 1.25rem; max-inline-size: min(34em, 88%); }
/* Nothing to turn: dead buttons would only stand between the picture and the sentence. */
:host([data-state="failed"]) .toolbar { display: none; }
.note button { margin-block-start: .6em; }
.note .figures { font-variant-numeric: tabular-nums; opacity: .8; font-size: .85em; }

.measure {
  position: absolute; inset-inline-start: 0; inset-block-end: 0; padding: 6px 10px 7px;
  margin: 12px; margin-inline-start: calc(var(--relic-inset, 22px) - 10px);
  background: var(--plate); font-size: .8125em; line-height: 1.4; font-variant-numeric: tabular-nums;
  pointer-events: none; max-inline-size: calc(100% - 24px); box-shadow: 0 0 14px 8px var(--plate);
}
.bar { block-size: 7px; border: solid currentColor; border-width: 0 1.5px 1.5px; margin-block: 2px 5px; }
.size { opacity: .85; }
:host([labelled]:not(:fullscreen):not(.fills)) .size { display: none; }

.toolbar { flex: none; padding: 4px clamp(8px, 2%, 24px) 10px; }
.first, .rest { display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px; }
.rest { display: none; }
.rest { margin-block-start: 4px; }
.help { display: none; }
.open .rest { display: grid; }
.open .help { display: block; }
.help { margin: 10px 4px 2px; font-size: .875em; opacity: .85; }
button {
  display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 3px;
  min-inline-size: 44px; min-block-size: var(--button); padding: 4px 2px; border: 1px solid transparent; margin: 0;
  background: none; color: inherit; font: inherit; font-size: .8125em; line-height: 1.25; cursor: pointer;
  text-align: center; touch-action: manipulation; -webkit-tap-highlight-color: transparent;
}
.note button { flex-direction: row; padding-inline: 1em; border-color: currentColor; font-size: 1em; margin-inline: auto; }
button svg { inline-size: 1.5rem; block-size: 1.5rem; flex: none; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.more svg { stroke-width: 3; }
:host([kiosk]) button svg { inline-size: 30px; block-size: 30px; }
button:hover { background: color-mix(in srgb, var(--ink) 10%, transparent); }
button:active { background: color-mix(in srgb, var(--ink) 18%, transparent); }
button[aria-expanded="true"] { border-color: currentColor; }
button:disabled { opacity: .4; cursor: default; background: none; }
/* On a phone the corner is small, and the page says the size where it is to be seen. */
@container (max-width: 29rem) {
  .measure { margin-block-end: 4px; }
  :host(:not(:fullscreen):not(.fills)) .size { display: none; }
}
@container (min-width: 40rem) {
  .first, .rest { grid-template-columns: none; grid-auto-flow: column; grid-auto-columns: minmax(76px, max-content); justify-content: center; }
  .help { text-align: center; }
  button, .measure { font-size: .875em; }
}
@container (min-width: 100rem) {
  .toolbar { display: flex; justify-content: center; gap: 4px; }
  .toolbar .rest { display: grid; margin: 0; }
  .toolbar .more, .toolbar .help { display: none; }
}
.away { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (forced-colors: active) { .bar { border-color: CanvasText; } .line > i { background: Highlight; } }
`;

let sheet: CSSStyleSheet | undefined;

/** Gives the one sheet that all elements share. Made by script: a strict CSP forbids `<style>` but not this. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
