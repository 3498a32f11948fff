package crm

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASpoolKeepsWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, spoolMemory - 1, spoolMemory, spoolMemory + 1, 3 * spoolMemory} {
		var s spool
		var want, got bytes.Buffer
		for part := 1; want.Len() < length; part++ {
			b := bytes.Repeat([]byte{byte('a' + part%26)}, min(4096, length-want.Len()))
			want.Write(b)
			n, err := s.Write(b)
			require.NoError(t, err)
			require.Equal(t, len(b), n)
		}
		require.Equal(t, length > spoolMemory, s.rest != nil, "only where it is more")
		require.NoError(t, s.send(&got))
		require.True(t, bytes.Equal(want.Bytes(), got.Bytes()), length)
		s.close()
		if s.rest != nil {
			require.NoFileExists(t, s.rest.Name())
		}
	}
}
