package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// begin sends all of a request but its body, and returns when the server waits for that.
func (p *process) begin(body string) (net.Conn, *bufio.Reader) {
	p.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	require.NoError(p.t, err)
	p.t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /api/v1/auth/register HTTP/1.1\r\nHost: example.org\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
	require.NoError(p.t, err)
	answers := bufio.NewReader(conn)
	line, err := answers.ReadString('\n')
	require.NoError(p.t, err)
	require.Contains(p.t, line, "100 Continue")
	_, err = answers.ReadString('\n')
	require.NoError(p.t, err)
	return conn, answers
}

const registration = `{"firstName": "Ada", "email": "ada@example.org", "password": "the analytical engine"}`

func TestASignalLetsWhatHasBegunBeAnswered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := serve(t, dir, dir+"/clientele.db")
	conn, answers := p.begin(registration)
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.awaits("a second signal")
	_, err := conn.Write([]byte(registration))
	require.NoError(t, err)
	res, err := http.ReadResponse(answers, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, res.StatusCode)
	<-p.gone
	require.NoError(t, p.err)
}

func TestASecondSignalEndsTheProgramAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := serve(t, dir, dir+"/clientele.db")
	p.begin(registration)
	require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
	p.awaits("a second signal")
	require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
	<-p.gone
	var ended *exec.ExitError
	require.True(t, errors.As(p.err, &ended), "%v", p.err)
	require.True(t, ended.Sys().(syscall.WaitStatus).Signaled(), "the request was not waited for")
}
