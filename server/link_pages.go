package server

import (
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

//go:embed pages
var pages embed.FS

var linkTemplate = template.Must(template.ParseFS(pages, "pages/link.html.tmpl"))

// pagePolicy lets a page have its style and send its form to this server, and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const maxForm = 16 << 10

// linkPage is where a link in a mail leads. To open it changes nothing, since scanners of
// mail open every link: the form on it does, by POST and without a script.
type linkPage struct {
	Title, Text, Button string
	NewPassword         bool // it asks for one
	Done                string

	// invited reads what an invitation is for; nil for other links.
	invited func(ctx context.Context, app *clientele.Clientele, token identity.Secret) (identity.Invited, error)
	spend   func(ctx context.Context, c *Call, token identity.Secret, form url.Values) error
}

// linkPages are the pages by their paths.
var linkPages = map[string]linkPage{
	"/auth/verify-email": {
		Title: "Verify your e-mail address", Text: "Please confirm that this address is yours.", Button: "Verify the address",
		Done: "Thank you: your e-mail address is verified.",
		spend: func(ctx context.Context, c *Call, token identity.Secret, _ url.Values) error {
			_, err := c.accounts().VerifyEmail(ctx, token)
			return err
		},
	},
	"/auth/change-email": {
		Title: "Confirm your new e-mail address", Text: "Please confirm that this is to be the address of your account.", Button: "Confirm the new address",
		Done: "Thank you: this is the address of your account now.",
		spend: func(ctx context.Context, c *Call, token identity.Secret, _ url.Values) error {
			_, err := c.accounts().ChangeEmail(ctx, token)
			return err
		},
	},
	"/auth/reset-password": {
		Title: "Choose a new password", Text: "You will be logged out everywhere.", Button: "Set the password", NewPassword: true,
		Done: "Your new password is set: log in with it.",
		spend: func(ctx context.Context, c *Call, token identity.Secret, form url.Values) error {
			return c.accounts().ResetPassword(ctx, token, identity.Secret(form.Get("password")))
		},
	},
	"/auth/accept-invitation": {
		Title: "Accept the invitation", Button: "Accept the invitation",
		Done:    "Welcome: you are a member now, and can log in.",
		invited: invitedBy, spend: acceptByForm,
	},
}

func (s *Server) linkPages() {
	for path, page := range linkPages {
		s.mux.Handle("GET "+path, s.page(page, s.showLink))
		s.mux.Handle("POST "+path, s.page(page, s.spendLink))
	}
	s.mux.HandleFunc("GET /auth/page.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		http.ServeFileFS(w, r, pages, "pages/page.css")
	})
}

// linkView is what a page shows.
type linkView struct {
	linkPage
	Invited identity.Invited
	Typed   url.Values // what the form had, but for passwords
	Spent   bool
	Fault   string // what went wrong
	Again   bool   // the form is worth a try, or another
}

// page writes what show says, within the rate limits.
func (s *Server) page(page linkPage, show func(linkPage, *http.Request) (linkView, int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, now := s.address(r), time.Now()
		err := s.from.take(address, now)
		if err == nil && r.Method == http.MethodPost {
			err = s.strict.take("page "+address, now)
		}
		if status, fault, ok := refused(w, err); ok {
			writePage(w, r, linkTemplate, status, linkView{linkPage: page, Fault: fault})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		view, status := show(page, r)
		writePage(w, r, linkTemplate, status, view)
	})
}

func tokenOf(r *http.Request) identity.Secret { return identity.Secret(r.URL.Query().Get("token")) }

func (s *Server) showLink(page linkPage, r *http.Request) (linkView, int) {
	view := linkView{linkPage: page}
	if tokenOf(r) == "" {
		view.Fault = "This address is not complete: open the link in the mail once more."
		return view, http.StatusBadRequest
	}
	if page.invited != nil {
		var err error
		if view.Invited, err = page.invited(r.Context(), s.app, tokenOf(r)); err != nil {
			return view.failed(r.Context(), err)
		}
	}
	view.Again = true
	return view, http.StatusOK
}

func (s *Server) spendLink(page linkPage, r *http.Request) (linkView, int) {
	view := linkView{linkPage: page}
	if err := r.ParseForm(); err != nil {
		view.Fault = "The form is not understood."
		return view, http.StatusBadRequest
	}
	ctx, token := r.Context(), tokenOf(r)
	if page.invited != nil {
		var err error
		if view.Invited, err = page.invited(ctx, s.app, token); err != nil {
			return view.failed(ctx, err)
		}
	}
	view.Typed = r.PostForm
	call := &Call{App: s.app, Client: identity.Client{Network: s.address(r), Agent: r.UserAgent()}}
	if err := page.spend(ctx, call, token, r.PostForm); err != nil {
		return view.failed(ctx, err)
	}
	view.Spent = true
	return view, http.StatusOK
}

// failed is the page that says what went wrong.
func (v linkView) failed(ctx context.Context, err error) (linkView, int) {
	var known *core.Error
	errors.As(err, &known)
	switch {
	case errors.Is(err, core.ErrInvalid) && len(known.Fields) > 0:
		v.Again, v.Fault = true, faultOfField(known.Fields[0])
		return v, http.StatusUnprocessableEntity
	case errors.Is(err, core.ErrNotFound):
		v.Fault = "This link is no longer good: it was used, is too old, or there is a newer one."
		return v, http.StatusNotFound
	case errors.Is(err, core.ErrUnauthenticated):
		v.Again, v.Fault = true, "The password is wrong."
		return v, http.StatusUnauthorized
	case errors.Is(err, core.ErrForbidden):
		v.Fault = sentence(known.Message)
		return v, http.StatusForbidden
	case errors.Is(err, core.ErrLimit):
		v.Fault = sentence(known.Message)
		return v, http.StatusTooManyRequests
	case errors.Is(err, core.ErrState):
		v.Fault = sentence(known.Message)
		return v, http.StatusConflict
	case errors.Is(err, core.ErrExists):
		v.Fault = sentence(known.Message)
		return v, http.StatusConflict
	}
	loggerOf(ctx).ErrorContext(ctx, "page failed", "error", err)
	v.Again, v.Fault = true, "Something went wrong: try again later."
	return v, http.StatusServiceUnavailable
}

func faultOfField(f core.FieldError) string {
	name := map[string]string{"/password": "The password", "/firstName": "The first name", "/lastName": "The last name"}[f.Field]
	if f.Rule == "required" || name == "" {
		return sentence(f.Message)
	}
	return name + " " + f.Message + "."
}
