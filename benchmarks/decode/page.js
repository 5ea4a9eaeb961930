// Runs in the visitor's page: brings models by the viewer's own loader and says how long each part took.

// In every new page, before its scripts: how long the page waits for the workers that it starts.
globalThis.watchWorkers = () => {
  const waits = (globalThis.waits = { busy: 0, since: undefined, ms: 0 });
  const Native = globalThis.Worker;
  globalThis.Worker = class extends Native {
    constructor(...words) {
      super(...words);
      waits.since ??= performance.now();
      this.addEventListener('message', () => {
        if (--waits.busy > 0) return;
        waits.ms += performance.now() - waits.since;
        waits.since = undefined;
      });
    }
    postMessage(message, transfer) {
      waits.since ??= performance.now();
      if (message.type === 'decode') waits.busy++;
      super.postMessage(message, transfer);
    }
  };
};

// One model: milliseconds from its last byte to its geometry, and what else came over the wire for it.
globalThis.bring = async ({ stage, url }) => {
  const { loadModel } = await import(stage);
  performance.clearResourceTimings();
  globalThis.waits.ms = 0;
  const wait = { signal: new AbortController().signal, patienceMs: 60_000, progress() {} };
  const model = await loadModel(url, 0, null, wait);
  const ready = performance.now();
  const find = () => performance.getEntriesByType('resource').find((entry) => entry.name === url);
  while (!find()) await new Promise((later) => setTimeout(later, 10)); // may come after the answer itself
  const own = find();
  let triangles = 0;
  model.traverse((part) => {
    if (part.isMesh) triangles += part.geometry.index.count / 3;
  });
  const came = performance.getEntriesByType('resource');
  const others = came.filter((entry) => entry.name.includes('/static/'));
  return {
    ms: ready - own.responseEnd,
    worker_ms: globalThis.waits.ms,
    triangles,
    wire: own.encodedBodySize,
    others: Object.fromEntries(others.map((entry) => [new URL(entry.name).pathname, entry.encodedBodySize])),
  };
};
