package clientele

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/core/webhooks"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/store"
	"github.com/clientele-crm/clientele/store/bunstore"
)

// Clientele is all packages over one database. It is safe for concurrent use.
type Clientele struct {
	// Accounts are the users, of all companies.
	Accounts *identity.Accounts

	// Companies are all companies, and who may do what in which.
	Companies *identity.Companies

	// PublicForms are the assessments and questionnaires that have a public link.
	PublicForms *assessment.Public

	// Jobs runs the background work, and Relay brings it the events: register there what is
	// to be done, before [Clientele.Work].
	Jobs  *jobs.Worker
	Relay *events.Relay

	// Links are those by which clients move and cancel their appointments.
	Links *scheduling.Links

	// Webhooks posts the events to other systems; nil unless [WithWebhooks] says by whom.
	Webhooks *webhooks.Dispatcher

	backend   store.Backend
	calendars scheduling.Calendars
	scorers   *assessment.Scorers
	blobs     core.Blobs
	invite    identity.SendInvitation // kept, since every workspace needs it
}

// Option changes how Clientele works.
type Option func(*options)

type options struct {
	identity  identity.Config
	blobs     core.Blobs
	sender    webhooks.Sender
	notices   map[string]scheduling.Sender
	calendars scheduling.Calendars
	calendar  CalendarFile
	linkKey   []byte
	retain    time.Duration
}

// WithIdentity says how users log in and by whom mail is sent.
func WithIdentity(cfg identity.Config) Option { return func(o *options) { o.identity = cfg } }

// WithBlobs says where files are kept, those attached to notes and the pictures of users. Without
// it there are none. They have to be of this database alone: where they can be swept, as
// core/blobs can, [Clientele.Work] removes files that no row of it names, a day after they
// were put.
func WithBlobs(b core.Blobs) Option { return func(o *options) { o.blobs = b } }

// WithNotices has what clients are told of their appointments by a channel, "email", "sms" or "whatsapp",
// sent by a sender. Without it, what is told by e-mail goes to the mailer of [WithIdentity], and
// reminders by the others are noted as skipped.
func WithNotices(channel string, sender scheduling.Sender) Option {
	return func(o *options) { o.notices[channel] = sender }
}

// WithCalendars says which calendars members keep elsewhere: what is in them takes their time.
func WithCalendars(c scheduling.Calendars) Option { return func(o *options) { o.calendars = c } }

// WithCalendarFiles has the mails that tell clients of their appointments carry a file for their calendar:
// Notice of package scheduling/ical makes it. Without it they have none, and whoever does not import that
// package does not link it.
func WithCalendarFiles(file CalendarFile) Option { return func(o *options) { o.calendar = file } }

// WithLinkKey says by what clients' links are signed: all programs over a database need the same.
// Without it the links are good until this program ends.
func WithLinkKey(key []byte) Option { return func(o *options) { o.linkKey = key } }

// WithWebhooks has [Clientele.Work] post the events to the companies' webhooks, by a sender
// such as outbound.New. Without it they can be kept, and nothing is sent by this program.
func WithWebhooks(sender webhooks.Sender) Option { return func(o *options) { o.sender = sender } }

// New is Clientele in a database of sqlite.Open, postgres.Open or their like. Its tables
// are made by the database's Migrate.
func New(db *bunstore.DB, opts ...Option) *Clientele { return NewOn(store.Bun(db), opts...) }

// NewOn is Clientele on a backend of one's own making, which store/storetest checks.
func NewOn(backend store.Backend, opts ...Option) *Clientele {
	o := options{notices: map[string]scheduling.Sender{}, linkKey: []byte(rand.Text())}
	for _, opt := range opts {
		opt(&o)
	}
	worker := jobs.NewWorker(backend.Jobs())
	relay := events.NewRelay(backend.Events(), worker)
	if o.identity.Pictures == nil {
		o.identity.Pictures = o.blobs
	}
	accounts := identity.NewAccounts(backend.Platform(), o.identity)
	c := &Clientele{
		Accounts:  accounts,
		Companies: identity.NewCompanies(backend.Platform()),
		Jobs:      worker,
		Relay:     relay,
		backend:   backend,
		blobs:     o.blobs,
		invite:    accounts.SendInvitation,
		scorers:   assessment.NewScorers(),
		calendars: o.calendars,
	}
	c.PublicForms = assessment.NewPublic(backend.Links(), func(company core.CompanyID) core.Work[assessment.Tx] {
		return forms{backend.Session(core.Scope{Company: company}), c.scorers}
	})
	worker.Retain(func(ctx context.Context, limit int) (int, error) {
		return c.PublicForms.Sweep(ctx, backend.Jobs().Env().Time(), limit)
	})
	c.Links = scheduling.NewLinks(o.linkKey, accounts.PublicURL())
	if o.notices["email"] == nil {
		o.notices["email"] = noticeMail{accounts, o.calendar}
	}
	scheduling.NewBackground(bookings{backend, o.calendars}, o.notices, c.Links, relay, worker)
	keyContacts(worker, backend)
	c.purgeDaily(o.retain)
	sweepFiles(worker, backend, o.blobs)
	crm.HandleErasures(worker, func(scope core.Scope) *crm.Privacy { return &c.Workspace(scope).Privacy })
	if o.sender != nil {
		c.Webhooks = webhooks.NewDispatcher(backend.Webhooks(), o.sender, relay, worker)
	}
	return c
}

// Workspace is the packages in one company and for one actor. It costs a few small
// allocations: make one per request, and keep none.
func (c *Clientele) Workspace(scope core.Scope) *Workspace {
	return c.workspace(c.backend.Session(scope))
}

// WorkspaceIn is a workspace in a session that the caller has, such as the database's Join
// gives for a transaction of the embedder's own.
func (c *Clientele) WorkspaceIn(s *bunstore.Session) *Workspace {
	return c.workspace(store.BunSession(s))
}

// Workspace is what a company's people work with: its services, which are in it by value, so that
// a request makes one object of them all.
type Workspace struct {
	Company     identity.ThisCompany
	Members     identity.Members
	Roles       identity.Roles
	Invitations identity.Invitations
	APIKeys     identity.APIKeys
	Audit       identity.Audit

	Contacts     crm.Contacts
	ContactViews crm.Views
	Categories   crm.Categories
	Notes        crm.Notes
	Activities   crm.Activities
	SocialLinks  crm.SocialLinks
	Timeline     crm.Timeline

	Trackers  crm.Trackers
	Leads     crm.Leads
	LeadViews crm.Views
	LeadNotes crm.LeadNotes

	Consents crm.Consents
	Privacy  crm.Privacy

	Assessments            assessment.Forms
	AssessmentResponses    assessment.Responses
	Questionnaires         assessment.Forms
	QuestionnaireResponses assessment.Responses

	Agendas      scheduling.Agendas
	Appointments scheduling.Appointments
	Waitlist     scheduling.Waitlist
	Feeds        scheduling.Feeds

	Jobs     jobs.Enqueuer
	Events   events.Log
	Webhooks webhooks.Webhooks

	app     *Clientele // which made it
	session store.Session
}

func (c *Clientele) workspace(s store.Session) *Workspace {
	people, company := s.CRM(), s.Identity()
	var forms core.Work[assessment.Tx] = forms{s, c.scorers}
	var times core.Work[scheduling.Tx] = booking{s, c.calendars}
	var sales core.Work[crm.Tx] = selling{s}
	return &Workspace{
		Company:     *identity.NewThisCompany(company),
		Members:     *identity.NewMembers(staff{s}),
		Roles:       *identity.NewRoles(company),
		Invitations: *identity.NewInvitations(company, c.invite),
		APIKeys:     *identity.NewAPIKeys(company),
		Audit:       *identity.NewAudit(company),

		Contacts:     *crm.NewContacts(sales),
		ContactViews: *crm.NewContactViews(people),
		Categories:   *crm.NewCategories(people),
		Notes:        *crm.NewNotes(people, c.blobs),
		Activities:   *crm.NewActivities(people),
		SocialLinks:  *crm.NewSocialLinks(people),
		Timeline:     *crm.NewTimeline(people, func() []crm.TimelineSource { return timelineSources(forms, times) }),

		Trackers:  *crm.NewTrackers(sales),
		Leads:     *crm.NewLeads(sales),
		LeadViews: *crm.NewLeadViews(people),
		LeadNotes: *crm.NewLeadNotes(sales),

		Consents: *crm.NewConsents(people),
		Privacy:  *crm.NewPrivacy(persons{s, c.scorers}, c.blobs),

		Assessments:            *assessment.NewAssessments(forms),
		AssessmentResponses:    *assessment.NewAssessmentResponses(forms),
		Questionnaires:         *assessment.NewQuestionnaires(forms),
		QuestionnaireResponses: *assessment.NewQuestionnaireResponses(forms),

		Agendas:      *scheduling.NewAgendas(times),
		Appointments: *scheduling.NewAppointments(times),
		Waitlist:     *scheduling.NewWaitlist(times),
		Feeds:        *scheduling.NewFeeds(times),

		Jobs:     s.Jobs(),
		Events:   *events.NewLog(s.Events()),
		Webhooks: *webhooks.New(s.Webhooks()),

		app:     c,
		session: s,
	}
}

// Scope is the company and the actor that the workspace is bound to.
func (w *Workspace) Scope() core.Scope { return w.session.Scope() }

// Atomic calls fn with a workspace inside one transaction: what fn does through it, in
// whichever packages, is kept if fn returns nil, and undone otherwise.
func (w *Workspace) Atomic(ctx context.Context, fn func(*Workspace) error) error {
	return w.session.Atomic(ctx, func(s store.Session) error { return fn(w.app.workspace(s)) })
}
