package dsl

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/treatyhq/treaty/contract"
	"github.com/treatyhq/treaty/mockserver"
)

// start opens the mock provider on the first port that the configuration
// allows and that is free.
func (c MockHTTPProviderConfig) start(interactions []*contract.HTTP) (*mockserver.Server, error) {
	ports := []int{c.Port}
	if c.Port == 0 && c.AllowedMockServerPorts != "" {
		allowed, err := parsePorts(c.AllowedMockServerPorts)
		if err != nil {
			return nil, err
		}
		ports = allowed
	}
	for _, port := range ports {
		server, err := mockserver.Start(interactions, mockserver.Config{Host: c.Host, Port: port, TLS: c.TLS})
		if err == nil {
			return server, nil
		}
		if len(ports) == 1 || !errors.Is(err, syscall.EADDRINUSE) {
			return nil, fmt.Errorf("%w; set Port to 0 to get a free one", err)
		}
	}
	return nil, fmt.Errorf("none of the ports %s is free: allow more in AllowedMockServerPorts", c.AllowedMockServerPorts)
}

// parsePorts reads "1234", "1234,5667" or "1234-5667", and mixtures.
func parsePorts(text string) ([]int, error) {
	var ports []int
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		from, err := parsePort(first)
		if err != nil {
			return nil, err
		}
		to := from
		if isRange {
			if to, err = parsePort(last); err != nil {
				return nil, err
			}
		}
		if to < from {
			return nil, fmt.Errorf("the range of ports %q ends before it begins", part)
		}
		for port := from; port <= to; port++ {
			ports = append(ports, port)
		}
	}
	return ports, nil
}

func parsePort(text string) (int, error) {
	port, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("%q in AllowedMockServerPorts is not a port: write 1234, 1234,5667 or 1234-5667", text)
	}
	return port, nil
}
