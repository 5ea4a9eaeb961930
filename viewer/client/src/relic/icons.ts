/** Line icons on a grid of 24, drawn in the colour of the text. They point on the screen, so they never mirror. */

const PATHS: Record<string, string> = {
  rotate_left: 'M4.5 12c0-2.5 3.4-4.5 7.5-4.5s7.5 2 7.5 4.5-3.4 4.5-7.5 4.5M12 13l-3.5 3.5L12 20',
  rotate_right: 'M19.5 12c0-2.5-3.4-4.5-7.5-4.5S4.5 9.5 4.5 12s3.4 4.5 7.5 4.5M12 13l3.5 3.5L12 20',
  tilt_up: 'M4 17c3 3 13 3 16 0M12 4v9M8.5 9.500 12 13l3.500-3.500',
  tilt_down: 'M4 7c3-3 13-3 16 0M12 20v-9M8.5 14.500 12 11l3.500 3.500',
  zoom_in:
    'M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13M15.300 15.300 20 20M10.500 7.500v6M7.500 10.500h6',
  zoom_out: 'M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13M15.300 15.300 20 20M7.500 10.500h6',
  pan_left: 'M20 12H4M9 7l-5 5 5 5',
  pan_right: 'M4 12h16M15 7l5 5-5 5',
  pan_up: 'M12 20V4M7 9l5-5 5 5',
  pan_down: 'M12 4v16M7 15l5 5 5-5',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M9 9h6v6H9z',
  reset:
    'M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17M12 9.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5',
  turn: 'M12 5.500c4.700 0 8.500 1.800 8.500 4s-3.800 4-8.500 4-8.500-1.800-8.500-4 3.800-4 8.500-4M3.500 9.500V14c0 2.200 3.800 4 8.500 4s8.500-1.800 8.500-4V9.500',
  stop_turning: 'M7 7h10v10H7z',
  full_screen: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  leave_full_screen: 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
  more: 'M5 12h.010M12 12h.010M19 12h.010',
  retry: 'M19 12a7 7 0 1 1-2.100-5M19 3.500V8h-4.500',
  load: 'M12 3.500 19.500 8v8L12 20.500 4.500 16V8zM4.500 8l7.500 4.500L19.500 8M12 12.500v8',
};

const SVG = 'http://www.w3.org/2000/svg';

/** Gives the icon of an action. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name] ?? '');
  svg.append(path);
  return svg;
}
