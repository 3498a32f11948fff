package assessment

import (
	"context"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// responsesOf tells of the responses of a contact, of both kinds of forms.
func (tx Tx) responsesOf(ctx context.Context, who ContactID, tell func(Sheet) error) error {
	for _, kind := range []Kind{Assessment, Questionnaire} {
		for r, err := range core.All(ctx, func(ctx context.Context, p core.Page) (core.List[Sheet], error) {
			return tx.Store.ListResponses(ctx, kind, ResponseFilter{Contact: who, OldestFirst: true}, p)
		}) {
			if err != nil {
				return err
			}
			if err := tell(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// Disclose tells of all that is kept of a contact: what they answered, with all that it came
// to, and answers on their way, those too that were begun under one of the addresses. It is for
// the program itself, and asks for no permission.
func Disclose(ctx context.Context, tx Tx, who ContactID, emails []core.Email, tell func(kind string, record any) error) error {
	err := tx.responsesOf(ctx, who, func(r Sheet) error {
		outcomes, err := tx.Store.OutcomesOf(ctx, r.ID)
		if err != nil {
			return err
		}
		return tell("responses", struct {
			Sheet
			Outcomes []Outcome `json:"outcomes"`
		}{r, outcomes})
	})
	if err != nil {
		return err
	}
	attempts, err := tx.Store.AttemptsOf(ctx, who, emails)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		if err := tell("attempts", a); err != nil {
			return err
		}
	}
	return nil
}

// erased stands for a text that was erased: that there was one, and its marks, stay.
const erased = "…"

// Erase takes a contact out of their responses, with every word that they or those who marked
// them wrote. What was chosen, and what it came to, stay in the statistics without them. Answers
// on their way are removed. It is for the program itself, and asks for no permission.
func Erase(ctx context.Context, tx Tx, who ContactID, emails []core.Email) error {
	if err := tx.Store.DeleteAttemptsOf(ctx, who, emails); err != nil {
		return err
	}
	var all []Sheet // what is changed leaves the list
	if err := tx.responsesOf(ctx, who, func(r Sheet) error { all = append(all, r); return nil }); err != nil {
		return err
	}
	for _, was := range all {
		now := was
		now.ContactID = ContactID{}
		now.AttemptID = core.ID[Attempt]{}
		now.Answers, now.LateAnswers, now.Marks = wordless(was.Answers), wordless(was.LateAnswers), slices.Clone(was.Marks)
		for i := range now.Marks {
			now.Marks[i].Comment = ""
		}
		now.Version++
		now.UpdatedAt = tx.Env.Time()
		if err := tx.Store.ReplaceResponse(ctx, now, was.Version); err != nil {
			return err
		}
	}
	return nil
}

// wordless is answers without what was written in words.
func wordless(answers []Answer) []Answer {
	list := slices.Clone(answers)
	for i := range list {
		if list[i].Text != "" {
			list[i].Text = erased
		}
	}
	return list
}
