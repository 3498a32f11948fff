package main

import (
	"bytes"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinksLeadWhereSomebodyAnswers(t *testing.T) {
	t.Parallel()
	for address, c := range map[string]struct {
		url    string
		public string
		warned bool
	}{
		"127.0.0.1:8080": {url: "http://127.0.0.1:8080"},
		"[::1]:8080":     {url: "http://[::1]:8080"},
		"0.0.0.0:8080":   {url: "http://localhost:8080", warned: true},
		"[::]:8081":      {url: "http://localhost:8081", warned: true},
		"0.0.0.0:8082":   {url: "http://localhost:8082", public: "https://crm.example.org"},
	} {
		var told bytes.Buffer
		s := &serving{program: &program{stderr: &told}, platform: &platform{letters: letters{publicURL: &c.public}}}
		at, err := net.ResolveTCPAddr("tcp", address)
		require.NoError(t, err)
		require.Equal(t, c.url, s.reachable(at))
		require.Equal(t, c.warned, told.Len() > 0, address)
	}
}
