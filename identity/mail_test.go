package identity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLetters(t *testing.T) {
	t.Parallel()
	c := Config{PublicURL: "https://crm.example.org/app/", ProductName: "Ada & Sons <CRM>"}.withDefaults()
	for path, m := range map[string]Message{
		"verify-email":   verificationMail(c, "ada@example.org", "a-token_1"),
		"reset-password": resetMail(c, "ada@example.org", "a-token_1"),
		"change-email":   changeMail(c, "ada@example.org", "a-token_1"),
		"":               passwordChangedMail(c, "ada@example.org"),
	} {
		require.EqualValues(t, "ada@example.org", m.To)
		require.NotEmpty(t, m.Subject)
		require.NotContains(t, m.Subject, "\n")
		require.Contains(t, m.Text, "Ada & Sons <CRM>")
		require.Contains(t, m.HTML, "Ada &amp; Sons &lt;CRM&gt;")
		require.NotContains(t, m.HTML, "<CRM>")
		if path == "" {
			require.NotContains(t, m.Text+m.HTML, "http")
			continue
		}
		link := "https://crm.example.org/app/auth/" + path + "?token=a-token_1"
		require.Contains(t, strings.Split(m.Text, "\n"), link, "on a line of its own")
		require.Contains(t, m.HTML, `href="`+link+`"`)
	}
}

func TestLetterText(t *testing.T) {
	t.Parallel()
	want := `Hello,

Somebody has asked for a new password of your account at Clientele. If it was you, choose one here.

Choose a new password:
http://127.0.0.1:8080/auth/reset-password?token=t

The link works once, within one hour.

If it was not you, there is nothing to do: your password stays as it is.

` + "-- " + `
Clientele
`
	require.Equal(t, want, resetMail(Config{}.withDefaults(), "ada@example.org", "t").Text)
}

func TestLogMailer(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	m := resetMail(Config{}.withDefaults(), "ada@example.org", "a-token")
	require.NoError(t, LogMailer{slog.New(slog.NewTextHandler(&text, nil))}.Send(t.Context(), m))
	require.Contains(t, text.String(), "/auth/reset-password?token=a-token")
	require.Contains(t, text.String(), "ada@example.org")
}

func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	const secret = "hunter2hunter2"
	login := Login{AccessToken: secret, RefreshToken: secret}
	session := Session{FamilyHash: secret, AccessHash: secret, RefreshHash: secret}
	token := OneTimeToken{Hash: secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		require.NotContains(t, fmt.Sprintf(verb+verb+verb+verb, login, session, token, NewUser{Password: secret}), secret, verb)
	}
	var text bytes.Buffer
	slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "secret", Secret(secret), "login", login, "new", NewUser{Password: secret}, "session", session)
	require.NotContains(t, text.String(), secret)

	encoded, err := json.Marshal(session)
	require.NoError(t, err)
	require.NotContains(t, string(encoded), secret)
	encoded, err = json.Marshal(login)
	require.NoError(t, err)
	require.Contains(t, string(encoded), `"accessToken":"`+secret+`"`, "this is how the user gets it")
}

func TestTokens(t *testing.T) {
	t.Parallel()
	require.Len(t, string(newToken(familyBytes)), familyChars)
	require.NotEqual(t, newToken(tokenBytes), newToken(tokenBytes))
	require.EqualValues(t, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Secret("abc").hash()) // FIPS 180-2
}
