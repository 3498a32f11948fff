package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheServersTextsAreFresh(t *testing.T) {
	t.Parallel()
	want, err := generate("server", []string{"../../core", "../../crm", "../../identity", "../../server"})
	require.NoError(t, err)
	got, err := os.ReadFile("../../server/fielddocs.go")
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "run go generate ./server")
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for comment, want := range map[string]string{
		"":                               "",
		"1 to 200 characters\n":          "1 to 200 characters.",
		"a URL;\nmay be empty\n":         "A URL; may be empty.",
		"Phone is as in [core.Email].\n": "Phone is as in core.Email.",
	} {
		require.Equal(t, want, sentence(comment))
	}
}
