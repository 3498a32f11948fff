package core_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

func TestPageSize(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]int{0: 50, 1: 1, 200: 200} {
		got, err := core.Page{Limit: limit}.Size()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, limit := range []int{-1, 201} {
		_, err := core.Page{Limit: limit}.Size()
		require.ErrorIs(t, err, core.ErrInvalid)
	}
}

func TestCursorsBelongToOneOrder(t *testing.T) {
	t.Parallel()
	c := core.Cursor{Order: "name", Value: "école", ID: uuid.New()}
	got, err := core.DecodeCursor(c.Encode(), "name")
	require.NoError(t, err)
	require.Equal(t, c, got)
	encode := func(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
	for _, bad := range []string{
		"", "!", "e30", encode("null"), encode(`{"o":"name","v":"x","i":"nonsense"}`), encode(`{"o":"name","v":"x"}`),
		core.Cursor{Order: "-name", ID: uuid.New()}.Encode(), encode(`{"o":"name","v":"\u0000","i":"` + uuid.NewString() + `"}`),
		core.Cursor{Order: "name", Value: strings.Repeat("x", 12<<10), ID: uuid.New()}.Encode(),
	} {
		_, err := core.DecodeCursor(bad, "name")
		require.ErrorIs(t, err, core.ErrInvalid, "%q", bad)
	}
}

func TestTheLongestNameFitsACursor(t *testing.T) {
	t.Parallel()
	c := core.Cursor{Order: "-name", Value: core.Fold(strings.Repeat("\ufdfa", 200)), ID: uuid.Max}
	got, err := core.DecodeCursor(c.Encode(), "-name")
	require.NoError(t, err)
	require.Equal(t, c, got)
}

func FuzzDecodeCursor(f *testing.F) {
	f.Add(core.Cursor{Order: "name", Value: "ada", ID: uuid.Max}.Encode())
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := core.DecodeCursor(text, "name")
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		again, err := core.DecodeCursor(c.Encode(), "name")
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}

// pages are the numbers below n, two a page.
func pages(n int, asked *int) func(context.Context, core.Page) (core.List[int], error) {
	return func(_ context.Context, p core.Page) (core.List[int], error) {
		*asked++
		from, _ := strconv.Atoi(p.Cursor)
		l := core.List[int]{Items: []int{}}
		for i := from; i < min(n, from+2); i++ {
			l.Items = append(l.Items, i)
		}
		if from+2 < n {
			l.Next = strconv.Itoa(from + 2)
		}
		return l, nil
	}
}

func TestAllRunsThroughEveryPage(t *testing.T) {
	t.Parallel()
	asked, got := 0, []int(nil)
	for i, err := range core.All(t.Context(), pages(5, &asked)) {
		require.NoError(t, err)
		got = append(got, i)
	}
	require.Equal(t, []int{0, 1, 2, 3, 4}, got)
	require.Equal(t, 3, asked)

	asked = 0
	for range core.All(t.Context(), pages(5, &asked)) {
		break
	}
	require.Equal(t, 1, asked, "who stops is asked for no more pages")

	broken := errors.New("broken")
	var errs []error
	for _, err := range core.All(t.Context(), func(context.Context, core.Page) (core.List[int], error) { return core.List[int]{}, broken }) {
		errs = append(errs, err)
	}
	require.Equal(t, []error{broken}, errs)
}
