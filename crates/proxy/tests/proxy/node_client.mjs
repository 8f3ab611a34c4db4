// What unmodified clients do: fetch, node:https with and without an agent, a named import of tls.
import https from 'node:https';
import { connect } from 'node:tls';

const [host, large] = process.argv.slice(-2);
const base = `https://${host}`;
const report = (name, ok, what) => console.log(ok ? `${name} ok` : `${name} failed: ${what}`);

const get = (options) =>
  new Promise((resolve, reject) => {
    https
      .get(options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece) => (text += piece));
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });

{
  const answer = await fetch(`${base}/v1/apps?filter[bundleId]=a`, { headers: { 'X-Mine': '1' } });
  const text = await answer.text();
  report('fetch', answer.status === 200 && text.includes('x-mine: 1\n') && text.includes(`host: ${host}\n`), text);
}
{
  const body = JSON.stringify({ data: 'ü'.repeat(100000) });
  const answer = await fetch(`${base}/v1/apps`, { method: 'POST', body });
  const text = await answer.text();
  report('post', text.includes('POST /v1/apps\n') && text.includes(`body ${Buffer.byteLength(body)} `), text);
}
{
  const answer = await fetch(`${base}/large`);
  const bytes = await answer.arrayBuffer();
  report('large', bytes.byteLength === Number(large), bytes.byteLength);
}
{
  const asked = Array.from({ length: 40 }, (_, number) => fetch(`${base}/${number}`).then((it) => it.text()));
  const texts = await Promise.all(asked);
  report('parallel', texts.every((text, number) => text.includes(`GET /${number}\n`)), texts);
}
{
  const body = new ReadableStream({
    start(controller) {
      for (const piece of ['a', 'b', 'c']) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const answer = await fetch(`${base}/stream`, { method: 'POST', body, duplex: 'half' });
  report('stream', (await answer.text()) === 'abc', answer.status);
}
{
  const text = await get(`${base}/v1/apps`);
  report('https', text.includes('GET /v1/apps\n'), text);
}
{
  const agent = new https.Agent({ keepAlive: true });
  const first = await get({ host, path: '/first', agent });
  const second = await get({ host, path: '/second', agent });
  agent.destroy();
  report('agent', first.includes('GET /first\n') && second.includes('GET /second\n'), first + second);
}
{
  const socket = connect(443, host, { servername: host });
  const text = await new Promise((resolve, reject) => {
    let said = '';
    socket.on('secureConnect', () => socket.write(`GET /raw HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.on('data', (piece) => (said += piece));
    socket.on('end', () => resolve(said));
    socket.on('error', reject);
  });
  report('tls', socket.authorized && text.includes('GET /raw\n'), text);
}
{
  // A host that Russet does not play is dialed as ever, and fails as ever.
  const error = await fetch('https://127.0.0.1:1/').catch((refused) => refused.cause);
  report('away', error?.code === 'ECONNREFUSED' || error?.message.includes('bad port'), error);
}
// Connections that fetch keeps must not keep the process alive: this is the last line.
