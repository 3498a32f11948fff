package crm

import (
	"bytes"
	"io"
	"os"
)

// spoolMemory is how many bytes of a spool are in memory.
const spoolMemory = 1 << 20

// spool keeps what is written until somebody who may be slow reads it: what is more than a little lies in a
// temporary file.
type spool struct {
	first bytes.Buffer
	rest  *os.File
}

// Write implements [io.Writer].
func (s *spool) Write(b []byte) (n int, err error) {
	if s.rest == nil && s.first.Len()+len(b) <= spoolMemory {
		return s.first.Write(b)
	}
	if s.rest == nil {
		if s.rest, err = os.CreateTemp("", "clientele-spool-*"); err != nil {
			return 0, err
		}
	}
	return s.rest.Write(b)
}

// send writes all of it to w, from the beginning.
func (s *spool) send(w io.Writer) error {
	if _, err := s.first.WriteTo(w); err != nil || s.rest == nil {
		return err
	}
	if _, err := s.rest.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.rest)
	return err
}

func (s *spool) close() {
	if s.rest != nil {
		_ = discard(s.rest) // nothing is lost with a temporary file that cannot be removed
	}
}
