// Makes Node reach the hosts that Russet plays through the proxy in HTTPS_PROXY.
//
// Node before 24 ignores HTTPS_PROXY, and later ones honor it only for their default agents. But
// fetch, node:https and the packages built on them all end in tls.connect, so that is where the
// way is changed: instead of dialing the host, the TLS connection is laid on a tunnel that the
// proxy opens. Everything above, TLS included, is Node's own. Loaded by `--require` in
// NODE_OPTIONS; `russet exec` and `russet env --for node` set both variables.
'use strict';

const { Duplex } = require('node:stream');
const { syncBuiltinESMExports } = require('node:module');
const net = require('node:net');
const tls = require('node:tls');

const MAX_HEAD_BYTES = 16 * 1024;
const played = new Set(['RUSSET_HOSTS']); // Russet puts the names here as it writes this file.
const address = proxyAddress(process.env.HTTPS_PROXY || process.env.https_proxy);

// A stream to `host:port` through the proxy. Writes wait until the proxy has said yes.
class Tunnel extends Duplex {
  constructor(host, port) {
    super({ allowHalfOpen: true });
    this.raw = net.connect(address);
    this.raw.setNoDelay(true);
    this.whenOpen = null;
    this.head = Buffer.alloc(0);
    this.raw.once('error', (error) => this.destroy(error));
    this.raw.once('close', () => {
      if (this.head !== null) this.destroy(new Error('the proxy closed before it answered CONNECT'));
    });
    this.readHead = (chunk) => this.onHead(chunk);
    this.raw.on('data', this.readHead);
    this.raw.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
  }

  onHead(chunk) {
    this.head = Buffer.concat([this.head, chunk]);
    const end = this.head.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.head.length > MAX_HEAD_BYTES) this.destroy(new Error('the proxy did not answer CONNECT'));
      return;
    }
    const status = this.head.toString('latin1', 0, this.head.indexOf('\r\n'));
    if (!/^HTTP\/1\.[01] 2\d\d/.test(status)) {
      this.destroy(new Error(`the proxy refused CONNECT: ${status}`));
      return;
    }
    const rest = this.head.subarray(end + 4);
    this.head = null;
    this.raw.off('data', this.readHead);
    this.raw.on('data', (bytes) => {
      if (!this.push(bytes)) this.raw.pause();
    });
    this.raw.once('end', () => this.push(null));
    if (rest.length > 0) this.push(rest);
    if (this.whenOpen) this.whenOpen();
    this.whenOpen = null;
  }

  _read() {
    if (this.head === null) this.raw.resume();
  }

  _write(chunk, _encoding, done) {
    const send = () => this.raw.write(chunk, done);
    if (this.head === null) send();
    else this.whenOpen = send;
  }

  _final(done) {
    const end = () => this.raw.end(done);
    if (this.head === null) end();
    else this.whenOpen = end;
  }

  _destroy(error, done) {
    this.raw.destroy();
    done(error);
  }
}

function proxyAddress(url) {
  if (!url) return null;
  try {
    const { hostname, port } = new URL(url);
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
  } catch {
    return null;
  }
}

// The forms that tls.connect takes: (options), (port, options), (port, host, options), each with a
// callback at the end or without.
function normalized(args) {
  const rest = [...args];
  const callback = typeof rest.at(-1) === 'function' ? rest.pop() : undefined;
  const options = {};
  for (const part of rest) {
    if (part !== null && typeof part === 'object') Object.assign(options, part);
    else if (typeof part === 'string' && Number.isNaN(Number(part))) options.host = part;
    else if (part !== undefined && part !== null) options.port = part;
  }
  return { options, callback };
}

if (address) {
  const direct = tls.connect;
  tls.connect = function connect(...args) {
    const { options, callback } = normalized(args);
    const host = String(options.host || options.servername || '').toLowerCase().replace(/\.$/, '');
    if (options.socket || options.path || !played.has(host)) return direct.apply(this, args);

    const tunnel = new Tunnel(host, options.port || 443);
    const through = { servername: host, ...options, socket: tunnel };
    delete through.host;
    delete through.port;
    const socket = callback ? direct.call(this, through, callback) : direct.call(this, through);
    // An idle connection must not keep the process alive; the handle that counts is the tunnel's.
    for (const name of ['ref', 'unref']) {
      const own = socket[name];
      socket[name] = function () {
        tunnel.raw[name]();
        return own.call(this);
      };
    }
    return socket;
  };
  syncBuiltinESMExports();
}
