package broker_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker"
	"github.com/treatyhq/treaty/broker/brokertest"
	"github.com/treatyhq/treaty/broker/internal/store/storetest"
)

// TestPagesAboutAccessTakeFewTrips counts ways to the database, with few accounts and with
// many: they do not grow with them.
func TestPagesAboutAccessTakeFewTrips(t *testing.T) {
	for _, people := range []int{2, 120} {
		t.Run(fmt.Sprint(people), func(t *testing.T) {
			database := storetest.PostgresSchema(t)
			proxy := storetest.NewProxy(t, database)
			b := brokertest.Start(t, brokertest.Database(proxy.URL()), func(o *broker.Options) { o.Identity = true })
			value, err := broker.CreateToken(t.Context(), database, broker.NewToken{Role: "Administrator", Name: "Ada"})
			require.NoError(t, err)
			ask := func(method, address, body string) string {
				request, err := http.NewRequestWithContext(t.Context(), method, b.URL()+address, strings.NewReader(body))
				require.NoError(t, err)
				request.SetBasicAuth("any", value)
				request.Header.Set("Content-Type", "application/json")
				if strings.HasPrefix(address, "/ui/") {
					request.Header.Set("Accept", "text/html")
				}
				response, err := http.DefaultClient.Do(request)
				require.NoError(t, err)
				defer response.Body.Close()
				text, err := io.ReadAll(response.Body)
				require.NoError(t, err)
				require.Less(t, response.StatusCode, 300, "%s %s: %s", method, address, text)
				return string(text)
			}
			uuid := func(text string) string {
				var out struct{ UUID string }
				require.NoError(t, json.Unmarshal([]byte(text), &out))
				return out.UUID
			}
			ask("POST", "/pacticipants", `{"name":"Shop"}`)
			var account, team string
			for i := range people {
				account = uuid(ask("POST", "/admin/system-accounts", fmt.Sprintf(`{"name":"pipeline %03d","type":1,"active":true}`, i)))
				team = uuid(ask("POST", "/admin/teams", fmt.Sprintf(`{"name":"team %03d","pacticipantNames":["Shop"],"administratorUuids":[%q]}`, i, account)))
			}
			role := uuid(ask("POST", "/admin/roles", `{"name":"Mine","permissions":[{"scope":"contract_data:read:*"}]}`))
			rule := uuid(ask("POST", "/admin/trust-rules", fmt.Sprintf(`{"name":"r","issuer":"https://issuer.example","audience":"a","match":{"x":"y"},"account":%q}`, account)))
			for _, page := range []string{
				"trust", "trust/new", "trust/try", path.Join("trust", rule), path.Join("trust", rule, "edit"), path.Join("trust", rule, "delete"),
				"people", "people?q=pipeline&kind=account&page=2", "people/new", path.Join("people", account), path.Join("people", account, "edit"), path.Join("people", account, "delete"), path.Join("people", account, "tokens"),
				"me", "me/tokens", "teams", "teams/new", path.Join("teams", team), path.Join("teams", team, "edit"), path.Join("teams", team, "members"), path.Join("teams", team, "delete"),
				"roles", "roles/new", path.Join("roles", role), path.Join("roles", role, "edit"), path.Join("roles", role, "delete"), "who-can", "who-can?right=contract_data:manage&application=Shop", "secrets", "secrets/new", "webhooks/new",
			} {
				least, most := 1<<30, 12
				for try, end := 0, time.Now().Add(15*time.Second); (try < 20 || time.Now().Before(end)) && least > most; try++ {
					proxy.ResetTrips()
					ask("GET", "/ui/"+page, "")
					least = min(least, proxy.Trips())
				}
				require.LessOrEqual(t, least, most, page)
				t.Logf("%s: %d trips", page, least)
			}
		})
	}
}
