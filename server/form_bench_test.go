package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/internal/processor"
	"github.com/clientele-crm/clientele/server"
	"github.com/clientele-crm/clientele/store/sqlite"
)

// BenchmarkPublicSubmit is strangers who answer an assessment of ten questions on its page, over
// loopback and on a file: each becomes a contact. Begin is what comes before, on the same page.
// The processor time is of the server and of the browsers together.
//
//	go test -run '^$' -bench PublicSubmit ./server
func BenchmarkPublicSubmit(b *testing.B) {
	url, page, answers := openPage(b)
	browser := &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	send := func(path, body string) string {
		res, err := browser.Post(url+path, "application/x-www-form-urlencoded", strings.NewReader(body))
		if err != nil {
			b.Error(err)
			return ""
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusSeeOther {
			b.Errorf("%s: %d %v %s", path, res.StatusCode, err, text)
		}
		return res.Header.Get("Location")
	}
	var n atomic.Int64
	submit := func(attempt string) {
		i := n.Add(1)
		send(attempt, fmt.Sprintf("%s&name=Stranger+%d&email=s%[2]d@example.org&do=submit", answers, i))
	}

	b.Run("submit", func(b *testing.B) {
		attempts := make(chan string, b.N)
		for range b.N {
			attempts <- send(page, "")
		}
		abreast(b, func() { submit(<-attempts) })
	})
	b.Run("begin and submit", func(b *testing.B) {
		abreast(b, func() { submit(send(page, "")) })
	})
}

// abreast does it b.N times, four at once on each processor.
func abreast(b *testing.B, do func()) {
	b.SetParallelism(4)
	begun := processor.Time()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			do()
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submits/s")
	b.ReportMetric(float64((processor.Time()-begun).Microseconds())/float64(b.N), "cpu-µs/submit")
}

// openPage serves an assessment, and is the address, the path of its page and what answers all.
func openPage(b *testing.B) (address, page, answers string) {
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "bench.db"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	require.NoError(b, db.Migrate(b.Context()))
	app := clientele.New(db)
	_, company := founder(b, app)
	ws := app.Workspace(core.Scope{Company: company, Actor: core.System()})
	f, err := ws.Assessments.Create(b.Context(), assessment.NewForm{Title: "Who are you?", Trait: assessment.Sales, ShowResult: true, AskWho: assessment.AskRequired})
	require.NoError(b, err)
	form := url.Values{}
	var questions []assessment.Question
	for i := range 10 {
		id := fmt.Sprint("q", i)
		questions = append(questions, assessment.Question{ID: assessment.QuestionID(id), Text: "A party gives me energy", Type: assessment.RatingScale, Required: true})
		form.Add("shown", id)
		form.Set("q."+id, fmt.Sprint(i%5+1))
	}
	_, err = ws.Assessments.SetQuestions(b.Context(), f.ID, questions)
	require.NoError(b, err)
	_, err = ws.Assessments.Publish(b.Context(), f.ID)
	require.NoError(b, err)
	token, err := ws.Assessments.Share(b.Context(), f.ID)
	require.NoError(b, err)
	full, err := server.New(app, db, server.Config{Limits: server.Limits{Caller: boundless, Address: boundless, Strict: boundless, Starts: boundless, Answers: boundless}})
	require.NoError(b, err)
	served := httptest.NewServer(full)
	b.Cleanup(served.Close)
	return served.URL, "/a/" + token, form.Encode()
}
