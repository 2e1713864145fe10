package catalog

// Assortment is what an empty shop starts with.
func Assortment() []Product {
	return []Product{
		{ID: 10, Name: "Desk lamp", Category: "lamps", Cents: 3999, Tags: []string{"office", "led"}, Stock: 12},
		{ID: 11, Name: "Floor lamp", Category: "lamps", Cents: 8950, Tags: []string{"living room"}, Stock: 3},
		{ID: 20, Name: "Oak desk", Category: "desks", Cents: 34900, Stock: 2},
		{ID: 30, Name: "Notebook, dotted", Category: "paper", Cents: 690, Tags: []string{"office"}, Stock: 240},
	}
}
