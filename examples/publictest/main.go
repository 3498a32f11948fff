// A personality test at a public link: who answers it becomes a contact, and the result fills
// the contact's profile, all in one transaction.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/store/sqlite"
)

const rules = `{
  "items": [{"question": "party", "kind": "likert", "weights": {"energy": 1}}],
  "dimensions": [{"key": "energy", "label": "Energy", "percent": "of_range"}],
  "type": {"axes": [{"dimension": "energy", "cut": 50, "low": "Introvert", "high": "Extrovert", "tie": "high"}]},
  "profile": {"personalityType": true, "traits": ["energy"]}}`

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	db, err := sqlite.Memory(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	company := core.CompanyID{UUID: uuid.New()}
	if err := db.EnsureCompany(ctx, core.Tenant{ID: company, Name: "Analytical Engines"}); err != nil {
		return err
	}
	app := clientele.New(db)
	ws := app.Workspace(core.Scope{Company: company, Actor: core.System()})

	link, err := publish(ctx, ws)
	if err != nil {
		return err
	}
	// Somebody opens the link, answers and submits.
	attempt, err := app.PublicForms.Start(ctx, assessment.Assessment, link)
	if err != nil {
		return err
	}
	_, err = app.PublicForms.Submit(ctx, assessment.Assessment, attempt, assessment.Input{
		Name: new("Ada Lovelace"), Email: new("ada@example.org"),
		Answers: []assessment.Answer{{QuestionID: "party", Value: new(int64(4))}},
	})
	if err != nil {
		return err
	}
	for c, err := range ws.Contacts.All(ctx, crm.ContactFilter{}) {
		if err != nil {
			return err
		}
		fmt.Printf("%s: %s (%s)\n", c.Name, c.PersonalityType, c.Traits)
	}
	return nil
}

// publish makes the test, and answers the token of its public link.
func publish(ctx context.Context, ws *clientele.Workspace) (string, error) {
	scoring, err := assessment.ParseScoring([]byte(rules))
	if err != nil {
		return "", err
	}
	f, err := ws.Assessments.Create(ctx, assessment.NewForm{Title: "Who are you?", Trait: assessment.Communication})
	if err != nil {
		return "", err
	}
	_, err = ws.Assessments.Update(ctx, f.ID, func(f *assessment.Form) error {
		f.Questions = []assessment.Question{{ID: "party", Text: "A party gives me energy", Type: assessment.RatingScale, Required: true}}
		f.Scoring = &scoring
		return nil
	})
	if err != nil {
		return "", err
	}
	if _, err := ws.Assessments.Publish(ctx, f.ID); err != nil {
		return "", err
	}
	return ws.Assessments.Share(ctx, f.ID)
}
