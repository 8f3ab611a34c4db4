// node-app-store-connect-api: creates, pages, includes, updates and deletes over fetch.

import assert from 'node:assert/strict';
import { api } from 'node-app-store-connect-api';
import { check, key } from './check.mjs';

const client = await api({ issuerId: key.issuerId, apiKey: key.keyId, privateKey: key.privateKey, automaticRetries: 0 });

const apps = await check('node-app-store-connect-api: reads apps with their builds', async () => {
  const { data, included, meta, links } = await client.read('apps', { params: { include: 'builds', limit: 2 } });
  assert.equal(data.length, 2);
  assert.ok(meta.paging.total >= 3, `total ${meta.paging.total}`);
  assert.ok(links.next, 'no next page');
  for (const build of data.flatMap((app) => app.relationships.builds.data)) {
    assert.ok(included.builds[build.id], `build ${build.id} is linked and not included`);
  }
  return data;
});

await check('node-app-store-connect-api: follows pages to the end', async () => {
  const { data } = await client.readAll('apps?limit=1');
  const { meta } = await client.read('apps');
  assert.equal(new Set(data.map((app) => app.id)).size, meta.paging.total);
});

const tester = await check('node-app-store-connect-api: creates a beta group and a tester in it', async () => {
  const group = await client.create({ type: 'betaGroups', attributes: { name: 'Node testers' }, relationships: { app: apps[0] } });
  const tester = await client.create({
    type: 'betaTesters',
    attributes: { email: 'node@example.com', firstName: 'Node', lastName: 'Tester' },
    relationships: { betaGroups: [group] },
  });
  const members = await client.fetchJson(`betaGroups/${group.id}/betaTesters`);
  assert.deepEqual(members.map((member) => member.id), [tester.id]);
  return { group, tester };
});

await check('node-app-store-connect-api: renames the group', async () => {
  await client.update(tester.group, { attributes: { name: 'Node testers, renamed' } });
  const read = await client.fetchJson(`betaGroups/${tester.group.id}`);
  assert.equal(read.attributes.name, 'Node testers, renamed');
});

await check('node-app-store-connect-api: takes the tester out with a body on DELETE', async () => {
  const { group, tester: member } = tester;
  await client.postJson(
    `betaGroups/${group.id}/relationships/betaTesters`,
    { data: [{ type: 'betaTesters', id: member.id }] },
    { method: 'DELETE' },
  );
  assert.deepEqual(await client.fetchJson(`betaGroups/${group.id}/betaTesters`), []);
});

await check('node-app-store-connect-api: deletes the group', async () => {
  await client.remove(tester.group);
  await assert.rejects(client.fetchJson(`betaGroups/${tester.group.id}`), (error) => error.data.errors[0].status === '404');
});

await check('node-app-store-connect-api: reads a refusal as errors', async () => {
  await assert.rejects(client.create({ type: 'bundleIds', attributes: { name: 'No identifier' } }), (error) => {
    const pointers = error.data.errors.map((problem) => problem.source.pointer).sort();
    assert.deepEqual(pointers, ['/data/attributes/identifier', '/data/attributes/platform']);
    return true;
  });
});
