package kernel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

func TestADisplayNameIsTheWordsOfAName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"order-status_api.v2":    "Order Status Api V2",
		"checkout":               "Checkout",
		"checkout-web":           "Checkout Web",
		"my-consumer app":        "My Consumer App",
		"CheckoutWeb":            "Checkout Web",
		"HTTPGateway":            "HTTP Gateway",
		"gatewayHTTP":            "Gateway HTTP",
		"S3Mirror":               "S3 Mirror",
		"web2Print":              "Web2 Print",
		"mobile.app":             "Mobile App",
		"v1.2.3":                 "V1 2.3",
		"planB":                  "PlanB",
		"a-b-c":                  "A B-c",
		"ab-cd_ef.gh":            "Ab Cd Ef Gh",
		"double--dash":           "Double -dash",
		"snake__case":            "Snake Case",
		"shop / back office":     "Shop / Back Office",
		"shop - Back-office":     "Shop - Back Office",
		"a_b":                    "A B",
		"-lead":                  "-lead",
		".net":                   ".net",
		"trailing-":              "Trailing-",
		"  wide   space  ":       "Wide Space",
		"billing/invoices":       "Billing/invoices",
		"élan-äpfel":             "élan äpfel",
		"在庫サービス":                 "在庫サービス",
		"Versand (EU)":           "Versand (EU)",
		"iOS-app":                "I OS App",
		"EU_WEST":                "EU WEST",
		"already A Display Name": "Already A Display Name",
	} {
		require.Equal(t, want, kernel.DisplayName(name), name)
	}
}
