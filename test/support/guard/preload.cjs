// Preloaded into every process of a test run: whoever looks for the user's home finds a place that is not there, and no
// address but loopback can be reached. What was tried is written down, and fails the run.
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');
const os = require('node:os');

/** Resolvers that were told which servers to ask. */
const given = new WeakSet();

const installed = Symbol.for('sbstatus.test.guard');
if (globalThis[installed] !== true) {
  globalThis[installed] = true;
  hideHome();
  closeNetwork();
  syncBuiltinESMExports();
}

function hideHome() {
  // Below a file: nothing is found there, and nothing can be put there, by root neither.
  const nowhere = '/dev/null/sbstatus-test';
  const { homedir, userInfo } = os;
  os.userInfo = (...args) => ({ ...userInfo(...args), homedir: nowhere });
  const variable = process.platform === 'win32' ? 'USERPROFILE' : 'HOME';
  os.homedir = () => {
    // Throws where the user has no entry. Of a worker thread's own environment it knows nothing.
    homedir();
    return process.env[variable] ?? nowhere;
  };
  if (process.env[variable] !== undefined && process.env[variable] === ownHome(userInfo))
    process.env[variable] = nowhere;
}

/** A container's user may have no entry among the users. */
function ownHome(userInfo) {
  try {
    return userInfo().homedir;
  } catch {
    return null;
  }
}

function closeNetwork() {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function guarded(...args) {
    const [options] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
    if (options.path === undefined && net.isIP(options.host ?? '') !== 0 && !isLoopback(options.host)) {
      const error = refusal(`a connection to ${options.host}`, 'ENETUNREACH');
      process.nextTick(() => this.destroy(error));
      return this;
    }
    // A look-up of the caller's own may lead anywhere.
    if (typeof options.lookup === 'function') options.lookup = checked(options.lookup);
    return connect.apply(this, args);
  };

  const { lookup } = dns;
  dns.lookup = (name, ...rest) => {
    if (isKnown(name)) return lookup(name, ...rest);
    rest.at(-1)(refusal(`the address of ${name}`, 'ENOTFOUND'));
    return {};
  };
  const promised = dns.promises.lookup;
  dns.promises.lookup = async (name, ...rest) => {
    if (isKnown(name)) return promised(name, ...rest);
    throw refusal(`the address of ${name}`, 'ENOTFOUND');
  };
  for (const { prototype } of [dns.Resolver, dns.promises.Resolver]) {
    const { setServers } = prototype;
    prototype.setServers = function guarded(servers) {
      given.add(this);
      return setServers.call(this, servers);
    };
  }
  for (const resolver of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const method of Object.getOwnPropertyNames(resolver).filter((each) => /^(resolve|reverse)/.test(each))) {
      const ask = resolver[method];
      resolver[method] = function guarded(name, ...rest) {
        if (asksOwnServer(this)) return ask.call(this, name, ...rest);
        const error = refusal(`records of ${name}`, 'ENOTFOUND');
        if (typeof rest.at(-1) !== 'function') return Promise.reject(error);
        process.nextTick(rest.at(-1), error);
      };
    }
  }
}

/**
 * A name server of the test's own: one on loopback that a resolver was given, or that the test says is the machine's in
 * a name space of its own. The one in resolv.conf may be on loopback too, and pass every question on.
 */
function asksOwnServer(resolver) {
  const isOwn = given.has(resolver) || process.env.SBSTATUS_TEST_NAME_SERVER === 'own';
  return isOwn && typeof resolver?.getServers === 'function' && resolver.getServers().every(isLoopback);
}

function checked(lookup) {
  return (name, options, done) =>
    lookup(name, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
      const bad = error ? undefined : addresses.find((address) => !isLoopback(address));
      if (bad === undefined) done(error, found, family);
      else done(refusal(`a connection to ${bad}`, 'ENETUNREACH'));
    });
}

function isKnown(name) {
  // An address is its own, and nobody is asked for it.
  return !name || name === 'localhost' || name.endsWith('.localhost') || net.isIP(name) !== 0;
}

function isLoopback(address) {
  return /^(127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/i.test(address);
}

function refusal(what, code) {
  // RFC 2606: names that stand for nobody, and that a test may well ask for.
  if (!/\.(invalid|example|test)$/.test(what)) record(what);
  return Object.assign(new Error(`${code}: no test may have ${what}`), { code, syscall: 'guard' });
}

function record(what) {
  const file = process.env.SBSTATUS_TEST_ESCAPES;
  if (file !== undefined) appendFileSync(file, `${what}, by ${process.argv.slice(1).join(' ')}\n`);
}
