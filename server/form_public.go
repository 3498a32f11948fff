package server

import (
	"context"
	"net/http"
	"time"

	"github.com/clientele-crm/clientele/assessment"
)

// publicOperations are what strangers do who have the token of a link or of an attempt.
func (k formKind) publicOperations() []Operation {
	at, tag := "/public"+k.path+"/{token}", "Public "+k.lower()+"s"
	return []Operation{
		onForms(Operation{
			Method: http.MethodGet, Path: at, ID: "seePublic" + k.name, Tag: tag, Summary: "See what a token opens",
			Details: "Of a link: what it is about. Of an attempt: the questions and what is saved, or the result.",
			Access:  anyone(),
		}, k.see),
		onForms(Operation{
			Method: http.MethodPost, Path: at + "/attempts", ID: "startPublic" + k.name, Tag: tag, Summary: "Begin to answer",
			Details: "The token that is answered is of the attempt: go on with it, from any device.",
			Access:  anyone(), Status: http.StatusCreated, Secret: true, pace: (*Server).paceStart,
		}, k.begin),
		onForms(Operation{
			Method: http.MethodPost, Path: at, ID: "answerPublic" + k.name, Tag: tag, Summary: "Save answers, or submit",
			Details: "Each answer replaces the one before to its question, and an empty one takes it away. Submitted once, an attempt stays " +
				"as it is and is answered the same. What comes after the time was over, by the server's clock, is kept and not counted.",
			Access: anyone(), Secret: true, pace: (*Server).paceAnswers, Required: []string{"answers"}, Example: map[string]any{"answers": k.answers, "submit": true},
		}, k.answer),
	}
}

// paceStart limits the attempts at the form of the request, by the address: whoever begins has nothing else yet
// to tell them by.
func (s *Server) paceStart(r *http.Request, now time.Time) error {
	return s.starts.take(s.address(r)+" "+r.PathValue("token"), now)
}

// paceAnswers limits what is sent of the attempt of the request, wherever from: an attempt is one person, and many may
// sit behind one address.
func (s *Server) paceAnswers(r *http.Request, now time.Time) error {
	return s.answering.take(r.PathValue("token"), now)
}

// onForms is an operation of whoever has a token.
func onForms[I, O any](op Operation, handle func(context.Context, *assessment.Public, *I) (*O, error)) Operation {
	op.register = func(p *part, op Operation) {
		register(p, op, func(ctx context.Context, in *I) (*O, error) { return handle(ctx, p.s.app.PublicForms, in) })
	}
	return op
}

type publicToken struct {
	Token string `path:"token" maxLength:"100"`
}

func (k formKind) see(ctx context.Context, forms *assessment.Public, in *publicToken) (*answered[assessment.View], error) {
	v, err := forms.See(ctx, k.kind, in.Token)
	return bare(v, err)
}

func (k formKind) begin(ctx context.Context, forms *assessment.Public, in *publicToken) (*answered[PublicAddress], error) {
	token, err := forms.Start(ctx, k.kind, in.Token)
	return bare(PublicAddress{token, k.page + token}, err)
}

type publicAnswers struct {
	Token string `path:"token" maxLength:"100"`
	Body  PublicInput
}

// PublicInput is what somebody sends of an attempt.
type PublicInput struct {
	assessment.Input
	Submit bool `json:"submit" doc:"Else it is saved only."`
}

func (k formKind) answer(ctx context.Context, forms *assessment.Public, in *publicAnswers) (*answered[assessment.View], error) {
	send := forms.Save
	if in.Body.Submit {
		send = forms.Submit
	}
	v, err := send(ctx, k.kind, in.Token, in.Body.Input)
	return bare(v, err)
}
