package selfchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/dsl/internal/selfchange"
)

var now = time.Date(2026, 3, 1, 12, 30, 15, 500, time.FixedZone("CET", 3600))

func response(body string) *contract.HTTP {
	return &contract.HTTP{Response: contract.Response{Body: contract.NewBody([]byte(body), "application/json")}}
}

func TestTheTimeOfTheRunIsFoundInAnyForm(t *testing.T) {
	t.Parallel()
	for _, form := range []string{
		now.Format(time.RFC3339), now.UTC().Format(time.RFC3339Nano), now.Format("2006-01-02 15:04:05"), now.UTC().Format("2006-01-02T15:04:05"),
		now.UTC().Format(time.RFC1123), fmt.Sprint(now.Unix()), fmt.Sprint(now.UnixMilli()), fmt.Sprint(now.UnixNano()),
		now.Add(20 * time.Second).Format(time.RFC3339),
	} {
		require.Equal(t, []string{fmt.Sprintf(`response body $.a[0] is %q, the time of this run`, form)},
			selfchange.Find(response(fmt.Sprintf(`{"a":[%q]}`, form)), now), form)
	}
	require.Len(t, selfchange.Find(response(fmt.Sprintf(`{"at":%d}`, now.Unix())), now), 1)
}

func TestFixedValuesAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, value := range []string{`"2026-03-01"`, `"12:30:15"`, `"2020-01-01T08:00:00Z"`, `1577836800`, `42`, `"hello"`, `null`, `1e400`, `"` + now.AddDate(0, 0, 1).Format(time.RFC3339) + `"`} {
		require.Empty(t, selfchange.Find(response(`{"a":`+value+`}`), now), value)
	}
	require.Empty(t, selfchange.Find(response("no json"), now))
}

func TestEveryPlaceIsSearched(t *testing.T) {
	t.Parallel()
	at := now.Format(time.RFC3339)
	http := &contract.HTTP{
		Common:   contract.Common{States: []contract.ProviderState{{Name: "s", Params: map[string]any{"at": at}}}},
		Request:  contract.Request{Path: at, Query: contract.Values{"q": {at}}, Headers: contract.Values{"H": {at}}, Body: contract.NewBody([]byte(`"`+at+`"`), "application/json")},
		Response: contract.Response{Headers: contract.Values{"H": {at}}, Body: contract.NewBody([]byte(`"`+at+`"`), "application/json")},
	}
	require.Len(t, selfchange.Find(http, now), 7)
	message := contract.Message{Contents: contract.NewBody([]byte(`"`+at+`"`), "application/json"), Metadata: map[string]any{"at": at}}
	require.Len(t, selfchange.Find(&contract.AsyncMessage{Message: message}, now), 2)
	require.Len(t, selfchange.Find(&contract.SyncMessage{Request: message, Responses: []contract.Message{message, message}}, now), 6)
}

func TestValuesThatAProgramMadeLookAlike(t *testing.T) {
	t.Parallel()
	require.True(t, selfchange.Alike("0d4e2a4c-5f1e-4c3c-9f8e-6a1b2c3d4e5f", "1d4e2a4c-5f1e-4c3c-9f8e-6a1b2c3d4e5f"))
	require.True(t, selfchange.Alike("2024-01-01", "2024-01-02"))
	require.True(t, selfchange.Alike("1700000000", "1700000001"))
	require.False(t, selfchange.Alike("lamp", "desk"))
	require.False(t, selfchange.Alike("41", "42"))
}
