package server_test

import (
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPictures(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		const mine = "/api/v1/auth/me/picture"
		var point strings.Builder
		require.NoError(t, png.Encode(&point, image.NewGray(image.Rect(0, 0, 1, 1))))
		put := w.call("PUT", mine, strings.NewReader(point.String()), "Content-Type: image/jpeg", `If-Match: "1"`)
		require.Equal(t, http.StatusOK, put.StatusCode, put.text)
		require.Equal(t, `"2"`, put.Header.Get("ETag"))
		at := put.json(t)["picture"].(string)
		require.Regexp(t, `^/api/v1/users/[0-9a-f-]{36}/pictures/[a-z2-7]{26}$`, at)

		got := w.call("GET", at, nil, "Authorization:", "Accept: image/avif,image/*")
		require.Equal(t, http.StatusOK, got.StatusCode)
		require.Equal(t, point.String(), got.text)
		require.Equal(t, "image/png", got.Header.Get("Content-Type"), "by its content")
		require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "sandbox; default-src 'none'", got.Header.Get("Content-Security-Policy"))
		w.problem(http.StatusNotFound, "picture_not_found", "GET", at[:len(at)-1]+"0", nil, "Authorization:")

		w.problem(http.StatusPreconditionFailed, "version_mismatch", "PUT", mine, strings.NewReader(point.String()), `If-Match: "1"`)
		p := w.problem(http.StatusUnprocessableEntity, "invalid", "PUT", mine, "<svg onload='alert(1)'/>", "Content-Type: image/png")
		require.Equal(t, "media_type", p["errors"].([]any)[0].(map[string]any)["rule"])
		w.problem(http.StatusRequestEntityTooLarge, "too_large", "PUT", mine, strings.NewReader(point.String()+strings.Repeat("x", 3<<20)))
		w.problem(http.StatusUnauthorized, "unauthenticated", "PUT", mine, strings.NewReader(point.String()), "Authorization:")
		require.Equal(t, http.StatusOK, w.call("GET", at, nil).StatusCode, "it is still there")

		require.Empty(t, w.call("DELETE", mine, nil).json(t)["picture"])
		w.problem(http.StatusNotFound, "picture_not_found", "GET", at, nil, "Authorization:")
	})
}
