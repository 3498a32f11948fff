package blobs_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
)

func open(t *testing.T) (*blobs.Dir, string) {
	path := filepath.Join(t.TempDir(), "made", "if missing")
	d, err := blobs.OpenDir(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d, path
}

// filesIn are the names of all files below the path.
func filesIn(t *testing.T, path string) (names []string) {
	require.NoError(t, filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, e.Name())
		}
		return err
	}))
	return names
}

func TestAFileIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	d, path := open(t)
	content := "%PDF-1.7\n" + strings.Repeat("a file longer than what is sniffed\n", 1000)
	b, err := d.Put(t.Context(), iotest.OneByteReader(strings.NewReader(content)))
	require.NoError(t, err)
	require.Equal(t, "application/pdf", b.Type)
	require.EqualValues(t, len(content), b.Size)
	f, err := d.Open(t.Context(), b.Key)
	require.NoError(t, err)
	got, err := io.ReadAll(f)
	require.NoError(t, errors.Join(err, f.Close()))
	require.Equal(t, content, string(got))
	require.Equal(t, []string{b.Key}, filesIn(t, path))

	info, err := os.Stat(filepath.Join(path, b.Key[:2], b.Key))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, d.Remove(t.Context(), b.Key))
	require.NoError(t, d.Remove(t.Context(), b.Key), "what is gone is gone")
	_, err = d.Open(t.Context(), b.Key)
	require.ErrorIs(t, err, core.ErrNotFound)
}

func TestTwoFilesOfOneContentAreTwo(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	a, err := d.Put(t.Context(), strings.NewReader("the same"))
	require.NoError(t, err)
	b, err := d.Put(t.Context(), strings.NewReader("the same"))
	require.NoError(t, err)
	require.NotEqual(t, a.Key, b.Key)
	require.NoError(t, d.Remove(t.Context(), a.Key))
	f, err := d.Open(t.Context(), b.Key)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestTypesAreToldByTheContent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ content, mediaType string }{
		{"plain text", "text/plain; charset=utf-8"},
		{"\x89PNG\x0D\x0A\x1A\x0A", "image/png"},
		{"\xFF\xD8\xFF", "image/jpeg"},
		{"PK\x03\x04", "application/zip"},
		{"RIFF\x00\x00\x00\x00WEBPVP", "image/webp"},
		{"<!DOCTYPE HTML><script>", ""},
		{"  <html>", ""},
		{"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", ""},
		{"\x00asm\x01", ""},
		{"MZ\x90\x00\x03", ""},
		{"\x7fELF\x02\x01", ""},
	} {
		d, path := open(t)
		b, err := d.Put(t.Context(), strings.NewReader(c.content))
		if c.mediaType == "" {
			require.ErrorIs(t, err, core.ErrInvalid, "%q", c.content)
			require.Empty(t, filesIn(t, path), "%q", c.content)
			continue
		}
		require.NoError(t, err, "%q", c.content)
		require.Equal(t, c.mediaType, b.Type)
	}
}

func TestNothingIsLeftOfAFileThatIsRefused(t *testing.T) {
	t.Parallel()
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("the sender is gone")
	for name, c := range map[string]struct {
		ctx  context.Context
		file io.Reader
		want error
	}{
		"empty":          {t.Context(), strings.NewReader(""), core.ErrInvalid},
		"too large":      {t.Context(), bytes.NewReader(bytes.Repeat([]byte("x"), 2001)), core.ErrInvalid},
		"broken":         {t.Context(), io.MultiReader(strings.NewReader(strings.Repeat("x", 1000)), iotest.ErrReader(broken)), broken},
		"broken at once": {t.Context(), iotest.ErrReader(broken), broken},
		"cancelled":      {cancelled, strings.NewReader("text"), context.Canceled},
	} {
		d, path := open(t)
		d.MaxSize = 2000
		_, err := d.Put(c.ctx, c.file)
		require.ErrorIs(t, err, c.want, name)
		require.Empty(t, filesIn(t, path), name)
	}
	d, _ := open(t)
	d.MaxSize = 2000
	_, err := d.Put(t.Context(), bytes.NewReader(bytes.Repeat([]byte("x"), 2000)))
	require.NoError(t, err, "as large as may be")
}

func TestKeysReachNothingElse(t *testing.T) {
	t.Parallel()
	d, path := open(t)
	secret := filepath.Join(path, "..", "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
	for _, key := range []string{
		"", ".", "..", "../secret", "x/../../secret", secret, "aa", "ab/../../secret\x00aaaaaaaaaa",
		"..aaaaaaaaaaaaaaaaaaaaaaaa", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
	} {
		_, err := d.Open(t.Context(), key)
		require.ErrorIs(t, err, core.ErrNotFound, "%q", key)
		require.NoError(t, d.Remove(t.Context(), key), "%q", key)
	}
	require.FileExists(t, secret)
}
