// Package storefront is the consumer of the example: the pages of a shop. It
// keeps no products; it asks the catalog through [Catalog].
//
//	GET  /                  products, also ?category=lamps
//	GET  /products/{id}     one product
//	POST /basket            productId, quantity: reserves and shows the basket
//	GET  /basket
//	POST /basket/empty      gives everything back
package storefront
