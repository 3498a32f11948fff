package core_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

// counted is work whose T is how often it was tried.
type counted struct{ tries int }

func (c *counted) Plain() int { return c.tries }

func (c *counted) Atomic(_ context.Context, fn func(int) error) error {
	c.tries++
	return fn(c.tries)
}

func (c *counted) Snapshot(_ context.Context, fn func(int) error) error { return fn(c.tries) }

func TestRetry(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		overtaken int   // how often somebody else is faster
		then      error // what comes after
		tries     int
		want      error
	}{
		"first":          {0, nil, 1, nil},
		"overtaken":      {3, nil, 4, nil},
		"other error":    {1, broken, 2, broken},
		"overtaken ever": {core.Attempts + 1, nil, core.Attempts, core.ErrConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var work counted
			err := core.Retry(t.Context(), &work, func(n int) error {
				if n <= c.overtaken {
					return core.Stale("contact")
				}
				return c.then
			})
			require.ErrorIs(t, err, c.want)
			require.Equal(t, c.tries, work.tries)
		})
	}
}
