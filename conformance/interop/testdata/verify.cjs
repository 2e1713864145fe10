// A provider's verification with pact-js: node verify.cjs PACT_FILE PROVIDER_URL
const { Verifier } = require(process.env.TREATY_PEERS_DIR + '/node_modules/@pact-foundation/pact');

const [file, providerBaseUrl] = process.argv.slice(2);
new Verifier({
  provider: 'catalog',
  providerBaseUrl,
  pactUrls: [file],
  logLevel: 'error',
  stateHandlers: {
    'product 10 exists': async () => {},
    'product 10 has no note': async () => { await fetch(providerBaseUrl + '/_note', { method: 'DELETE' }); },
  },
})
  .verifyProvider()
  .then(() => console.log('verified'))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
