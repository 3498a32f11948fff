package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/postgres"
)

var long = flag.Bool("long", false, "run the long forms of the slow tests")

// rush is 200 clients, 180 of whom are after 20 slots of one day, of three servers over one Postgres. They
// book, hold, move there what they have on the day after, or want a series of two to four weeks, all of it or
// nothing. The other 20 hold slots of a week later, which series need too.
type rush struct {
	t       *testing.T
	servers []*process
	dirs    []string
	url     string
	ada     caller

	members []any // two
	agenda  string
	day     time.Time
	movers  []string // appointments of the next day, each of which wants to move to this one

	mu      sync.Mutex
	answers map[int]int // to those who are after the day
	later   map[int]int // to those who are after the one a week later
	won     []string    // ids of the appointments that were acknowledged
	series  int         // that were, each with all of its appointments
	wins    int
	death   int // after so many wins the last server is killed; 0: never
}

// Whatever clients do, in whichever process, 20 of them have a slot each in the end, and the others
// are told what else is free. A process that is killed meanwhile leaves nothing half done.
func TestThreeServersNeverCollide(t *testing.T) {
	t.Parallel()
	r := &rush{t: t, url: pgtest.Empty(t)}
	for range 3 {
		dir := t.TempDir()
		r.dirs = append(r.dirs, dir)
		r.servers = append(r.servers, r.serve(dir))
	}
	r.ada = r.servers[0].founder("ada@example.org")
	r.hire()
	r.day = time.Now().UTC().Truncate(24 * time.Hour)
	rounds := 2
	if *long {
		rounds = 20
	}
	for i := range rounds {
		r.day = r.day.AddDate(0, 0, 28) // behind all that the round before has booked
		r.death = i % 2 * (3 + i%15)    // every other round
		r.round()
	}
}

func (r *rush) serve(dir string) *process {
	return serve(r.t, dir, r.url, "CLIENTELE_RATE_CALLER=100000/s:100000", "CLIENTELE_RATE_ADDRESS=100000/s:100000")
}

func (r *rush) round() {
	r.prepare()
	var clients sync.WaitGroup
	for i := range 200 {
		clients.Go(func() { r.client(i) })
	}
	clients.Wait()
	r.revive()
	require.Len(r.t, r.live(r.day), 20, "answers: %v", r.answers)
	weekLater := len(r.live(r.day.AddDate(0, 0, 7)))
	require.LessOrEqual(r.t, weekLater, 20)
	live := map[string]bool{}
	for week := range 4 {
		for _, a := range r.live(r.day.AddDate(0, 0, 7*week)) {
			live[a["id"].(string)] = true
		}
	}
	for _, id := range r.won {
		require.True(r.t, live[id], "%s was acknowledged", id)
	}
	if r.death == 0 {
		require.Equal(r.t, 20, r.answers[http.StatusCreated]+r.answers[http.StatusOK])
		require.Equal(r.t, 160, r.answers[http.StatusConflict])
		require.Equal(r.t, weekLater, r.later[http.StatusCreated]+r.series, "each series has one then")
	}
	r.whole()
	r.t.Logf("%d series and %d holds of a week later were won; killed: %v", r.series, r.later[http.StatusCreated], r.death > 0)
}

// hire makes the members whom all agendas have: ada, and somebody else.
func (r *rush) hire() {
	grace := map[string]any{"firstName": "Grace", "email": "grace@example.org", "password": "the first compiler"}
	r.ada.do(http.StatusCreated, "POST", "/auth/register", grace)
	roles := r.ada.do(http.StatusOK, "GET", "/company-roles", nil).field(r.t, "items").([]any)
	r.ada.do(http.StatusCreated, "POST", "/members", map[string]any{"email": grace["email"], "roleId": roles[0].(map[string]any)["id"]})
	for _, m := range r.ada.do(http.StatusOK, "GET", "/members", nil).field(r.t, "items").([]any) {
		r.members = append(r.members, map[string]any{"id": m.(map[string]any)["userId"]})
	}
	require.Len(r.t, r.members, 2)
}

// prepare makes an agenda of two members with ten slots a day, and fills its second day.
func (r *rush) prepare() {
	r.answers, r.later, r.won, r.movers, r.series, r.wins = map[int]int{}, map[int]int{}, nil, nil, 0, 0
	hours := []any{map[string]any{"from": "09:00", "to": "14:00"}}
	week := map[string]any{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		week[[]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}[d]] = hours
	}
	made := r.ada.do(http.StatusCreated, "POST", "/agendas", map[string]any{
		"name": "Rush", "rules": map[string]any{"timezone": "UTC", "week": week, "duration": 30},
		"members": r.members,
	})
	r.agenda = made.text(r.t, "id")
	for i := range 20 {
		a := r.ada.do(http.StatusCreated, "POST", "/appointments", map[string]any{"agendaId": r.agenda, "startDate": r.slot(i).AddDate(0, 0, 1)})
		r.movers = append(r.movers, a.text(r.t, "id"))
	}
}

func (r *rush) slot(i int) time.Time {
	return r.day.Add(9*time.Hour + time.Duration(i%10)*30*time.Minute)
}

// client asks for a slot, at another server where one is dead, until there is an answer.
func (r *rush) client(i int) {
	method, path, body := "POST", "/appointments", map[string]any{"agendaId": r.agenda, "startDate": r.slot(i)}
	counts := r.answers
	switch kind := i / 10 % 10; {
	case kind == 0:
		method, path, body = "PUT", "/appointments/"+r.movers[i/100*10+i%10]+"/date", map[string]any{"startDate": r.slot(i)}
	case kind < 4:
		path, body = "/agendas/"+r.agenda+"/holds", map[string]any{"startDate": r.slot(i)}
		if kind == 3 {
			counts, body["startDate"] = r.later, r.slot(i).AddDate(0, 0, 7)
		}
	case kind < 6:
		path, body["rule"] = "/appointments/series", fmt.Sprintf("FREQ=WEEKLY;COUNT=%d", 2+i%3)
	}
	for attempt := range 10 {
		to := r.ada
		to.process = r.servers[(i+attempt)%3]
		a, err := to.try(context.Background(), method, path, body)
		if err != nil {
			continue // that server is dead
		}
		r.answered(i, a, counts)
		return
	}
	r.t.Errorf("client %d has no answer", i)
}

func (r *rush) answered(i int, a answer, counts map[int]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	counts[a.status]++
	switch a.status {
	case http.StatusOK, http.StatusCreated:
		r.acknowledged(i, a)
		if r.wins++; r.wins == r.death {
			_ = r.servers[2].cmd.Process.Kill()
		}
	case http.StatusConflict:
		told := a.field(r.t, "free")
		if a.text(r.t, "code") == "series_conflicts" {
			told = a.field(r.t, "conflicts").([]any)[0].(map[string]any)["free"]
		}
		if free, ok := told.([]any); !ok || len(free) == 0 {
			r.t.Errorf("client %d is told nothing else: %s", i, a.body)
		}
	default:
		r.t.Errorf("client %d: %d %s", i, a.status, a.body)
	}
}

// acknowledged notes what a client was told to have: a series has all of its appointments.
func (r *rush) acknowledged(i int, a answer) {
	if id, ok := a.field(r.t, "id").(string); ok {
		r.won = append(r.won, id)
		return
	}
	r.series++
	list := a.field(r.t, "appointments").([]any)
	if len(list) != 2+i%3 {
		r.t.Errorf("client %d has a part of a series: %s", i, a.body)
	}
	for _, item := range list {
		r.won = append(r.won, item.(map[string]any)["id"].(string))
	}
}

// revive starts the server again that was killed.
func (r *rush) revive() {
	select {
	case <-r.servers[2].gone:
		r.servers[2] = r.serve(r.dirs[2])
	default:
	}
}

// live are the appointments of a day that take time.
func (r *rush) live(day time.Time) (list []map[string]any) {
	query := fmt.Sprintf("?from=%s&to=%s&limit=200", day.Format(time.RFC3339), day.AddDate(0, 0, 1).Format(time.RFC3339))
	items := r.ada.do(http.StatusOK, "GET", "/agendas/"+r.agenda+"/appointments"+query, nil).field(r.t, "items").([]any)
	for _, item := range items {
		if a := item.(map[string]any); a["status"] == "scheduled" || a["status"] == "held" {
			list = append(list, a)
		}
	}
	return list
}

// whole checks that nothing is there in part: an appointment without its time or its event, a series
// without one of its appointments, or time without an appointment.
func (r *rush) whole() {
	db, err := postgres.Open(r.t.Context(), r.url)
	require.NoError(r.t, err)
	defer func() { require.NoError(r.t, db.Close()) }()
	_, reader := db.Pools()
	for what, query := range map[string]string{
		"an appointment without its time": `SELECT count(*) FROM sched_appointments a WHERE status IN ('held', 'scheduled')
			AND (SELECT count(*) FROM sched_seats s WHERE s.company_id = a.company_id AND s.appointment_id = a.id AND s.live AND s.start_date = a.start_date) <> 1`,
		"time without its appointment": `SELECT count(*) FROM sched_seats s JOIN sched_appointments a ON a.company_id = s.company_id AND a.id = s.appointment_id
			WHERE s.live AND a.status NOT IN ('held', 'scheduled')`,
		"an appointment without its event": `SELECT count(*) FROM sched_appointments a WHERE (SELECT count(*) FROM core_audit u
			WHERE u.company_id = a.company_id AND u.subject_id = a.id) <> a.version`,
		"a series without one of its appointments": `SELECT count(*) FROM sched_series s WHERE (SELECT count(*) FROM sched_appointments a
			WHERE a.company_id = s.company_id AND a.series_id = s.id AND a.status = 'scheduled') <> substring(s.rule FROM 'COUNT=(\d+)')::INT`,
	} {
		var n int
		require.NoError(r.t, reader.QueryRowContext(r.t.Context(), query).Scan(&n), what)
		require.Zero(r.t, n, what)
	}
}
