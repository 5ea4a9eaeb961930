/** Where the visitor stands: a point looked at, two angles, a distance. Knows limits and how to glide. */

export type Vec3 = [number, number, number];

/** Degrees and metres. Azimuth 0 is the front (+Z), 90 the object's left side seen from +X. */
export interface View {
  azimuth: number;
  elevation: number;
  distance: number;
  target: Vec3;
}

/** The object as the camera has to know it, in metres. */
export interface Frame {
  center: Vec3;
  size: Vec3;
  /** Pairs of a height above the centre and the farthest point from the vertical there; without it, the box. */
  profile?: readonly (readonly [number, number])[];
  /** Degrees from which the front is seen, as the poster shows it; without them, straight on. */
  front?: Pick<View, 'azimuth' | 'elevation'> | undefined;
}

export const FOV_DEG = 26;
const FRONT_ELEVATION_DEG = 9;
const LYING_ELEVATION_DEG = 42;
const MIN_ELEVATION_DEG = -80;
const MAX_ELEVATION_DEG = 88;
const GLIDE_S = 0.09;
const MARGIN = 1.1;

const rad = (deg: number): number => (deg * Math.PI) / 180;
const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/**
 * Gives the elevation from which the front is seen: a little from above what stands, well from above what lies
 * (a trench, a tile on its back), for from the side there would be an edge and nothing else.
 */
export function frontElevation(frame: Frame): number {
  if (frame.front) return frame.front.elevation;
  const [width, height, depth] = frame.size;
  const upright = height / Math.max(Math.min(width, depth), 1e-9);
  const lying = clamp((0.7 - upright) / 0.5, 0, 1);
  return FRONT_ELEVATION_DEG + lying * (LYING_ELEVATION_DEG - FRONT_ELEVATION_DEG);
}

/**
 * Gives the distance at which the object, seen from the front's elevation and turned any way about its vertical,
 * fits a window of this aspect: a ring of radius r at height y comes nearest, and so largest, at its near point.
 */
export function fitDistance(frame: Frame, aspect: number): number {
  const [width, height, depth] = frame.size;
  const radius = Math.hypot(width, depth) / 2;
  const rings = frame.profile ?? [[height / 2, radius] as const, [-height / 2, radius] as const];
  const elevation = rad(frontElevation(frame));
  const [sin, cos] = [Math.sin(elevation), Math.cos(elevation)];
  const tan = Math.tan(rad(FOV_DEG / 2));
  let distance = 0;
  for (const [y, r] of rings) {
    for (const side of [r, -r]) {
      distance = Math.max(distance, Math.abs(y * cos - side * sin) / tan + side * cos + y * sin);
    }
    distance = Math.max(distance, Math.hypot(r / (tan * aspect), r * cos) + y * sin);
  }
  return distance * MARGIN;
}

/** Gives the unit vectors of a view: to the right, up, and from the target to the eye. */
export function axesOf(view: View): { right: Vec3; up: Vec3; back: Vec3 } {
  const [sinA, cosA] = [Math.sin(rad(view.azimuth)), Math.cos(rad(view.azimuth))];
  const [sinE, cosE] = [Math.sin(rad(view.elevation)), Math.cos(rad(view.elevation))];
  return {
    right: [cosA, 0, -sinA],
    up: [-sinA * sinE, cosE, -cosA * sinE],
    back: [sinA * cosE, sinE, cosA * cosE],
  };
}

/** Gives the metres from the eye to the depth of the object's centre, along the line of sight. */
export function depthOfCenter(view: View, frame: Frame): number {
  const { back } = axesOf(view);
  const aside = back.reduce((sum, b, i) => sum + b * (frame.center[i]! - view.target[i]!), 0);
  return view.distance - aside;
}

export class Orbit {
  now: View;
  goal: View;
  aspect = 1;
  /** True where the visitor asked for less motion: changes are then at once. */
  still = false;

  constructor(readonly frame: Frame) {
    this.now = this.front();
    this.goal = this.front();
  }

  front(): View {
    const distance = fitDistance(this.frame, this.aspect);
    const azimuth = this.frame.front?.azimuth ?? 0;
    return { azimuth, elevation: frontElevation(this.frame), distance, target: [...this.frame.center] };
  }

  rotate(azimuthDeg: number, elevationDeg: number): void {
    this.set({ azimuth: this.goal.azimuth + azimuthDeg, elevation: this.goal.elevation + elevationDeg });
  }

  /** Multiplies the distance: below 1 comes closer. */
  zoom(factor: number): void {
    this.set({ distance: this.goal.distance * factor });
  }

  /** Moves the picture by shares of its height: x to the right, y up. */
  pan(x: number, y: number): void {
    const { right, up } = axesOf(this.goal);
    const metres = 2 * this.goal.distance * Math.tan(rad(FOV_DEG / 2));
    const target = this.goal.target.map((t, i) => t - (right[i]! * x + up[i]! * y) * metres) as Vec3;
    this.set({ target });
  }

  /** The whole object from the side that is being looked at. */
  fit(): void {
    this.set({ distance: this.front().distance, target: [...this.frame.center] });
  }

  /** The whole object from the front, by the shorter way round. */
  reset(): void {
    const front = this.front();
    const turns = Math.round((this.goal.azimuth - front.azimuth) / 360) * 360;
    this.set({ ...front, azimuth: front.azimuth + turns });
  }

  /** Sets the goal, within the limits; `jump` goes there without gliding. */
  set(change: Partial<View>, jump = false): void {
    const goal = { ...this.goal, ...change };
    goal.elevation = clamp(goal.elevation, MIN_ELEVATION_DEG, MAX_ELEVATION_DEG);
    goal.target = goal.target.map((t, i) => {
      const [middle, reach] = [this.frame.center[i]!, this.frame.size[i]! / 2];
      return clamp(t, middle - reach, middle + reach);
    }) as Vec3;
    goal.distance = clamp(goal.distance, this.nearest(goal), 3 * fitDistance(this.frame, this.aspect));
    this.goal = goal;
    if (jump || this.still) this.now = { ...goal, target: [...goal.target] };
  }

  /** Glides towards the goal; true while it is not there. */
  step(seconds: number): boolean {
    const share = this.still ? 1 : 1 - Math.exp(-seconds / GLIDE_S);
    const { now, goal } = this;
    const glide = (a: number, b: number): number => a + (b - a) * share;
    this.now = {
      azimuth: glide(now.azimuth, goal.azimuth),
      elevation: glide(now.elevation, goal.elevation),
      distance: glide(now.distance, goal.distance),
      target: now.target.map((t, i) => glide(t, goal.target[i]!)) as Vec3,
    };
    if (!this.isThere()) return true;
    this.now = { ...goal, target: [...goal.target] };
    return false;
  }

  private isThere(): boolean {
    const { now, goal } = this;
    const far =
      Math.hypot(...now.target.map((t, i) => t - goal.target[i]!)) + Math.abs(now.distance - goal.distance);
    const turned = Math.abs(now.azimuth - goal.azimuth) + Math.abs(now.elevation - goal.elevation);
    return turned < 0.02 && far < goal.distance * 2e-4;
  }

  /** The eye stays outside the ellipsoid in the object's box: closer, it would stand in the clay. */
  private nearest(view: View): number {
    const { back } = axesOf(view);
    const half = this.frame.size.map((s) => Math.max(s / 2, 1e-6));
    const inside = 1 / Math.sqrt(back.reduce((sum, b, i) => sum + (b / half[i]!) ** 2, 0));
    const aside = Math.hypot(...view.target.map((t, i) => (t - this.frame.center[i]!) / half[i]!));
    const longest = Math.max(...this.frame.size);
    return inside * Math.sqrt(Math.max(0, 1 - Math.min(1, aside) ** 2)) + 0.06 * longest;
  }
}
