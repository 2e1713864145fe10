// Package contract is the pact document: its types, how it is read and how it
// is written. It touches no network and no clock.
//
// A [Pact] is what one consumer expects of one provider. It holds
// interactions of three kinds: [HTTP], [AsyncMessage] and [SyncMessage]. The
// model is one for all versions of the Pact Specification (V1, V1.1, V2, V3,
// V4): reading an older file upgrades it to the model, writing an older file
// fails with a typed error when the version cannot express what is there.
package contract
