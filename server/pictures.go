package server

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/identity"
)

const pictureTypes = "image/png, image/jpeg, image/gif, image/webp"

func pictureOperations() []Operation {
	return []Operation{
		onPlatform(Operation{
			Method: http.MethodPut, Path: "/auth/me/picture", ID: "uploadPicture", Tag: accountsTag,
			Summary: "Upload one's picture", Details: "The body is the picture itself: PNG, JPEG, GIF or WebP by its content, whatever Content-Type says, " +
				"up to 2 MiB and 4096 points wide and high. What is not to be seen in it, such as where it was taken, is not kept. It replaces the one that there is, and is shown at the user's picture to whoever knows that URL.",
			Access: signedIn(), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
			Stream: true, Limit: identity.MaxPictureSize, Takes: pictureTypes,
		}, uploadPicture),
		onPlatform(Operation{
			Method: http.MethodDelete, Path: "/auth/me/picture", ID: "removePicture", Tag: accountsTag,
			Summary: "Remove one's picture", Access: signedIn(), Errors: []int{http.StatusConflict, http.StatusPreconditionFailed},
		}, removePicture),
		onPlatform(Operation{
			Method: http.MethodGet, Path: "/users/{id}/pictures/{key}", ID: "getPicture", Tag: usersTag,
			Summary: "See a user's picture", Details: "A user's picture is the path of this. Browsers ask for what pages show without a token, so none is needed; the key cannot be guessed, and a new picture has another.",
			Access: anyone(), Stream: true, Gives: pictureTypes,
		}, getPicture),
	}
}

type pictureUpload struct {
	IfMatch
	file io.Reader
}

// Resolve implements [huma.Resolver]: the picture is read when it is known whose it will be.
func (in *pictureUpload) Resolve(ctx huma.Context) []error {
	in.file = ctx.BodyReader()
	return nil
}

func uploadPicture(ctx context.Context, c *Call, in *pictureUpload) (*resource[identity.User], error) {
	id := c.Caller.User.ID
	at := func(key string) string { return prefix + "/users/" + id.String() + "/pictures/" + key }
	u, err := c.accounts().UploadPicture(ctx, id, in.file, at, in.ofUser)
	return one(u, u.Version, err)
}

type pictureRemoval struct{ IfMatch }

func removePicture(ctx context.Context, c *Call, in *pictureRemoval) (*resource[identity.User], error) {
	u, err := c.accounts().SetPicture(ctx, c.Caller.User.ID, "", in.ofUser)
	return one(u, u.Version, err)
}

type pictureID struct {
	ID  core.UserID `path:"id"`
	Key string      `path:"key" maxLength:"200" doc:"The one in the user's picture."`
}

// picture is a picture on its way to where a page shows it.
type picture struct {
	ContentType string `header:"Content-Type"`
	NoSniff     string `header:"X-Content-Type-Options"`
	Policy      string `header:"Content-Security-Policy"`
	Cache       string `header:"Cache-Control"`
	Body        func(huma.Context)
}

func getPicture(ctx context.Context, c *Call, in *pictureID) (*picture, error) {
	mediaType, file, err := c.accounts().Picture(ctx, in.ID, in.Key)
	if err != nil {
		return nil, err
	}
	return &picture{
		ContentType: mediaType, NoSniff: "nosniff", Policy: "sandbox; default-src 'none'",
		Cache: "private, max-age=86400, immutable", // another picture has another key
		Body: func(out huma.Context) {
			defer file.Close()
			_, _ = io.Copy(out.BodyWriter(), file) // a reader who went away needs no answer
		},
	}, nil
}
