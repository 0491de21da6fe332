// Preloaded, so that a picture is the same each time: the calendar stands still, the mock server takes a quarter of a
// second for each answer, and the clock moves by as much with each and not otherwise.
const { ServerResponse } = require('node:http');

const latencyMs = 250;
const began = process.hrtime.bigint();
const today = Date.UTC(2026, 2, 11, 20, 53, 40);
let answers = 0;

Date.now = () => today;
process.hrtime.bigint = () => began + BigInt(answers * latencyMs * 1e6);

const { end } = ServerResponse.prototype;
ServerResponse.prototype.end = function late(...args) {
  setTimeout(() => {
    answers += 1;
    end.apply(this, args);
  }, latencyMs);
  return this;
};
