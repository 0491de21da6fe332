#!/usr/bin/env node
// CommonJS, as the bundle is: Node starts it faster than an ES module.
const { main, realWorld } = require('../dist/main.cjs');

const world = realWorld();
main(process.argv.slice(2), world).then((code) => {
  process.exitCode = code;
  world.stdin.close();
});
