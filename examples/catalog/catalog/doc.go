// Package catalog is the provider of the example: a service that knows the
// products of a shop, their stock and who has reserved some of it.
//
//	GET    /products?category=lamps&maxPrice=5000   products, cheapest first
//	GET    /products/{id}                           one product
//	POST   /reservations                            {"productId": 10, "quantity": 2}
//	GET    /reservations/{id}                       one reservation
//	DELETE /reservations/{id}                       gives the stock back
//	GET    /health
//
// Prices are whole cents. Errors are {"error": "code", "message": "…"}.
package catalog
