// Preloaded into a process that is to die while it writes the token cache: half of the text is on the disk by then.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const { writeFileSync } = fs;
fs.writeFileSync = (path, text, options) => {
  if (!/\.json\.[0-9a-f]+\.tmp$/.test(String(path))) return writeFileSync(path, text, options);
  writeFileSync(path, text.slice(0, text.length / 2), options);
  process.kill(process.pid, 'SIGKILL');
};
syncBuiltinESMExports();
