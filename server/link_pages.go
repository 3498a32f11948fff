package server

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"time"

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
	Password            bool // it asks for a new one
	Done                string

	spend func(ctx context.Context, a *identity.Accounts, token, password identity.Secret) error
}

// linkPages are the pages by their paths.
var linkPages = map[string]linkPage{
	"/auth/verify-email": {
		Title: "Verify your e-mail address", Text: "Please confirm that this address is yours.", Button: "Verify the address",
		Done: "Thank you: your e-mail address is verified.",
		spend: func(ctx context.Context, a *identity.Accounts, token, _ identity.Secret) error {
			_, err := a.VerifyEmail(ctx, token)
			return err
		},
	},
	"/auth/change-email": {
		Title: "Confirm your new e-mail address", Text: "Please confirm that this is to be the address of your account.", Button: "Confirm the new address",
		Done: "Thank you: this is the address of your account now.",
		spend: func(ctx context.Context, a *identity.Accounts, token, _ identity.Secret) error {
			_, err := a.ChangeEmail(ctx, token)
			return err
		},
	},
	"/auth/reset-password": {
		Title: "Choose a new password", Text: "Of 8 to 128 characters. You will be logged out everywhere.", Button: "Set the password", Password: true,
		Done: "Your new password is set: log in with it.",
		spend: func(ctx context.Context, a *identity.Accounts, token, password identity.Secret) error {
			return a.ResetPassword(ctx, token, password)
		},
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
	Spent bool
	Fault string // what went wrong
	Again bool   // the form is worth another try
}

// page writes what show says, within the rate limits.
func (s *Server) page(page linkPage, show func(linkPage, *http.Request) (linkView, int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, now := s.address(r), time.Now()
		err := s.from.take(address, now)
		if err == nil && r.Method == http.MethodPost {
			err = s.strict.take("page "+address, now)
		}
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		view, status := show(page, r)
		var text bytes.Buffer
		if err := linkTemplate.Execute(&text, view); err != nil {
			writeProblem(w, r, err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Header().Set("Referrer-Policy", "no-referrer") // the address has the token in it
		w.WriteHeader(status)
		_, _ = w.Write(text.Bytes()) // whoever went away needs no answer
	})
}

func (s *Server) showLink(page linkPage, r *http.Request) (linkView, int) {
	if r.URL.Query().Get("token") == "" {
		return linkView{linkPage: page, Fault: "This address is not complete: open the link in the mail once more."}, http.StatusBadRequest
	}
	return linkView{linkPage: page, Again: true}, http.StatusOK
}

func (s *Server) spendLink(page linkPage, r *http.Request) (linkView, int) {
	if err := r.ParseForm(); err != nil {
		return linkView{linkPage: page, Fault: "The form is not understood."}, http.StatusBadRequest
	}
	err := page.spend(r.Context(), s.app.Accounts, identity.Secret(r.URL.Query().Get("token")), identity.Secret(r.PostForm.Get("password")))
	var known *core.Error
	errors.As(err, &known)
	switch {
	case err == nil:
		return linkView{linkPage: page, Spent: true}, http.StatusOK
	case errors.Is(err, core.ErrInvalid) && len(known.Fields) > 0:
		return linkView{linkPage: page, Again: true, Fault: "The password " + known.Fields[0].Message + "."}, http.StatusUnprocessableEntity
	case errors.Is(err, core.ErrNotFound):
		return linkView{linkPage: page, Fault: "This link is no longer good: it was used, is too old, or there is a newer one."}, http.StatusNotFound
	case errors.Is(err, core.ErrExists):
		return linkView{linkPage: page, Fault: "Another user has this address by now."}, http.StatusConflict
	}
	loggerOf(r.Context()).ErrorContext(r.Context(), "page failed", "error", err)
	return linkView{linkPage: page, Again: true, Fault: "Something went wrong: try again later."}, http.StatusServiceUnavailable
}
