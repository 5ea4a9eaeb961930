/** The element's words. The page gives them in its language; English stands in for whatever is missing. */

export const ENGLISH = {
  load: 'Show the model',
  loading: 'The model is loading',
  loaded: 'The model is here',
  failed: 'The model did not come. The picture and the text are complete without it.',
  retry: 'Try again',
  no_webgl: 'This browser cannot draw the model. The picture shows the object from the front.',
  rotate_left: 'Turn left',
  rotate_right: 'Turn right',
  tilt_up: 'From above',
  tilt_down: 'From below',
  zoom_in: 'Closer',
  zoom_out: 'Farther',
  pan_left: 'Move left',
  pan_right: 'Move right',
  pan_up: 'Move up',
  pan_down: 'Move down',
  fit: 'Whole object',
  reset: 'Front',
  stop_turning: 'Stop',
  turn: 'Turn slowly',
  full_screen: 'Full screen',
  leave_full_screen: 'Leave full screen',
  more: 'More',
  scale_bar: 'Scale at the middle of the object',
  size: 'Size',
  width: 'width',
  height: 'height',
  depth: 'depth',
  size_unconfirmed: 'size not confirmed',
  context_lost: 'The picture was lost for a moment and is coming back.',
  help: 'How to look around',
  help_text:
    'Drag to turn, pinch or use + and − to come closer, two fingers or Shift with the arrow keys to move. ' +
    'Home shows the front again.',
  level: 'Detail',
  controls: 'Turn and move the model',
  mm: 'mm',
  cm: 'cm',
  m: 'm',
};

export type Labels = typeof ENGLISH;

/** Gives the words in the element's `<script type="application/json" class="labels">`, completed with English. */
export function labelsOf(element: Element): Labels {
  const script = element.querySelector('script.labels[type="application/json"]');
  if (!script?.textContent) return ENGLISH;
  try {
    const given: unknown = JSON.parse(script.textContent);
    const words = Object.entries(given as Record<string, unknown>).filter(
      ([key, word]) => key in ENGLISH && typeof word === 'string' && word !== '',
    );
    return { ...ENGLISH, ...Object.fromEntries(words) };
  } catch {
    console.warn('museum-relic: the labels are not JSON');
    return ENGLISH;
  }
}

/** Gives a number in the language of the element (Latin digits: they stand beside units and register numbers). */
export function numberIn(element: Element, value: number, digits = 0): string {
  const lang = element.closest('[lang]')?.getAttribute('lang') || 'en';
  const options = { maximumFractionDigits: digits, numberingSystem: 'latn' };
  try {
    return new Intl.NumberFormat(lang, options).format(value);
  } catch {
    return new Intl.NumberFormat('en', options).format(value);
  }
}
