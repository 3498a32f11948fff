package server_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/server"
)

// served is a world whose server listens by itself, with the limits of its connections.
func served(t *testing.T, change ...func(*server.Config)) *world {
	t.Helper()
	return newWorld(t, change...).listening()
}

// listening is the world, whose server listens by itself.
func (w *world) listening() *world {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(w.t, err)
	ctx, stop := contextWithStop(w.t)
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(ctx, l) }()
	w.t.Cleanup(func() {
		stop()
		require.NoError(w.t, <-ended)
	})
	w.url = "http://" + l.Addr().String()
	return w
}

func TestRefusals(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) { refusesWhatIsHostile(t, w.listening()) })
}

func refusesWhatIsHostile(t *testing.T, w *world) {
	const contacts = "/api/v1/contacts"

	field := func(p map[string]any) string {
		e := p["errors"].([]any)[0].(map[string]any)
		return fmt.Sprint(e["pointer"], " ", e["rule"])
	}
	for name, c := range map[string]struct {
		status       int
		code, field  string
		method, path string
		body         any
		headers      []string
	}{
		"no JSON":                     {400, "malformed", "", "POST", contacts, `{"name": `, nil},
		"a number beyond all":         {400, "malformed", "", "POST", contacts, `{"name": 1e400}`, nil},
		"no JSON at a byte":           {400, "malformed", "", "POST", contacts, `{"name": x}`, nil},
		"no body":                     {400, "malformed", "", "POST", contacts, ``, nil},
		"no UTF-8":                    {400, "malformed", "", "POST", contacts, "{\"name\": \"\xff\"}", nil},
		"no token":                    {401, "unauthenticated", "", "GET", contacts, nil, []string{"Authorization:"}},
		"a wrong token":               {401, "session_ended", "", "GET", contacts, nil, []string{"Authorization: Bearer nobody"}},
		"another scheme":              {401, "unauthenticated", "", "GET", contacts, nil, []string{"Authorization: Basic YTpi"}},
		"no such route":               {404, "no_such_route", "", "GET", "/api/v1/nothing", nil, nil},
		"no such method":              {405, "method_not_allowed", "", "PUT", contacts, `{}`, nil},
		"only XML back":               {406, "not_acceptable", "", "GET", contacts, nil, []string{"Accept: application/xml"}},
		"XML":                         {415, "unsupported_media_type", "", "POST", contacts, `<a/>`, []string{"Content-Type: application/xml"}},
		"a form":                      {415, "unsupported_media_type", "", "POST", contacts, `name=Ada`, []string{"Content-Type: application/x-www-form-urlencoded"}},
		"a patch that is posted":      {415, "unsupported_media_type", "", "POST", contacts, `{}`, []string{"Content-Type: application/merge-patch+json"}},
		"an array":                    {422, "invalid", " type", "POST", contacts, `[]`, nil},
		"no name":                     {422, "invalid", "/name required", "POST", contacts, `{}`, nil},
		"an unknown field":            {422, "invalid", "/nmae unknown_field", "POST", contacts, `{"name": "Ada", "nmae": "x"}`, nil},
		"an unknown field within":     {422, "invalid", "/otherAddresses/0/x unknown_field", "POST", contacts, `{"name": "Ada", "otherAddresses": [{"kind": "email", "value": "a@example.org", "x": 1}]}`, nil},
		"an unknown field of a patch": {422, "invalid", "/version unknown_field", "PATCH", contacts + "/01890a5d-ac96-774b-bcce-b302099a8057", `{"version": 7}`, nil},
		"a field in capitals":         {422, "invalid", "/NAME unknown_field", "PATCH", contacts + "/01890a5d-ac96-774b-bcce-b302099a8057", `{"NAME": "Grace"}`, nil},
		"a field in capitals within":  {422, "invalid", "/otherAddresses/0/Kind unknown_field", "POST", contacts, `{"name": "Ada", "otherAddresses": [{"Kind": "email", "value": "a@b.example"}]}`, nil},
		"a wrong type":                {422, "invalid", "/name type", "POST", contacts, `{"name": 7}`, nil},
		"a wrong type within":         {422, "invalid", "/tags/1 type", "POST", contacts, `{"name": "Ada", "tags": ["a", 1]}`, nil},
		"NUL":                         {422, "invalid", "/name has_nul", "POST", contacts, `{"name": "A\u0000da"}`, nil},
		"a name of 10,000":            {422, "invalid", "/name max_length", "POST", contacts, `{"name": "` + strings.Repeat("é", 10_000) + `"}`, nil},
		"a locale of 10,000":          {422, "invalid", "/locale max_length", "POST", contacts, `{"name": "Ada", "locale": "en-x` + strings.Repeat("-a", 5000) + `"}`, nil},
		"NUL in a parameter":          {422, "invalid", "/action has_nul", "GET", "/api/v1/audit?action=%00", nil, nil},
		"no UUID in the body":         {422, "invalid", "/ownerId uuid", "POST", contacts, `{"name": "Ada", "ownerId": "7"}`, nil},
		"no UUID in the path":         {422, "invalid", "/id uuid", "GET", contacts + "/7", nil, nil},
		"a bad cursor":                {422, "invalid", "/cursor cursor", "GET", contacts + "?cursor=x", nil, nil},
		"a large page":                {422, "invalid", "/limit range", "GET", contacts + "?limit=201", nil, nil},
		"a bad page":                  {422, "invalid", "/limit type", "GET", contacts + "?limit=many", nil, nil},
		"a bad order":                 {422, "invalid", "/sort enum", "GET", contacts + "?sort=age", nil, nil},
		"a bad time":                  {422, "invalid", "/createdFrom date_time", "GET", contacts + "?createdFrom=yesterday", nil, nil},
		"a count of what is not":      {422, "invalid", "/count unknown_parameter", "GET", "/api/v1/members?count=exact", nil, nil},
		"an unknown parameter":        {422, "invalid", "/emial unknown_parameter", "GET", contacts + "?emial=a@example.org", nil, nil},
		"a body of 100 MB":            {413, "too_large", "", "POST", contacts, bytes.NewReader(make([]byte, 100<<20)), nil},
		"a header of 20 KB":           {431, "header_too_large", "", "GET", contacts, nil, []string{"X-Long: " + strings.Repeat("x", 25<<10)}},
		"a company of no UUID":        {400, "company_malformed", "", "GET", contacts, nil, []string{"X-Company-ID: ours"}},
		"a company of others":         {404, "company_not_found", "", "GET", contacts, nil, []string{"X-Company-ID: 01890a5d-ac96-774b-bcce-b302099a8057"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.t = t
			p := w.problem(c.status, c.code, c.method, c.path, c.body, c.headers...)
			if c.field != "" {
				require.Equal(t, c.field, field(p), p)
			}
			require.NotEmpty(t, p["detail"], "a sentence for a person")
			require.NotContains(t, fmt.Sprint(p), "example.org", "no value is quoted back")
			require.NotRegexp(t, howItIsMade, fmt.Sprint(p), "nothing of how it is made")
		})
	}
}

// howItIsMade are words that only those know who made the server.
const howItIsMade = `unmarshal|Go value|Go struct|json:|invalid character|unexpected E|unexpected end|exactly one schema|expected (value|string|number|length|array|integer)|<nil>`

// What is refused before it comes to a service is refused in the words of the services.
func TestRefusalsAreSaidInWords(t *testing.T) {
	t.Parallel()
	w := served(t)
	for name, c := range map[string]struct {
		want, method, path string
		body               any
	}{
		"no choice of a body":    {"/type has to be one of entrepreneur, employee", "POST", "/contacts", `{"name": "Ada", "type": "boss"}`},
		"no choice of a query":   {"/count has to be one of exact, estimate", "GET", "/contacts?count=all", nil},
		"too large a number":     {"/limit has to be 200 or less", "GET", "/contacts?limit=201", nil},
		"too small a number":     {"/limit has to be 1 or more", "GET", "/contacts?limit=0", nil},
		"too long a text":        {"/country is longer than 2 characters", "POST", "/contacts/imports?country=BRA", nil},
		"too many items":         {"/matchBy has more than 3 items", "POST", "/contacts/imports?matchBy=id&matchBy=id&matchBy=id&matchBy=id", nil},
		"a shape that is none":   {"/x is of a type that is not taken here", "PUT", "/leads/01890a5d-ac96-774b-bcce-b302099a8057/values", `{"x": {}}`},
		"a filter that is none":  {` a filter has no "fiel"`, "POST", "/contacts/views", `{"name": "x", "filter": {"fiel": "name"}}`},
		"a filter within others": {`/filter is not a filter: a filter has no "fiel"`, "GET", "/contacts?filter=" + url.QueryEscape(`{"not": {"fiel": "name"}}`), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := *w
			w.t = t
			p := w.problem(http.StatusUnprocessableEntity, "invalid", c.method, "/api/v1"+c.path, c.body)
			first := p["errors"].([]any)[0].(map[string]any)
			require.Equal(t, c.want, fmt.Sprint(first["pointer"], " ", first["message"]))
		})
	}
}

// What one database cannot hold, and what JSON cannot say, is refused on both.
func TestTimesBeyondAllCalendars(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		role := w.builtin(identity.InternalStaff)
		for _, at := range []string{"0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"} {
			escaped := url.QueryEscape(at)
			for _, name := range []string{"createdFrom", "createdBefore", "updatedFrom", "updatedBefore"} {
				w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/contacts?"+name+"="+escaped, nil)
			}
			w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/audit?createdFrom="+escaped, nil)
			w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/audit?createdBefore="+escaped, nil)
			w.problem(http.StatusUnprocessableEntity, "invalid", "POST", "/api/v1/api-keys", map[string]any{"name": "x", "roleId": role, "expiresAt": at})
			cursor := core.Cursor{Order: "createdAt", Value: at, ID: uuid.Max}.Encode()
			w.problem(http.StatusUnprocessableEntity, "invalid", "GET", "/api/v1/contacts?sort=createdAt&cursor="+cursor, nil)
		}
		const last = "9999-12-31T23:59:59Z"
		require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts?createdBefore="+last, nil).StatusCode)
		made := w.call("POST", "/api/v1/api-keys", map[string]any{"name": "x", "roleId": role, "expiresAt": last})
		require.Equal(t, http.StatusCreated, made.StatusCode, made.text)
	})
}

func TestABodyWithoutALengthIsCutOff(t *testing.T) {
	t.Parallel()
	w := served(t)
	endless := io.LimitReader(zeroes{}, 100<<20) // neither a length, nor held in memory
	w.problem(http.StatusRequestEntityTooLarge, "too_large", "POST", "/api/v1/contacts", io.MultiReader(endless))
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { return len(b), nil }

func TestLargeRequestsTakeNoMemory(t *testing.T) {
	w := served(t)
	send := func() {
		w.problem(http.StatusRequestEntityTooLarge, "too_large", "POST", "/api/v1/contacts", io.MultiReader(io.LimitReader(zeroes{}, 100<<20)))
	}
	send() // what is made once, such as the document, is not of the requests
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 20 {
		send()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(16<<20), "2 GB came in")
}

func TestAHeaderOf1MB(t *testing.T) {
	t.Parallel()
	w := served(t)
	res := w.raw("GET /api/v1/contacts HTTP/1.1\r\nHost: localhost\r\nX-Long: "+strings.Repeat("x", 1<<20)+"\r\n\r\n", 5*time.Second)
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, res.StatusCode)
	require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
	require.Equal(t, "header_too_large", res.json(t)["code"])
}

func TestWhatIsNotHTTP(t *testing.T) {
	t.Parallel()
	w := served(t)
	res := w.raw("GET /api/v1/contacts HTTP/1.1\r\nno header\r\n\r\n", 5*time.Second)
	require.Equal(t, http.StatusBadRequest, res.StatusCode)
	require.Equal(t, "malformed", res.json(t)["code"])
}

func TestASlowClient(t *testing.T) {
	t.Parallel()
	quick := func(c *server.Config) { c.HeaderTime, c.BodyTime = 50*time.Millisecond, 50*time.Millisecond }
	w := served(t, quick)
	t.Run("with its body is told so", func(t *testing.T) {
		res := w.raw("POST /api/v1/contacts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "+w.tokens["ada"]+"\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", 5*time.Second)
		require.Equal(t, http.StatusRequestTimeout, res.StatusCode)
		require.Equal(t, "body_timeout", res.json(t)["code"])
	})
	t.Run("with a body that nobody reads is answered all the same", func(t *testing.T) {
		for head, status := range map[string]int{
			"POST /api/v1/contacts":         http.StatusUnauthorized,
			"POST /api/v1/nothing":          http.StatusNotFound,
			"GET /docs":                     http.StatusOK,
			"GET /healthz":                  http.StatusOK,
			"POST /auth/verify-email?token": http.StatusBadRequest,
		} {
			res := w.raw(head+" HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n{", 5*time.Second)
			require.Equal(t, status, res.StatusCode, head)
		}
	})
	t.Run("with its header is cut off", func(t *testing.T) {
		c, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
		require.NoError(t, err)
		defer c.Close()
		_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost:")
		require.NoError(t, err)
		require.NoError(t, c.SetReadDeadline(time.Now().Add(5*time.Second)))
		_, err = io.ReadAll(c)
		require.NoError(t, err, "it ends before our own deadline")
	})
	t.Run("does not keep others from being answered", func(t *testing.T) {
		require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil).StatusCode)
	})
}

// raw sends bytes as they are.
func (w *world) raw(request string, patience time.Duration) answer {
	w.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(w.t, err)
	defer c.Close()
	require.NoError(w.t, c.SetDeadline(time.Now().Add(patience)))
	go func() { _, _ = io.WriteString(c, request) }() // the server may hang up before it has read all
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(w.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return answer{res, string(text)}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *server.Config) { c.Limits.Caller = server.Rate{PerSecond: 0.001, Burst: 3} })
	for range 3 {
		require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil).StatusCode)
	}
	w.problem(http.StatusTooManyRequests, "too_many_requests", "GET", "/api/v1/contacts", nil)
	require.NotEmpty(t, w.call("GET", "/api/v1/contacts", nil).Header.Get("Retry-After"))

	w.join("grace", w.company, core.AllPermissions())
	require.Equal(t, http.StatusOK, w.call("GET", "/api/v1/contacts", nil, "As: grace").StatusCode, "others are not held up")
}
