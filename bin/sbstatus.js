#!/usr/bin/env node
// CommonJS, as the bundle is: Node starts it faster than an ES module. An old Node must be able to read this file:
// no comma before a closing parenthesis (Node 6), no destructuring (Node 4).
const oldest = 20;

if (Number.parseInt(process.versions.node, 10) < oldest) {
  const fault = `sbstatus needs Node ${oldest} or newer, and this is ${process.version}`;
  const hint = 'install it from https://nodejs.org, or use the executable that needs no Node';
  process.stderr.write(`error: ${fault}; hint: ${hint}\n`);
  // As every configuration that a person must mend.
  process.exitCode = 41;
} else {
  const program = require('../dist/main.cjs');

  // Node sets each terminal back as it was when it ends, and aborts where that was closed meanwhile (Node 20: exit 134).
  process.once('exit', () => [0, 1, 2].forEach(leaveIfClosed));

  const world = program.realWorld();
  program.main(process.argv.slice(2), world).then((code) => {
    process.exitCode = code;
    world.stdin.close();
    // Normally the process ends here by itself. What still holds it, such as a socket that was left open, may not: every
    // answer was awaited and so has been taken, and of traces on stderr none may be lost, so those are waited for, unless
    // the user has ended the run and nobody reads them.
    const isRead = () => process.stderr.writableLength === 0 || world.stderr.gone.aborted;
    setInterval(() => isRead() && process.exit(), 250).unref();
  });
}

function leaveIfClosed(fd) {
  const fs = require('node:fs');
  try {
    // Writes nothing, but fails so where the terminal was closed.
    fs.writeSync(fd, '');
  } catch (error) {
    if (error.code === 'EIO') fs.closeSync(fd);
  }
}
