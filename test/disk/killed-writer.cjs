// Preloaded into a process that is to die while it writes the token cache: half of the text is on the disk by then.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const { openSync, writeFileSync } = fs;
let cache;
fs.openSync = (path, ...rest) => {
  const descriptor = openSync(path, ...rest);
  if (/\.json\.[0-9a-f]+\.tmp$/.test(String(path))) cache = descriptor;
  return descriptor;
};
fs.writeFileSync = (file, text, options) => {
  if (file !== cache) return writeFileSync(file, text, options);
  writeFileSync(file, text.slice(0, text.length / 2), options);
  process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
