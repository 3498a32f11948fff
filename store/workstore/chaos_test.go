package workstore_test

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/events"
	"github.com/clientele-crm/clientele/core/jobs"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/internal/pgtest"
	"github.com/clientele-crm/clientele/store/bunstore"
	"github.com/clientele-crm/clientele/store/postgres"
	"github.com/clientele-crm/clientele/store/sqlite"
)

var long = flag.Bool("long", false, "run the long forms of the slow tests")

// TestMain lets the test binary be the worker that the chaos test starts and kills.
func TestMain(m *testing.M) {
	if os.Getenv("CLIENTELE_TEST_ROLE") != "work" {
		os.Exit(m.Run())
	}
	if err := workForever(os.Getenv("CLIENTELE_TEST_WHERE"), os.Getenv("CLIENTELE_TEST_LOG")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func openAt(where string) (*bunstore.DB, error) {
	if strings.HasPrefix(where, "postgres://") {
		return postgres.Open(context.Background(), where)
	}
	return sqlite.Open(context.Background(), where)
}

// chaosLease is short, so that the work of the killed is taken over soon.
const chaosLease = 3 * time.Second

var chores = jobs.Kind[struct{}]{Name: "chaos.chore", Queue: "chaos"}

// workForever handles jobs and events, and notes the beginning and the end of each attempt in
// a file that all workers share.
func workForever(where, log string) error {
	db, err := openAt(where)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	note := func(phase string, job int64) {
		// One write is one line, whoever else writes, and is kept when this process is killed.
		fmt.Fprintf(file, "%d %s %d\n", time.Now().UnixMicro(), phase, job)
	}
	attempt := func(job int64) error {
		note("begin", job)
		time.Sleep(rand.N(2 * time.Millisecond))
		if rand.IntN(100) == 0 {
			return jobs.Snooze(10 * time.Millisecond)
		}
		note("end", job)
		return nil
	}
	app := clientele.New(db)
	app.Jobs.Lease = chaosLease
	jobs.Handle(app.Jobs, chores, func(_ context.Context, r jobs.Run[struct{}]) error { return attempt(r.ID) })
	app.Relay.Subscribe(events.Subscriber{Name: "chaos", From: events.FromBeginning}, func(_ context.Context, r jobs.Run[core.StoredEvent]) error {
		return attempt(r.ID)
	})
	return app.Work(context.Background())
}

// Four workers, of which one after the other is killed at a random point, handle each event
// and each job, none again that was acknowledged, and those of a subject in their order.
func TestKilledWorkersLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return filepath.Join(t.TempDir(), "crm.db") },
		"postgres": pgtest.Database,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newChaos(t, where(t))
			var making sync.WaitGroup
			making.Go(c.make)
			c.killUntilDone()
			making.Wait()
			c.verify()
		})
	}
}

// chaos is one run of the test.
type chaos struct {
	t          *testing.T
	where, log string
	app        *clientele.Clientele
	ws         *clientele.Workspace

	contacts, rounds int // each round changes each contact, and makes as many jobs
	kills            time.Duration
	mu               sync.Mutex
	made             bool
}

func newChaos(t *testing.T, where string) *chaos {
	db, err := openAt(where)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Migrate(t.Context()))
	c := &chaos{t: t, where: where, log: filepath.Join(t.TempDir(), "log"), contacts: 40, rounds: 20, kills: 250 * time.Millisecond}
	if *long {
		c.contacts, c.rounds, c.kills = 200, 100, time.Second
	}
	require.NoError(t, os.WriteFile(c.log, nil, 0o600))
	company := core.CompanyID{UUID: uuid.New()}
	require.NoError(t, db.EnsureCompany(t.Context(), core.Tenant{ID: company, Name: "Ours", ContactPolicy: []string{}}))
	c.app = clientele.New(db)
	c.ws = c.app.Workspace(core.Scope{Company: company, Actor: core.System()})
	return c
}

// make makes the events and the jobs, and some that it takes back.
func (c *chaos) make() {
	ctx := c.t.Context()
	ids := make([]core.ID[crm.Contact], c.contacts)
	for round := range c.rounds {
		for i := range ids {
			undo := errors.New("undo")
			for _, outcome := range []error{undo, nil} {
				if errors.Is(outcome, undo) && i%10 != 0 {
					continue
				}
				err := c.ws.Atomic(ctx, func(ws *clientele.Workspace) (err error) {
					var made crm.Contact
					if round == 0 {
						made, err = ws.Contacts.Create(ctx, crm.NewContact{Name: fmt.Sprint("Contact ", i)})
					} else {
						made, err = ws.Contacts.Update(ctx, ids[i], func(c *crm.Contact) error { c.Notes = fmt.Sprint(round); return nil })
					}
					if err != nil {
						return err
					}
					if err := ws.Jobs.Enqueue(ctx, chores.Of(struct{}{})); err != nil {
						return err
					}
					if outcome == nil {
						ids[i] = made.ID
					}
					return outcome
				})
				if !errors.Is(err, outcome) {
					c.t.Error(err)
				}
			}
		}
	}
	c.mu.Lock()
	c.made = true
	c.mu.Unlock()
}

func (c *chaos) done() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.made {
		return false
	}
	n := 0
	for _, kind := range []string{chores.Name, "events.chaos"} {
		for j, err := range c.app.Jobs.List(c.t.Context(), jobs.Filter{Kind: kind, State: jobs.Done}) {
			_ = j
			require.NoError(c.t, err)
			n++
		}
	}
	return n == 2*c.contacts*c.rounds
}

// killUntilDone keeps four workers, and kills one after the other.
func (c *chaos) killUntilDone() {
	workers := make([]*exec.Cmd, 4)
	defer func() {
		for _, w := range workers {
			_ = w.Process.Kill()
			_ = w.Wait()
		}
	}()
	for i := range workers {
		workers[i] = c.start()
	}
	deadline := time.Now().Add(2 * time.Minute)
	if *long {
		deadline = deadline.Add(8 * time.Minute)
	}
	killed := 0
	for ; killed < 6 || !c.done(); killed++ {
		require.True(c.t, time.Now().Before(deadline), "not all was done in time")
		time.Sleep(c.kills/2 + rand.N(c.kills))
		if i := rand.IntN(len(workers)); killed < 6 || rand.IntN(2) == 0 { // later on, some live longer than a lease
			require.NoError(c.t, workers[i].Process.Kill())
			require.ErrorContains(c.t, workers[i].Wait(), "killed")
			workers[i] = c.start()
		}
	}
	c.t.Logf("%d events, %d jobs, %d kills", c.contacts*c.rounds, c.contacts*c.rounds, killed)
}

func (c *chaos) start() *exec.Cmd {
	w := exec.Command(os.Args[0])
	w.Env = append(os.Environ(), "CLIENTELE_TEST_ROLE=work", "CLIENTELE_TEST_WHERE="+c.where, "CLIENTELE_TEST_LOG="+c.log)
	w.Stderr = os.Stderr
	require.NoError(c.t, w.Start())
	return w
}

// verify compares what the workers noted with what the database says.
func (c *chaos) verify() {
	t, ctx := c.t, c.t.Context()
	finished := map[int64]time.Time{}
	before := map[int64]int64{} // the job of the subject's event before, by job
	last := map[string]int64{}
	for j, err := range c.app.Jobs.List(ctx, jobs.Filter{Queue: chores.Queue}) {
		require.NoError(t, err)
		finished[j.ID] = *j.FinishedAt
	}
	for j, err := range c.app.Jobs.List(ctx, jobs.Filter{Kind: "events.chaos"}) {
		require.NoError(t, err)
		finished[j.ID] = *j.FinishedAt
		before[j.ID] = last[j.OrderKey]
		last[j.OrderKey] = j.ID
	}
	require.Len(t, last, c.contacts)
	require.Len(t, finished, 2*c.contacts*c.rounds, "what was rolled back left neither event nor job")

	file, err := os.Open(c.log)
	require.NoError(t, err)
	defer file.Close()
	ended, begun := map[int64]bool{}, 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var at, job int64
		var phase string
		_, err := fmt.Sscan(lines.Text(), &at, &phase, &job)
		require.NoError(t, err, lines.Text())
		switch phase {
		case "begin":
			begun++
			require.False(t, time.UnixMicro(at).After(finished[job]), "job %d began again after it had been acknowledged", job)
			if previous := before[job]; previous != 0 {
				require.True(t, ended[previous], "job %d has overtaken job %d of its subject", job, previous)
			}
		case "end":
			ended[job] = true
		}
	}
	require.Len(t, ended, len(finished), "each was handled")
	t.Logf("%d attempts for %d jobs", begun, len(finished))
}
