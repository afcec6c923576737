// Lets the one CommonJS library that follows this script on a page (anser) arrive as a global of its class's name.
globalThis.module = {
  set exports(library) {
    globalThis[library.name] = library;
    delete globalThis.module;
  },
};
