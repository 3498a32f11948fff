package server

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
)

var formTemplate = template.Must(template.New("form.html.tmpl").Funcs(template.FuncMap{
	"bar": bar, "distribution": distribution, "among": among, "ratings": ratings, "left": left,
	"passed": func(r *assessment.ResultView) bool { return *r.Passed }, // to a template, a pointer to false is true
}).ParseFS(pages, "pages/form.html.tmpl"))

// maxAnswers bounds what a page sends: every question with a long text.
const maxAnswers = 8 << 20

// formPages are the pages on which strangers answer. They work without a script.
func (s *Server) formPages() {
	for _, k := range formKinds {
		s.mux.Handle("GET "+k.page+"{token}", s.formPage(k, s.showForm))
		s.mux.Handle("POST "+k.page+"{token}", s.formPage(k, s.sendForm))
	}
	s.mux.HandleFunc("GET /auth/form.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=3600")
		http.ServeFileFS(w, r, pages, "pages/form.css")
	})
}

// formView is what a page shows.
type formView struct {
	assessment.View
	Title  string
	Fault  string                           // what went wrong, but for single answers
	Faults map[assessment.QuestionID]string // what is wrong with which answer
	Fields map[string]string                // and with name and email
	Typed  map[assessment.QuestionID]assessment.Answer
	Name   string
	Email  string
	Saved  bool
	More   assessment.QuestionID // what was handed in has brought up questions, of which this is the first: it is saved

	to      string      // another address to go on at
	headers http.Header // of the answer
}

// formPage writes what show says, within the rate limits.
func (s *Server) formPage(k formKind, show func(formKind, *http.Request) (formView, int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		view, status := formView{}, 0
		if err := s.from.take(s.address(r), time.Now()); err != nil {
			view, status = view.failed(r, err)
		} else {
			r.Body = http.MaxBytesReader(w, r.Body, maxAnswers)
			view, status = show(k, r)
		}
		maps.Copy(header, view.headers)
		header.Set("Referrer-Policy", "no-referrer") // the address has the token in it
		header.Set("Cache-Control", "no-store")
		if view.to != "" {
			header.Set("Location", view.to)
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		var text bytes.Buffer
		if err := formTemplate.Execute(&text, view); err != nil {
			writeProblem(w, r, err)
			return
		}
		header.Set("Content-Type", "text/html; charset=utf-8")
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(status)
		_, _ = w.Write(text.Bytes()) // whoever went away needs no answer
	})
}

func (s *Server) showForm(k formKind, r *http.Request) (formView, int) {
	v, err := s.app.PublicForms.See(r.Context(), k.kind, r.PathValue("token"))
	view := viewOf(v)
	view.Saved, view.More = r.URL.Query().Has("saved"), assessment.QuestionID(r.URL.Query().Get("more"))
	if err != nil {
		return view.failed(r, err)
	}
	return view, http.StatusOK
}

func viewOf(v assessment.View) formView {
	view := formView{View: v, Title: v.Title, Typed: map[assessment.QuestionID]assessment.Answer{}, Faults: map[assessment.QuestionID]string{}, Fields: map[string]string{}}
	if a := v.Attempt; a != nil {
		view.Name, view.Email = a.Name, string(a.Email)
		for _, answer := range a.Answers {
			view.Typed[answer.QuestionID] = answer
		}
	}
	return view
}

// sendForm starts an attempt, saves or submits one. Whatever worked is answered by another address,
// so that reading the page again sends nothing again.
func (s *Server) sendForm(k formKind, r *http.Request) (formView, int) {
	ctx, token := r.Context(), r.PathValue("token")
	v, err := s.app.PublicForms.Visit(ctx, k.kind, token)
	if err != nil {
		return viewOf(assessment.View{}).failed(r, err)
	}
	view := viewOf(v.View)
	if err := r.ParseForm(); err != nil {
		view.Fault = "The form is not understood, or too large."
		return view, http.StatusBadRequest
	}
	if v.View.Attempt == nil {
		if err := s.paceStart(r, time.Now()); err != nil {
			return view.failed(r, err)
		}
		attempt, err := v.Start(ctx)
		if err != nil {
			return view.failed(r, err)
		}
		return formView{to: k.page + attempt}, http.StatusSeeOther
	}
	in, to := inputOf(v.View.Attempt.Questions, r.PostForm), k.page+token
	err = s.paceAnswers(r, time.Now())
	switch {
	case err != nil:
	case r.PostForm.Get("do") == "save":
		err, to = v.Save(ctx, in), to+"?saved"
	case len(v.Reveals(in)) > 0: // nobody hands in what they were not asked
		err, to = v.Save(ctx, in), to+"?more="+url.QueryEscape(string(v.Reveals(in)[0]))
	default:
		err = v.Submit(ctx, in)
	}
	if err != nil {
		return s.refused(k, r, in, err)
	}
	return formView{to: to}, http.StatusSeeOther
}

// refused is the page with what was sent, and what is wrong with it.
func (s *Server) refused(k formKind, r *http.Request, in assessment.Input, refusal error) (formView, int) {
	v, err := s.app.PublicForms.See(r.Context(), k.kind, r.PathValue("token"))
	view := viewOf(v)
	if err != nil {
		return view.failed(r, err)
	}
	for _, a := range in.Answers {
		view.Typed[a.QuestionID] = a
	}
	if in.Name != nil {
		view.Name, view.Email = *in.Name, *in.Email
	}
	return view.failed(r, refusal)
}

// failed is the page that says what went wrong.
func (v formView) failed(r *http.Request, err error) (formView, int) {
	var known *core.Error
	errors.As(err, &known)
	var problem *Problem
	switch {
	case errors.As(err, &problem): // too many requests
		v.Title, v.headers = cmp.Or(v.Title, "A moment, please"), problem.headers
		v.Fault = "There were too many requests. Wait a minute, and send it again: what was saved is not lost."
		return v, problem.Status
	case errors.Is(err, core.ErrNotFound):
		v.Title, v.Fault = "Not found", "This address is not, or no longer, good. Ask who sent it to you for a new one."
		return v, http.StatusNotFound
	case errors.Is(err, core.ErrInvalid) && len(known.Fields) > 0:
		for _, f := range known.Fields {
			if id, ok := strings.CutPrefix(f.Field, "/answers/"); ok {
				v.Faults[assessment.QuestionID(id)] = sentence(f.Message)
			} else {
				v.Fields[strings.TrimPrefix(f.Field, "/")] = sentence(f.Message)
			}
		}
		v.Fault = "Something is missing or not right. " + v.kept("What you have answered so far is kept.")
		return v, http.StatusUnprocessableEntity
	case errors.Is(err, core.ErrState):
		v.Fault = sentence(known.Message)
		if known.Code == "attempts_exhausted" {
			v.Fault = "Whoever has this e-mail address has answered as often as they may. " + v.kept("What you have sent is kept, but not handed in.")
		}
		return v, http.StatusConflict
	}
	loggerOf(r.Context()).ErrorContext(r.Context(), "page failed", "error", err)
	v.Title, v.Fault = "Something went wrong", "Try again in a moment: what was saved is not lost."
	return v, http.StatusServiceUnavailable
}

// kept says what is kept of what was refused; all, while there is time.
func (v formView) kept(all string) string {
	if v.Attempt != nil && v.Attempt.Over {
		return "What was saved before the time was over is kept, and what you have just sent is not, until it is handed in."
	}
	return all
}

// inputOf is what a page has sent. Only questions that stood on it count: another tab may have
// been asked more.
func inputOf(questions []assessment.QuestionView, form url.Values) assessment.Input {
	in := assessment.Input{Answers: []assessment.Answer{}}
	for i := range questions {
		if q := &questions[i]; slices.Contains(form["shown"], string(q.ID)) {
			in.Answers = append(in.Answers, answerOf(q, form["q."+string(q.ID)]))
		}
	}
	if form.Has("email") {
		in.Name, in.Email = new(form.Get("name")), new(strings.TrimSpace(form.Get("email")))
	}
	return in
}

func answerOf(q *assessment.QuestionView, values []string) assessment.Answer {
	a := assessment.Answer{QuestionID: q.ID}
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.TrimSpace(v) == "" })
	switch {
	case len(values) == 0:
	case len(q.Options) > 0:
		for _, v := range values {
			a.OptionIDs = append(a.OptionIDs, assessment.OptionID(v))
		}
	case q.Scale != nil:
		n, err := strconv.ParseInt(strings.TrimSpace(values[0]), 10, 64)
		if err != nil {
			n = q.Scale.Max + 1 // what is no number is no rating either
		}
		a.Value = &n
	default:
		a.Text = strings.ReplaceAll(values[0], "\r\n", "\n")
	}
	return a
}

// left is how much time there is in words that hold for a while.
func left(seconds int64) string {
	switch minutes := seconds / 60; {
	case minutes < 1:
		return "Less than a minute"
	case minutes == 1:
		return "1 minute"
	case minutes < 120:
		return fmt.Sprintf("%d minutes", minutes)
	case minutes < 48*60:
		return fmt.Sprintf("%d hours", minutes/60)
	default:
		return fmt.Sprintf("%d days", minutes/60/24)
	}
}

// ratings are the numbers of a scale that is short enough for a button each; nil: it is not.
func ratings(s *assessment.Scale) []int64 {
	if s.Max-s.Min > 10 {
		return nil
	}
	var all []int64
	for n := s.Min; n <= s.Max; n++ {
		all = append(all, n)
	}
	return all
}

// Opens reports whether it is not open yet, so that when is worth to say.
func (v formView) Opens() bool { return v.OpensAt != nil && strings.Contains(v.Closed, "yet") }

// Who reports whether a stranger has to say who they are.
func (v formView) Who() bool { return v.AskWho == assessment.AskRequired }

// field is what the one field of a question says of itself.
type field struct {
	ID               assessment.QuestionID
	Required         bool
	Fault, Described string
}

// About is what the field of a question says of itself: to what texts beside it it belongs.
func (v formView) About(q assessment.QuestionView) field {
	f := field{ID: q.ID, Required: q.Required, Fault: v.Faults[q.ID]}
	var ids []string
	for _, text := range []struct {
		prefix string
		there  bool
	}{{"f.", f.Fault != ""}, {"h.", q.HelpText != ""}, {"s.", q.Scale != nil && (ratings(q.Scale) == nil || q.Scale.MinLabel+q.Scale.MaxLabel != "")}} {
		if text.there {
			ids = append(ids, text.prefix+string(q.ID))
		}
	}
	f.Described = strings.Join(ids, " ")
	return f
}

// Is, Has and Text are how the template asks for what was answered.

// Is reports whether the rating is n.
func (v formView) Is(id assessment.QuestionID, n int64) bool {
	a := v.Typed[id]
	return a.Value != nil && *a.Value == n
}

// Has reports whether the option is chosen.
func (v formView) Has(id assessment.QuestionID, option assessment.OptionID) bool {
	return slices.Contains(v.Typed[id].OptionIDs, option)
}

// Text is what was written, or the rating.
func (v formView) Text(id assessment.QuestionID) string {
	a := v.Typed[id]
	if a.Value != nil {
		return strconv.FormatInt(*a.Value, 10)
	}
	return a.Text
}
