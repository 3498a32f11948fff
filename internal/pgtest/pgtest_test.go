//go:build unix

package pgtest_test

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
)

// TestClusterIsGoneWithTheTestBinary kills a test binary that has started a cluster, in the
// way that leaves it no time to clean up.
func TestClusterIsGoneWithTheTestBinary(t *testing.T) {
	if os.Getenv("CLIENTELE_TEST_CHILD") != "" {
		_, err := os.Stdout.WriteString("\nDSN " + pgtest.Shared(t) + "\n")
		require.NoError(t, err)
		time.Sleep(time.Minute) // it is killed before
	}
	if os.Getenv("CLIENTELE_TEST_POSTGRES") != "" {
		t.Skip("the cluster is CLIENTELE_TEST_POSTGRES, and not ours to stop")
	}
	pgtest.Empty(t) // skips where there is none
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestClusterIsGoneWithTheTestBinary$")
	child.Env = append(os.Environ(), "CLIENTELE_TEST_CHILD=1")
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	folder := ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if len(lines.Text()) > 4 && lines.Text()[:4] == "DSN " {
			u, err := url.Parse(lines.Text()[4:])
			require.NoError(t, err)
			folder = u.Query().Get("host")
			require.DirExists(t, folder)
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait())
	require.NotEmpty(t, folder)
	require.Eventually(t, func() bool {
		_, err := os.Stat(folder)
		return os.IsNotExist(err)
	}, 10*time.Second, 10*time.Millisecond, "the folder is removed once the server has stopped")
}

func TestDatabasesAreApart(t *testing.T) {
	t.Parallel()
	require.NotEqual(t, pgtest.Database(t), pgtest.Database(t))
	require.NotEqual(t, pgtest.Empty(t), pgtest.Empty(t))
	if os.Getenv("CLIENTELE_TEST_POSTGRES") == "" {
		require.Equal(t, pgtest.Shared(t), pgtest.Shared(t))
	}
}
