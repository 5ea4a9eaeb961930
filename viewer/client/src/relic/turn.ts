/** One slow turn that begins gently and stops at the front. */

const TURN_S = 18;

export class Turn {
  private from = 0;
  private by = 0;
  private spent = Infinity;

  get running(): boolean {
    return this.spent < TURN_S;
  }

  /** Begins at this azimuth and ends at the front's, more than half a turn later. */
  start(azimuthDeg: number, frontDeg = 0): void {
    this.from = azimuthDeg;
    const away = azimuthDeg - frontDeg;
    this.by = Math.ceil((away + 180) / 360) * 360 - away;
    if (this.by < 180) this.by += 360;
    this.spent = 0;
  }

  stop(): void {
    this.spent = Infinity;
  }

  /** Gives the azimuth after that many more seconds. */
  step(seconds: number): number {
    this.spent = Math.min(this.spent + seconds, TURN_S);
    const t = this.spent / TURN_S;
    return this.from + this.by * t * t * t * (t * (6 * t - 15) + 10);
  }
}
