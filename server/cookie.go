package server

import (
	"net/http"
	"time"

	"github.com/clientele-crm/clientele/identity"
)

// The cookies of a browser's session. Their prefix makes browsers refuse them without
// Secure, or from another host.
const (
	cookieName        = "__Host-clientele"
	refreshCookieName = "__Host-clientele-refresh"
)

// InCookies is how a browser asks for cookies instead of tokens: embed it in the input.
type InCookies struct {
	Cookie bool `query:"cookie" doc:"For browsers: the tokens are set as HttpOnly cookies, and are not in the answer. Requests of other sites are refused."`
}

// tokens is the answer to who has logged in.
type tokens struct {
	Cookies []http.Cookie `header:"Set-Cookie"`
	Body    identity.Login
}

// loggedIn answers the tokens, in the one way or the other.
func (in InCookies) loggedIn(l identity.Login, err error) (*tokens, error) {
	if err != nil {
		return nil, err
	}
	if !in.Cookie {
		return &tokens{Body: l}, nil
	}
	out := &tokens{Cookies: []http.Cookie{
		cookie(cookieName, l.AccessToken, l.ExpiresAt), cookie(refreshCookieName, l.RefreshToken, l.SessionExpiresAt),
	}}
	l.AccessToken, l.RefreshToken = "", ""
	out.Body = l
	return out, nil
}

func cookie(name string, token identity.Secret, expires time.Time) http.Cookie {
	return http.Cookie{
		Name: name, Value: string(token), Path: "/", Expires: expires,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// loggedOut takes the cookies away from whoever has them.
type loggedOut struct {
	Cookies []http.Cookie `header:"Set-Cookie"`
}

func logOut(err error) (*loggedOut, error) {
	if err != nil {
		return nil, err
	}
	past := time.Unix(1, 0)
	return &loggedOut{Cookies: []http.Cookie{cookie(cookieName, "", past), cookie(refreshCookieName, "", past)}}, nil
}

// sameOrigin refuses what another site lets a browser do: it sends cookies along, and
// keeps those that are set.
func (s *Server) sameOrigin(r *http.Request) error {
	if err := s.crossOrigin.Check(r); err != nil {
		return &Problem{Status: http.StatusForbidden, Code: "cross_origin", Detail: "A request of another site is refused."}
	}
	return nil
}
