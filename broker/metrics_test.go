package broker_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/treatyhq/treaty/broker/brokertest"
)

func TestRequestsAreCountedByRouteAndNotByName(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t)
	for range 2 {
		status, _ := get(t, b.URL()+"/pacticipants/secret-name")
		require.Equal(t, http.StatusNotFound, status)
	}
	_, _ = get(t, b.URL()+"/no/such/address")
	_, _ = get(t, b.URL()+"/", "Accept", "text/html")

	status, numbers := get(t, b.URL()+"/diagnostic/metrics", "Accept", "*/*")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, numbers, `treaty_http_requests_total{method="GET",route="/pacticipants/:pacticipant",status="404"} 2`)
	require.Contains(t, numbers, `treaty_http_requests_total{method="GET",route="unknown",status="404"} 1`)
	require.Contains(t, numbers, `treaty_http_requests_total{method="GET",route="pages",status="200"} 1`)
	require.Contains(t, numbers, `treaty_http_request_duration_seconds_count{method="GET",route="/pacticipants/:pacticipant"} 2`)
	require.Contains(t, numbers, "treaty_build_info{version=")
	require.Contains(t, numbers, "go_goroutines")
	require.NotContains(t, numbers, "secret-name")
}

func TestTheBrokersOwnMetricsStayThePactBrokers(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t)
	status, body := get(t, b.URL()+"/metrics")
	require.Equal(t, http.StatusOK, status)
	require.True(t, strings.HasPrefix(body, `{"interactions":`), body)
}
