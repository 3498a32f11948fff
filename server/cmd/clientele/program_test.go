package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/openapitest"
	"github.com/clientele-crm/clientele/internal/pgtest"
)

// asProgram makes the test binary the program itself: what is tested is a process of its
// own, which can be killed.
const asProgram = "CLIENTELE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// onBoth runs a test with the program's database in a SQLite file and in Postgres. Each
// has an empty folder to start in.
func onBoth(t *testing.T, test func(t *testing.T, dir, url string)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		test(t, dir, filepath.Join(dir, "clientele.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, t.TempDir(), pgtest.Empty(t))
	})
}

// process is a running server.
type process struct {
	t    testing.TB
	cmd  *exec.Cmd
	url  string
	gone chan struct{} // closed when it has ended
	err  error         // why; read after gone

	mu    sync.Mutex
	log   bytes.Buffer
	wrote *sync.Cond // that the log grew, or that the process has ended

	document *openapitest.Document // if set, every answer is held against it
}

// commandLine is a call of the program, ready to run in the folder.
func commandLine(ctx context.Context, dir, url string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asProgram+"=1", "CLIENTELE_DATABASE_URL="+url, "CLIENTELE_ADDR=127.0.0.1:0")
	return cmd
}

var listening = regexp.MustCompile(`listens on (http://\S+)`)

// serve starts a server and waits until it listens.
func serve(t testing.TB, dir, url string, env ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: commandLine(context.Background(), dir, url, "serve"), gone: make(chan struct{})}
	p.wrote = sync.NewCond(&p.mu)
	p.cmd.Env = append(p.cmd.Env, env...)
	out, err := p.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.mu.Lock()
			p.log.WriteString(lines.Text() + "\n")
			p.wrote.Broadcast()
			p.mu.Unlock()
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
		p.err = p.cmd.Wait()
		close(p.gone)
		p.mu.Lock()
		p.wrote.Broadcast()
		p.mu.Unlock()
	}()
	t.Cleanup(p.kill)
	select {
	case p.url = <-found:
	case <-p.gone:
		t.Fatalf("the server ended: %v\n%s", p.err, p.logged())
	case <-time.After(time.Minute):
		t.Fatalf("the server does not listen\n%s", p.logged())
	}
	return p
}

func (p *process) logged() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// awaits returns when the server has logged the text.
func (p *process) awaits(text string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for !strings.Contains(p.log.String(), text) {
		select {
		case <-p.gone:
			p.t.Fatalf("the server ended without a word of %q: %v\n%s", text, p.err, p.log.String())
		default:
			p.wrote.Wait()
		}
	}
}

// kill ends the server as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.gone
}

// terminate asks the server to end, and waits until it has.
func (p *process) terminate() error {
	require.NoError(p.t, p.cmd.Process.Signal(os.Interrupt))
	<-p.gone
	return p.err
}

// caller calls a server in somebody's name.
type caller struct {
	*process
	token   string
	company string
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// field is a value of the answer's JSON object, by a path such as "user.id".
func (a answer) field(t testing.TB, path string) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(a.body, &v), string(a.body))
	for name := range strings.SplitSeq(path, ".") {
		object, ok := v.(map[string]any)
		require.True(t, ok, "%s is in no object: %s", name, a.body)
		v = object[name]
	}
	return v
}

func (a answer) text(t testing.TB, path string) string {
	t.Helper()
	s, ok := a.field(t, path).(string)
	require.True(t, ok, "%s is no text in %s", path, a.body)
	return s
}

// try sends a request, and is an error where no answer came. A string or a reader is sent as it is with
// the media type of the header, everything else as JSON.
func (c caller) try(ctx context.Context, method, path string, body any, header ...string) (answer, error) {
	var sent []byte
	media := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		sent, media = []byte(b), "text/csv"
	default:
		var err error
		if sent, err = json.Marshal(b); err != nil {
			return answer{}, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+"/api/v1"+path, bytes.NewReader(sent))
	if err != nil {
		return answer{}, err
	}
	if sent != nil {
		req.Header.Set("Content-Type", media)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.company != "" {
		req.Header.Set("X-Company-ID", c.company)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	if c.document != nil {
		if err := c.document.Check(method, "/api/v1"+path, sent, res, text); err != nil {
			c.t.Errorf("%s %s: %v", method, path, err)
		}
	}
	return answer{res.StatusCode, res.Header, text}, nil
}

// do is try where an answer of this status has to come.
func (c caller) do(status int, method, path string, body any, header ...string) answer {
	c.t.Helper()
	a, err := c.try(context.Background(), method, path, body, header...)
	require.NoError(c.t, err)
	require.Equal(c.t, status, a.status, "%s %s: %s", method, path, a.body)
	return a
}

// described makes every answer be held against the document that the server has of itself.
func (p *process) described() *process {
	res, err := http.Get(p.url + "/openapi.json")
	require.NoError(p.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	p.document, err = openapitest.Parse(text)
	require.NoError(p.t, err)
	return p
}

// founder registers somebody, logs them in and makes a company that asks nothing of its contacts.
func (p *process) founder(email string) caller {
	p.t.Helper()
	c := caller{process: p}
	c.do(http.StatusCreated, "POST", "/auth/register", map[string]any{
		"firstName": "Ada", "lastName": "Lovelace", "email": email, "password": "the analytical engine",
	})
	c.token = c.do(http.StatusOK, "POST", "/auth/login", map[string]any{"email": email, "password": "the analytical engine"}).text(p.t, "accessToken")
	c.company = c.do(http.StatusCreated, "POST", "/companies", map[string]any{
		"name": "Acme", "country": "US", "contactPolicy": []string{},
	}).text(p.t, "id")
	return c
}
