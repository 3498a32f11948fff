package assessment

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Public is what strangers do who have the token of a form's public link, or of an attempt. It
// needs no permission: the token is it. It never tells points, keys or what is correct.
type Public struct {
	links Links
	work  func(core.CompanyID) core.Work[Tx]
}

// NewPublic is the service over the links of all companies; work is that of the system in one.
func NewPublic(links Links, work func(core.CompanyID) core.Work[Tx]) *Public {
	return &Public{links, work}
}

// View is what a stranger may see of a form and, where the token is of an attempt, of their
// answers.
type View struct {
	Kind        Kind       `json:"kind"`               // which of the two
	Title       string     `json:"title"`              // of the form
	Description string     `json:"description"`        // of the form
	Open        bool       `json:"open"`               // it takes answers now
	Closed      string     `json:"closed,omitempty"`   // why not, in words
	TimeLimit   int64      `json:"timeLimitMinutes"`   // from the start; 0: none
	AskWho      AskWho     `json:"askWho"`             // whether a name and an address are asked for
	Questions   int        `json:"questionCount"`      // of all, hidden ones too
	OpensAt     *time.Time `json:"opensAt,omitempty"`  // when it begins to take answers
	ClosesAt    *time.Time `json:"closesAt,omitempty"` // when it ceases to

	Attempt *AttemptView `json:"attempt,omitempty"` // where the token is of one
}

// AttemptView is what somebody sees of their answers.
type AttemptView struct {
	Questions []QuestionView `json:"questions"` // those that are asked, in view of the answers
	Answers   []Answer       `json:"answers"`   // as they are saved
	Name      string         `json:"name"`      // as it is saved
	Email     core.Email     `json:"email"`
	Known     bool           `json:"known"`                 // it is for a contact: nobody asks who
	StartedAt time.Time      `json:"startedAt"`             // by the server's clock
	Deadline  *time.Time     `json:"deadline,omitempty"`    // until when answers count; none: there is no limit
	Left      *int64         `json:"secondsLeft,omitempty"` // until the deadline, by the server's clock
	Over      bool           `json:"over"`                  // the time is: what comes now is kept, and not counted

	Submitted   bool        `json:"submitted"`             // it cannot be changed any more
	SubmittedAt *time.Time  `json:"submittedAt,omitempty"` // when
	Late        bool        `json:"late"`                  // it was submitted after the time was over
	Result      *ResultView `json:"result,omitempty"`      // if the form shows it
}

// QuestionView is a question as a stranger sees it.
type QuestionView struct {
	ID       QuestionID   `json:"id"`
	Text     string       `json:"question"`           // its text
	Type     QuestionType `json:"type"`               // what kind of answer it wants
	Many     bool         `json:"many"`               // several options may be chosen
	HelpText string       `json:"helpText,omitempty"` // as the author wrote it
	Required bool         `json:"isRequired"`         // nobody can submit without
	Options  []OptionView `json:"options,omitempty"`  // to choose from
	Scale    *Scale       `json:"scale,omitempty"`    // of a rating
}

// OptionView is an option as a stranger sees it.
type OptionView struct {
	ID   OptionID `json:"id"`
	Text string   `json:"text"` // as people read it
}

// ResultView is what who submitted sees of their result, if the form shows it.
type ResultView struct {
	Final           bool            `json:"final"` // no answer waits for a mark
	TotalScore      Number          `json:"totalScore"`
	MaxScore        Number          `json:"maxScore"`
	Percentage      Percent         `json:"percentage"`                // of the total
	Passed          *bool           `json:"passed,omitempty"`          // where there is a pass mark
	Band            string          `json:"band,omitempty"`            // its label
	PersonalityType string          `json:"personalityType,omitempty"` // where there is a rule for it
	Ranking         string          `json:"ranking,omitempty"`         // where there is a rule for it
	Dimensions      []DimensionView `json:"dimensions,omitempty"`      // those that have a value
	Distribution    []int           `json:"distribution,omitempty"`    // of all percentages: ten steps of 10, 100 in the last; from 30 results on
}

// DimensionView is a dimension that has a value.
type DimensionView struct {
	Label      string  `json:"label"`          // as people read it
	Percentage Percent `json:"percentage"`     // from 0 to 100
	Band       string  `json:"band,omitempty"` // its label
}

// See is what the token opens. The kind has to be the form's: an assessment is not found as a
// questionnaire.
func (s *Public) See(ctx context.Context, kind Kind, token string) (View, error) {
	v, err := s.Visit(ctx, kind, token)
	if err != nil {
		return View{}, err
	}
	return v.View, nil
}

func (s *Public) open(ctx context.Context, kind Kind, token string) (Opened, core.Work[Tx], error) {
	if len(token) != core.TokenLength {
		return Opened{}, nil, core.NotFound("form")
	}
	opened, err := s.links.ByToken(ctx, core.HashToken(token))
	if err != nil {
		return Opened{}, nil, err
	}
	if opened.Kind != kind {
		return Opened{}, nil, core.NotFound("form")
	}
	return opened, s.work(opened.Company), nil
}

// view is what a token opens, and the version that it is about.
func view(ctx context.Context, tx Tx, opened Opened) (View, *compiled, error) {
	f, err := tx.Store.Form(ctx, opened.Kind, opened.Form)
	if err != nil {
		return View{}, nil, err
	}
	var a Attempt
	versionID := core.ID[Version]{}
	if opened.Attempt.IsZero() {
		versionID, err = tx.Store.LatestVersion(ctx, f.ID)
	} else if a, err = tx.Store.Attempt(ctx, opened.Attempt); err == nil {
		versionID = a.VersionID
	}
	if err != nil {
		return View{}, nil, err
	}
	v, err := tx.version(ctx, versionID)
	if err != nil {
		return View{}, nil, err
	}
	out := View{
		Kind: f.Kind, Title: v.Title, Description: v.Description, TimeLimit: f.TimeLimit, AskWho: f.asks(),
		Questions: len(v.Version.Definition.Questions), OpensAt: f.OpensAt, ClosesAt: f.ClosesAt,
	}
	out.Closed = f.closed(tx.Env.Time())
	if !opened.Attempt.IsZero() {
		out.Closed = f.refuses() // the window was of the link: the attempt has a deadline
		if out.Attempt, err = attemptView(ctx, tx, f, v, a); err != nil {
			return View{}, nil, err
		}
	}
	out.Open = out.Closed == ""
	return out, v, nil
}

// closed says why a form takes no answers; "": it does.
func (f *Form) closed(now time.Time) string {
	switch {
	case !f.IsActive:
		return f.refuses()
	case f.OpensAt != nil && now.Before(*f.OpensAt):
		return "It is not open yet."
	case f.ClosesAt != nil && !now.Before(*f.ClosesAt):
		return "It is closed."
	}
	return ""
}

// refuses says why a form takes no answers whose attempt has begun; "": it does.
func (f *Form) refuses() string {
	if !f.IsActive {
		return "It does not take answers at present."
	}
	return ""
}

// asks is whether a stranger is asked who they are: where attempts are limited they have to be.
func (f *Form) asks() AskWho {
	if f.MaxAttempts > 0 {
		return AskRequired
	}
	return f.AskWho
}

func attemptView(ctx context.Context, tx Tx, f Form, v *compiled, a Attempt) (*AttemptView, error) {
	out := &AttemptView{
		Answers: a.Answers, Name: a.Name, Email: a.Email, Known: !a.ContactID.IsZero(),
		StartedAt: a.CreatedAt, Deadline: a.Deadline, Over: a.late(tx.Env.Time()), Questions: []QuestionView{},
	}
	if a.ResponseID.IsZero() {
		if a.Deadline != nil {
			out.Left = new(max(0, int64(a.Deadline.Sub(tx.Env.Time())/time.Second)))
		}
		out.Questions = v.asked(a)
		return out, nil
	}
	sheet, err := tx.Store.Response(ctx, f.Kind, a.ResponseID)
	if errors.Is(err, core.ErrNotFound) { // deleted since
		out.Submitted = true
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.Submitted, out.SubmittedAt, out.Late = true, &sheet.CreatedAt, sheet.Late
	out.Answers = []Answer{} // who only has the token need not see again what was said
	if !f.ShowResult || f.Kind != Assessment {
		return out, nil
	}
	r, err := tx.withOutcome(ctx, sheet)
	if err != nil {
		return nil, err
	}
	key, err := tx.version(ctx, r.Outcome.VersionID)
	if err != nil {
		return nil, err
	}
	out.Result = key.resultView(r.Outcome)
	if out.Result.Final {
		out.Result.Distribution, err = tx.distribution(ctx, a.VersionID)
	}
	return out, err
}

func (c *compiled) resultView(o *Outcome) *ResultView {
	out := &ResultView{
		Final: o.Pending == 0, TotalScore: o.TotalScore, MaxScore: o.MaxScore, Percentage: o.Percentage,
		Passed: o.Passed, PersonalityType: o.PersonalityType, Ranking: o.Ranking,
	}
	if b := bandOf(c.bands, o.Percentage); b != nil {
		out.Band = b.name()
	}
	for i := range o.Dimensions {
		d := &o.Dimensions[i]
		if !d.Scored {
			continue
		}
		part := DimensionView{Label: c.dimensions[i].name(), Percentage: d.Percentage}
		if b := bandOf(c.dimensions[i].Bands, d.Percentage); b != nil {
			part.Band = b.name()
		}
		out.Dimensions = append(out.Dimensions, part)
	}
	return out
}

// asked are the questions of an attempt, in its order.
func (c *compiled) asked(a Attempt) []QuestionView {
	said := make([]*Answer, len(c.items))
	_ = c.arrange(a.Answers, said) // they were checked when they were saved
	views := []QuestionView{}
	var order *rand.Rand
	if a.Seed != 0 {
		order = rand.New(rand.NewPCG(uint64(a.Seed), 0))
	}
	for i := range c.items {
		it := &c.items[i]
		view := it.view(order) // the hidden ones too, so that the order stays as it is
		if it.showIf != nil && !c.shown(it, said) {
			said[i] = nil
			continue
		}
		views = append(views, view)
	}
	if order != nil && !c.conditions { // a question may only come after those that it depends on
		shuffled := rand.New(rand.NewPCG(uint64(a.Seed), 1))
		shuffled.Shuffle(len(views), func(i, j int) { views[i], views[j] = views[j], views[i] })
	}
	return views
}

func (it *item) view(order *rand.Rand) QuestionView {
	q := it.question
	out := QuestionView{ID: q.ID, Text: q.Text, Type: q.Type, Many: it.many(), HelpText: q.HelpText, Required: q.Required}
	if q.Type == RatingScale {
		scale := q.scale()
		out.Scale = &scale
	}
	for _, o := range q.Options {
		out.Options = append(out.Options, OptionView{o.ID, o.Text})
	}
	if order != nil {
		order.Shuffle(len(out.Options), func(i, j int) { out.Options[i], out.Options[j] = out.Options[j], out.Options[i] })
	}
	return out
}

// merged is was with the answers of now over them; an empty one takes an answer away.
func merged(was, now []Answer) []Answer {
	out := slices.DeleteFunc(slices.Clone(was), func(a Answer) bool {
		return slices.ContainsFunc(now, func(n Answer) bool { return n.QuestionID == a.QuestionID })
	})
	for _, a := range now {
		if !a.Empty() {
			out = append(out, a)
		}
	}
	return append([]Answer{}, out...)
}
