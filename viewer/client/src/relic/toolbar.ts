/** The buttons along the lower edge: icons with words, the most used first, the rest behind "More" on a phone. */
import { make } from './dom';
import { icon } from './icons';
import type { Labels } from './labels';

type Name = keyof Labels;

const FIRST: Name[] = ['rotate_left', 'rotate_right', 'zoom_in', 'zoom_out', 'turn', 'reset', 'full_screen'];
const REST: Name[] = ['tilt_up', 'tilt_down', 'pan_left', 'pan_right', 'pan_up', 'pan_down', 'fit'];

/** Left stays left of right on the screen, also where the row runs from right to left. */
function swapped(names: Name[]): Name[] {
  const other = (name: Name): Name =>
    name.endsWith('_left')
      ? (name.replace('_left', '_right') as Name)
      : (name.replace('_right', '_left') as Name);
  return names.map((name) => (/_(left|right)$/.test(name) ? other(name) : name));
}

export class Toolbar {
  readonly element: HTMLElement;
  private readonly buttons = new Map<Name, HTMLButtonElement>();
  private readonly more: HTMLButtonElement;
  private enabled = true;
  private filling = false;

  constructor(
    private readonly labels: Labels,
    private readonly press: (action: Name) => void,
    rightToLeft: boolean,
  ) {
    const inOrder = (names: Name[]): HTMLButtonElement[] =>
      (rightToLeft ? swapped(names) : names).map((name) => this.button(name));
    const rest = make('div', { class: 'rest', id: 'rest' }, ...inOrder(REST));
    this.more = make('button', {
      type: 'button',
      class: 'more',
      'aria-expanded': 'false',
      'aria-controls': 'rest',
    });
    this.face(this.more, 'more');
    this.more.addEventListener('click', () =>
      this.unfold(this.more.getAttribute('aria-expanded') !== 'true'),
    );
    const first = make('div', { class: 'first' }, ...inOrder(FIRST), this.more);
    const help = make('p', { class: 'help' }, labels.help_text);
    this.element = make(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': labels.controls },
      first,
      rest,
      help,
    );
  }

  /** "Turn slowly" becomes "Stop" while the object turns. */
  turning(running: boolean): void {
    this.face(this.buttons.get('turn')!, running ? 'stop_turning' : 'turn');
  }

  fullScreen(on: boolean): void {
    this.filling = on;
    this.allow();
    this.face(this.buttons.get('full_screen')!, on ? 'leave_full_screen' : 'full_screen');
  }

  /** Without a model there is nothing to turn. */
  enable(on: boolean): void {
    this.enabled = on;
    this.allow();
  }

  /** Hides what cannot be done here (no full screen on some phones, no turn under reduced motion). */
  withhold(name: Name): void {
    this.buttons.get(name)!.hidden = true;
  }

  /** What fills the screen can always be left, model or not: where there is no Escape key, by this button alone. */
  private allow(): void {
    for (const [name, button] of this.buttons) {
      button.disabled = !this.enabled && !(this.filling && name === 'full_screen');
    }
  }

  private unfold(open: boolean): void {
    this.more.setAttribute('aria-expanded', String(open));
    this.element.classList.toggle('open', open);
  }

  private button(name: Name): HTMLButtonElement {
    const button = make('button', { type: 'button', 'data-action': name });
    this.face(button, name);
    button.addEventListener('click', () => this.press(name));
    this.buttons.set(name, button);
    return button;
  }

  private face(button: HTMLButtonElement, name: Name): void {
    button.replaceChildren(icon(name), make('span', {}, this.labels[name]));
  }
}
