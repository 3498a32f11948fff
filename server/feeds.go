package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/scheduling"
)

func feedOperations() []Operation {
	const shown = "Its path is answered this once; with it anybody reads the appointments, without logging in."
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/feeds", ID: "listFeeds", Tag: "Calendar feeds",
			Summary: "List the calendar feeds", Details: "The newest first; never their paths.", Access: needs(core.AppointmentsRead),
		}, listFeeds),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/feeds", ID: "createFeed", Tag: "Calendar feeds",
			Summary: "Make a calendar feed", Details: "Of an agenda, of a member, or of both. Other people's needs agendas:write too. " + shown,
			Access: needs(core.AppointmentsRead), Status: http.StatusCreated, Secret: true,
			Example: map[string]any{"agendaId": "01890a5d-ac96-774b-bcce-b302099a8057"},
		}, createFeed),
		inCompany(Operation{
			Method: http.MethodGet, Path: "/feeds/{id}", ID: "getFeed", Tag: "Calendar feeds",
			Summary: "Read a calendar feed", Access: needs(core.AppointmentsRead),
		}, getFeed),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/feeds/{id}/rotate", ID: "rotateFeed", Tag: "Calendar feeds",
			Summary: "Give a calendar feed another path", Details: "The one before no longer works. " + shown,
			Access: needs(core.AppointmentsRead), Secret: true, Status: http.StatusOK,
		}, rotateFeed),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/feeds/{id}", ID: "revokeFeed", Tag: "Calendar feeds",
			Summary: "Revoke a calendar feed", Details: "At once and for good.", Access: needs(core.AppointmentsRead),
			Errors: []int{http.StatusPreconditionFailed},
		}, revokeFeed),
	}
}

type feedQuery struct {
	Paged
	Agenda core.ID[scheduling.Agenda] `query:"agenda"`
	Member core.UserID                `query:"member"`
}

func listFeeds(ctx context.Context, ws *clientele.Workspace, in *feedQuery) (*pageOf[scheduling.Feed], error) {
	return list(ws.Feeds.List(ctx, scheduling.FeedFilter{Agenda: in.Agenda, Member: in.Member}, in.page()))
}

// OpenFeed is a feed with its path.
type OpenFeed struct {
	scheduling.Feed
	Path string `json:"path"` // on this server, for calendar programs
}

func openFeed(f scheduling.Feed, token string, err error) (*resource[OpenFeed], error) {
	return one(OpenFeed{f, "/feeds/" + token + icsSuffix}, f.Version, err)
}

type newFeed struct{ Body scheduling.NewFeed }

func createFeed(ctx context.Context, ws *clientele.Workspace, in *newFeed) (*resource[OpenFeed], error) {
	return openFeed(ws.Feeds.Create(ctx, in.Body))
}

// FeedID is a feed as paths name it.
type FeedID struct {
	ID core.ID[scheduling.Feed] `path:"id"`
}

func getFeed(ctx context.Context, ws *clientele.Workspace, in *FeedID) (*resource[scheduling.Feed], error) {
	f, err := ws.Feeds.Get(ctx, in.ID)
	return one(f, f.Version, err)
}

func rotateFeed(ctx context.Context, ws *clientele.Workspace, in *FeedID) (*resource[OpenFeed], error) {
	return openFeed(ws.Feeds.Rotate(ctx, in.ID))
}

type feedRevocation struct {
	FeedID
	IfMatch
}

func revokeFeed(ctx context.Context, ws *clientele.Workspace, in *feedRevocation) (*nothing, error) {
	return done(in.guard(ctx, ws, func(ws *clientele.Workspace) (int64, any, error) {
		f, err := ws.Feeds.Get(ctx, in.ID)
		return f.Version, f, err
	}, func(ws *clientele.Workspace) error { return ws.Feeds.Revoke(ctx, in.ID) }))
}
