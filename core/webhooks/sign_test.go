package webhooks

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

// The example is the one by which the libraries of Standard Webhooks are tested.
func TestSignaturesAreThoseOfStandardWebhooks(t *testing.T) {
	t.Parallel()
	const secret Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	body := []byte(`{"test": 2432232314}`)
	require.Equal(t, want, secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body))

	h := headers("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), body, []Secret{newSecret(), secret})
	require.Equal(t, "1614265330", h["Webhook-Timestamp"])
	signatures := strings.Split(h["Webhook-Signature"], " ")
	require.Len(t, signatures, 2, "of the new secret and of the one before")
	require.Equal(t, want, signatures[1])
	require.NotEqual(t, newSecret(), newSecret())
}

func TestEndpointsAreChecked(t *testing.T) {
	t.Parallel()
	good := NewEndpoint{URL: " https://example.org/hook ", Events: []string{"contact.updated", "contact.created", "contact.updated"}}
	require.NoError(t, good.check())
	require.Equal(t, NewEndpoint{URL: "https://example.org/hook", Events: []string{"contact.created", "contact.updated"}}, good)
	for _, bad := range []NewEndpoint{
		{}, {URL: "example.org"}, {URL: "ftp://example.org"}, {URL: "https://"}, {URL: "https://user:password@example.org"},
		{URL: "https://example.org/\x00"}, {URL: "https://example.org/" + strings.Repeat("a", 2000)}, {URL: "http://[::1"},
		{URL: "https://example.org", Events: []string{"everything"}}, {URL: "https://example.org", Events: make([]string, 101)},
		{URL: "https://example.org", Description: strings.Repeat("a", 501)},
	} {
		require.ErrorIs(t, bad.check(), core.ErrInvalid, "%+v", bad)
	}
}

func TestRetriesGoOnForThreeDays(t *testing.T) {
	t.Parallel()
	var sum time.Duration
	for attempt := 1; attempt < posting.Attempts; attempt++ {
		wait := posting.Backoff(attempt)
		require.InEpsilon(t, retries[attempt-1], wait, 0.11)
		sum += wait
	}
	require.Greater(t, sum, disableAfter)
	require.InDelta(t, 75*time.Hour, sum, float64(8*time.Hour))
}

func TestAnAnswerIsKeptAsAnyDatabaseTakesIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a\uFFFDb\uFFFD", clean("a\x00b\xff", 10))
	require.Equal(t, "é\uFFFD", clean("ééé", 3), "cut in the middle of a character")
}
