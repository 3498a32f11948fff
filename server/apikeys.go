package server

import (
	"context"
	"net/http"

	"github.com/clientele-crm/clientele"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

func apiKeyOperations() []Operation {
	return []Operation{
		inCompany(Operation{
			Method: http.MethodGet, Path: "/api-keys", ID: "listAPIKeys", Tag: "API keys",
			Summary: "List the API keys", Details: "The newest first, expired ones too; never their secrets.",
			Access: needs(core.APIKeysRead),
		}, listAPIKeys),
		inCompany(Operation{
			Method: http.MethodPost, Path: "/api-keys", ID: "createAPIKey", Tag: "API keys",
			Summary: "Make an API key", Details: "Its secret is answered this once.",
			Access: needs(core.APIKeysWrite), Status: http.StatusCreated, Secret: true,
			Required: []string{"name", "roleId"}, Example: map[string]any{"name": "Nightly sync", "roleId": "01920b3c-7a54-7d7c-8b6a-3f1f0f6b9a10"},
		}, createAPIKey),
		inCompany(Operation{
			Method: http.MethodDelete, Path: "/api-keys/{id}", ID: "revokeAPIKey", Tag: "API keys",
			Summary: "Revoke an API key", Details: "At once and for good.", Access: needs(core.APIKeysWrite),
		}, revokeAPIKey),
	}
}

func listAPIKeys(ctx context.Context, ws *clientele.Workspace, in *pageQuery) (*pageOf[identity.APIKey], error) {
	l, err := ws.APIKeys.List(ctx, in.page())
	return list(l, err)
}

type newAPIKey struct{ Body identity.NewAPIKey }

// CreatedAPIKey is a key with its secret.
type CreatedAPIKey struct {
	identity.APIKey
	Secret identity.Secret `json:"secret"` // for the Authorization header
}

func createAPIKey(ctx context.Context, ws *clientele.Workspace, in *newAPIKey) (*answered[CreatedAPIKey], error) {
	k, secret, err := ws.APIKeys.Create(ctx, in.Body)
	return bare(CreatedAPIKey{k, secret}, err)
}

type apiKeyID struct {
	ID core.ID[identity.APIKey] `path:"id"`
}

func revokeAPIKey(ctx context.Context, ws *clientele.Workspace, in *apiKeyID) (*nothing, error) {
	return done(ws.APIKeys.Revoke(ctx, in.ID))
}
