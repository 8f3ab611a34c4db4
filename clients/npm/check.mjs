// Reports checks as JSON lines to npm_clients.py.

// Runs `action`, which throws when `fact` does not hold, and returns its result, or undefined.
export async function check(fact, action) {
  try {
    const result = await action();
    console.log(JSON.stringify({ fact }));
    return result;
  } catch (error) {
    console.log(JSON.stringify({ fact, error: `${error.message}`.slice(0, 1500) }));
    return undefined;
  }
}

// The key that `russet exec` hands to release tools.
export const key = {
  issuerId: process.env.APP_STORE_CONNECT_ISSUER_ID,
  keyId: process.env.APP_STORE_CONNECT_KEY_IDENTIFIER,
  privateKey: process.env.APP_STORE_CONNECT_PRIVATE_KEY,
};
