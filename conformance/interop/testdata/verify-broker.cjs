// A provider's verification with pact-js by a broker that asks who it is:
// node verify-broker.cjs BROKER_URL PROVIDER_URL VERSION, with PACT_BROKER_TOKEN.
const { Verifier } = require(process.env.TREATY_PEERS_DIR + '/node_modules/@pact-foundation/pact');

const [pactBrokerUrl, providerBaseUrl, providerVersion] = process.argv.slice(2);
new Verifier({
  provider: 'Stock',
  providerBaseUrl,
  pactBrokerUrl,
  pactBrokerToken: process.env.PACT_BROKER_TOKEN,
  publishVerificationResult: true,
  providerVersion,
  providerVersionBranch: 'main',
  consumerVersionSelectors: [{ mainBranch: true }, { branch: 'main' }],
  enablePending: true,
  logLevel: 'error',
})
  .verifyProvider()
  .then(() => console.log('verified'))
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
