// appstore-connect-sdk: generated from Apple's document, with schemas that check every reply here.

import assert from 'node:assert/strict';
import * as sdk from 'appstore-connect-sdk';
import * as schemas from 'appstore-connect-sdk/openapi';
import { check, key } from './check.mjs';

const client = sdk.createClient({ issuerId: key.issuerId, privateKeyId: key.keyId, privateKey: key.privateKey });

// Calls an operation, holds its reply against the document's schema and returns it.
async function call(operation, options = {}) {
  const { data, error } = await sdk[operation]({ client, ...options });
  assert.equal(error, undefined, JSON.stringify(error));
  const schema = schemas[`z${operation[0].toUpperCase()}${operation.slice(1)}Response`];
  const { error: misfit } = schema.safeParse(asDocumented(data));
  const issues = (misfit?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  assert.deepEqual(issues, []);
  return data;
}

// Puts a reply into the document's terms. The real service sends null for an attribute without a
// value, and times with an offset where the document's schema takes UTC's Z only.
function asDocumented(reply) {
  const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)[+-]\d\d:?\d\d$/;
  return JSON.parse(
    JSON.stringify(reply, (_, member) => {
      if (member === null) return undefined;
      return typeof member === 'string' ? member.replace(time, '$1Z') : member;
    }),
  );
}

const lists = [
  'apps', 'betaGroups', 'betaTesters', 'builds', 'bundleIds', 'certificates', 'devices', 'preReleaseVersions',
  'profiles', 'territories', 'users',
];

for (const list of lists) {
  await check(`appstore-connect-sdk: ${list} lists rows that have links and a type`, async () => {
    const { data, links, meta } = await call(`${list}GetCollection`, { query: { limit: 5 } });
    assert.ok(data.length > 0, 'no rows');
    assert.ok(links.self && meta.paging.limit === 5, JSON.stringify({ links, meta }));
    assert.ok(data.every((row) => row.type === list && row.links.self.endsWith(`/${row.id}`)));
  });
}

await check('appstore-connect-sdk: sparse fields leave only what was asked for', async () => {
  const { data } = await call('appsGetCollection', { query: { 'fields[apps]': ['name', 'sku'], sort: ['-name'] } });
  assert.deepEqual(Object.keys(data[0].attributes).sort(), ['name', 'sku']);
});

await check('appstore-connect-sdk: a user is invited and the invitation withdrawn', async () => {
  const { data } = await call('userInvitationsCreateInstance', {
    body: {
      data: {
        type: 'userInvitations',
        attributes: { email: 'invited@example.com', firstName: 'In', lastName: 'Vited', roles: ['DEVELOPER'], allAppsVisible: true },
      },
    },
  });
  const read = await call('userInvitationsGetInstance', { path: { id: data.id } });
  assert.equal(read.data.attributes.email, 'invited@example.com');
  const { response } = await sdk.userInvitationsDeleteInstance({ client, path: { id: data.id } });
  assert.equal(response.status, 204);
});
