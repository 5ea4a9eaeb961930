/**
 * The ground: a faint pool of light, and in it the shadow where the object stands, so that its weight is felt.
 *
 * The shadow is looked at from below once a model, blurred, and kept as a small picture: no frame pays for it again.
 */
import {
  Color,
  CustomBlending,
  type Object3D,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  OrthographicCamera,
  PlaneGeometry,
  Scene,
  ShaderMaterial,
  Vector2,
  WebGLRenderTarget,
  type WebGLRenderer,
} from 'three';
import type { Frame } from './orbit';

const SIZE_PX = 256;
/** The picture reaches this many times the object's half width to each side, room for the blur. */
const REACH = 1.7;
/** The pool of light reaches this many times the object's largest side. */
const POOL = 0.95;

const FULL = 'varying vec2 vUv; void main() { vUv = uv; gl_Position = vec4(position.xy, 0.0, 1.0); }';
const PLACED =
  'varying vec2 vUv; void main() { vUv = uv; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }';

const DEPTH_VERTEX = `
varying float vHeight; uniform float floorY; uniform float reach;
void main() {
  vec4 world = modelMatrix * vec4(position, 1.0);
  vHeight = (world.y - floorY) / reach;
  gl_Position = projectionMatrix * viewMatrix * world;
}`;
const DEPTH_FRAGMENT = `
varying float vHeight;
void main() { float near = 1.0 - clamp(vHeight, 0.0, 1.0); gl_FragColor = vec4(vec3(0.25 + 0.75 * near * near), 1.0); }`;

const BLUR_FRAGMENT = `
varying vec2 vUv; uniform sampler2D map; uniform vec2 stride;
void main() {
  float sum = 0.0; float weights = 0.0;
  for (int i = -8; i <= 8; i++) {
    float w = exp(-float(i * i) / 32.0);
    sum += w * texture2D(map, vUv + float(i) * stride).r; weights += w;
  }
  gl_FragColor = vec4(vec3(sum / weights), 1.0);
}`;

const GROUND_FRAGMENT = `
varying vec2 vUv; uniform sampler2D map; uniform vec3 tint; uniform float pool; uniform float dark; uniform float share;
uniform vec2 picture;
void main() {
  vec2 from = (vUv - 0.5) * 2.0;
  float fall = pow(1.0 - smoothstep(0.0, 1.0, length(from)), 1.6);
  vec2 at = from / share * 0.5 + 0.5;
  vec2 inside = step(vec2(0.0), at) * step(at, vec2(1.0));
  float shadow = texture2D(map, vec2(at.x, at.y)).r * inside.x * inside.y * dark;
  // The light runs out before the picture does: cut by its edge it would draw a wall beside the label.
  vec2 edge = gl_FragCoord.xy / picture;
  vec2 rim = smoothstep(vec2(0.0), vec2(0.16, 0.12), vec2(min(edge.x, 1.0 - edge.x), edge.y));
  float light = pool * fall * rim.x * rim.y;
  // So does the shadow, but closer to the edge: it lies right below the object's foot.
  vec2 end = smoothstep(vec2(0.0), vec2(0.06), vec2(min(edge.x, 1.0 - edge.x), edge.y));
  shadow *= end.x * end.y;
  // Half a grey level of noise hides the steps that 8 bits draw into so faint a fall.
  float grain = (fract(sin(dot(gl_FragCoord.xy, vec2(12.9898, 78.233))) * 43758.5453) - 0.5) / 255.0;
  float lit = max(0.0, light * (1.0 - shadow) + grain * step(0.002, light));
  gl_FragColor = vec4(tint * lit, min(1.0, lit + shadow * (1.0 - lit)));
}`;

function canvasPass(fragmentShader: string, uniforms: Record<string, { value: unknown }>): ShaderMaterial {
  return new ShaderMaterial({
    vertexShader: FULL,
    fragmentShader,
    uniforms,
    depthTest: false,
    depthWrite: false,
  });
}

export class Ground {
  readonly mesh: Mesh<PlaneGeometry, ShaderMaterial>;
  private readonly target = new WebGLRenderTarget(SIZE_PX, SIZE_PX);
  private readonly halfM: number;

  constructor(private readonly frame: Frame) {
    const [width, height, depth] = frame.size;
    this.halfM = (Math.hypot(width, depth) / 2) * REACH;
    const poolM = Math.max(this.halfM, Math.max(width, height, depth) * POOL);
    const material = new ShaderMaterial({
      vertexShader: PLACED,
      fragmentShader: GROUND_FRAGMENT,
      uniforms: {
        map: { value: this.target.texture },
        tint: { value: new Color(1, 1, 1) },
        pool: { value: 0 },
        dark: { value: 0 },
        share: { value: this.halfM / poolM },
        picture: { value: new Vector2(1, 1) },
      },
      transparent: true,
      depthWrite: false,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneMinusSrcAlphaFactor,
    });
    this.mesh = new Mesh(new PlaneGeometry(2 * poolM, 2 * poolM), material);
    this.mesh.rotation.x = -Math.PI / 2;
    this.mesh.position.set(frame.center[0], this.floor, frame.center[2]);
    this.mesh.renderOrder = -1;
  }

  private get floor(): number {
    return this.frame.center[1] - this.frame.size[1] / 2;
  }

  /** `tint` is a CSS colour; `pool` and `dark` are how much of the light and of the shadow is seen, 0 to 1. */
  style(tint: string, pool: number, dark: number): void {
    const { uniforms } = this.mesh.material;
    // The numbers are written to the canvas as they are, so the colour stays in sRGB.
    const color = new Color().setStyle(tint).convertLinearToSRGB();
    (uniforms.tint!.value as Color).copy(color);
    uniforms.pool!.value = pool;
    uniforms.dark!.value = dark;
  }

  /** Takes the size of the picture that is drawn, in device pixels. */
  fit(renderer: WebGLRenderer): void {
    renderer.getDrawingBufferSize(this.mesh.material.uniforms.picture!.value as Vector2);
  }

  /** Draws the shadow of `model`; again after a lost context. */
  bake(renderer: WebGLRenderer, model: Object3D): void {
    const scene = new Scene();
    const parent = model.parent;
    scene.add(model);
    const reach = Math.max(this.frame.size[1] * 0.6, this.halfM * 0.5);
    scene.overrideMaterial = new ShaderMaterial({
      vertexShader: DEPTH_VERTEX,
      fragmentShader: DEPTH_FRAGMENT,
      uniforms: { floorY: { value: this.floor }, reach: { value: reach } },
      side: 2,
    });
    const half = this.halfM;
    const camera = new OrthographicCamera(-half, half, half, -half, 0, this.frame.size[1] * 1.02 + 1e-6);
    camera.position.set(this.frame.center[0], this.floor - this.frame.size[1] * 0.01, this.frame.center[2]);
    camera.up.set(0, 0, 1);
    camera.lookAt(camera.position.x, camera.position.y + 1, camera.position.z);
    const other = new WebGLRenderTarget(SIZE_PX, SIZE_PX);
    const before = renderer.getRenderTarget();
    renderer.setRenderTarget(this.target);
    renderer.setClearColor(0x000000, 1);
    renderer.clear();
    renderer.render(scene, camera);
    (scene.overrideMaterial as ShaderMaterial).dispose();
    for (const width of [2.2, 1.1]) {
      this.blur(renderer, this.target, other, new Vector2(width / SIZE_PX, 0));
      this.blur(renderer, other, this.target, new Vector2(0, width / SIZE_PX));
    }
    renderer.setRenderTarget(before);
    renderer.setClearColor(0x000000, 0);
    other.dispose();
    parent?.add(model);
  }

  private blur(
    renderer: WebGLRenderer,
    from: WebGLRenderTarget,
    to: WebGLRenderTarget,
    stride: Vector2,
  ): void {
    const material = canvasPass(BLUR_FRAGMENT, { map: { value: from.texture }, stride: { value: stride } });
    const quad = new Mesh(new PlaneGeometry(2, 2), material);
    quad.frustumCulled = false;
    renderer.setRenderTarget(to);
    renderer.render(quad, new OrthographicCamera());
    quad.geometry.dispose();
    material.dispose();
  }

  dispose(): void {
    this.target.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
