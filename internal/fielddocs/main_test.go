package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheServersTextsAreFresh(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../server/descriptions.go")
	require.NoError(t, err)
	_, folders, found := strings.Cut(string(source), "//go:generate go run ../internal/fielddocs fielddocs.go server ")
	require.True(t, found, "server has a line that generates the texts")
	folders, _, _ = strings.Cut(folders, "\n")
	list := strings.Fields(folders)
	for i, folder := range list {
		list[i] = filepath.Join("../../server", folder)
	}
	want, err := generate("server", list)
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
