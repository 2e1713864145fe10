// A consumer test of pact-js: writes a V3 pact with matchers to the folder given.
const { PactV3, MatchersV3 } = require('@pact-foundation/pact');
const { integer, eachLike, like } = MatchersV3;

const pact = new PactV3({ consumer: 'WebShop', provider: 'Stock', dir: process.argv[2], logLevel: 'error' });
pact
  .given('item 7 is in stock')
  .uponReceiving('a request for the level of item 7')
  .withRequest({ method: 'GET', path: '/levels/7', headers: { Accept: 'application/json' } })
  .willRespondWith({
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: { item: like(7), level: integer(3), places: eachLike('A1') },
  });

pact
  .executeTest(async (server) => {
    const response = await fetch(`${server.url}/levels/7`, { headers: { Accept: 'application/json' } });
    const body = await response.json();
    if (body.level !== 3) throw new Error(`unexpected level ${body.level}`);
  })
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
