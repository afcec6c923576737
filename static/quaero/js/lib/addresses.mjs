// Where everything is. The server says it, once on each page (`data-addresses`): Quaero may be mounted under any path.
let addresses = null;

/** JSON of the addresses by name; null where nothing says them, as on a page of another project. */
export function saidAddresses({ document, name } = globalThis) {
  if (document) return document.querySelector('[data-addresses]')?.dataset.addresses ?? null;
  return name ? JSON.parse(name).addresses : null; // of a worker, whose name the page makes of them
}

/** The address of this name, of a job that of the job with this id. Nothing where nothing says it. */
export function address(name, id = '') {
  addresses ??= JSON.parse(saidAddresses() ?? '{}');
  return (addresses[name] ?? '').replace('{id}', encodeURIComponent(id));
}

/** Of the API, whose root this path is under. */
export function api(path) {
  return address('api') + path;
}

/** Of the API, a job's own address and what is under it. */
export function jobApi(id, path = '') {
  return api(`jobs/${encodeURIComponent(id)}${path}`);
}
