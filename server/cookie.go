package server

import (
	"net/http"

	"github.com/clientele-crm/clientele/identity"
)

// cookieName is the cookie of a browser's session. Its prefix makes browsers refuse it
// without Secure, or from another host.
const cookieName = "__Host-clientele"

// WithCookie lets a browser keep the access token where its scripts cannot read it: embed it in
// the input of what answers tokens.
type WithCookie struct {
	Cookie bool `query:"cookie" doc:"Set the access token as a cookie too, which says who is calling as Authorization does."`
}

// of is the header that sets the cookie, if the caller wants it.
func (c WithCookie) of(l identity.Login) string {
	if !c.Cookie {
		return ""
	}
	cookie := sessionCookie(string(l.AccessToken))
	cookie.Expires = l.ExpiresAt
	return cookie.String()
}

// noCookie is the header that takes the cookie away.
func noCookie() string {
	cookie := sessionCookie("")
	cookie.MaxAge = -1
	return cookie.String()
}

func sessionCookie(token string) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// loggedOut is the answer to who has logged out.
type loggedOut struct {
	SetCookie string `header:"Set-Cookie" doc:"Takes the cookie away."`
}
