package throttle

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func waitOf(l *Limiter, caller string, now time.Time) time.Duration {
	_, wait := l.Take(caller, now)
	return wait
}

func TestLimiter(t *testing.T) {
	t.Parallel()
	l, now := New(0.5, 2), time.Now()
	require.Zero(t, waitOf(l, "ada", now))
	require.Zero(t, waitOf(l, "ada", now))
	require.Equal(t, 2*time.Second, waitOf(l, "ada", now))
	require.Zero(t, waitOf(l, "grace", now), "another is not held up")
	require.Equal(t, time.Second, waitOf(l, "ada", now.Add(time.Second)), "a refused call takes nothing, but it is too soon")
	require.Zero(t, waitOf(l, "ada", now.Add(2*time.Second)))
}

func TestWhatIsGivenBackDoesNotCount(t *testing.T) {
	t.Parallel()
	l, now := New(1e-6, 1), time.Now()
	for range 3 {
		giveBack, wait := l.Take("ada", now)
		require.Zero(t, wait)
		giveBack()
	}
	require.Zero(t, waitOf(l, "ada", now))
	require.NotZero(t, waitOf(l, "ada", now))
}

func TestALimiterIsBounded(t *testing.T) {
	t.Parallel()
	l, now := New(0.001, 1), time.Now()
	require.Zero(t, waitOf(l, "ada", now))
	for i := range 3 * maxCallers {
		require.Zero(t, waitOf(l, fmt.Sprint(i), now))
		if i%1000 == 0 {
			require.NotZero(t, waitOf(l, "ada", now), "who goes on calling is not forgotten")
		}
	}
	require.LessOrEqual(t, len(l.young)+len(l.old), 2*maxCallers)
}
