package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
)

const eventStreamType = "text/event-stream"

// The times of a stream of events. One that is over is taken up by the browser where it
// ended; whoever may not read events any more does not come back.
const (
	followLife = 10 * time.Minute
	followBeat = 15 * time.Second // nothing happens for so long: a comment keeps the connection
	followBack = 2 * time.Second  // after which the browser comes back
)

func followEventsOperation() Operation {
	op := Operation{
		Method: http.MethodGet, Path: "/events/stream", ID: "followEvents", Tag: "Events",
		Summary: "Follow the events", Details: "Server-sent events, for EventSource: id is the event's position, event its name, and data the event. " +
			"Without Last-Event-ID it begins with what happens from now on; with 0, with all that is kept. The server ends the stream after ten minutes, " +
			"to be taken up again by Last-Event-ID.",
		Access: needs(core.EventsRead), Stream: true, Gives: eventStreamType,
	}
	op.register = func(p *part, op Operation) {
		register(p, op, func(ctx context.Context, in *followQuery) (*eventStream, error) {
			return followEvents(ctx, p.s.streams, p.s.app.Workspace(callOf(ctx).Scope), in)
		})
	}
	return op
}

type followQuery struct {
	EventFilter
	LastEventID optional[int64] `header:"Last-Event-ID" minimum:"0" doc:"The position of the last event that the caller had."`
	Follow      bool            `query:"follow" default:"true" doc:"false ends the stream when there is no more."`
}

// eventStream is an answer that goes on.
type eventStream struct {
	ContentType string `header:"Content-Type"`
	Body        func(huma.Context)
}

// followEvents answers until the caller goes away, ctx or the server ends, or its life is over.
func followEvents(ctx, server context.Context, ws *clientele.Workspace, in *followQuery) (*eventStream, error) {
	newest, err := ws.Events.Position(ctx) // what is refused is refused here, with its status
	if err != nil {
		return nil, err
	}
	if last := in.LastEventID.pointer(); last != nil {
		newest = *last
	}
	return &eventStream{ContentType: eventStreamType, Body: func(out huma.Context) {
		ctx, cancel := context.WithTimeout(ctx, followLife)
		defer cancel()
		defer context.AfterFunc(server, cancel)()
		run := ws.Events.Follow
		if !in.Follow {
			run = ws.Events.Since
		}
		write(ctx, cancel, out.BodyWriter(), run(ctx, in.filter(), newest))
	}}, nil
}

// write writes events as they come, and a comment when none has come for a while.
func write(ctx context.Context, cancel func(), w io.Writer, run iter.Seq2[core.StoredEvent, error]) {
	send := func(format string, args ...any) {
		_, err := fmt.Fprintf(w, format, args...)
		if rw, ok := w.(http.ResponseWriter); err == nil && ok {
			err = http.NewResponseController(rw).Flush()
		}
		if err != nil {
			cancel() // the reader is gone
		}
	}
	send("retry: %d\n\n", followBack.Milliseconds())
	coming := channel(ctx, run)
	beat := time.NewTicker(followBeat)
	defer beat.Stop()
	for {
		select {
		case e, more := <-coming:
			if !more {
				return
			}
			data, err := json.Marshal(e)
			if err != nil { // it was decoded from JSON
				panic(err)
			}
			send("id: %d\nevent: %s\ndata: %s\n\n", e.Position, e.Name, data)
		case <-beat.C:
			send(":\n\n")
		}
	}
}

// channel gives what runs, until it ends, fails, or ctx is over.
func channel(ctx context.Context, run iter.Seq2[core.StoredEvent, error]) <-chan core.StoredEvent {
	coming := make(chan core.StoredEvent)
	go func() {
		defer close(coming)
		for e, err := range run {
			if err != nil {
				loggerOf(ctx).ErrorContext(ctx, "events cannot be followed", "error", err)
				return // the reader comes back
			}
			select {
			case coming <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	return coming
}
