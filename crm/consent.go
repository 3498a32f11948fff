package crm

import (
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Consent is that a contact has agreed to be reached by a channel for a purpose, or does so no
// longer. It is never changed: the newest by GivenAt counts.
type Consent struct {
	ID        core.ID[Consent] `json:"id"`
	ContactID core.ID[Contact] `json:"contactId"` // whose consent it is
	NewConsent
	CreatedByID core.UserID `json:"createdById,omitzero"`
	CreatedAt   time.Time   `json:"createdAt"` // when it was noted
}

// NewConsent is what a person may say of a consent.
type NewConsent struct {
	Channel Channel   `json:"channel"`          // email, sms, whatsapp or phone
	Purpose Purpose   `json:"purpose"`          // a word of a-z, 0-9, - and _, up to 50: "marketing"; "all" is every purpose
	Granted bool      `json:"granted"`          // false: the consent is withdrawn
	Source  string    `json:"source"`           // where it was said, up to 200 characters: "newsletter form"
	Wording string    `json:"wording"`          // what was agreed to, in the words that were shown; up to 4000 characters
	GivenAt time.Time `json:"givenAt,omitzero"` // when it was said, not later than now; absent: now
}

// Channel is a way to reach a contact that needs a consent of its own.
type Channel string

// The channels.
const (
	ByEmail    Channel = "email"
	BySMS      Channel = "sms"
	ByWhatsApp Channel = "whatsapp"
	ByPhone    Channel = "phone"
)

// Purpose is what a contact is reached for. A company may have its own.
type Purpose string

// The purposes that packages of Clientele ask about, and the one that stands for all.
const (
	Marketing  Purpose = "marketing"
	AllPurpose Purpose = "all" // withdrawn for all, no consent for a purpose counts
)

// Permit says whether a contact may be reached, and by which consent.
type Permit struct {
	Allowed bool     `json:"allowed"`           // they may be reached
	Reason  string   `json:"reason"`            // granted, withdrawn, never_granted, inactive or deleted
	Consent *Consent `json:"consent,omitempty"` // that decided, if one did
}

// ConsentRecorded is the event of a consent.
var ConsentRecorded = core.EventType[Consent]{Name: "consent.recorded", Kind: "consent"}

const maxPurpose = 50

// check brings a consent into its canonical form.
func (n *NewConsent) check(now time.Time) error {
	var f core.Faults
	checkChannel(&f, n.Channel)
	checkPurpose(&f, n.Purpose)
	n.Source = f.Line("/source", n.Source, maxName)
	n.Wording = f.Text("/wording", n.Wording, maxText)
	if n.GivenAt.IsZero() {
		n.GivenAt = now
	}
	f.Instant("/givenAt", n.GivenAt)
	if n.GivenAt = n.GivenAt.UTC().Truncate(time.Microsecond); n.GivenAt.After(now) {
		f.Add("/givenAt", "past", "is not yet")
	}
	return f.Err()
}

func checkChannel(f *core.Faults, c Channel) {
	switch c {
	case ByEmail, BySMS, ByWhatsApp, ByPhone:
	default:
		f.Add("/channel", "enum", "has to be email, sms, whatsapp or phone")
	}
}

func checkPurpose(f *core.Faults, p Purpose) {
	good := p != "" && len(p) <= maxPurpose
	for _, r := range p {
		good = good && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}
	if !good {
		f.Add("/purpose", "purpose", "has to be a word of a-z, 0-9, - and _, up to 50 of them")
	}
}

// permitted decides by the newest consents of a contact: a withdrawal for the purpose or for all
// of them counts more than anything that was granted.
func permitted(newest []Consent, channel Channel, purpose Purpose) Permit {
	var granted *Consent
	for i := range newest {
		c := &newest[i]
		if c.Channel != channel || c.Purpose != purpose && c.Purpose != AllPurpose {
			continue
		}
		if !c.Granted {
			return Permit{Reason: "withdrawn", Consent: c}
		}
		granted = c
	}
	if granted == nil {
		return Permit{Reason: "never_granted"}
	}
	return Permit{Allowed: true, Reason: "granted", Consent: granted}
}
