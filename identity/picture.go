package identity

import (
	"bytes"
	"context"
	"crypto/subtle"
	"fmt"
	"image"
	_ "image/gif"  // the formats that pictures may have
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"net/url"
	"strings"

	_ "golang.org/x/image/webp" // as phones and browsers make them

	"github.com/clientele-crm/clientele/core"
)

// The limits of a picture that is uploaded. Its points are never unpacked here; those who
// look at it are spared what takes a gigabyte of them to show.
const (
	MaxPictureSize = 2 << 20 // bytes
	MaxPictureSide = 4096    // points, of its width and its height
)

var errNoPictures = &core.Error{Kind: core.ErrState, Code: "no_pictures", Message: "pictures are not kept here"}

// UploadPicture gives the user a picture that [Config].Pictures keeps: a PNG, JPEG, GIF or WebP
// by its content, of up to [MaxPictureSize] and [MaxPictureSide]. What else its file has in it,
// such as the place where it was taken, is left out. At is the URL, or a path on the
// server itself, under which the caller answers [Accounts.Picture] of a key; the key cannot be
// guessed. The picture before it is removed. An error of a check is returned as it is and
// changes nothing.
func (a *Accounts) UploadPicture(ctx context.Context, id core.UserID, r io.Reader, at func(key string) string, checks ...UserCheck) (User, error) {
	if a.cfg.Pictures == nil {
		return User{}, errNoPictures
	}
	// Not for nothing: what would be refused anyhow is not read.
	u, err := a.Me(ctx, id)
	if err != nil {
		return User{}, err
	}
	if err := allow(&u, checks); err != nil {
		return User{}, err
	}
	file, err := readPicture(r)
	if err != nil {
		return User{}, err
	}
	blob, err := a.cfg.Pictures.Put(ctx, bytes.NewReader(file))
	if err != nil {
		return User{}, err
	}
	u, err = a.changePicture(ctx, id, checks, func(u *User) {
		u.Picture, u.PictureKey, u.PictureType = at(blob.Key), blob.Key, blob.Type
	})
	if err != nil {
		a.removePicture(ctx, blob.Key)
	}
	return u, err
}

// readPicture reads a picture, looks at its head, and leaves out what is not to be seen in it.
func readPicture(r io.Reader) ([]byte, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxPictureSize+1))
	if err != nil {
		return nil, err
	}
	var f core.Faults
	is, format, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case len(file) == 0:
		f.Add("/file", "empty", "the file is empty")
	case len(file) > MaxPictureSize:
		f.Add("/file", "max_size", fmt.Sprintf("the file is larger than %d bytes", MaxPictureSize))
	case err != nil || !isPictureFormat(format):
		f.Add("/file", "media_type", "the file is no PNG, JPEG, GIF or WebP picture")
	case is.Width < 1 || is.Height < 1 || is.Width > MaxPictureSide || is.Height > MaxPictureSide:
		f.Add("/file", "dimensions", fmt.Sprintf("the picture has to be 1 to %d points wide and high", MaxPictureSide))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	if file, err = plainPicture(format, file); err != nil {
		f.Add("/file", "media_type", "the file is no whole "+strings.ToUpper(format)+" picture")
	}
	return file, f.Err()
}

// isPictureFormat is false for formats that only the embedder's program knows.
func isPictureFormat(format string) bool {
	switch format {
	case "png", "jpeg", "gif", "webp":
		return true
	}
	return false
}

// SetPicture changes the user's picture to the one at the URL: http, https, or a path on
// the server itself. An empty URL is no picture. One that was uploaded is removed. An error
// of a check is returned as it is and changes nothing.
func (a *Accounts) SetPicture(ctx context.Context, id core.UserID, picture string, checks ...UserCheck) (User, error) {
	var f core.Faults
	picture = f.Line("/picture", picture, maxPicture)
	if !isPictureURL(picture) {
		f.Add("/picture", "url", "has to be an http or https address, or a path")
	}
	if err := f.Err(); err != nil {
		return User{}, err
	}
	return a.changePicture(ctx, id, checks, func(u *User) {
		u.Picture, u.PictureKey, u.PictureType = picture, "", ""
	})
}

func isPictureURL(s string) bool {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return true
	case err != nil:
		return false
	case u.Scheme == "" && u.Host == "":
		return strings.HasPrefix(s, "/")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// changePicture changes a user's picture, and removes the file that they have lost by it.
func (a *Accounts) changePicture(ctx context.Context, id core.UserID, checks []UserCheck, edit func(*User)) (User, error) {
	var before string
	u, err := a.change(ctx, id, id, func(_ PlatformTx, u *User) error {
		if err := allow(u, checks); err != nil {
			return err
		}
		before = u.PictureKey
		edit(u)
		return nil
	})
	if err != nil {
		return User{}, err
	}
	a.removePicture(ctx, before)
	return u, nil
}

// removePicture removes a file as best it can. What fails is logged, and the file stays where
// nobody can read it, until it is swept.
func (a *Accounts) removePicture(ctx context.Context, key string) {
	if key == "" || a.cfg.Pictures == nil {
		return
	}
	if err := a.cfg.Pictures.Remove(context.WithoutCancel(ctx), key); err != nil {
		a.env().Logger().WarnContext(ctx, "a picture could not be removed", "key", key, "error", err)
	}
}

// Picture opens the picture that a user has uploaded, if it is the one of the key; the caller
// closes it. It asks for no permission: the key is what one has to know. [core.ErrNotFound]:
// it is not theirs, or not any more. Whoever answers it to a browser says with its type
// "X-Content-Type-Options: nosniff", since the file is a stranger's.
func (a *Accounts) Picture(ctx context.Context, id core.UserID, key string) (mediaType string, file io.ReadCloser, err error) {
	u, err := a.Me(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if a.cfg.Pictures == nil || u.PictureKey == "" || subtle.ConstantTimeCompare([]byte(u.PictureKey), []byte(key)) == 0 {
		return "", nil, core.NotFound("picture")
	}
	file, err = a.cfg.Pictures.Open(ctx, key)
	return u.PictureType, file, err
}
