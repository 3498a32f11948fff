package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
)

// The user and the company of the demo. The password is no secret: the data is made up.
const (
	demoEmail    = "demo@example.org"
	demoPassword = "clientele-demo"
	demoCompany  = "Northwind Coffee"
)

func demoCommand() command {
	return command{
		name: "demo", summary: "Fill a company with data to look at",
		details: "It makes a user, " + demoEmail + ", whose password everybody can read here (" + demoPassword + "), and\n" +
			"a company with contacts, notes, things to do and a pipeline of leads. The same is made every time: dates count from now.",
		define: func(p *program, o *options) func(context.Context, []string) error {
			d := databaseOptions(o)
			count := o.Int("contacts", 200, "how many `contacts` to make, up to 5000")
			return func(ctx context.Context, _ []string) error {
				if *count < 1 || *count > 5000 {
					return errUsage{"--contacts has to be from 1 to 5000"}
				}
				return withApp(ctx, p, d, identity.Config{}, func(app *clientele.Clientele) error {
					company, err := makeDemo(ctx, app, *count)
					if err != nil {
						return err
					}
					_, err = fmt.Fprintf(p.stdout, "%s has %d contacts. Log in as %s with %s, company %s\n", company.Name, *count, demoEmail, demoPassword, company.ID)
					return err
				})
			}
		},
	}
}

// makeDemo makes the user, the company and what is in it: what is missing of the three, since
// an earlier one may have been killed in between.
func makeDemo(ctx context.Context, app *clientele.Clientele, count int) (identity.Company, error) {
	u, err := demoUser(ctx, app)
	if err != nil {
		return identity.Company{}, err
	}
	company, err := demoCompanyOf(ctx, app, u.ID)
	if err != nil {
		return identity.Company{}, err
	}
	actor, err := app.Companies.Actor(ctx, u.ID, company.ID)
	if err != nil {
		return identity.Company{}, err
	}
	d := &demo{random: rand.New(rand.NewPCG(2026, 1)), user: u.ID, today: time.Now().UTC().Truncate(time.Hour)} //nolint:gosec // nothing secret
	// One transaction: the company is filled or empty, and one commit is quick.
	err = app.Workspace(core.Scope{Company: company.ID, Actor: actor}).Atomic(ctx, func(ws *clientele.Workspace) error {
		made, err := ws.Contacts.Count(ctx, crm.ContactFilter{}, 1)
		if err == nil && made > 0 {
			err = errors.New("the demo has been made already")
		}
		if err != nil {
			return err
		}
		return d.fill(ctx, ws, count)
	})
	return company, err
}

func demoUser(ctx context.Context, app *clientele.Clientele) (identity.User, error) {
	users := app.Accounts.Users(identity.Operator())
	for u, err := range users.All(ctx, identity.UserFilter{Email: demoEmail}) {
		return u, err // addresses are unique: the first is the only one
	}
	return users.Create(ctx, identity.NewUser{
		Profile: identity.Profile{FirstName: "Ada", LastName: "Lovelace", Designation: "Sales"}, Email: demoEmail, Password: demoPassword,
	}, false)
}

func demoCompanyOf(ctx context.Context, app *clientele.Clientele, user core.UserID) (identity.Company, error) {
	for c, err := range core.All(ctx, func(ctx context.Context, p core.Page) (core.List[identity.Company], error) {
		return app.Companies.ListOf(ctx, user, p)
	}) {
		if err != nil || c.Name == demoCompany {
			return c, err
		}
	}
	return app.Companies.Create(ctx, user, identity.NewCompany{
		Name: demoCompany, Description: "Roasts coffee and sells it to offices, cafés and restaurants", Website: "https://northwind.example",
		Country: "US", Currency: "USD", Timezone: "America/New_York", Locale: "en-US", ContactPolicy: []string{"email"},
	})
}

// demo makes up data, the same every time.
type demo struct {
	random     *rand.Rand
	user       core.UserID
	today      time.Time
	categories []core.ID[crm.Category]
	tracker    core.ID[crm.Tracker]
}

func (d *demo) fill(ctx context.Context, ws *clientele.Workspace, count int) error {
	for _, c := range demoCategories {
		made, err := ws.Categories.Create(ctx, c)
		if err != nil {
			return err
		}
		d.categories = append(d.categories, made.ID)
	}
	if err := d.pipeline(ctx, ws); err != nil {
		return err
	}
	for i := range count {
		c, err := ws.Contacts.Create(ctx, d.contact(i))
		if err != nil {
			return err
		}
		if err := d.history(ctx, ws, c); err != nil {
			return err
		}
		if err := d.lead(ctx, ws, c); err != nil {
			return err
		}
	}
	return nil
}

// one is any of the choices.
func one[T any](d *demo, choices []T) T { return choices[d.random.IntN(len(choices))] }

// contact is the contact of this number. Numbers and addresses are of those that are set
// aside for examples, and lead nowhere.
func (d *demo) contact(i int) crm.NewContact {
	first, last := demoFirst[i%len(demoFirst)], demoLast[(i*7+i/len(demoFirst))%len(demoLast)]
	city := one(d, demoCities)
	business := one(d, demoBusinesses)
	company := last + business.suffix
	n := crm.NewContact{
		Name:  first + " " + last,
		Email: core.Email(fmt.Sprintf("%s.%s%d@example.com", strings.ToLower(first), strings.ToLower(last), i)),
		Phone: crm.Phone(fmt.Sprintf("+1%s55501%02d", city.area, i%100)), Location: city.name, Timezone: city.zone,
		Type: one(d, []crm.ContactType{crm.Entrepreneur, crm.Employee, crm.Employee}), Company: company, Industry: business.industry,
		Designation: one(d, demoDesignations), Website: "https://" + strings.ToLower(strings.ReplaceAll(company, " ", "-")) + ".example",
		CategoryID: one(d, d.categories), Source: one(d, demoSources), Locale: "en-US",
	}
	if i >= 100 || d.random.IntN(4) == 0 {
		n.Phone = "" // the numbers of examples are few
	}
	if d.random.IntN(3) > 0 {
		n.OwnerID = d.user
	}
	for range d.random.IntN(3) {
		n.Tags = append(n.Tags, one(d, demoTags))
	}
	return n
}

// history is what was noted and is to be done about a contact.
func (d *demo) history(ctx context.Context, ws *clientele.Workspace, c crm.Contact) error {
	for range d.random.IntN(3) {
		if _, err := ws.Notes.Create(ctx, c.ID, crm.NewNote{Content: one(d, demoNotes)}); err != nil {
			return err
		}
	}
	if d.random.IntN(2) == 0 {
		days := d.random.IntN(60) - 30
		at := d.today.AddDate(0, 0, days)
		activity := one(d, demoActivities)
		activity.ScheduledAt, activity.IsCompleted = &at, days < -3
		if _, err := ws.Activities.Create(ctx, c.ID, activity); err != nil {
			return err
		}
	}
	if d.random.IntN(3) > 0 {
		return nil
	}
	handle := strings.ToLower(strings.ReplaceAll(c.Name, " ", "-"))
	_, err := ws.SocialLinks.Create(ctx, c.ID, crm.NewSocialLink{Platform: crm.LinkedIn, URL: "https://linkedin.example/in/" + handle, Username: handle})
	return err
}
