// Package egress makes the requests that the broker sends on somebody's word,
// which today are webhooks, and lets them go nowhere else than the operator meant.
//
// Whoever may save a webhook chooses an address for a machine that stands inside
// the network. What is asked of an address, in this order:
//
//  1. Scheme, method and host are on the operator's lists (policy.go). They are
//     asked again for each request: a webhook may be older than the lists.
//  2. The addresses that the host resolves to are judged as the connection is
//     made (transport.go), since the next answer of a name may be another one.
//  3. An address that holds another one, as those of NAT64 and 6to4 do, is judged
//     by both (embedded.go).
//  4. This machine and private networks are reached only where the operator says
//     so; metadata services of clouds, link-local and multicast addresses never
//     (place.go).
//
// Redirects are answers, and no proxy of the environment is used. Where the
// operator names a proxy, the proxy makes the connection, so the addresses of the
// host are judged before it is asked.
package egress
