package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
	"github.com/clientele-crm/clientele/scheduling/ical"
)

// feedPage is where calendar programs read a feed. They ask again every few minutes, mostly for what
// they have: that costs two counts.
func (s *Server) feedPage() {
	s.mux.HandleFunc("GET /feeds/{file}", func(w http.ResponseWriter, r *http.Request) {
		if err := s.from.take(s.address(r), time.Now()); err != nil {
			writeProblem(w, r, err)
			return
		}
		f, err := s.readFeed(r, time.Now())
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "private, no-cache") // keep it, and ask whether it is still so
		h.Set("X-Robots-Tag", "noindex")
		h.Set("ETag", f.tag)
		h.Set("Last-Modified", f.changedAt.Format(http.TimeFormat))
		if f.unchanged(r) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", ical.MediaType)
		if r.Method == http.MethodHead {
			return
		}
		stream(w, r, Operation{})
		if err := f.write(r.Context(), w); err != nil {
			loggerOf(r.Context()).ErrorContext(r.Context(), "a feed broke off", "error", err)
			panic(http.ErrAbortHandler) // what was read must not look whole
		}
	})
}

// feed is one that is being read.
type feed struct {
	scheduling.Feed
	ws        *clientele.Workspace
	now       time.Time
	name      string
	tag       string
	changedAt time.Time
}

// readFeed finds the feed of the path, and how it stands.
func (s *Server) readFeed(r *http.Request, now time.Time) (*feed, error) {
	token, ok := strings.CutSuffix(r.PathValue("file"), icsSuffix)
	if !ok {
		return nil, core.NotFound("feed")
	}
	ws, found, err := s.app.Feed(r.Context(), token)
	if err != nil {
		return nil, err
	}
	f := &feed{Feed: found, ws: ws, now: now, name: "Appointments"}
	version := int64(0)
	if !found.AgendaID.IsZero() {
		a, err := ws.Agendas.Get(r.Context(), found.AgendaID)
		if err != nil {
			return nil, err
		}
		f.name, version, f.changedAt = a.Name, a.Version, a.UpdatedAt
	}
	state, err := ws.Appointments.FeedState(r.Context(), found.NewFeed, now)
	if err != nil {
		return nil, err
	}
	from, _ := scheduling.FeedRange(now)
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %d %s", found.ID, version, from, state.Count, state.ChangedAt))
	f.tag = `"` + hex.EncodeToString(sum[:16]) + `"`
	for _, at := range []time.Time{state.ChangedAt, now.UTC().Truncate(24 * time.Hour)} { // each day the range is another
		if at.After(f.changedAt) {
			f.changedAt = at.UTC()
		}
	}
	return f, nil
}

// unchanged reports whether the caller has the feed as it is (RFC 9110, 13.2.2). A date is of whole
// seconds: in the one of a change it says nothing.
func (f *feed) unchanged(r *http.Request) bool {
	if have := r.Header.Get("If-None-Match"); have != "" {
		return tagIn(have, f.tag, true)
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && since.After(f.changedAt)
}

func (f *feed) write(ctx context.Context, to io.Writer) error {
	const longest = 5*366*24*time.Hour + 24*time.Hour // a series that has something in the range
	from, until := scheduling.FeedRange(f.now)
	w, err := ical.NewWriter(to, ical.Calendar{Name: f.name, From: from.Add(-longest), Until: until.Add(longest)})
	if err != nil {
		return err
	}
	for item, err := range f.ws.Appointments.Feed(ctx, f.NewFeed, f.now) {
		switch {
		case err != nil:
			return err
		case item.Of != nil:
			err = w.Series(item.Series, item.Of, ical.Event{})
		default:
			err = w.Appointment(item.Appointment, ical.Event{Zone: item.Appointment.Timezone})
		}
		if err != nil {
			return goneAway(ctx, err)
		}
	}
	return goneAway(ctx, w.Close())
}

// goneAway is nil if nobody reads any more what went wrong.
func goneAway(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
