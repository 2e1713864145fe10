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

func TestANameIsTakenApartWhereItsWordsMeet(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"OrderAPIv2": "Order AP Iv2", "checkout-web_app": "checkout web app", "HTTPGateway": "HTTP Gateway", "web2Print": "web2 Print", "größeÄnderung": "größe Änderung",
	} {
		require.Equal(t, want, kernel.SplitWords(name), "the words of %q", name)
	}
}

func TestNamesAreSortedWithoutRegardToCase(t *testing.T) {
	t.Parallel()
	require.Negative(t, kernel.CompareFolded("apple", "Banana"), "case does not part names")
	require.Positive(t, kernel.CompareFolded("a", "A"), "names that differ by case alone have an order too")
	require.Zero(t, kernel.CompareFolded("A", "A"), "a name is itself")
}

func TestRepeatedNamesAreDroppedInTheirOrder(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"b", "a", "B"}, kernel.Unique([]string{"b", "a", "b", "B", "a"}))
	require.Equal(t, []string{"prod", "dev"}, kernel.NamesOf([]kernel.Environment{{Name: "prod"}, {Name: "dev"}}), "environments keep their order")
	require.Equal(t, []string{"b", "a"}, kernel.TagNames([]kernel.Tag{{Name: "b"}, {Name: "a"}}), "tags keep their order")
	require.Equal(t, []int64{7, 3}, kernel.VersionIDs([]kernel.Version{{ID: 7}, {ID: 3}}), "versions keep their order")
}
