package webhooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Secret is what an endpoint's requests are signed with: "whsec_" and 32 random bytes in
// base64. The receiver has it too. It is told when it is made, and never again.
type Secret string

const secretPrefix = "whsec_"

func newSecret() Secret {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return Secret(secretPrefix + base64.StdEncoding.EncodeToString(key))
}

// sign is the signature of a message, as Standard Webhooks 1.0 have it.
func (s Secret) sign(id, timestamp string, body []byte) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(string(s), secretPrefix))
	if err != nil { // it was made by newSecret
		panic(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// headers are those that prove a message to whoever has any of the secrets.
func headers(id string, at time.Time, body []byte, secrets []Secret) map[string]string {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(secrets))
	for i, s := range secrets {
		signatures[i] = s.sign(id, timestamp, body)
	}
	return map[string]string{
		"Content-Type":      "application/json",
		"User-Agent":        "Clientele-Webhooks/1",
		"Webhook-Id":        id,
		"Webhook-Timestamp": timestamp,
		"Webhook-Signature": strings.Join(signatures, " "),
	}
}
