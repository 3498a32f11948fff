package blobs_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/blobs"
)

// none names no file.
func none(context.Context, []string) ([]string, error) { return nil, nil }

// age makes a file look older.
func age(t *testing.T, path, name string, by time.Duration) {
	at := time.Now().Add(-by)
	require.NoError(t, os.Chtimes(filepath.Join(path, name[:2], name), at, at))
}

func put(t *testing.T, d *blobs.Dir, content string) string {
	b, err := d.Put(t.Context(), strings.NewReader(content))
	require.NoError(t, err)
	return b.Key
}

func TestASweepRemovesWhatIsOldAndNotNamed(t *testing.T) {
	t.Parallel()
	d, path := open(t)
	named, left, fresh := put(t, d, "named"), put(t, d, "left"), put(t, d, "new")
	age(t, path, named, 25*time.Hour)
	age(t, path, left, 25*time.Hour)
	notOurs := filepath.Join(path, "ab", "abc")
	require.NoError(t, os.MkdirAll(filepath.Dir(notOurs), 0o700))
	require.NoError(t, os.WriteFile(notOurs, nil, 0o600))
	age(t, path, "abc", 25*time.Hour)

	n, err := d.Sweep(t.Context(), time.Now().Add(-24*time.Hour), func(_ context.Context, keys []string) ([]string, error) {
		require.ElementsMatch(t, []string{named, left}, keys, "of what is new nobody is asked")
		return []string{named}, nil
	})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.ElementsMatch(t, []string{named, fresh, "abc"}, filesIn(t, path))
}

func TestASweepRemovesNothingWhenItCannotAsk(t *testing.T) {
	t.Parallel()
	d, path := open(t)
	key := put(t, d, "x")
	age(t, path, key, time.Hour)
	broken := errors.New("the database is away")
	_, err := d.Sweep(t.Context(), time.Now(), func(context.Context, []string) ([]string, error) { return nil, broken })
	require.ErrorIs(t, err, broken)
	require.Equal(t, []string{key}, filesIn(t, path))
}

func TestASweepAsksOfAFewHundredAtOnce(t *testing.T) {
	t.Parallel()
	d, path := open(t)
	for i := range 1001 {
		key := strings.Repeat(string(rune('a'+i%26)), 23) + string([]byte{'a' + byte(i/26/26), 'a' + byte(i/26%26), 'b'})
		require.NoError(t, os.MkdirAll(filepath.Join(path, key[:2]), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(path, key[:2], key), []byte("x"), 0o600))
	}
	var asked []int
	n, err := d.Sweep(t.Context(), time.Now().Add(time.Hour), func(_ context.Context, keys []string) ([]string, error) {
		asked = append(asked, len(keys))
		return slices.Clone(keys[:1]), nil
	})
	require.NoError(t, err)
	require.Equal(t, []int{500, 500, 1}, asked)
	require.Equal(t, 998, n)
	require.Len(t, filesIn(t, path), 3)
}

// The sender of a large file may take its time; that of one who is gone leaves half of it.
func TestAFileThatIsBeingPutStays(t *testing.T) {
	t.Parallel()
	d, path := open(t)
	begun, goOn := make(chan struct{}), make(chan struct{})
	done := make(chan string)
	go func() {
		b, err := d.Put(t.Context(), &pausing{begun: begun, goOn: goOn})
		if err != nil {
			b.Key = err.Error()
		}
		done <- b.Key
	}()
	<-begun
	_, err := d.Sweep(t.Context(), time.Now().Add(-24*time.Hour), none)
	require.NoError(t, err)
	close(goOn)
	key := <-done
	require.Equal(t, []string{key}, filesIn(t, path))

	part := key[:2] + strings.Repeat("z", 24) + ".part"
	require.NoError(t, os.WriteFile(filepath.Join(path, key[:2], part), []byte("half"), 0o600))
	age(t, path, part, 25*time.Hour)
	_, err = d.Sweep(t.Context(), time.Now().Add(-24*time.Hour), none)
	require.NoError(t, err)
	require.Equal(t, []string{key}, filesIn(t, path), "half a file is removed, when it is old")
}

// pausing waits in the middle of its content.
type pausing struct {
	begun, goOn chan struct{}
	reads       int
}

func (p *pausing) Read(b []byte) (int, error) {
	p.reads++
	switch p.reads {
	case 1:
		return copy(b, strings.Repeat("x", 600)), nil // more than what is sniffed
	case 2:
		close(p.begun)
		<-p.goOn
	}
	return 0, io.EOF
}

func TestAFolderIsOfOneOwner(t *testing.T) {
	t.Parallel()
	d, path := open(t)
	errs := make(chan error)
	for range 8 { // as many servers that start at once
		go func() { errs <- d.Claim("ours") }()
	}
	for range 8 {
		require.NoError(t, <-errs)
	}
	require.ErrorIs(t, d.Claim("theirs"), core.ErrState)
	require.NoError(t, d.Claim("ours"))
	require.Equal(t, []string{"belongs-to"}, filesIn(t, path))
	_, err := d.Sweep(t.Context(), time.Now().Add(time.Hour), none)
	require.NoError(t, err)
	require.Equal(t, []string{"belongs-to"}, filesIn(t, path))
}
