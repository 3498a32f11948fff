package scheduling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/clientele-crm/clientele/core"
)

// Purpose is what a link lets its holder do, and all that it does.
type Purpose string

// The purposes.
const (
	ToCancel Purpose = "cancel" // an appointment
	ToMove   Purpose = "move"   // an appointment
	ToTake   Purpose = "take"   // what is held
	ToLeave  Purpose = "leave"  // a waitlist
)

// Links signs the links by which clients, whom nobody knows by a password, change what is theirs.
// A link is for one purpose and one row of one company; nothing is stored of it. It is as good as
// its row: see [Appointment.Open].
type Links struct {
	key []byte
	url string
}

// NewLinks is links signed with the key, which all programs over a database have to share, under
// the URL at which a server has the pages: "https://crm.example.org".
func NewLinks(key []byte, url string) *Links {
	return &Links{key, strings.TrimRight(url, "/")}
}

// URL is the address of the page of a link.
func (l *Links) URL(p Purpose, company core.CompanyID, id uuid.UUID) string {
	return l.url + l.Path(p, company, id)
}

// Path is the address of the page of a link, on the server that has it.
func (l *Links) Path(p Purpose, company core.CompanyID, id uuid.UUID) string {
	return "/appointment/" + string(p) + "?token=" + l.Token(p, company, id)
}

// The parts of a token. Half of the HMAC is what RFC 2104, 5, lets remain.
const (
	tokenIDs = 2 * len(uuid.UUID{})
	tokenMAC = sha256.Size / 2
)

// Token is a link without its address: what a page gets in its query.
func (l *Links) Token(p Purpose, company core.CompanyID, id uuid.UUID) string {
	token := slices.Concat(company.UUID[:], id[:])
	return base64.RawURLEncoding.EncodeToString(append(token, l.seal(p, token)...))
}

// Read is the row that a token is for, or [core.ErrNotFound]: it is not of this purpose, or nobody
// here has signed it.
func (l *Links) Read(p Purpose, token string) (core.CompanyID, uuid.UUID, error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(text) != tokenIDs+tokenMAC || !hmac.Equal(text[tokenIDs:], l.seal(p, text[:tokenIDs])) {
		return core.CompanyID{}, uuid.Nil, core.NotFound("link")
	}
	return core.CompanyID{UUID: uuid.UUID(text[:16])}, uuid.UUID(text[16:tokenIDs]), nil
}

// seal has the purpose first, which has no zero in it: no two are sealed alike.
func (l *Links) seal(p Purpose, ids []byte) []byte {
	h := hmac.New(sha256.New, l.key)
	h.Write([]byte("appointment link\x00" + p + "\x00"))
	h.Write(ids)
	return h.Sum(nil)[:tokenMAC]
}

// Open is nil if a client may still use a link to the appointment for the purpose, else
// [core.ErrState]: it is cancelled, say, or over. What is held can be taken until the hold is
// over. The agenda's notice is another matter: see [Agenda.Latest].
func (a *Appointment) Open(p Purpose, now time.Time) error {
	switch {
	case p == ToTake && a.Status == Held && over(a.HoldUntil, now):
		return errHoldOver
	case p == ToTake && a.Status == Held:
		return nil
	case a.Status != Scheduled && a.Status != Pending:
		return errNotLive(a.Status)
	case !now.Before(a.StartDate):
		return &core.Error{Kind: core.ErrState, Code: "appointment_begun", Message: "the appointment has begun: it cannot be changed"}
	}
	return nil
}

// Latest is the last instant at which a client may move or cancel an appointment of the agenda.
func (n *NewAgenda) Latest(p Purpose, start time.Time) time.Time {
	notice := n.CancelNotice
	if p == ToMove {
		notice = n.MoveNotice
	}
	return start.Add(-notice.Duration())
}
