package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/postgres"
)

var long = flag.Bool("long", false, "run the long forms of the slow tests")

// rush is 200 clients for 20 slots, of three servers over one Postgres.
type rush struct {
	t       *testing.T
	servers []*process
	dirs    []string
	url     string
	ada     caller

	agenda string
	day    time.Time
	movers []string // appointments of the next day, each of which wants to move to this one

	mu      sync.Mutex
	answers map[int]int
	won     []string // ids of what was acknowledged
	death   int      // after so many wins the last server is killed; 0: never
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
	rounds := 2
	if *long {
		rounds = 20
	}
	for i := range rounds {
		r.death = i % 2 * (3 + i%15) // every other round
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
	live := map[string]bool{}
	for _, a := range r.live(r.day) {
		live[a["id"].(string)] = true
	}
	require.Len(r.t, live, 20, "answers: %v", r.answers)
	for _, id := range r.won {
		require.True(r.t, live[id], "%s was acknowledged", id)
	}
	if r.death == 0 {
		require.Equal(r.t, 20, r.answers[http.StatusCreated]+r.answers[http.StatusOK])
		require.Equal(r.t, 180, r.answers[http.StatusConflict])
	}
	r.whole()
}

// prepare makes an agenda of two members with ten slots a day, and fills its second day.
func (r *rush) prepare() {
	r.answers, r.won, r.movers = map[int]int{}, nil, nil
	r.day = time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7)
	hours := []any{map[string]any{"from": "09:00", "to": "14:00"}}
	week := map[string]any{}
	for d := time.Sunday; d <= time.Saturday; d++ {
		week[[]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}[d]] = hours
	}
	made := r.ada.do(http.StatusCreated, "POST", "/agendas", map[string]any{
		"name": "Rush", "rules": map[string]any{"timezone": "UTC", "week": week, "duration": 30},
		"members": []any{map[string]any{"id": uuid.NewString()}, map[string]any{"id": uuid.NewString()}},
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
	switch kind := i / 10 % 10; {
	case kind == 0:
		method, path, body = "PUT", "/appointments/"+r.movers[i/100*10+i%10]+"/date", map[string]any{"startDate": r.slot(i)}
	case kind < 4:
		path, body = "/agendas/"+r.agenda+"/holds", map[string]any{"startDate": r.slot(i)}
	case kind < 6:
		path, body["rule"] = "/appointments/series", "FREQ=DAILY;COUNT=1"
	}
	for attempt := range 10 {
		to := r.ada
		to.process = r.servers[(i+attempt)%3]
		a, err := to.try(context.Background(), method, path, body)
		if err != nil {
			continue // that server is dead
		}
		r.answered(i, a)
		return
	}
	r.t.Errorf("client %d has no answer", i)
}

func (r *rush) answered(i int, a answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers[a.status]++
	switch a.status {
	case http.StatusOK, http.StatusCreated:
		if id, ok := a.field(r.t, "id").(string); ok { // that of a series is not an appointment's
			r.won = append(r.won, id)
		}
		if len(r.won) == r.death {
			_ = r.servers[2].cmd.Process.Kill()
		}
	case http.StatusConflict:
		if code := a.text(r.t, "code"); code == "slot_taken" && len(a.field(r.t, "free").([]any)) == 0 {
			r.t.Errorf("client %d is told nothing else: %s", i, a.body)
		}
	default:
		r.t.Errorf("client %d: %d %s", i, a.status, a.body)
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
// without its appointment, or time without an appointment.
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
		"a series without its appointment": `SELECT count(*) FROM sched_series s WHERE NOT EXISTS (SELECT 1 FROM sched_appointments a
			WHERE a.company_id = s.company_id AND a.series_id = s.id)`,
	} {
		var n int
		require.NoError(r.t, reader.QueryRowContext(r.t.Context(), query).Scan(&n), what)
		require.Zero(r.t, n, what)
	}
}
